import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { BudgetMove, MoveCampaign, MoveMetric, PacingReport } from "@/bindings";
import { Failure } from "@/components/failure";
import {
	Button,
	Field,
	Panel,
	Segmented,
	SelectField,
	Skeleton,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, count, currencyDigits, money, percent } from "@/lib/format";
import { query } from "@/lib/ipc";
import { change, outcome } from "./outcome";
import { ResponseChart } from "./response-chart";

const METRICS = ["leads", "sales", "revenue"] as const satisfies readonly MoveMetric[];
const DAYS = ["7", "14", "28"] as const;
const SLIDER =
	"my-3.5 h-1 w-full appearance-none rounded-full forced-colors:appearance-auto [&::-webkit-slider-thumb]:size-4 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-[var(--accent)] disabled:[&::-webkit-slider-thumb]:bg-[var(--border-2)]";

/** The part of the slider up to its thumb. */
function filled(part: number): string {
	const to = `${100 * Math.min(1, part)}%`;
	return `linear-gradient(to right, var(--accent) ${to}, var(--bg-track) ${to})`;
}

/** The slider has about so many places. */
const PLACES = 40;

/** What moving a daily budget from one campaign to another would change. It only tells. */
export function BudgetMoveTool() {
	const { t } = useWords();
	const asked = useQuery(query("getPacing", { by: "campaign" }));
	const campaigns = (asked.data?.groups ?? []).flatMap((group) =>
		group.rows.map((row) => ({ id: row.id, name: row.name, currency: group.currency })),
	);
	if (!asked.data) return null;
	if (campaigns.length < 2) {
		return (
			<Panel title={t("pacing.move")}>
				<p className="px-4 pb-3 text-ink-2">{t("pacing.move.oneOnly")}</p>
			</Panel>
		);
	}
	return <Tool groups={asked.data.groups} />;
}

function Tool({ groups }: { groups: PacingReport["groups"] }) {
	const { t, locale } = useWords();
	const rows = groups.flatMap((group) => group.rows);
	const [from, setFrom] = useState(groups[0]?.rows[0]?.id ?? "");
	const [to, setTo] = useState(
		groups[0]?.rows[1]?.id ?? rows.find((row) => row.id !== from)?.id ?? "",
	);
	const [metric, setMetric] = useState<MoveMetric>("leads");
	const [days, setDays] = useState<(typeof DAYS)[number]>("14");
	const [wanted, setWanted] = useState("");
	const typed = wanted.trim().replace(",", ".");
	const readable = /^\d+(\.\d+)?$/.test(typed);
	const moved = useDeferredValue(readable && Number(typed) > 0 ? typed : null);
	const found = useQuery({
		...query("simulateBudgetMove", { from, to, amount: moved, metric, days: Number(days) }),
		placeholderData: keepPreviousData,
	});
	const answer = found.data;
	const most = answer ? movable(answer) : 0;
	const digits = currencyDigits(answer?.currency ?? "USD");
	const step = Math.max(10 ** -digits, 10 ** Math.floor(Math.log10(most / PLACES || 1)));
	const options = groups.map((group) => (
		<optgroup key={group.currency} label={group.currency}>
			{group.rows.map((row) => (
				<option key={row.id} value={row.id}>
					{row.name}
				</option>
			))}
		</optgroup>
	));
	/** As one writes it here. */
	const written = (text: string) => (locale.startsWith("en") ? text : text.replace(".", ","));
	const tooMuch = readable && answer !== undefined && most > 0 && Number(typed) > most;
	return (
		<Panel
			title={t("pacing.move")}
			hint={t("pacing.move.only")}
			actions={
				<>
					<Segmented
						label={t("pacing.move.metric")}
						value={metric}
						onChange={setMetric}
						options={METRICS.map((value) => ({ value, label: t(`pacing.move.${value}`) }))}
					/>
					<Segmented
						label={t("pacing.move.days")}
						value={days}
						onChange={setDays}
						options={DAYS.map((value) => ({
							value,
							label: t("pacing.move.forDays", { count: Number(value) }),
						}))}
					/>
				</>
			}
			className="flex-none"
		>
			<div className="grid grid-cols-[1fr_auto_1fr] items-end gap-3 px-4 pt-1 pb-3">
				<SelectField
					label={t("pacing.move.from")}
					value={from}
					onChange={(event) => setFrom(event.target.value)}
				>
					{options}
				</SelectField>
				<Button
					icon={ArrowLeftRight}
					aria-label={t("pacing.move.turn")}
					title={t("pacing.move.turn")}
					onClick={() => {
						setFrom(to);
						setTo(from);
					}}
				/>
				<SelectField
					label={t("pacing.move.to")}
					value={to}
					onChange={(event) => setTo(event.target.value)}
				>
					{options}
				</SelectField>
			</div>
			{found.error && (
				<div className="px-4 pb-3">
					<Failure error={found.error} retry={() => void found.refetch()} />
				</div>
			)}
			{!answer && !found.error && <Skeleton className="mx-4 mb-4 h-64" />}
			{answer && (
				<>
					<div className="grid grid-cols-2 border-line border-t max-[899px]:grid-cols-1">
						{answer.campaigns.map((campaign, nth) => (
							<Side
								key={campaign.id}
								campaign={campaign}
								answer={answer}
								role={nth === 0 ? "from" : "to"}
							/>
						))}
					</div>
					<Key />
					<div className="grid grid-cols-[minmax(180px,1fr)_140px_2fr] items-start gap-4 border-line border-t px-4 py-3 max-[899px]:grid-cols-2">
						<Field label={t("pacing.move.amount")}>
							{(id) => (
								<input
									id={id}
									type="range"
									min={0}
									max={most > 0 ? Math.floor(most / step) * step : 0}
									step={step}
									disabled={most <= 0}
									value={readable ? Math.min(Number(typed), most) : 0}
									aria-valuetext={money(locale, readable ? typed : "0", answer.currency)}
									onChange={(event) =>
										setWanted(written(Number(event.target.value).toFixed(digits)))
									}
									className={SLIDER}
									style={{ backgroundImage: filled(readable ? Number(typed) / (most || 1) : 0) }}
								/>
							)}
						</Field>
						<TextField
							label={t("pacing.move.aDay", { currency: answer.currency })}
							inputMode="decimal"
							value={wanted}
							placeholder="0"
							disabled={most <= 0}
							onChange={(event) => setWanted(event.target.value)}
							hint={
								most > 0
									? t("pacing.move.upTo", {
											amount: money(locale, most.toFixed(digits), answer.currency),
										})
									: undefined
							}
							error={
								wanted && !readable
									? t("pacing.move.notAmount")
									: tooMuch
										? t("pacing.move.tooMuch", {
												amount: money(locale, most.toFixed(digits), answer.currency),
											})
										: undefined
							}
						/>
						<Said answer={answer} />
					</div>
				</>
			)}
		</Panel>
	);
}

