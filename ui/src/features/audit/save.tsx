import type { CsvAudit } from "@/bindings";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { useWords } from "@/i18n";
import { period } from "@/lib/format";
import { countColumn, dayColumn, ratioColumn, textColumn } from "@/lib/screen-columns";
import type { CellRow } from "./cells-table";
import { figureName, why } from "./why";
import { pathOf } from "./written";

/** Writes the cells that differ to a file, each with why: for whoever has to be asked about them. */
export function SaveCells({ audit, rows }: { audit: CsvAudit; rows: readonly CellRow[] }) {
	const words = useWords();
	const { t, locale } = words;
	const file = useSaveTable("audit", () => {
		return {
			title: t("nav.audit"),
			facts: [
				{ label: t("figures.field.account"), text: `${audit.account} (${audit.currency})` },
				...(audit.days
					? [
							{
								label: t("figures.file.days"),
								text: period(locale, audit.days.from, audit.days.to),
							},
						]
					: []),
			],
			columns: [
				countColumn(t("audit.line")),
				textColumn(t("audit.what")),
				textColumn(t("audit.externalId")),
				dayColumn(t("period.from")),
				dayColumn(t("period.to")),
				textColumn(t("audit.figure")),
				// Of several units, each of which tells its decimals.
				ratioColumn(t("audit.file")),
				ratioColumn(t("audit.stored")),
				ratioColumn(t("audit.difference")),
				textColumn(t("audit.cause")),
				textColumn(t("audit.reason")),
			],
			rows: rows.map((row) => ({
				cells: [
					String(row.line),
					row.level === null ? t("audit.totalsRow") : pathOf(row.names) || audit.account,
					row.external_id,
					row.days.from,
					row.days.to,
					figureName(words, row.figure),
					row.file,
					row.stored,
					row.difference,
					t(`audit.cause.${row.cause}`),
					why(words, audit, row.cause, row.evidence),
				],
				depth: 0,
				sum: row.level === null,
			})),
		};
	});
	return (
		<SaveTools
			formats={["csv", "xlsx"]}
			file={file}
			reason={rows.length === 0 ? t("export.noRows") : undefined}
		/>
	);
}
