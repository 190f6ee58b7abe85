import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
	ArrowRightLeft,
	BadgeDollarSign,
	ChevronRight,
	Handshake,
	type LucideIcon,
	RotateCcw,
	UserRound,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSession } from "@/app/session";
import {
	metrics,
	type NumberPassport,
	type PassportAdDay,
	type PassportKind,
	type PassportOriginal,
	type PassportOutcome,
	type PassportSpend,
} from "@/bindings";
import { useChannel } from "@/components/channel";
import { CopyValue } from "@/components/copy";
import { Failure } from "@/components/failure";
import { columnsOf, written } from "@/components/figures/columns";
import { Facts } from "@/components/inspector";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day, moment, money, rate, ratio } from "@/lib/format";
import { type AppError, query } from "@/lib/ipc";
import { type FigureOf, question } from "./number";
import { PAGE } from "./passport";
import { useRoving } from "./roving";

const KINDS: Record<PassportKind, LucideIcon> = {
	lead: UserRound,
	opportunity: Handshake,
	sale: BadgeDollarSign,
	refund: RotateCcw,
};

/** The sums in which the cost of a sale is looked for. */
const COSTED = new Set(["cost", "sales_with_cost", "margin"]);

/** JSON as people read it, a short list on one line; what is no JSON as it is. */
export function indented(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2).replace(
			/\[\s+((?:"[^"]*"|[\w.-]+)(?:,\s+(?:"[^"]*"|[\w.-]+))*)\s+\]/g,
			(_, inner: string) => `[${inner.replace(/\s*\n\s*/g, " ")}]`,
		);
	} catch {
		return text;
	}
}

/** The sums that a source adds to, with their places among all. */
export function sumsOf(passport: Pick<NumberPassport, "sums">, source: "meta" | "crm") {
	return passport.sums
		.map(({ metric }, at) => ({ metric, at }))
		.filter(({ metric }) => metrics.find((one) => one.id === metric)?.source === source);
}

type Sums = ReturnType<typeof sumsOf>;

/** What a row adds to each of the sums. */
function Adds({
	sums,
	adds,
	currency,
}: {
	sums: Sums;
	adds: ReadonlyArray<string | null>;
	currency: string;
}) {
	const { locale } = useWords();
	return sums.map(({ metric, at }) => {
		const [column] = columnsOf([metric]);
		const value = adds[at] ?? null;
		return (
			<span key={metric} className="num w-[84px] flex-none text-right">
				{column && written(locale, column, { [metric]: value } as never, currency)}
			</span>
		);
	});
}

/** What a row was before it was converted, and by which rate. */
function useOriginal(sums: Sums) {
	const { t, locale } = useWords();
	return (original: PassportOriginal | null): Array<readonly [string, ReactNode]> => {
		if (!original) return [];
		const { currency, adds, rate: used } = original;
		const amounts = sums.flatMap(({ metric, at }) => {
			const [column] = columnsOf([metric]);
			const value = adds[at] ?? null;
			return column?.kind === "money" && value !== null
				? [`${t(`metric.${metric}`)} ${money(locale, value, currency)}`]
				: [];
		});
		return [
			[t("passport.before"), amounts.join(", ")],
			[
				t("exchange.rate"),
				used
					? t("exchange.at", {
							rate: rate(locale, used.rate),
							source: t(`exchange.source.${used.source}`),
							days: day(locale, used.rate_day, "long"),
						})
					: t("passport.noRate", { day: day(locale, original.day, "long") }),
			],
			[
				t("exchange.kept"),
				used &&
					used.legs.length > 1 &&
					used.legs
						.map((leg) => `1 ${leg.base} = ${rate(locale, leg.rate)} ${leg.quote}`)
						.join(" · "),
			],
		];
	};
}

