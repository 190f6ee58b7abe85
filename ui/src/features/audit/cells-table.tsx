import type { ReactNode, Ref } from "react";
import type { AuditDifference, CsvAudit } from "@/bindings";
import {
	type RecordColumn,
	RecordTable,
	type RecordTableHandle,
	widest,
} from "@/components/record-table";
import { useWords } from "@/i18n";
import { count, period } from "@/lib/format";
import { figureName } from "./why";
import { fileCurrency, lastName, pathOf, signed, written } from "./written";

export type CellRow = AuditDifference & { id: string };

/** A cell is told by its line and its figure. */
export const cellRow = (found: AuditDifference): CellRow => ({
	...found,
	id: `${found.line}:${found.figure}`,
});

/** All rows are here: there is nothing more to read. */
export const WHOLE = {
	hasNextPage: false,
	isFetchingNextPage: false,
	fetchNextPage: () => undefined,
};

/** The cells that differ, in the order of the file. */
export function CellsTable({
	audit,
	rows,
	selected,
	onOpen,
	handle,
	children,
}: {
	audit: CsvAudit;
	rows: readonly CellRow[];
	selected: string | null;
	onOpen: (row: CellRow) => void;
	handle: Ref<RecordTableHandle>;
	children: ReactNode;
}) {
	const words = useWords();
	const { t, locale } = words;
	const name = (row: CellRow) =>
		row.level === null ? t("audit.totalsRow") : (lastName(row.names) ?? audit.account);
	const inFile = (row: CellRow) => written(locale, row, row.file, fileCurrency(audit));
	const stored = (row: CellRow) => written(locale, row, row.stored, audit.currency);
	const apart = (row: CellRow) => signed(locale, row, row.difference, audit.currency);
	const days = (row: CellRow) => period(locale, row.days.from, row.days.to);
	const columns: RecordColumn<CellRow>[] = [
		{
			id: "name",
			head: t("audit.what"),
			width: 200,
			cell: (row) => <span title={pathOf(row.names) || undefined}>{name(row)}</span>,
		},
		{
			id: "line",
			head: t("audit.line"),
			width: 64,
			right: true,
			drop: 1,
			cell: (row) => <span className="text-ink-3">{count(locale, row.line)}</span>,
		},
		{
			id: "days",
			head: t("audit.days"),
			width: widest(rows.map(days), 104),
			drop: 2,
			cell: (row) => <span className="num text-ink-2">{days(row)}</span>,
		},
		{
			id: "figure",
			head: t("audit.figure"),
			width: 132,
			cell: (row) => (
				<span title={figureName(words, row.figure)}>{figureName(words, row.figure)}</span>
			),
		},
		{
			id: "file",
			head: t("audit.file"),
			width: widest(rows.map(inFile), 88),
			right: true,
			cell: inFile,
		},
		{
			id: "stored",
			head: t("audit.stored"),
			width: widest(rows.map(stored), 88),
			right: true,
			cell: stored,
		},
		{
			id: "difference",
			head: t("audit.difference"),
			width: widest(rows.map(apart), 96),
			right: true,
			cell: (row) => <span className="font-medium">{apart(row)}</span>,
		},
		{
			id: "cause",
			head: t("audit.cause"),
			width: 196,
			cell: (row) => (
				<span className={row.cause === "unknown" ? "text-warning" : "text-ink-2"}>
					{t(`audit.cause.${row.cause}`)}
				</span>
			),
		},
	];
	return (
		<RecordTable
			label={t("audit.cells")}
			columns={columns}
			rows={rows}
			selected={selected}
			onOpen={onOpen}
			more={WHOLE}
			handle={handle}
			testId="audit-cell"
		>
			{children}
		</RecordTable>
	);
}
