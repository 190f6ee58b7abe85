import { type CSSProperties, Fragment, type ReactNode } from "react";
import type { ChangeCause, MetricChange } from "@/bindings";
import { type Column, goodness } from "@/components/figures/columns";
import { Figure, FigureTable } from "@/components/passport/figure";
import { Explained } from "@/components/ui/explained";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, money, percent, signOf } from "@/lib/format";
import type { CauseRow } from "./cause-table";
import { difference, tone, waterfall, writing } from "./change";
import { PartFigure } from "./part";

const FILL = { "1": "var(--positive)", "-1": "var(--negative)", "0": "var(--series-other)" };

function Line({
	name,
	strong,
	figure,
	className,
	children,
}: {
	name: ReactNode;
	strong?: boolean;
	figure: ReactNode;
	className?: string;
	children: ReactNode;
}) {
	return (
		<tr className="h-9">
			<th
				scope="row"
				className={cx(
					"whitespace-nowrap py-0 pr-3 pl-4 text-left",
					strong ? "font-semibold" : "font-normal",
				)}
			>
				{name}
			</th>
			<td aria-hidden className="relative h-9 w-full p-0">
				{children}
			</td>
			<td
				className={cx(
					"num whitespace-nowrap py-0 pr-4 pl-3 text-right",
					strong && "font-semibold",
					className,
				)}
			>
				{figure}
			</td>
		</tr>
	);
}

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
	const scale = drawn ? drawn.high - drawn.low || 1 : 1;
	const x = (value: number) => (drawn ? (100 * (value - drawn.low)) / scale : 0);
	const bar = (from: number, to: number, fill: string): CSSProperties => ({
		left: `${Math.min(x(from), x(to))}%`,
		width: `max(2px, ${Math.abs(x(to) - x(from))}%)`,
		background: fill,
	});
	// Where a step ends the next begins: a hairline leads down from the one to the other.
	const lead = (value: number, half: "top-1/2 bottom-0" | "top-0 bottom-1/2") => (
		<i
			className={cx("absolute w-px bg-[var(--chart-previous)]", half)}
			style={{ left: `min(calc(100% - 1px), ${x(value)}%)` }}
		/>
	);
	const end = (value: number, first: boolean) => (
		<>
			{lead(value, first ? "top-1/2 bottom-0" : "top-0 bottom-1/2")}
			<i
				className="absolute top-2 bottom-2 rounded-[2px] forced-color-adjust-none"
				style={bar(drawn && drawn.low > 0 ? drawn.low : 0, value, "var(--series-1)")}
			/>
			{drawn?.cut && (
				<i className="absolute top-1.5 bottom-1.5 left-3 w-1 -skew-x-[20deg] bg-surface" />
			)}
		</>
	);
	return (
		<Panel
			title={name}
			hint={column.kind === "money" ? currencySign(currency) : undefined}
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
				<FigureTable
					className={cx("w-full border-line border-t", !drawn.cut && "mb-2")}
					data-testid="waterfall"
				>
					<caption className="sr-only">{t("changes.caption", { name })}</caption>
					<thead className="sr-only">
						<tr>
							<th scope="col">{t("changes.cause")}</th>
							<td />
							<th scope="col">{name}</th>
						</tr>
					</thead>
					<tbody>
						<Line name={then} strong figure={opened("before", change.before)}>
							{end(drawn.before, true)}
						</Line>
						{drawn.steps.map(({ cause, part, from, to }) => {
							const good = goodness(column.id, signOf(part)) as 1 | 0 | -1;
							const unexplained = cause === "unexplained";
							return (
								<Fragment key={cause}>
									<Line
										name={
											<Explained meaning={t(`cause.${cause}.text`)}>
												{t(`cause.${cause}`)}
											</Explained>
										}
										figure={
											change && (
												<PartFigure part={{ change, at: causes.indexOf(cause), of }}>
													{write.signed(part)}
												</PartFigure>
											)
										}
										className={unexplained ? "text-warning" : tone(column.id, part)}
									>
										{lead(from, "top-0 bottom-1/2")}
										{lead(to, "top-1/2 bottom-0")}
										<i
											className="absolute top-2 bottom-2 rounded-[2px] forced-color-adjust-none"
											style={bar(from, to, unexplained ? "var(--warning)" : FILL[`${good}`])}
										/>
									</Line>
								</Fragment>
							);
						})}
						<Line name={now} strong figure={opened("after", change.after)}>
							{end(drawn.after, false)}
						</Line>
					</tbody>
				</FigureTable>
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
