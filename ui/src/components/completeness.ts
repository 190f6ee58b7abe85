import type { DayCompleteness } from "@/bindings";
import { useWords } from "@/i18n";
import { count, percent } from "@/lib/format";

/** How much of a day's figure is there, in words: "82 % complete (75–90)". */
export function useCompleteness() {
	const { t, locale } = useWords();
	return ({ percent: part, low, high }: Pick<DayCompleteness, "percent" | "low" | "high">) =>
		low === null || high === null
			? t("chart.complete", { percent: percent(locale, part, 0) })
			: t("chart.completeBetween", {
					percent: percent(locale, part, 0),
					low: count(locale, low),
					high: count(locale, high),
				});
}
