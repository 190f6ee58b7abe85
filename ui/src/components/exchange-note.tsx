import { useNavigate } from "@tanstack/react-router";
import { ArrowRightLeft, Clock, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSession } from "@/app/session";
import type { AccountZone, ConvertedFrom, Exchanged, MissingRates, UsedRate } from "@/bindings";
import { Dialog } from "@/components/ui/dialog";
import { Banner, Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, day, money, period, rate } from "@/lib/format";

/** Rows that are drawn; a long period has more, and they are all in the file and in JSON. */
const MOST = 400;

/** `0.1907 – 0.1937 (ECB, 12 – 14 Mar 2026)`. */
function useRateText() {
	const { t, locale } = useWords();
	return (from: ConvertedFrom) => {
		const [low, high] = [rate(locale, from.lowest_rate), rate(locale, from.highest_rate)];
		return t("exchange.at", {
			rate: low === high ? low : `${low} – ${high}`,
			source: t(`exchange.source.${from.source}`),
			days: period(locale, from.first_day, from.last_day),
		});
	};
}

/** What a figure was before it was converted: beside the name of its row. */
export function ConvertedMark({ of }: { of: readonly ConvertedFrom[] | undefined }) {
	const { t, locale } = useWords();
	const rateText = useRateText();
	if (!of || of.length === 0) return null;
	const text = of
		.map((from) =>
			[
				t("exchange.from", { currency: from.currency }),
				from.spend && `${t("metric.spend")} ${money(locale, from.spend, from.currency)}`,
				`${t("metric.revenue")} ${money(locale, from.revenue, from.currency)}`,
				/[1-9]/.test(from.cost ?? "") &&
					`${t("metric.cost")} ${money(locale, from.cost ?? "0", from.currency)}`,
				rateText(from),
			]
				.filter(Boolean)
				.join(" · "),
		)
		.join("\n");
	return (
		<span title={text} className="flex-none text-ink-3" data-testid="converted">
			<ArrowRightLeft size={12} aria-hidden />
			<span className="sr-only">{text}</span>
		</span>
	);
}