/** One row, which opens to all that is known of it. */
function Row({
	when,
	icon: Icon,
	name,
	second,
	converted,
	adds,
	children,
}: {
	when: string;
	icon?: LucideIcon;
	name: string;
	second: string;
	/** Whether what it adds was in another currency. */
	converted: boolean;
	adds: ReactNode;
	children: ReactNode;
}) {
	const { t } = useWords();
	const [open, setOpen] = useState(false);
	return (
		<li className="border-line border-b last:border-b-0">
			<details onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
				<summary className="ring-inside -mx-2 flex scroll-mt-9 min-h-8 cursor-pointer list-none items-center gap-2 rounded-1 px-2 py-1 hover:bg-hover [&::-webkit-details-marker]:hidden">
					<ChevronRight
						size={14}
						aria-hidden
						className="flex-none text-ink-3 group-open:rotate-90"
					/>
					<span className="num w-12 flex-none text-ink-2">{when}</span>
					{Icon && (
						<Icon size={14} strokeWidth={1.75} aria-hidden className="flex-none text-ink-3" />
					)}
					<span className="min-w-0 flex-1">
						<span className="block truncate" title={name}>
							{name}
						</span>
						{second && (
							<small className="block truncate text-11 text-ink-3" title={second}>
								{second}
							</small>
						)}
					</span>
					{converted && (
						<ArrowRightLeft
							size={12}
							aria-label={t("exchange.converted")}
							className="flex-none text-ink-3"
						/>
					)}
					{adds}
				</summary>
				{open && <div className="mb-2 flex flex-col gap-2.5 py-1.5 pl-[22px]">{children}</div>}
			</details>
		</li>
	);
}

interface Listed<R> {
	row: R;
	sums: Sums;
	currency: string;
	/** It adds nothing. */
	bare?: boolean;
}

export function AdDay({ row, sums, currency, bare }: Listed<PassportAdDay>) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const run = t("passport.run", { run: row.run });
	const told = row.told.map(({ metric, value }): readonly [string, ReactNode] => {
		const [column] = columnsOf([metric]);
		const isMoney = column?.kind === "money";
		return [
			t(`metric.${metric}`),
			value !== null && (isMoney ? money(locale, value, row.currency) : count(locale, value)),
		];
	});
	const original = useOriginal(sums);
	return (
		<Row
			when={day(locale, row.day)}
			name={row.ad_name || row.ad_external_id}
			converted={row.original !== null}
			second={row.campaign_name}
			adds={!bare && <Adds sums={sums} adds={row.adds} currency={currency} />}
		>
			<Facts
				rows={[
					[t("passport.adId"), row.ad_external_id],
					[t("figures.field.campaign"), row.campaign_name],
					[t("passport.setting"), row.attribution_setting],
					[
						t("passport.sync"),
						row.run_started_at ? `${run}, ${moment(locale, row.run_started_at, zone)}` : run,
					],
					...original(row.original),
					...told,
					[t("passport.reach"), row.reach !== null && count(locale, row.reach)],
					[t("passport.frequency"), row.frequency && ratio(locale, row.frequency)],
				]}
			/>
			{row.actions && <CopyValue label={t("passport.actions")} value={indented(row.actions)} />}
			{row.rest && <CopyValue label={t("passport.rest")} value={indented(row.rest)} />}
			{!row.actions && !row.rest && <p className="text-12 text-ink-3">{t("passport.noJson")}</p>}
		</Row>
	);
}

function Spend({ row, sums, currency, bare }: Listed<PassportSpend>) {
	const { t, locale } = useWords();
	const original = useOriginal(sums);
	const channel = useChannel()(row.channel);
	return (
		<Row
			when={day(locale, row.day)}
			name={row.campaign ?? channel}
			converted={row.original !== null}
			second={[row.campaign && channel, row.note].filter(Boolean).join(" · ")}
			adds={!bare && <Adds sums={sums} adds={row.adds} currency={currency} />}
		>
			<Facts
				rows={[
					[t("figures.field.channel"), channel],
					[t("figures.field.campaign"), row.campaign],
					[t("spend.amount"), money(locale, row.amount, row.currency)],
					[t("spend.note"), row.note],
					...original(row.original),
				]}
			/>
			<p>
				<Button asChild size="s">
					<Link to="/spend" search={{ platform: row.channel } as never}>
						{t("spend.open")}
					</Link>
				</Button>
			</p>
		</Row>
	);
}

