import type { Pace } from "@/bindings";
import { useWords } from "@/i18n";
import { money } from "@/lib/format";

/**
 * The month as a line: what is spent, where it will end with the interval, and the budget. The
 * figures stand beside it; the line says nothing more.
 */
export function PaceBar({ pace, currency }: { pace: Pace; currency: string }) {
	const { t, locale } = useWords();
	const spent = Number(pace.spent);
	const budget = pace.budget === null ? null : Number(pace.budget);
	const low = pace.low === null ? null : Number(pace.low);
	const high = pace.high === null ? null : Number(pace.high);
	const expected = pace.expected === null ? null : Number(pace.expected);
	const whole = 1.04 * Math.max(spent, budget ?? 0, high ?? 0);
	if (whole <= 0) return null;
	const at = (value: number) => `${(100 * value) / whole}%`;
	const words = [
		t("pacing.bar.spent", { spent: money(locale, pace.spent, currency) }),
		expected !== null &&
			t("pacing.bar.end", {
				expected: money(locale, pace.expected, currency),
				low: money(locale, pace.low, currency),
				high: money(locale, pace.high, currency),
			}),
		budget !== null && t("pacing.bar.budget", { budget: money(locale, pace.budget, currency) }),
	];
	return (
		<div
			role="img"
			aria-label={words.filter(Boolean).join(" ")}
			title={words.filter(Boolean).join("\n")}
			className="relative h-4 w-full"
		>
			<span className="absolute inset-x-0 top-[6px] h-1 rounded-full bg-track" />
			{low !== null && high !== null && high > spent && (
				<span
					data-swatch
					className="absolute top-[3px] h-2.5 rounded-1 bg-[color-mix(in_oklab,var(--series-2)_30%,transparent)]"
					style={{ left: at(low), width: `calc(${at(high - low)} + 1px)` }}
				/>
			)}
			<span
				data-swatch
				className="absolute top-[6px] left-0 h-1 rounded-full bg-[var(--series-2)]"
				style={{ width: at(spent) }}
			/>
			{expected !== null && expected > spent && (
				<span
					data-swatch
					className="absolute top-[3px] h-2.5 w-0.5 -translate-x-1/2 bg-[var(--series-2)]"
					style={{ left: at(expected) }}
				/>
			)}
			{budget !== null && (
				<span
					data-swatch
					className="absolute top-0 h-4 w-0.5 -translate-x-1/2 bg-ink"
					style={{ left: at(budget) }}
				/>
			)}
		</div>
	);
}

/** What the marks of the line are. */
export function PaceKey() {
	const { t } = useWords();
	const marks = [
		["spent", "h-1 w-3 rounded-full bg-[var(--series-2)]"],
		["range", "h-2.5 w-3 rounded-1 bg-[color-mix(in_oklab,var(--series-2)_30%,transparent)]"],
		["budget", "h-3 w-0.5 bg-ink"],
	] as const;
	return (
		<span
			className="flex flex-wrap items-center gap-x-3 pr-2 text-11 text-ink-3 max-[1100px]:hidden"
			aria-hidden
		>
			{marks.map(([mark, look]) => (
				<span key={mark} className="flex items-center gap-1.5">
					<i data-swatch className={look} />
					{t(`pacing.key.${mark}`)}
				</span>
			))}
		</span>
	);
}
