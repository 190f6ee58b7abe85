import { CircleCheck } from "lucide-react";
import { type Ref, useState } from "react";
import type { AuditNotInFile, AuditUnmatched, CsvAudit } from "@/bindings";
import { Facts, Inspector } from "@/components/inspector";
import {
	type RecordColumn,
	RecordTable,
	type RecordTableHandle,
	widest,
} from "@/components/record-table";
import { Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, count, currencySign, instant, period } from "@/lib/format";
import { WHOLE } from "./cells-table";
import { why } from "./why";
import { fileCurrency, lastName, pathOf } from "./written";

export type Lone = AuditUnmatched & { id: string };
type Missing = AuditNotInFile & { id: string };

/** Why a row of the file was not compared. */
function useSaid(audit: CsvAudit) {
	const words = useWords();
	const { t, locale, reason } = words;
	return (row: Lone): string => {
		if (row.why === "unreadable") {
			return reason(row.reason_id, row.params as Record<string, string>) ?? row.reason ?? "";
		}
		const { run, at } = row.evidence as Record<string, string | undefined>;
		if (run !== undefined && (row.cause === "restated" || row.cause === "replaced_by_file")) {
			return t("audit.unmatched.taken_away", { run, at: at && instant(locale, at) });
		}
		if (row.why === "not_stored" && row.cause) {
			return row.cause === "unknown"
				? t("audit.unmatched.not_stored")
				: why(words, audit, row.cause, row.evidence);
		}
		const { count: shared, line } = row.evidence as Record<string, string | undefined>;
		return t(`audit.unmatched.${row.why}`, {
			...(shared !== undefined && { count: Number(shared) }),
			line,
		});
	};
}

/** One such row, with its reason in full. */
export function LoneInspector({
	audit,
	row,
	onClose,
}: {
	audit: CsvAudit;
	row: Lone;
	onClose: () => void;
}) {
	const { t, locale } = useWords();
	const said = useSaid(audit);
	const title = lastName(row.names) ?? t("audit.line");
	const money = fileCurrency(audit);
	return (
		<Inspector label={title} title={title} onClose={onClose}>
			<h3 className="mb-1 font-semibold">{t("audit.reason")}</h3>
			<p data-testid="audit-why" className="text-ink-2">
				{said(row)}
			</p>
			<h3 className="mt-5 mb-1 font-semibold">{t("audit.where")}</h3>
			<Facts
				rows={[
					[t("audit.line"), count(locale, row.line)],
					[t("audit.what"), pathOf(row.names)],
					[t("audit.days"), row.days && period(locale, row.days.from, row.days.to)],
					[
						t("metric.spend"),
						row.spend && `${currencySign(money)}\u00a0${amount(locale, row.spend, money)}`,
					],
				]}
			/>
		</Inspector>
	);
}

/** Rows of the file that have nothing here to be compared with. */
export function UnmatchedTable({
	audit,
	selected,
	onOpen,
	handle,
}: {
	audit: CsvAudit;
	selected: string | null;
	onOpen: (row: Lone) => void;
	handle: Ref<RecordTableHandle>;
}) {
	const { t, locale } = useWords();
	const said = useSaid(audit);
	const money = fileCurrency(audit);
	const rows: Lone[] = audit.unmatched.map((row) => ({ ...row, id: String(row.line) }));
	const days = (row: Lone) => (row.days ? period(locale, row.days.from, row.days.to) : "—");
	const spend = (row: Lone) => amount(locale, row.spend, money);
	const columns: RecordColumn<Lone>[] = [
		{
			id: "name",
			head: t("audit.what"),
			width: 200,
			cell: (row) => (
				<span title={pathOf(row.names) || undefined}>{lastName(row.names) ?? "—"}</span>
			),
		},
		{
			id: "line",
			head: t("audit.line"),
			width: 64,
			right: true,
			cell: (row) => <span className="text-ink-3">{count(locale, row.line)}</span>,
		},
		{
			id: "days",
			head: t("audit.days"),
			width: widest(rows.map(days), 104),
			drop: 1,
			cell: (row) => <span className="num text-ink-2">{days(row)}</span>,
		},
		{
			id: "spend",
			head: `${t("metric.spend")} (${currencySign(money)})`,
			width: widest(rows.map(spend), 120),
			right: true,
			drop: 2,
			cell: spend,
		},
		{
			id: "why",
			head: t("audit.reason"),
			width: 440,
			cell: (row) => (
				<span className="text-ink-2" title={said(row)}>
					{said(row)}
				</span>
			),
		},
	];
	return (
		<RecordTable
			label={t("audit.unmatchedRows")}
			columns={columns}
			rows={rows}
			selected={selected}
			onOpen={onOpen}
			more={WHOLE}
			handle={handle}
			testId="audit-unmatched"
		>
			<Empty icon={CircleCheck} title={t("audit.unmatched.none")} />
		</RecordTable>
	);
}

/** What Rumbo has of the days of the file, and the file has not. */
export function MissingTable({ audit }: { audit: CsvAudit }) {
	const { t, locale } = useWords();
	const [at, setAt] = useState<string | null>(null);
	const rows: Missing[] = audit.not_in_file.map((one, place) => ({ ...one, id: String(place) }));
	const days = (row: Missing) => period(locale, row.from, row.to);
	const spend = (row: Missing) => amount(locale, row.spend, audit.currency);
	const columns: RecordColumn<Missing>[] = [
		{
			id: "name",
			head: t("audit.what"),
			width: 200,
			cell: (row) => (
				<span title={pathOf(row.names) || undefined}>{lastName(row.names) ?? audit.account}</span>
			),
		},
		{
			id: "path",
			head: t("audit.under"),
			width: 240,
			drop: 1,
			cell: (row) => (
				<span className="text-ink-2" title={pathOf(row.names)}>
					{pathOf({ ...row.names, [row.level]: null })}
				</span>
			),
		},
		{
			id: "externalId",
			head: t("audit.externalId"),
			width: 176,
			drop: 2,
			cell: (row) => <span className="num text-ink-3">{row.external_id}</span>,
		},
		{
			id: "days",
			head: t("audit.days"),
			width: widest(rows.map(days), 104),
			cell: (row) => <span className="num text-ink-2">{days(row)}</span>,
		},
		{
			id: "spend",
			head: `${t("metric.spend")} (${currencySign(audit.currency)})`,
			width: widest(rows.map(spend), 120),
			right: true,
			cell: spend,
		},
		{
			id: "impressions",
			head: t("metric.impressions"),
			width: 112,
			right: true,
			drop: 3,
			cell: (row) => count(locale, row.impressions),
		},
	];
	return (
		<RecordTable
			label={t("audit.missingRows")}
			columns={columns}
			rows={rows}
			selected={at}
			onOpen={(row) => setAt(row.id)}
			more={WHOLE}
			testId="audit-missing"
		>
			<Empty icon={CircleCheck} title={t("audit.missing.none")} />
		</RecordTable>
	);
}
