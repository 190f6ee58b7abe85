import type { ReactNode } from "react";
import type { ChangeCause, MetricChange, ScreenFact, ScreenTable } from "@/bindings";
import type { Column } from "@/components/figures/columns";
import { Figure, FigureTable } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { Explained } from "@/components/ui/explained";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { signOf } from "@/lib/format";
import { moneyColumn, textColumn } from "@/lib/screen-columns";
import { causesOf, difference, tone, type Writing } from "./change";
import { PartFigure } from "./part";

export interface CauseRow {
	key: string;
	name: ReactNode;
	change: MetricChange;
	write: Writing;
	/** Where the figure comes from, before and after. */
	of: { before: RowOf; after: RowOf };
	strong?: boolean;
}

/** The same for a file: rows of one metric. */
export function causeSheet(
	t: ReturnType<typeof useWords>["t"],
	{
		title,
		facts,
		head,
		column,
		currency,
		causes,
		rows,
	}: {
		title: string;
		facts: ScreenFact[];
		head: string;
		column: Column;
		currency: string;
		causes: readonly ChangeCause[];
		rows: ReadonlyArray<{ name: string; change: MetricChange; sum: boolean }>;
	},
): ScreenTable {
	const shown = causesOf(
		rows.map((row) => row.change),
		causes,
	);
	const figures = [
		t("changes.before"),
		...shown.map(({ cause }) => t(`cause.${cause}`)),
		t("changes.after"),
		t("changes.change"),
	];
	return {
		title,
		facts,
		columns: [
			textColumn(head),
			...figures.map(
				column.kind === "money"
					? moneyColumn(currency)
					: (one) => ({
							head: one,
							unit: column.kind === "percent" ? "%" : "",
							kind: column.kind,
							decimals: column.kind === "count" ? 0 : 2,
						}),
			),
		],
		rows: rows.map(({ name, change, sum }) => ({
			cells: [
				name,
				change.before,
				...shown.map(({ at }) => change.parts[at] ?? null),
				change.after,
				difference(change),
			],
			depth: 0,
			sum,
		})),
	};
}

const CELL = "num whitespace-nowrap px-2 text-right last:pr-4";

/** What was, what each cause added, what is: a row for each metric, or for each campaign. */
export function CauseTable({
	head,
	causes,
	rows,
	foot = [],
	testId,
}: {
	/** What a row is. */
	head: string;
	causes: readonly ChangeCause[];
	rows: readonly CauseRow[];
	/** Sums of the rows, and what is in none of them. */
	foot?: readonly CauseRow[];
	testId: string;
}) {
	const { t } = useWords();
	const shown = causesOf(
		[...rows, ...foot].map((row) => row.change),
		causes,
	);
	const line = ({ key, name, change, write, of, strong }: CauseRow) => {
		const by = difference(change);
		const figure = (side: "before" | "after") => (
			<Figure of={{ ...of[side], metric: change.metric, shown: change[side] }}>
				{write.plain(change[side])}
			</Figure>
		);
		return (
			<tr key={key} className={cx("h-8", strong ? "font-semibold text-ink" : "hover:bg-hover")}>
				<th
					scope="row"
					className={cx(
						"w-full min-w-[200px] max-w-0 pl-4 text-left",
						strong ? "font-semibold" : "font-normal",
					)}
				>
					{name}
				</th>
				<td className={cx(CELL, !strong && "text-ink-2")}>{figure("before")}</td>
				{shown.map(({ cause, at }) => (
					<td
						key={cause}
						className={cx(CELL, cause === "unexplained" && "font-medium text-warning")}
					>
						{signOf(change.parts[at]) !== 0 && (
							<PartFigure part={{ change, at, of }}>{write.signed(change.parts[at])}</PartFigure>
						)}
					</td>
				))}
				<td className={cx(CELL, !strong && "font-medium")}>{figure("after")}</td>
				<td className={cx(CELL, !strong && "font-medium", tone(change.metric, by))}>
					{write.signed(by)}
				</td>
			</tr>
		);
	};
	return (
		<div className="overflow-x-auto">
			<FigureTable
				data-testid={testId}
				className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tbody:last-child_tr:last-child>*]:border-b-0 [&_tfoot_tr:last-child>*]:border-b-0"
			>
				<thead>
					<tr className="h-8 text-11 text-ink-3 [&>*]:border-t">
						<th scope="col" className="pl-4 text-left font-medium">
							{head}
						</th>
						<th scope="col" className={cx(CELL, "font-medium")}>
							{t("changes.before")}
						</th>
						{shown.map(({ cause }) => (
							<th key={cause} scope="col" className={cx(CELL, "font-medium")}>
								<Explained meaning={t(`cause.${cause}.text`)}>{t(`cause.${cause}`)}</Explained>
							</th>
						))}
						<th scope="col" className={cx(CELL, "font-medium")}>
							{t("changes.after")}
						</th>
						<th scope="col" className={cx(CELL, "font-medium")}>
							{t("changes.change")}
						</th>
					</tr>
				</thead>
				<tbody>{rows.map(line)}</tbody>
				{foot.length > 0 && (
					<tfoot className="bg-sunken text-ink-2 [&_tr:first-child>*]:border-t [&_tr:first-child>*]:border-t-line-2">
						{foot.map(line)}
					</tfoot>
				)}
			</FigureTable>
		</div>
	);
}
