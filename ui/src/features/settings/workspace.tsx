import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FolderOpen } from "lucide-react";
import { useId, useState } from "react";
import { commands, type DeletedWorkspace, type WorkspaceRow } from "@/bindings";
import { CopyValue } from "@/components/copy";
import { Failure } from "@/components/failure";
import { Dialog } from "@/components/ui/dialog";
import { Button, Checkbox, Panel, SelectField, Skeleton, TextField } from "@/components/ui/kit";
import { LANGUAGES, useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { SaveRow, useSettingsForm } from "./parts";

const ZONES = Intl.supportedValuesOf("timeZone");

/** The business: its name, language, zone and country. */
export function WorkspaceForm() {
	const { t } = useWords();
	const id = useId();
	const form = useSettingsForm();
	const { stored, value } = form;
	if (stored.error) return <Failure error={stored.error} retry={() => void stored.refetch()} />;
	if (!value) return <Skeleton className="h-40" />;
	const save = () => form.save.mutate({});
	return (
		<Panel title={t("settings.workspace")}>
			<form
				className="flex flex-col gap-4 border-line border-t p-4"
				onSubmit={(event) => {
					event.preventDefault();
					save();
				}}
			>
				<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
					<TextField label={t("workspace.name")} {...form.text("name")} />
					<SelectField
						label={t("settings.workspaceLanguage")}
						value={value.locale}
						onChange={(event) => form.set({ locale: event.target.value })}
					>
						{[...new Set([value.locale, ...LANGUAGES.map((language) => language.code)])].map(
							(code) => (
								<option key={code} value={code}>
									{LANGUAGES.find((language) => language.code === code)?.name ?? code}
								</option>
							),
						)}
					</SelectField>
					<TextField
						label={t("workspace.timezone")}
						hint={t("settings.timezoneHint")}
						list="settings-zones"
						{...form.text("timezone")}
					/>
					<datalist id="settings-zones">
						{ZONES.map((zone) => (
							<option key={zone} value={zone} />
						))}
					</datalist>
					<TextField
						label={t("settings.phoneRegion")}
						hint={t("settings.phoneRegionHint")}
						placeholder="AR"
						{...form.text("phone_region")}
					/>
					<TextField
						label={t("settings.yourName")}
						hint={t("settings.yourNameHint")}
						{...form.text("your_name")}
					/>
				</div>
				<label htmlFor={`${id}-review`} className="flex items-start gap-2">
					<Checkbox
						id={`${id}-review`}
						label={t("settings.templateReview")}
						data-testid="template-review"
						checked={value.template_review ?? false}
						onChange={(event) => form.set({ template_review: event.target.checked })}
					/>
					<span>
						{t("settings.templateReview")}
						<span className="block text-12 text-ink-3">{t("settings.templateReviewText")}</span>
					</span>
				</label>
				<SaveRow save={form.save} onSave={save} />
			</form>
		</Panel>
	);
}

/** Archiving, which keeps everything, and deleting, which leaves a copy of the data. */
export function RemoveWorkspace({ all }: { all: WorkspaceRow[] }) {
	const { t, failure } = useWords();
	const current = all.find((workspace) => workspace.current);
	const archived = all.filter((workspace) => workspace.archived);
	const [deleting, setDeleting] = useState<WorkspaceRow | null>(null);
	const archive = useMutation<unknown, AppError, { id: string; archived: boolean }>({
		mutationFn: async (change) => {
			await call("archiveWorkspace", change);
			// An archived workspace is not worked in: another one is opened, when there is one.
			const next = all.find((one) => !one.archived && one.id !== change.id);
			if (change.archived && next) await call("useWorkspace", { workspace: next.id });
		},
	});
	return (
		<>
			{current && (
				<Panel title={t("settings.removeTitle")}>
					{!current.archived && (
						<div className="flex flex-wrap items-center gap-4 border-line border-t px-4 py-3">
							<p className="min-w-0 flex-1 text-ink-2">{t("settings.archiveText")}</p>
							<Button
								busy={archive.isPending}
								data-testid="archive-workspace"
								onClick={() => archive.mutate({ id: current.id, archived: true })}
							>
								{t("settings.archive")}
							</Button>
						</div>
					)}
					<div className="flex flex-wrap items-center gap-4 border-line border-t px-4 py-3">
						<p className="min-w-0 flex-1 text-ink-2">{t("settings.deleteText")}</p>
						<Button
							className="!text-negative"
							data-testid="delete-workspace"
							onClick={() => setDeleting(current)}
						>
							{t("settings.deleteButton")}
						</Button>
					</div>
				</Panel>
			)}
			{archive.error && (
				<p role="alert" className="text-negative">
					{failure(archive.error)}
				</p>
			)}
			{archived.length > 0 && (
				<Panel title={t("settings.archived")}>
					<ul>
						{archived.map((workspace) => (
							<li
								key={workspace.id}
								className="flex items-center gap-2 border-line border-t px-4 py-2"
							>
								<b className="truncate font-medium">{workspace.name}</b>
								<Button
									className="ml-auto"
									aria-label={t("settings.bringBackNamed", { name: workspace.name })}
									onClick={() => archive.mutate({ id: workspace.id, archived: false })}
								>
									{t("settings.bringBack")}
								</Button>
							</li>
						))}
					</ul>
				</Panel>
			)}
			{deleting && <DeleteDialog workspace={deleting} onClose={() => setDeleting(null)} />}
		</>
	);
}

/** Asks for the name, deletes, and then shows where the copy of the data lies. */
function DeleteDialog({ workspace, onClose }: { workspace: WorkspaceRow; onClose: () => void }) {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	const info = useQuery(query("getAppInfo", {}));
	const [typed, setTyped] = useState("");
	const remove = useMutation<DeletedWorkspace, AppError, void>({
		mutationFn: () => call("deleteWorkspace", { id: workspace.id, confirm: typed.trim() }),
	});
	if (remove.data) {
		const { backup } = remove.data;
		const leave = () => {
			onClose();
			void navigate({ to: "/" });
		};
		return (
			<Dialog
				open
				onClose={leave}
				title={t("settings.deletedTitle", { name: workspace.name })}
				description={t("settings.deletedText")}
				width={560}
				footer={
					<>
						{info.data && (
							<Button
								size="l"
								icon={FolderOpen}
								onClick={() =>
									void commands.openOutside(backup.slice(0, backup.search(/[^/\\]+$/)))
								}
							>
								{t("settings.openFolder")}
							</Button>
						)}
						<Button size="l" variant="primary" onClick={leave}>
							{t("state.toHome")}
						</Button>
					</>
				}
			>
				<div data-testid="deleted-backup">
					<CopyValue label={t("settings.backup")} value={backup} />
				</div>
			</Dialog>
		);
	}
	const question = t("settings.deleteConfirm", { name: workspace.name });
	return (
		<Dialog
			open
			onClose={onClose}
			title={t("settings.deleteTitle")}
			description={question}
			footer={
				<>
					<Button size="l" onClick={onClose}>
						{t("action.cancel")}
					</Button>
					<Button
						size="l"
						variant="danger"
						reason={typed.trim() === workspace.name ? undefined : question}
						busy={remove.isPending}
						data-testid="delete-confirm"
						onClick={() => remove.mutate()}
					>
						{t("settings.deleteButton")}
					</Button>
				</>
			}
		>
			<TextField
				label={t("workspace.name")}
				value={typed}
				autoFocus
				onChange={(event) => setTyped(event.target.value)}
				error={remove.error ? failure(remove.error) : undefined}
			/>
		</Dialog>
	);
}
