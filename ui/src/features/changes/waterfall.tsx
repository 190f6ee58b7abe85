import type { ReactNode } from "react";
import { type Column, goodness } from "@/components/figures/columns";
import { Figure } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { Steps } from "@/components/steps";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, money, percent, signOf } from "@/lib/format";
import { type Moved, tone, type Writing, waterfall } from "./change";

const FILL = { "1": "var(--positive)", "-1": "var(--negative)", "0": "var(--series-other)" };

/** A step: what it is called, and its figure as it is read or opened. */
export interface NamedStep extends Moved {
	name: ReactNode;
	figure: ReactNode;
	/** Whether it must not be. */
	wrong?: boolean;
}

/** From what a figure was to what it is, a step for each thing that moved it. The table is the drawing. */
export function WaterfallPanel({
	column,
	currency,
	before,
	after,
	by,
	steps,
	of,
	then,
	now,
	whose,
	cause,
	write,
	silent,
}: {
	column: Column;
	currency: string;
	before: string | null;
	after: string | null;
	/** By how much it moved; null where that is not known. */
	by: string | null;
	steps: readonly NamedStep[];
	/** Where the figure comes from, before and after. */
	of: { before: RowOf; after: RowOf };
	/** The two moments or periods, in words. */
	then: string;
	now: string;
	/** Of what the figure is, where that has to be said. */
	whose: string | false;
	/** What a step is. */
	cause: string;
	write: Writing;
	/** Stands there where nothing is drawn. */
	silent: string;
}) {
	const { t, locale } = useWords();
	const name = t(`metric.${column.id}`);
	const drawn = waterfall({ before, after }, steps);
	const opened = (side: "before" | "after", value: string | null) => (
		<Figure of={{ ...of[side], metric: column.id, shown: value }}>{write.plain(value)}</Figure>
	);
	const whole = (value: string | null) =>
		column.kind === "money" && !write.plain(value).includes("—")
			? `${currencySign(currency)}\u00a0${write.plain(value)}`
			: write.plain(value);
	const sign = signOf(by);
	const from = Number(before ?? 0);
	const share =
		column.kind !== "percent" && sign !== 0 && from !== 0
			? percent(locale, Math.abs((100 * Number(by)) / from), 1)
			: null;
	return (
		<Panel
			title={name}
			hint={[column.kind === "money" && currencySign(currency), whose].filter(Boolean).join(" · ")}
			className="flex-none"
		>
			<p className="num border-line border-t px-4 py-2.5 text-ink-2" data-testid="change-sum">
				{drawn ? (
					<>
						<b className="font-semibold text-ink">{whole(after)}</b>
						{sign === 0 ? (
							` ${t("changes.backAgain")}`
						) : (
							<>
								{", "}
								<b className={cx("font-semibold", tone(column.id, by) || "text-ink")}>
									{write.signed(by)}
								</b>
								{share && ` (${sign > 0 ? "▲" : "▼"} ${share})`}
							</>
						)}
					</>
				) : (
					silent
				)}
			</p>
			{drawn && (
				<Steps
					testId="waterfall"
					caption={t("changes.caption", { name })}
					heads={[cause, name]}
					first={{ name: then, figure: opened("before", before), value: drawn.before }}
					last={{ name: now, figure: opened("after", after), value: drawn.after }}
					scale={drawn}
					steps={drawn.steps.flatMap(({ key, part, from, to }) => {
						const step = steps.find((one) => one.key === key);
						if (!step) return [];
						const good = goodness(column.id, signOf(part)) as 1 | 0 | -1;
						return {
							key,
							name: step.name,
							figure: step.figure,
							className: step.wrong ? "text-warning" : tone(column.id, part),
							from,
							to,
							fill: step.wrong ? "var(--warning)" : FILL[`${good}`],
						};
					})}
				/>
			)}
			{drawn?.cut && (
				<p className="num px-4 pt-1 pb-3 text-12 text-ink-3">
					{t("changes.cut", {
						value:
							column.kind === "money"
								? money(locale, String(drawn.low), currency)
								: write.plain(String(drawn.low)),
					})}
				</p>
			)}
		</Panel>
	);
}
