import type { RoiFigures } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { type Column, figureOf, written } from "@/components/figures/columns";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { percent } from "@/lib/format";
import type { NamedPart } from "./parts";

/** Bars that stand there until all of them are asked for. */
const FIRST = 12;

/** Each part's share of the whole, as a bar. The table below says the same in figures. */
export function Bars({
	parts,
	rest,
	total,
	currency,
	column,
	all,
	onAll,
}: {
	/** Largest first, or in their own order. */
	parts: readonly NamedPart[];
	/** What is in no part: what Meta left out, and days that were not read. */
	rest: readonly NamedPart[];
	total: RoiFigures;
	currency: string;
	/** The figure that the bars show: a sum. */
	column: Column;
	all: boolean;
	onAll: (all: boolean) => void;
}) {
	const { t, locale } = useWords();
	const number = (part: NamedPart) => Number(figureOf(part.row, column.id) ?? 0);
	const whole = Number(figureOf(total, column.id) ?? 0);
	const most = Math.max(1e-9, ...[...parts, ...rest].map(number));
	// Every bar begins at the same place, as far left as the names allow.
	const longest = Math.max(...[...parts, ...rest].map((part) => part.name.length));
	const names = Math.min(230, Math.max(88, Math.ceil(longest * 7.4)));
	const colour = column.id === "spend" ? "var(--series-2)" : "var(--series-1)";
	const seen = all ? parts : parts.slice(0, FIRST);
	return (
		<>
			<ul
				aria-label={t("breakdowns.bars", { metric: t(`metric.${column.id}`) })}
				data-testid="breakdown-bars"
				className="flex flex-col gap-0.5 px-4 pb-3"
			>
				{[...seen, ...rest].map((part) => {
					const value = number(part);
					// What rounds to nothing has no sign.
					const share = whole > 0 ? Math.round((1000 * value) / whole) / 10 || 0 : null;
					return (
						<li
							key={part.row.key}
							className={cx("grid h-7 items-center gap-3", part.rest && "text-ink-2")}
							style={{ gridTemplateColumns: `${names}px 1fr 84px 56px` }}
						>
							<span className="truncate" title={part.name}>
								{part.name}
							</span>
							<span aria-hidden className="h-3 overflow-hidden rounded-1 bg-track">
								<span
									data-swatch
									className="block h-full min-w-px rounded-1"
									style={{
										width: `${Math.max(0, (100 * value) / most)}%`,
										background: part.rest ? "var(--series-other)" : colour,
									}}
								/>
							</span>
							<span className="num whitespace-nowrap text-right">
								{written(locale, column, part.row, currency)}
							</span>
							<span className="num whitespace-nowrap text-right text-ink-3">
								{percent(locale, share, 1)}
							</span>
						</li>
					);
				})}
			</ul>
			{parts.length > FIRST && <AllRows count={parts.length} all={all} onChange={onAll} />}
		</>
	);
}
