import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkCheck, FileInput, FileText, RefreshCw, TriangleAlert, Upload } from "lucide-react";
import { useEffect, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import {
	commands,
	type ImportKind,
	type ImportMapping,
	type ImportReport,
	type SavedMapping,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { Banner, Button, cx, IconButton, Panel, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count } from "@/lib/format";
import { type AppError, call, query, toAppError } from "@/lib/ipc";
import { fileName, fitting } from "./mapping";
import { MappingPanel } from "./mapping-panel";
import { ReadingPanel } from "./reading-panel";
import { ReportPanel } from "./report-panel";
import { SampleTable } from "./sample-table";
import { SavedMappings } from "./saved-mappings";
import { useFileDrop } from "./use-file-drop";

const KINDS: readonly ImportKind[] = ["ads", "contacts", "opportunities", "sales"];
const ENDINGS = ["csv", "tsv", "txt", "xlsx", "xls", "ods"];

export default function ImportPage() {
	const { t, locale, failure } = useWords();
	const { view, keepView } = useSession();
	const client = useQueryClient();
	const kind = view<ImportKind>("import-kind", "ads");
	const [path, setPath] = useState<string | null>(null);
	/** What the person chose; null while the suggestion stands. */
	const [chosen, setChosen] = useState<ImportMapping | null>(null);
	/** The saved mapping in use, and whether Rumbo took it by itself. */
	const [used, setUsed] = useState<{ name: string; found: boolean } | null>(null);
	/** The person wants the suggestion, or has begun to change it: no saved mapping is taken. */
	const [own, setOwn] = useState(false);

	const preview = useQuery({
		...query("previewImport", { kind, path: path ?? "", mapping: chosen }),
		enabled: path !== null,
		placeholderData: (before, last) => {
			// Only a change of the mapping may keep the table of before on screen.
			const asked = last?.queryKey[1];
			return asked?.path === path && asked.kind === kind ? before : undefined;
		},
	});
	const run = useMutation<ImportReport, AppError, boolean>({
		mutationFn: (dry) =>
			call("runImport", {
				kind,
				path: path ?? "",
				mapping: chosen,
				dry_run: dry,
				rejected_path: null,
			}),
	});
	const pick = useMutation<string | null, AppError, void>({
		mutationFn: async () => {
			try {
				return await commands.pickFile({
					name: t("import.tables"),
					extensions: ENDINGS,
					suggested: null,
				});
			} catch (error) {
				throw toAppError(error);
			}
		},
		onSuccess: (picked) => picked && open(picked),
	});
	const { reset } = run;
	const change = (mapping: ImportMapping | null) => {
		setChosen(mapping);
		setUsed(null);
		setOwn(true);
		reset();
	};
	const use = (saved: SavedMapping | null) => {
		change(saved?.mapping ?? null);
		setUsed(saved && { name: saved.name, found: false });
	};
	const begin = () => {
		change(null);
		setOwn(false);
	};
	const open = (file: string) => {
		// The file may have been written again since it was last looked at.
		client.removeQueries({ predicate: (one) => one.queryKey[0] === "previewImport" });
		setPath(file);
		begin();
	};
	const over = useFileDrop((file) => {
		if (!run.isPending) open(file);
	});

	const seen = preview.data;
	const saved = useQuery({ ...query("listMappings", { kind }), enabled: kind !== "ads" });
	const fit =
		seen && !preview.isPlaceholderData && chosen === null && !own
			? fitting(seen, saved.data ?? [])
			: undefined;
	useEffect(() => {
		if (!fit) return;
		setChosen(fit.mapping);
		setUsed({ name: fit.name, found: true });
		setOwn(true);
	}, [fit]);
	const mapping: ImportMapping | null = seen
		? preview.isPlaceholderData && chosen
			? chosen
			: { ...seen.mapping, columns: { ...chosen?.columns, ...seen.mapping.columns } }
		: null;
	// While the file is read again with the same mapping, what was read before still holds.
	const ready = Boolean(seen && !preview.isPlaceholderData && seen.problems.length === 0);
	const imported = run.data && !run.data.dry_run;
	const dryRun = run.isPending && run.variables;
	const rows = { count: seen?.rows ?? 0 };
	const blocked = seen && seen.problems.length > 0 ? t("import.blocked") : undefined;
	const pickError = pick.error && failure(pick.error);

	return (
		<Page
			title={t("nav.import")}
			tools={
				seen &&
				mapping &&
				kind !== "ads" && (
					<SavedMappings
						key={kind}
						kind={kind}
						mapping={mapping}
						used={used?.name ?? ""}
						onUse={use}
						onSaved={(kept) => setUsed({ name: kept.name, found: false })}
					/>
				)
			}
		>
			<div className="flex flex-none flex-wrap items-center gap-3">
				<Segmented
					label={t("import.kind")}
					value={kind}
					options={KINDS.map((value) => ({ value, label: t(`import.kind.${value}`) }))}
					onChange={(next) => {
						keepView("import-kind", next);
						begin();
					}}
				/>
				<span className="text-12 text-ink-3">{t(`import.kind.${kind}.text`)}</span>
			</div>
			<div
				className={cx(
					"flex-none rounded-3 border bg-surface",
					over
						? "border-accent bg-accent-soft"
						: path
							? "border-line"
							: "border-line-2 border-dashed",
				)}
			>
				{path === null ? (
					<div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
						<FileInput size={24} strokeWidth={1.5} aria-hidden className="mb-1 text-ink-3" />
						<h2 className="font-semibold text-16 tracking-[-.01em]">{t("import.drop")}</h2>
						<p className="max-w-md text-ink-2">{t("import.dropText")}</p>
						<Button
							variant="primary"
							size="l"
							className="mt-3"
							busy={pick.isPending}
							data-testid="import-file"
							onClick={() => !pick.isPending && pick.mutate()}
						>
							{t("import.choose")}
						</Button>
					</div>
				) : (
					<div className="flex min-h-12 items-center gap-3 px-4 py-2">
						<FileText size={20} strokeWidth={1.5} aria-hidden className="flex-none text-ink-3" />
						<div className="min-w-0 flex-1">
							<p className="truncate font-medium" title={path}>
								{fileName(path)}
							</p>
							{seen && (
								<p className="num flex flex-wrap gap-x-3 text-12 text-ink-3">
									<span data-testid="import-rows">
										{t("import.rows", { shown: count(locale, seen.rows) })}
									</span>
									<span>
										{t("import.columns", {
											shown: count(locale, seen.columns.length),
										})}
									</span>
									{seen.sheet !== null ? (
										<span>{t("import.sheet", { name: seen.sheet })}</span>
									) : (
										<span>{seen.encoding}</span>
									)}
								</p>
							)}
						</div>
						<IconButton
							icon={RefreshCw}
							label={t("import.again")}
							onClick={() => {
								run.reset();
								void preview.refetch();
							}}
						/>
						<Button
							busy={pick.isPending}
							data-testid="import-file"
							onClick={() => !pick.isPending && pick.mutate()}
						>
							{t("import.chooseOther")}
						</Button>
					</div>
				)}
				{pickError && (
					<p role="alert" className="px-4 pb-2 text-12 text-negative">
						{pickError}
					</p>
				)}
			</div>
			{preview.error && path !== null && (
				<div className="flex flex-none flex-col items-center">
					<Failure error={preview.error} retry={() => void preview.refetch()} />
					{chosen && (
						<Button variant="ghost" onClick={() => change(null)}>
							{t("import.suggested")}
						</Button>
					)}
				</div>
			)}
			{path !== null && !seen && !preview.error && (
				<div className="grid grid-cols-1 gap-3 min-[900px]:grid-cols-2" aria-hidden>
					<Skeleton className="h-80" />
					<Skeleton className="h-80" />
				</div>
			)}
			{seen && mapping && (
				<>
					{used?.found && (
						<Banner
							tone="flat"
							icon={BookmarkCheck}
							testId="import-found"
							actions={
								<Button size="s" onClick={() => use(null)}>
									{t("import.suggested")}
								</Button>
							}
						>
							{t("import.usingSaved", { name: used.name })}
						</Banner>
					)}
					{seen.problems.length > 0 && (
						<section
							aria-label={t("import.problems")}
							data-testid="import-problems"
							className="flex flex-none gap-2.5 rounded-3 border border-warning-line bg-warning-soft px-3 py-2"
						>
							<TriangleAlert size={16} aria-hidden className="mt-0.5 flex-none text-warning" />
							<ul className="min-w-0 flex-1">
								{seen.problems.map((problem) => (
									<li key={`${problem.field}:${problem.message}`}>
										{failure(toAppError(problem))}
									</li>
								))}
							</ul>
						</section>
					)}
					<div className="grid flex-none grid-cols-[minmax(0,1fr)] items-stretch gap-3 min-[900px]:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
						<div className="relative min-h-96">
							<div className="absolute inset-0 flex *:flex-1">
								<MappingPanel preview={seen} mapping={mapping} onChange={change} />
							</div>
						</div>
						<ReadingPanel kind={kind} preview={seen} mapping={mapping} onChange={change} />
					</div>
					<div className="flex-none">
						<SampleTable preview={seen} mapping={mapping} />
					</div>
					<Panel className="-bottom-3 sticky flex-none shadow-2">
						{run.isPending && (
							<div
								role="progressbar"
								aria-label={t(dryRun ? "import.trying" : "import.importing", rows)}
								className="skeleton h-1 flex-none rounded-none bg-accent"
							/>
						)}
						<div className="flex flex-wrap items-center gap-2 px-4 py-2.5">
							<p role="status" className="mr-auto min-w-0 text-12 text-ink-2">
								{run.error ? (
									<span className="text-negative">{failure(run.error)}</span>
								) : run.isPending ? (
									t(dryRun ? "import.trying" : "import.importing", rows)
								) : seen.problems.length > 0 ? (
									t("import.blocked")
								) : imported ? (
									t("import.done", {
										added: count(locale, run.data?.added ?? 0),
										changed: count(locale, run.data?.changed ?? 0),
									})
								) : (
									t("import.tryFirst")
								)}
							</p>
							<Button
								size="l"
								busy={Boolean(dryRun)}
								reason={blocked}
								disabled={!ready || (run.isPending && !dryRun)}
								data-testid="import-dry-run"
								onClick={() => !run.isPending && run.mutate(true)}
							>
								{t("import.try")}
							</Button>
							<Button
								size="l"
								variant="primary"
								icon={Upload}
								busy={run.isPending && !dryRun}
								reason={blocked}
								disabled={!ready || Boolean(dryRun)}
								data-testid="import-run"
								onClick={() => !run.isPending && run.mutate(false)}
							>
								{t("import.run")}
							</Button>
						</div>
					</Panel>
					{run.data && <ReportPanel report={run.data} />}
				</>
			)}
		</Page>
	);
}