function Rates({ exchanged, onClose }: { exchanged: Exchanged; onClose: () => void }) {
	const { t, locale } = useWords();
	const legs = (used: UsedRate) =>
		used.legs.map((leg) => `1 ${leg.base} = ${rate(locale, leg.rate)} ${leg.quote}`).join(" · ");
	return (
		<Dialog
			open
			width={720}
			onClose={onClose}
			title={t("exchange.ratesTitle", { currency: exchanged.to })}
			description={t("exchange.ratesText")}
			footer={
				<Button size="l" onClick={onClose}>
					{t("action.close")}
				</Button>
			}
		>
			<table className="w-full text-12" data-testid="used-rates">
				<thead>
					<tr className="h-7 border-line border-b text-11 text-ink-3 [&>th]:font-medium">
						<th scope="col" className="text-left">
							{t("exchange.day")}
						</th>
						<th scope="col" className="text-left">
							{t("figures.currency")}
						</th>
						<th scope="col" className="text-right">
							{t("exchange.rate")}
						</th>
						<th scope="col" className="pl-4 text-left">
							{t("exchange.rateDay")}
						</th>
						<th scope="col" className="text-left">
							{t("exchange.kept")}
						</th>
					</tr>
				</thead>
				<tbody>
					{exchanged.rates.slice(0, MOST).map((used) => (
						<tr key={`${used.from}${used.day}`} className="h-7 border-line border-b">
							<td className="num whitespace-nowrap pr-3">{day(locale, used.day, "long")}</td>
							<td>{used.from}</td>
							<td className="num text-right">{rate(locale, used.rate)}</td>
							<td className="num whitespace-nowrap pl-4">
								<span className={used.rate_day === used.day ? "text-ink-3" : "font-medium"}>
									{day(locale, used.rate_day, "long")}
								</span>
							</td>
							<td className="num text-ink-2">
								{t(`exchange.source.${used.source}`)}: {legs(used)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</Dialog>
	);
}

/** Whose days are counted: each ad account has its own. */
function Zones({ zones, onClose }: { zones: readonly AccountZone[]; onClose: () => void }) {
	const { t } = useWords();
	return (
		<Dialog
			open
			onClose={onClose}
			title={t("exchange.mixedDays", { count: zones.length })}
			description={t("exchange.mixedDaysText")}
			footer={
				<Button size="l" onClick={onClose}>
					{t("action.close")}
				</Button>
			}
		>
			<dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
				{zones.map((zone) => (
					<div key={zone.zone} className="contents">
						<dt className="break-words text-ink-3">{zone.zone}</dt>
						<dd className="min-w-0 break-words">{zone.accounts.join(", ")}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}

/** How the figures came into one currency, what could not, and that not all days are the same hours. */
export function ExchangeNote({
	exchanged,
	zones,
	children,
}: {
	exchanged: Exchanged | null | undefined;
	zones?: readonly AccountZone[] | undefined;
	/** What else is to be known of these figures: it stands in the same line, first. */
	children?: ReactNode;
}) {
	const { t, locale } = useWords();
	const { keepView } = useSession();
	const navigate = useNavigate();
	const rateText = useRateText();
	const [open, setOpen] = useState<"rates" | "zones" | null>(null);
	const missing = exchanged?.missing ?? [];
	const before = exchanged?.missing_before ?? [];
	const mixed = (zones ?? []).length > 1;
	const days = (of: MissingRates) => ({
		currency: of.currency,
		count: of.days,
		days: period(locale, of.first_day, of.last_day),
	});
	const toRates = (
		<Button
			size="s"
			onClick={() => {
				keepView("settings", "rates");
				void navigate({ to: "/settings" });
			}}
		>
			{t("exchange.toRates")}
		</Button>
	);
	return (
		<>
			{missing.length + before.length > 0 && exchanged && (
				<Banner tone="warning" icon={TriangleAlert} testId="exchange-missing" actions={toRates}>
					{missing.map((of) => (
						<span key={of.currency}>
							<b className="font-semibold">
								{t("exchange.missing", {
									currency: of.currency,
									to: currencySign(exchanged.to),
								})}
							</b>{" "}
							{t("exchange.missingDays", days(of))}{" "}
						</span>
					))}
					{before.map((of) => (
						<span key={of.currency}>{t("exchange.missingBefore", days(of))} </span>
					))}
				</Banner>
			)}
			{((exchanged && exchanged.from.length > 0) || mixed || children) && (
				<div
					data-testid="exchange-note"
					className="flex flex-none flex-wrap items-center gap-x-4 gap-y-1 text-12 text-ink-2 empty:hidden"
				>
					{children}
					{exchanged && exchanged.from.length > 0 && (
						<span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
							<ArrowRightLeft size={14} aria-hidden className="text-ink-3" />
							{exchanged.from.map((from) => (
								<span key={from.currency} className="num">
									{from.currency} → {currencySign(exchanged.to)} {rateText(from)}
								</span>
							))}
							<Button variant="ghost" size="s" onClick={() => setOpen("rates")}>
								{t("exchange.showRates")}
							</Button>
						</span>
					)}
					{mixed && (
						<Button
							variant="ghost"
							size="s"
							icon={Clock}
							className="-mx-2"
							onClick={() => setOpen("zones")}
							data-testid="mixed-days"
						>
							{t("exchange.mixedDays", { count: (zones ?? []).length })}
						</Button>
					)}
				</div>
			)}
			{open === "rates" && exchanged && (
				<Rates exchanged={exchanged} onClose={() => setOpen(null)} />
			)}
			{open === "zones" && <Zones zones={zones ?? []} onClose={() => setOpen(null)} />}
		</>
	);
}