/** How much can move before one of them leaves what was observed. */
function movable({ campaigns: [from, to] }: BudgetMove): number {
	const number = (text: string | null | undefined) => (text == null ? Number.NaN : Number(text));
	const most = Math.min(
		number(from?.now_daily) - number(from?.least_daily),
		number(to?.most_daily) - number(to?.now_daily),
	);
	const beyond = [from, to].some((one) => one?.now_beyond);
	return Number.isFinite(most) && !beyond ? Math.max(0, most) : 0;
}

/** The answer in a sentence, or why there is none. */
function Said({ answer }: { answer: BudgetMove }) {
	const { t, locale } = useWords();
	const [from, to] = answer.campaigns;
	const { metric, currency } = answer;
	const text = (value: string) => change(locale, value, metric, currency);
	// Of the answer, not of the field: that may be ahead of it.
	const moved =
		from?.new_daily &&
		(Number(from.now_daily) - Number(from.new_daily)).toFixed(currencyDigits(currency));
	let said = t("pacing.move.choose");
	if (answer.no_change) said = t(`pacing.move.no.${answer.no_change}`);
	else if (answer.campaigns.some((one) => one.refused)) said = t("pacing.move.no.refused");
	else if (answer.campaigns.some((one) => one.now_beyond)) said = t("pacing.move.no.beyond");
	else if (!to) said = t("pacing.move.no.same_campaign");
	else if (answer.change && moved && from) {
		said = t("pacing.move.answer", {
			amount: money(locale, moved, currency),
			from: from.name,
			to: to.name,
			count: answer.days,
			metric: t(`pacing.move.${metric}`),
			low: text(answer.change.low),
			high: text(answer.change.high),
			expected: text(answer.change.expected),
		});
	}
	return (
		<div role="status" data-testid="move-said" className="min-w-0 max-[899px]:col-span-2">
			<p className={answer.change ? "font-semibold text-14" : "text-ink-2"}>{said}</p>
			{answer.change && moved && (
				<p className="mt-1 text-12 text-ink-2">
					{t("pacing.move.better", { share: percent(locale, answer.better_percent, 0) })}
				</p>
			)}
			<p className="mt-1 text-12 text-ink-3">
				{t("pacing.move.published", {
					share: percent(locale, (100 * answer.published.held) / answer.published.tried, 0),
					tried: count(locale, answer.published.tried),
				})}{" "}
				{t("pacing.move.went")}
			</p>
		</div>
	);
}

