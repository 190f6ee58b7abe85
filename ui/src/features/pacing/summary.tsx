import type { Pace } from "@/bindings";
import { useWords } from "@/i18n";
import { amount, currencySign, money, percent } from "@/lib/format";
import { Verdict } from "./verdict";

/** The whole month in one currency. */
export function Summary({ total, currency }: { total: Pace; currency: string }) {
	const { t, locale } = useWords();
	const cells = [
		{
			id: "budget",
			value: total.budget,
			more:
				total.budget === null
					? t(`pacing.gap.${total.no_budget ?? "not_set"}`)
					: t("pacing.left", { count: total.days_left }),
		},
		{
			id: "spent",
			value: total.spent,
			more:
				total.pace_percent === null
					? ""
					: t("pacing.pace", { pace: percent(locale, total.pace_percent, 0) }),
		},
		{
			id: "end",
			value: total.expected,
			more:
				total.low === null || total.high === null
					? total.no_forecast &&
						t(`pacing.gap.${total.no_forecast}`, { count: total.days_known ?? 0 })
					: t("pacing.within", {
							low: amount(locale, total.low, currency),
							high: amount(locale, total.high, currency),
						}),
		},
		{
			id: "needed",
			value: total.needed_per_day,
			more: t("pacing.recent", { amount: money(locale, total.recent_per_day, currency) }),
		},
	] as const;
	return (
		<section
			aria-label={t("pacing.summary", { currency })}
			data-testid="pacing-summary"
			className="grid grid-cols-4 overflow-hidden rounded-3 border border-line bg-surface max-[899px]:grid-cols-2"
		>
			{cells.map((cell) => (
				<div
					key={cell.id}
					className="min-w-0 border-line border-l px-4 py-2.5 first:border-l-0 max-[899px]:odd:border-l-0"
				>
					<p className="flex min-h-[18px] flex-wrap items-center gap-x-2 text-11 text-ink-3">
						<span className="font-medium">{t(`pacing.cell.${cell.id}`)}</span>
						{cell.id === "end" && total.verdict && <Verdict pace={total} />}
					</p>
					<p className="num mt-0.5 truncate font-semibold text-20 tracking-[-.01em]">
						{cell.value !== null && (
							<span className="mr-1 font-normal text-12 text-ink-3">{currencySign(currency)}</span>
						)}
						{amount(locale, cell.value, currency)}
					</p>
					<p className="num whitespace-normal text-12 text-ink-2">{cell.more}</p>
				</div>
			))}
		</section>
	);
}