export function Outcome({ row, sums, currency, bare }: Listed<PassportOutcome>) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const original = useOriginal(sums);
	const own = row.currency ?? currency;
	const refunded = row.refunded !== null && /[1-9]/.test(row.refunded);
	const costs = sums.some(({ metric }) => COSTED.has(metric)) && row.kind === "sale";
	const kind = t(`passport.kind.${row.kind}`);
	return (
		<Row
			when={day(locale, row.day)}
			icon={KINDS[row.kind]}
			name={row.contact || t("passport.merged")}
			converted={row.original !== null}
			second={row.reference ? `${kind} · ${row.reference}` : kind}
			adds={!bare && <Adds sums={sums} adds={row.adds} currency={currency} />}
		>
			<Facts
				rows={[
					[t("passport.happened"), moment(locale, row.happened_at, zone)],
					[
						t(row.kind === "refund" ? "passport.left" : "passport.gross"),
						row.gross && money(locale, row.gross, own),
					],
					[t("passport.refunded"), refunded && money(locale, `-${row.refunded}`, own)],
					[
						t("passport.cost"),
						row.cost ? money(locale, row.cost, own) : costs && t("passport.costUnknown"),
					],
					...original(row.original),
				]}
			/>
			{row.contact_id && (
				<p className="flex flex-wrap gap-2">
					<Button asChild size="s">
						<Link to="/contacts" search={{ open: row.contact_id } as never}>
							{t("passport.openContact")}
						</Link>
					</Button>
					{(row.kind === "sale" || row.kind === "refund") && (
						<Button asChild size="s">
							<Link to="/sales" search={{ contact: row.contact_id } as never}>
								{t("passport.openSales")}
							</Link>
						</Button>
					)}
				</p>
			)}
		</Row>
	);
}

/** One of the two lists, with as many of its rows as were asked for. */
export function List({
	title,
	all,
	listed,
	sums,
	reading,
	failed,
	onMore,
	children,
}: {
	title: string;
	/** How many rows there are. */
	all: number;
	listed: number;
	sums: Sums;
	reading?: boolean;
	failed?: UseQueryResult<NumberPassport, AppError> | undefined;
	/** Reads further ones; where it is absent the rest is only counted. */
	onMore?: () => void;
	children: ReactNode;
}) {
	const { t, locale } = useWords();
	const roving = useRoving<HTMLOListElement>("summary");
	if (all === 0) return null;
	return (
		<section className="mt-5" aria-label={title}>
			<header className="sticky -top-4 z-10 flex items-end gap-2 border-line border-b bg-surface pt-1 pb-1.5 text-11 text-ink-3">
				<h3 className="min-w-0 flex-1 font-medium">
					{title} <span className="num font-normal">({count(locale, all)})</span>
				</h3>
				{sums.map(({ metric }) => (
					<span key={metric} className="w-[84px] flex-none text-right">
						{t(`metricShort.${metric}`)}
					</span>
				))}
			</header>
			<ol {...roving}>{children}</ol>
			{failed?.error && <Failure error={failed.error} retry={() => void failed.refetch()} />}
			{all > listed && !onMore && (
				<p className="mt-1 text-ink-3">{t("passport.more", { count: all - listed })}</p>
			)}
			{all > listed && !failed?.error && onMore && (
				<Button size="s" variant="ghost" busy={reading} className="mt-1" onClick={onMore}>
					{t("passport.more", { count: Math.min(PAGE, all - listed) })}
				</Button>
			)}
		</section>
	);
}

/** Rows with keys of their own: parts of one sale stand under several campaigns of a total. */
export function apart(rows: readonly PassportOutcome[]): Array<[string, PassportOutcome]> {
	const seen = new Map<string, number>();
	return rows.map((row) => {
		const nth = seen.get(row.id) ?? 0;
		seen.set(row.id, nth + 1);
		return [`${row.id}/${nth}`, row];
	});
}