/** What the marks of the charts are. */
function Key() {
	const { t } = useWords();
	const marks = [
		["seen", "size-1.5 rounded-full bg-[var(--series-other)]"],
		["curve", "h-2.5 w-3 rounded-1 border-[var(--series-1)] border-t-2 bg-[var(--chart-band)]"],
		["beyond", "h-2.5 w-3 rounded-1 border border-line bg-sunken"],
	] as const;
	return (
		<p className="flex flex-wrap gap-x-4 px-4 pb-2 text-11 text-ink-3" aria-hidden>
			{marks.map(([mark, look]) => (
				<span key={mark} className="flex items-center gap-1.5">
					<i data-swatch className={look} />
					{t(`pacing.move.key.${mark}`)}
				</span>
			))}
		</p>
	);
}

/** One campaign: its curve, what it spends and brings in now and then, and how often it held. */
function Side({
	campaign,
	answer,
	role,
}: {
	campaign: MoveCampaign;
	answer: BudgetMove;
	role: "from" | "to";
}) {
	const { t, locale } = useWords();
	const { currency, refused } = campaign;
	const { metric } = answer;
	const spend = (text: string) => money(locale, text, currency);
	const brings = (text: string) => outcome(locale, text, metric, currency, true);
	const beyond = campaign.now_beyond ?? campaign.new_beyond;
	return (
		<section
			aria-label={campaign.name}
			data-testid={`move-${role}`}
			className="min-w-0 border-line border-l px-4 py-3 first:border-l-0 max-[899px]:border-l-0"
		>
			<h3 className="flex items-baseline justify-between gap-3 text-12">
				<span className="truncate font-semibold">{campaign.name}</span>
				<span className="num flex-none text-ink-2">
					{campaign.new_daily && campaign.new_daily !== campaign.now_daily
						? t("pacing.move.becomes", {
								now: spend(campaign.now_daily),
								next: amount(locale, campaign.new_daily, currency),
							})
						: t("pacing.move.now", { now: spend(campaign.now_daily) })}
				</span>
			</h3>
			<div className="mt-2">
				<ResponseChart campaign={campaign} metric={metric} days={answer.days} />
			</div>
			{refused ? (
				<p className="mt-1 text-12 text-warning">
					{t(`pacing.move.refused.${refused.reason}`, {
						count: refused.has ?? 0,
						needs: count(locale, refused.needs),
						held: count(locale, campaign.past.held),
						tried: count(locale, campaign.past.tried),
						low: refused.least_daily ? amount(locale, refused.least_daily, currency) : "",
						high: refused.most_daily ? spend(refused.most_daily) : "",
					})}
				</p>
			) : (
				<div className="num mt-1 whitespace-normal text-12 text-ink-2">
					{campaign.stays && (
						<p>
							{t("pacing.move.stays", {
								count: answer.days,
								metric: t(`pacing.move.${metric}`),
								expected: brings(campaign.stays.expected),
								low: outcome(locale, campaign.stays.low, metric, currency),
								high: outcome(locale, campaign.stays.high, metric, currency),
							})}
							{campaign.becomes &&
								campaign.new_daily !== campaign.now_daily &&
								` → ${t("pacing.move.then", {
									expected: brings(campaign.becomes.expected),
									low: outcome(locale, campaign.becomes.low, metric, currency),
									high: outcome(locale, campaign.becomes.high, metric, currency),
								})}`}
						</p>
					)}
					{beyond && (
						<p className="text-warning">
							{t(`pacing.move.beyond.${campaign.now_beyond ? "now" : "new"}.${beyond}`, {
								low: amount(locale, campaign.least_daily, currency),
								high: spend(campaign.most_daily ?? "0"),
							})}
						</p>
					)}
					<p className="text-ink-3">
						{t("pacing.move.held", {
							count: campaign.past.tried,
							held: count(locale, campaign.past.held),
						})}
					</p>
				</div>
			)}
		</section>
	);
}
