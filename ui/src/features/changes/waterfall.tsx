import type { ChangeCause, MetricChange } from "@/bindings";
import { type Column, goodness, isBlended } from "@/components/figures/columns";
import { Figure } from "@/components/passport/figure";
import { Steps } from "@/components/steps";
import { Explained } from "@/components/ui/explained";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, money, percent, signOf } from "@/lib/format";
import type { CauseRow } from "./cause-table";
import { difference, tone, waterfall, writing } from "./change";
import { PartFigure } from "./part";

const FILL = { "1": "var(--positive)", "-1": "var(--negative)", "0": "var(--series-other)" };

/** From what a figure was to what it is, a step for each cause. The table is the drawing. */
export function WaterfallPanel({
	change,
	column,
	causes,
	currency,
	of,
	then,
	now,
	inside,
}: {
	change: MetricChange | undefined;
	column: Column;
	causes: readonly ChangeCause[];
	currency: string;
	/** Where the figure comes from, before and after. */
	of: CauseRow["of"];
	/** The two moments, in words. */
	then: string;
	now: string;
	/** Whether it moved in a campaign, whatever it did as a whole. */
	inside: boolean;
}) {
	const { t, locale } = useWords();
	const name = t(`metric.${column.id}`);
	const drawn = change ? waterfall(change, causes) : null;
	const write = writing(locale, column, currency, change ? [change] : []);
	const by = change ? difference(change) : null;
	const opened = (side: "before" | "after", value: string | null) => (
		<Figure of={{ ...of[side], metric: column.id, shown: value }}>{write.plain(value)}</Figure>
	);
	const whole = (value: string | null) =>
		column.kind === "money" && !write.plain(value).includes("—")
			? `${currencySign(currency)}\u00a0${write.plain(value)}`
			: write.plain(value);
	const sign = signOf(by);
	const before = Number(change?.before ?? 0);
	const share =
		column.kind !== "percent" && sign !== 0 && before !== 0
			? percent(locale, Math.abs((100 * Number(by)) / before), 1)
			: null;
	return (
		<Panel
			title={name}
			hint={[
				column.kind === "money" && currencySign(currency),
				// The total is of all that the CRM has; the campaigns below have their own.
				isBlended(column.id) && t("from.blended"),
			]
				.filter(Boolean)
				.join(" · ")}
			className="flex-none"
		>
			<p className="num border-line border-t px-4 py-2.5 text-ink-2" data-testid="change-sum">
				{change && drawn ? (
					<>
						<b className="font-semibold text-ink">{whole(change.after)}</b>
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
				) : change && (change.before === null) !== (change.after === null) ? (
					t(change.after === null ? "changes.unknownNow" : "changes.unknownThen", {
						name,
						value: whole(change.after ?? change.before),
					})
				) : (
					t(inside ? "changes.unmovedWhole" : "changes.unmoved", { name })
				)}
			</p>
			{change && drawn && (
				<Steps
					testId="waterfall"
					caption={t("changes.caption", { name })}
					heads={[t("changes.cause"), name]}
					first={{ name: then, figure: opened("before", change.before), value: drawn.before }}
					last={{ name: now, figure: opened("after", change.after), value: drawn.after }}
					scale={drawn}
					steps={drawn.steps.map(({ cause, part, from, to }) => {
						const good = goodness(column.id, signOf(part)) as 1 | 0 | -1;
						const unexplained = cause === "unexplained";
						return {
							key: cause,
							name: <Explained meaning={t(`cause.${cause}.text`)}>{t(`cause.${cause}`)}</Explained>,
							figure: (
								<PartFigure part={{ change, at: causes.indexOf(cause), of }}>
									{write.signed(part)}
								</PartFigure>
							),
							className: unexplained ? "text-warning" : tone(column.id, part),
							from,
							to,
							fill: unexplained ? "var(--warning)" : FILL[`${good}`],
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
