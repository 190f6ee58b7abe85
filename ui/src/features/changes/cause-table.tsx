import type { ReactNode } from "react";
import type { ChangeCause, MetricChange, ScreenFact, ScreenTable } from "@/bindings";
import type { Column } from "@/components/figures/columns";
import { Figure, FigureTable } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { Explained } from "@/components/ui/explained";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { signOf } from "@/lib/format";
import { changeColumn, figureColumn, textColumn } from "@/lib/screen-columns";
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

/** The columns of a file that has one metric: what it was and is, and what moved it. */
export function metricColumns({ kind }: Column, currency: string) {
	// Ratios stand there with all the decimals that the core tells.
	const decimals = kind === "ratio" ? 4 : 2;
	return {
		value: figureColumn(kind, currency, decimals),
		part: changeColumn(kind, currency, decimals),
	};
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
	const { value, part } = metricColumns(column, currency);
	return {
		title,
		facts,
		columns: [
			textColumn(head),
			value(t("changes.before")),
			...shown.map(({ cause }) => part(t(`cause.${cause}`))),
			value(t("changes.after")),
			part(t("changes.change")),
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

/** A row of figures. */
export interface ChangeLine {
	key: string;
	name: ReactNode;
	strong?: boolean | undefined;
	cells: ReadonlyArray<{ key: string; shown: ReactNode; className?: string | false }>;
}

/** Rows of figures that went from one to another. */
export function ChangeTable({
	heads,
	rows,
	foot = [],
	testId,
}: {
	/** Of the names, then of the figures; with what they mean, where that is not plain. */
	heads: ReadonlyArray<{ key: string; shown: string; meaning?: string }>;
	rows: readonly ChangeLine[];
	/** Sums of the rows, and what is in none of them. */
	foot?: readonly ChangeLine[];
	testId: string;
}) {
	const line = ({ key, name, strong, cells }: ChangeLine) => (
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
			{cells.map((cell) => (
				<td key={cell.key} className={cx(CELL, cell.className)}>
					{cell.shown}
				</td>
			))}
		</tr>
	);
	return (
		<div className="overflow-x-auto">
			<FigureTable
				data-testid={testId}
				className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tbody:last-child_tr:last-child>*]:border-b-0 [&_tfoot_tr:last-child>*]:border-b-0"
			>
				<thead>
					<tr className="h-8 text-11 text-ink-3 [&>*]:border-t">
						{heads.map(({ key, shown, meaning }, nth) => (
							<th
								key={key}
								scope="col"
								className={cx("font-medium", nth === 0 ? "pl-4 text-left" : CELL)}
							>
								{meaning ? <Explained meaning={meaning}>{shown}</Explained> : shown}
							</th>
						))}
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
	const line = ({ key, name, change, write, of, strong }: CauseRow): ChangeLine => {
		const by = difference(change);
		const figure = (side: "before" | "after") => (
			<Figure of={{ ...of[side], metric: change.metric, shown: change[side] }}>
				{write.plain(change[side])}
			</Figure>
		);
		return {
			key,
			name,
			strong,
			cells: [
				{ key: "before", shown: figure("before"), className: !strong && "text-ink-2" },
				...shown.map(({ cause, at }) => ({
					key: cause,
					shown: signOf(change.parts[at]) !== 0 && (
						<PartFigure part={{ change, at, of }}>{write.signed(change.parts[at])}</PartFigure>
					),
					className: cause === "unexplained" && "font-medium text-warning",
				})),
				{ key: "after", shown: figure("after"), className: !strong && "font-medium" },
				{
					key: "change",
					shown: write.signed(by),
					className: cx(!strong && "font-medium", tone(change.metric, by)),
				},
			],
		};
	};
	return (
		<ChangeTable
			testId={testId}
			heads={[
				{ key: "name", shown: head },
				{ key: "before", shown: t("changes.before") },
				...shown.map(({ cause }) => ({
					key: cause,
					shown: t(`cause.${cause}`),
					meaning: t(`cause.${cause}.text`),
				})),
				{ key: "after", shown: t("changes.after") },
				{ key: "change", shown: t("changes.change") },
			]}
			rows={rows.map(line)}
			foot={foot.map(line)}
		/>
	);
}
