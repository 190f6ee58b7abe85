import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { BookmarkCheck, Scale, TriangleAlert, Upload } from "lucide-react";
import { useEffect, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { ImportKind, ImportMapping, ImportReport, SavedMapping } from "@/bindings";
import { Failure } from "@/components/failure";
import { FileChoice } from "@/components/file-choice";
import { Banner, Button, Panel, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { useFileDrop } from "@/lib/file-drop";
import { count } from "@/lib/format";
import { type AppError, call, query, toAppError } from "@/lib/ipc";
import { fitting, isAdsExport } from "./mapping";
import { MappingPanel } from "./mapping-panel";
import { ReadingPanel } from "./reading-panel";
import { ReportPanel } from "./report-panel";
import { SampleTable } from "./sample-table";
import { SavedMappings } from "./saved-mappings";

const KINDS: readonly ImportKind[] = ["ads", "contacts", "opportunities", "sales", "spend"];

export default function ImportPage() {
	const { t, locale, failure } = useWords();
	const { view, keepView } = useSession();
	const client = useQueryClient();
	const navigate = useNavigate();
	const kind = view<ImportKind>("import-kind", "ads");
	const search = useSearch({ strict: false }) as { file?: string };
	/** Dropped on another page, where there is one at first. */
	const [path, setPath] = useState<string | null>(search.file ?? null);
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
	const choose = (next: ImportKind) => {
		keepView("import-kind", next);
		begin();
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
	// Whatever it was opened as: an export of Ads Manager can be compared as well.
	const asAds = useQuery({
		...query("previewImport", { kind: "ads", path: path ?? "", mapping: null }),
		enabled: path !== null && kind !== "ads",
	});
	const adsExport = isAdsExport(kind === "ads" ? seen : asAds.data);
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

	return (
		<Page
			title={t("nav.import")}
			tools={
				kind === "ads" ? (
					<Button icon={Scale} onClick={() => void navigate({ to: "/audit", search: {} as never })}>
						{t("nav.audit")}
					</Button>
				) : (
					seen &&
					mapping && (
						<SavedMappings
							key={kind}
							kind={kind}
							mapping={mapping}
							used={used?.name ?? ""}
							onUse={use}
							onSaved={(kept) => setUsed({ name: kept.name, found: false })}
						/>
					)
				)
			}
		>
			<div className="flex flex-none flex-wrap items-center gap-3">
				<Segmented
					label={t("import.kind")}
					value={kind}
					options={KINDS.map((value) => ({ value, label: t(`import.kind.${value}`) }))}
					onChange={choose}
				/>
				<span className="text-12 text-ink-3">{t(`import.kind.${kind}.text`)}</span>
			</div>
			<FileChoice
				path={path}
				over={over}
				title={t("import.drop")}
				text={t("import.dropText")}
				testId="import-file"
				onPicked={open}
				onAgain={() => {
					run.reset();
					void preview.refetch();
				}}
				facts={
					seen && (
						<>
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
						</>
					)
				}
			/>
			{path !== null && adsExport && (
				<Banner
					tone="flat"
					icon={Scale}
					testId="import-export"
					actions={
						<>
							{kind !== "ads" && (
								<Button size="s" onClick={() => choose("ads")}>
									{t("import.asAds")}
								</Button>
							)}
							<Button
								size="s"
								data-testid="import-compare"
								onClick={() => void navigate({ to: "/audit", search: { file: path } as never })}
							>
								{t("import.compare")}
							</Button>
						</>
					}
				>
					{t(kind === "ads" ? "import.comparable" : "import.looksLikeAds")}
				</Banner>
			)}
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
