/** A table of figures as it stands on screen, for a file: words as words, figures as exact numbers. */
import type {
	RoiFigures,
	RoiRow,
	ScreenColumn,
	ScreenFact,
	ScreenRow,
	ScreenTable,
} from "@/bindings";
import { changeColumn, figureColumn, textColumn } from "@/lib/screen-columns";
import { type Column, changeOf, figureOf, nameOf } from "./columns";
import type { Footer, TreeRow } from "./table";

/** What a column is called on screen. */
export interface Head {
	head: string;
	unit: string;
}

interface Shown {
	title: string;
	facts: ScreenFact[];
	nameHead: string;
	/** Of the platform's own id; null where the file has none. */
	idHead: string | null;
	columns: readonly Column[];
	headOf: (column: Column) => Head;
	/** The heads of what a figure was before and by how much it moved; null where it is not shown. */
	moved: { before: string; change: string } | null;
	rows: readonly TreeRow[];
	footers: readonly Footer[];
	currency: string;
	remainder: (row: RoiRow) => string;
}

function columnsFor(column: Column, { headOf, currency, moved }: Shown): ScreenColumn[] {
	const { head, unit } = headOf(column);
	const decimals = column.kind === "percent" ? (column.digits ?? 1) : 2;
	const own = { ...figureColumn(column.kind, currency, decimals)(head), unit };
	if (!moved || column.kind === "text") return [own];
	// The change of a percentage is in points, which are no percentage of anything.
	const change: ScreenColumn =
		column.kind === "percent"
			? changeColumn(column.kind, currency, decimals)(`${head}, ${moved.change}`)
			: { head: `${head}, ${moved.change}`, unit: "%", kind: "percent", decimals: 1 };
	return [own, { ...own, head: `${head}, ${moved.before}` }, change];
}

function cellsFor(
	column: Column,
	of: RoiFigures | RoiRow,
	before: RoiFigures | null | undefined,
	bare: boolean,
	{ moved, currency }: Shown,
): Array<string | null> {
	const text = (from: RoiFigures | RoiRow | null | undefined) => {
		const value = from && !(bare && column.ratio) ? figureOf(from, column.id) : null;
		return value === null ? null : String(value);
	};
	if (!moved || column.kind === "text") return [text(of)];
	const change = bare && column.ratio ? null : changeOf("en", column, of, before, currency);
	return [text(of), text(before), change?.by ?? null];
}

/** The rows as they are drawn, those that stand open with what lies under them, then the sums. */
export function screenTable(shown: Shown): ScreenTable {
	const { columns, rows, footers, idHead, nameHead, remainder } = shown;
	const line = (
		name: string,
		id: string | null,
		of: RoiFigures | RoiRow,
		before: RoiFigures | null | undefined,
		{ depth, sum, bare }: { depth: number; sum: boolean; bare: boolean },
	): ScreenRow => ({
		cells: [
			name,
			...(idHead === null ? [] : [id]),
			...columns.flatMap((column) => cellsFor(column, of, before, bare, shown)),
		],
		depth,
		sum,
	});
	return {
		title: shown.title,
		facts: shown.facts,
		columns: [
			textColumn(nameHead),
			...(idHead === null ? [] : [textColumn(idHead)]),
			...columns.flatMap((column) => columnsFor(column, shown)),
		],
		rows: [
			...rows.flatMap((at) =>
				at.kind === "row"
					? [
							line(
								nameOf(at.row) || remainder(at.row),
								at.row.external_id,
								at.row,
								at.row.previous,
								{
									depth: at.depth,
									sum: false,
									bare: false,
								},
							),
						]
					: [],
			),
			...footers.map(({ label, figures, previous, bare }) =>
				line(label, null, figures, previous, { depth: 0, sum: true, bare: bare ?? false }),
			),
		],
	};
}
