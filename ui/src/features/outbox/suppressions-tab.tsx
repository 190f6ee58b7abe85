import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { FileInput, MailX } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { commands, type SuppressionRow, type SuppressionsImport } from "@/bindings";
import { type RecordColumn, RecordList } from "@/components/record-table";
import { SaveTools, useSaveFile } from "@/components/save-file";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, SearchField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { type AppError, call, pages, toAppError } from "@/lib/ipc";

const KINDS = ["whatsapp", "sms", "email", "telegram", "messenger", "instagram"] as const;
type Row = SuppressionRow & { id: string };

/** Addresses that are not written to, and the lists they come from. */
export function SuppressionsTab() {
	const { t, locale, failure } = useWords();
	const [kind, setKind] = useState<string>("whatsapp");
	const [search, setSearch] = useState("");
	const wanted = useDeferredValue(search.trim());
	const request = { kind, search: wanted || null };
	const list = useInfiniteQuery({
		...pages("listSuppressions", request),
		placeholderData: (before) => before,
	});
	const take = useMutation<SuppressionsImport | null, AppError, void>({
		mutationFn: async () => {
			let path: string | null;
			try {
				path = await commands.pickFile({
					name: t("file.tables"),
					extensions: ["csv", "tsv", "txt", "xlsx", "xls", "ods"],
					suggested: null,
				});
			} catch (error) {
				throw toAppError(error);
			}
			return path ? call("importSuppressions", { path, kind }) : null;
		},
	});
	const file = useSaveFile<"csv">("stopped", (path) =>
		call("exportSuppressions", { path, kind, semicolon: !locale.startsWith("en") }),
	);
	const rows: Row[] =
		list.data?.pages
			.flatMap((page) => page.rows)
			.map((row) => ({ ...row, id: `${row.kind}|${row.scope}|${row.address}` })) ?? [];
	const columns: RecordColumn<Row>[] = [
		{ id: "address", head: t("outbox.address"), width: 220, cell: (one) => one.address },
		{
			id: "scope",
			head: t("outbox.scope"),
			width: 160,
			cell: (one) => t(`outbox.scope.${one.scope}`),
		},
		{
			id: "source",
			head: t("outbox.source"),
			width: 180,
			drop: 2,
			cell: (one) => <span className="text-ink-2">{t(`outbox.source.${one.source}`)}</span>,
		},
		{
			id: "note",
			head: t("outbox.note"),
			width: 200,
			drop: 1,
			cell: (one) => {
				// Of an address that cannot be reached the note is the provider's code.
				const note =
					one.source === "bounced" && one.note
						? t("outbox.codeOfProvider", { code: one.note })
						: one.note;
				return (
					<span className="text-ink-3" title={note ?? undefined}>
						{note ?? "—"}
					</span>
				);
			},
		},
		{
			id: "at",
			head: t("outbox.since"),
			width: 150,
			right: true,
			cell: (one) => <span className="num text-ink-3">{instant(locale, one.at)}</span>,
		},
	];
	const done = take.data;
	return (
		<>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<FilterSelect
					aria-label={t("outbox.kind")}
					data-testid="stopped-kind"
					value={kind}
					onChange={(event) => setKind(event.target.value)}
				>
					{KINDS.map((one) => (
						<option key={one} value={one}>
							{t(`outbox.kind.${one}`)}
						</option>
					))}
				</FilterSelect>
				<SearchField label={t("outbox.findAddress")} value={search} onChange={setSearch} />
				<span className="ml-auto flex items-center gap-2">
					<Button
						icon={FileInput}
						size="s"
						busy={take.isPending}
						data-testid="stopped-import"
						onClick={() => take.mutate()}
					>
						{t("outbox.importList")}
					</Button>
					<SaveTools
						formats={["csv"]}
						file={file}
						reason={rows.length === 0 ? t("export.noRows") : undefined}
					/>
				</span>
			</div>
			{take.error && (
				<p role="alert" className="text-12 text-negative">
					{failure(take.error)}
				</p>
			)}
			{done && (
				<div role="status" className="flex-none text-12 text-ink-2" data-testid="stopped-result">
					<p>
						{t("outbox.imported", {
							added: done.added,
							known: done.known,
							rejected: done.rejected.length,
						})}
					</p>
					{done.rejected.length > 0 && (
						<ul className="mt-1 max-h-32 overflow-y-auto text-negative">
							{done.rejected.map((row) => (
								<li key={row.row}>
									{`${row.row}: ${failure({ code: "invalid_input", message: row.why, reason: row.reason, params: row.params })}`}
								</li>
							))}
						</ul>
					)}
				</div>
			)}
			<RecordList
				label={t("outbox.tab.stopped")}
				columns={columns}
				rows={rows}
				list={list}
				testId="stopped-row"
			>
				<Empty icon={MailX} title={t(wanted ? "outbox.noneFound" : "outbox.noneStopped")}>
					{!wanted && t("outbox.noneStoppedText")}
				</Empty>
			</RecordList>
		</>
	);
}