/** Every row of the number: what Meta told, what was spent elsewhere, and what the CRM holds. */
export function PassportRows({ figure, first }: { figure: FigureOf; first: NumberPassport }) {
	const { t } = useWords();
	const [pages, setPages] = useState({ adDays: 1, outcomes: 1, spend: 1 });
	const ask = { ...question(figure), limit: PAGE };
	const after = (pages: number) => Array.from({ length: pages - 1 }, (_, at) => PAGE * (at + 1));
	const adDayPages = useQueries({
		queries: after(pages.adDays).map((from) =>
			query("explainNumber", { ...ask, ad_days_from: from }),
		),
	});
	const outcomePages = useQueries({
		queries: after(pages.outcomes).map((from) =>
			query("explainNumber", { ...ask, outcomes_from: from }),
		),
	});
	const spendPages = useQueries({
		queries: after(pages.spend).map((from) => query("explainNumber", { ...ask, spend_from: from })),
	});
	const spend = [...(first.spend ?? []), ...spendPages.flatMap((page) => page.data?.spend ?? [])];
	const spendCount = first.spend_count ?? 0;
	const adDays = [...first.ad_days, ...adDayPages.flatMap((page) => page.data?.ad_days ?? [])];
	const outcomes = [
		...first.outcomes,
		...outcomePages.flatMap((page) => page.data?.outcomes ?? []),
	];
	const { currency } = figure;
	const meta = sumsOf(first, "meta");
	const crm = sumsOf(first, "crm");
	const missing = first.without_rate;
	const lacking = missing.ad_days_count + missing.outcomes_count + (missing.spend_count ?? 0);
	if (first.ad_days_count + first.outcomes_count + spendCount + lacking === 0) {
		return <p className="mt-5 text-ink-2">{t("passport.noRows")}</p>;
	}
	return (
		<>
			<List
				title={t("passport.withoutRate")}
				all={lacking}
				listed={missing.ad_days.length + missing.outcomes.length + (missing.spend?.length ?? 0)}
				sums={[]}
			>
				{missing.ad_days.map((row) => (
					<AdDay
						key={`${row.day}${row.account_id}${row.ad_external_id}`}
						row={row}
						sums={meta}
						currency={currency}
						bare
					/>
				))}
				{(missing.spend ?? []).map((row) => (
					<Spend key={row.id} row={row} sums={meta} currency={currency} bare />
				))}
				{apart(missing.outcomes).map(([key, row]) => (
					<Outcome key={key} row={row} sums={crm} currency={currency} bare />
				))}
			</List>
			<List
				title={t("passport.meta")}
				all={first.ad_days_count}
				listed={adDays.length}
				sums={meta}
				reading={adDayPages.some((page) => page.isPending)}
				failed={adDayPages.find((page) => page.error)}
				onMore={() => setPages({ ...pages, adDays: pages.adDays + 1 })}
			>
				{adDays.map((row) => (
					<AdDay
						key={`${row.day}${row.account_id}${row.ad_external_id}`}
						row={row}
						sums={meta}
						currency={currency}
					/>
				))}
			</List>
			<List
				title={t("passport.spend")}
				all={spendCount}
				listed={spend.length}
				sums={meta}
				reading={spendPages.some((page) => page.isPending)}
				failed={spendPages.find((page) => page.error)}
				onMore={() => setPages({ ...pages, spend: pages.spend + 1 })}
			>
				{spend.map((row) => (
					<Spend key={row.id} row={row} sums={meta} currency={currency} />
				))}
			</List>
			<List
				title={t("passport.crm")}
				all={first.outcomes_count}
				listed={outcomes.length}
				sums={crm}
				reading={outcomePages.some((page) => page.isPending)}
				failed={outcomePages.find((page) => page.error)}
				onMore={() => setPages({ ...pages, outcomes: pages.outcomes + 1 })}
			>
				{apart(outcomes).map(([key, row]) => (
					<Outcome key={key} row={row} sums={crm} currency={currency} />
				))}
			</List>
		</>
	);
}
