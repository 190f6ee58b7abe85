import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CircleCheck, Equal } from "lucide-react";
import { useRef, useState } from "react";
import { Page } from "@/app/shell";
import type { AuditCause, AuditDifference, ImportMapping } from "@/bindings";
import { FileChoice } from "@/components/file-choice";
import type { RecordTableHandle } from "@/components/record-table";
import { Empty, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { useFileDrop } from "@/lib/file-drop";
import { count } from "@/lib/format";
import { query } from "@/lib/ipc";
import { type CellRow, CellsTable, cellRow } from "./cells-table";
import { DifferenceInspector } from "./inspector";
import { type Lone, LoneInspector, MissingTable, UnmatchedTable } from "./lone-tables";
import { SaveCells } from "./save";
import { Causes, Summary } from "./summary";
import { Unread } from "./unread";

const LISTS = ["cells", "unmatched", "missing"] as const;
type List = (typeof LISTS)[number];

/** An export of Ads Manager (`?file=`) against what Rumbo has: every cell that differs, and why. */
export default function AuditPage() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const search = useSearch({ strict: false }) as { file?: string };
	const path = search.file ?? null;
	/** What the person said of the file, where it could not be found out. */
	const [mapping, setMapping] = useState<ImportMapping | null>(null);
	const [list, setList] = useState<List>("cells");
	const [cause, setCause] = useState<AuditCause | null>(null);
	const [open, setOpen] = useState<CellRow | null>(null);
	const [lone, setLone] = useState<Lone | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const asked = useQuery({
		...query("auditCsv", { path: path ?? "", mapping }),
		enabled: path !== null,
	});
	const audit = asked.data;

	const take = (file: string) => {
		setMapping(null);
		setCause(null);
		setOpen(null);
		setLone(null);
		setList("cells");
		if (file === path) void asked.refetch();
		else void navigate({ to: "/audit", search: { file } as never });
	};
	const over = useFileDrop(take);
	const shut = () => {
		setOpen(null);
		setLone(null);
	};
	const close = () => {
		const back = open ?? lone;
		shut();
		if (back) table.current?.focus(back.id);
	};
	const matches = (found: AuditDifference) => cause === null || found.cause === cause;
	const cells = (audit?.differences ?? []).filter(matches).map(cellRow);
	const counts: Record<List, number> = {
		cells: audit?.cells_different ?? 0,
		unmatched: audit?.unmatched_rows ?? 0,
		missing: audit?.not_in_file_objects ?? 0,
	};
	const held: Record<List, number> = {
		cells: audit?.differences.length ?? 0,
		unmatched: audit?.unmatched.length ?? 0,
		missing: audit?.not_in_file.length ?? 0,
	};
	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page title={t("nav.audit")} fill>
					<FileChoice
						path={path}
						over={over}
						title={t("audit.drop")}
						text={t("audit.dropText")}
						testId="audit-file"
						onPicked={take}
						onAgain={() => void asked.refetch()}
						facts={
							audit && (
								<>
									<span>{t("audit.rows", { count: audit.rows_read })}</span>
									<span>{t(`audit.level.${audit.level}`)}</span>
									{audit.totals_rows > 0 && (
										<span>{t("audit.totalsRows", { count: audit.totals_rows })}</span>
									)}
									{audit.duplicates > 0 && (
										<span>{t("audit.duplicates", { count: audit.duplicates })}</span>
									)}
								</>
							)
						}
					/>
					{asked.error && path !== null && (
						<Unread
							error={asked.error}
							mapping={mapping}
							onChange={setMapping}
							retry={() => void asked.refetch()}
						/>
					)}
					{path !== null && asked.isPending && (
						<>
							<Skeleton className="h-28 flex-none" />
							<Skeleton className="min-h-64 flex-1" />
						</>
					)}
					{audit && !asked.error && (
						<>
							<Summary audit={audit} />
							<div className="flex flex-none flex-wrap items-center gap-2">
								<Segmented
									label={t("audit.show")}
									value={list}
									onChange={(next) => {
										setList(next);
										shut();
									}}
									options={LISTS.map((value) => ({
										value,
										label: t(`audit.list.${value}`, { shown: count(locale, counts[value]) }),
										testId: `audit-list-${value}`,
									}))}
								/>
								{list === "cells" && <Causes audit={audit} chosen={cause} onChoose={setCause} />}
								{held[list] < counts[list] && (
									<span className="text-12 text-ink-3">
										{t("audit.first", { count: held[list] })}
									</span>
								)}
								{list === "cells" && (
									<span className="ml-auto flex items-center gap-2">
										<SaveCells audit={audit} rows={cells} />
									</span>
								)}
							</div>
							{list === "cells" && (
								<CellsTable
									audit={audit}
									rows={cells}
									selected={open?.id ?? null}
									onOpen={setOpen}
									handle={table}
								>
									{audit.cells_compared > 0 ? (
										<Empty icon={CircleCheck} title={t("audit.allEqual")}>
											{t("audit.allEqualText", { count: audit.cells_compared })}
										</Empty>
									) : (
										<Empty icon={Equal} title={t("audit.nothing")}>
											{t("audit.nothingText")}
										</Empty>
									)}
								</CellsTable>
							)}
							{list === "unmatched" && (
								<UnmatchedTable
									audit={audit}
									selected={lone?.id ?? null}
									onOpen={setLone}
									handle={table}
								/>
							)}
							{list === "missing" && <MissingTable audit={audit} />}
						</>
					)}
				</Page>
			</div>
			{audit && lone && <LoneInspector key={lone.id} audit={audit} row={lone} onClose={close} />}
			{audit && open && (
				<DifferenceInspector key={open.id} audit={audit} found={open} onClose={close} />
			)}
		</div>
	);
}
