import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleX, FolderOpen, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import {
	type ConnectionTest,
	commands,
	type DoctorCheck,
	type WorkspaceSettings,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { Dialog } from "@/components/ui/dialog";
import {
	Button,
	cx,
	Panel,
	Segmented,
	SelectField,
	Tag,
	TextField,
	type Tone,
} from "@/components/ui/kit";
import { LANGUAGES, useWords } from "@/i18n";
import { count, day, instant, size } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

const TABS = ["connection", "workspace", "appearance", "data"] as const;
type Tab = (typeof TABS)[number];

export default function SettingsPage() {
	const { t } = useWords();
	const { view, keepView } = useSession();
	const tab = view<Tab>("settings", "connection");
	return (
		<Page title={t("nav.settings")}>
			<div
				className="flex flex-none gap-1 border-line border-b"
				role="tablist"
				aria-label={t("nav.settings")}
			>
				{TABS.map((name) => (
					<button
						key={name}
						type="button"
						role="tab"
						aria-selected={tab === name}
						data-testid={`settings-${name}`}
						onClick={() => keepView("settings", name)}
						className={cx(
							"-mb-px h-9 border-b-2 px-2.5 font-medium",
							tab === name
								? "border-accent text-ink"
								: "border-transparent text-ink-2 hover:text-ink",
						)}
					>
						{t(`settings.${name}`)}
					</button>
				))}
			</div>
			<div className="flex max-w-[760px] flex-col gap-3">
				{tab === "connection" && <Connection />}
				{tab === "workspace" && <Workspace />}
				{tab === "appearance" && <Appearance />}
				{tab === "data" && <Data />}
			</div>
		</Page>
	);
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
	return (
		<div className="grid grid-cols-[180px_1fr] gap-3 border-line border-t px-4 py-2 first:border-t-0">
			<dt className="text-ink-3">{label}</dt>
			<dd data-selectable className="num min-w-0 whitespace-normal break-words">
				{children}
			</dd>
		</div>
	);
}

const STATES: Record<string, Tone> = {
	connected: "positive",
	expiring: "warning",
	missing_scope: "warning",
	expired: "negative",
	revoked: "negative",
	missing: "neutral",
};

function Connection() {
	const { t, locale, failure } = useWords();
	const connection = useQuery(query("getConnection", {}));
	const accounts = useQuery(query("listAdAccounts", {}));
	const [leaving, setLeaving] = useState(false);
	const [typed, setTyped] = useState("");
	const test = useMutation<ConnectionTest, AppError, void>({
		mutationFn: () => call("testConnection", {}),
	});
	const leave = useMutation<unknown, AppError, void>({
		mutationFn: () => call("disconnect", {}),
		onSuccess: () => {
			setLeaving(false);
			setTyped("");
		},
	});
	const c = connection.data;
	if (connection.error)
		return <Failure error={connection.error} retry={() => void connection.refetch()} />;
	if (!c) return null;
	const signedIn = c.state !== "missing";
	const word = t("settings.disconnectWord");
	return (
		<>
			<Panel
				title={t("settings.meta")}
				actions={
					<>
						{signedIn && (
							<Button
								busy={test.isPending}
								onClick={() => test.mutate()}
								data-testid="test-connection"
							>
								{t("settings.test")}
							</Button>
						)}
						<Button asChild variant={signedIn ? "plain" : "primary"}>
							<Link to="/connect" data-testid="connect-meta">
								{signedIn ? t("settings.change") : t("nav.connect")}
							</Link>
						</Button>
					</>
				}
			>
				<dl>
					<Fact label={t("settings.state")}>
						<Tag tone={STATES[c.state] ?? "neutral"}>{t(`settings.state.${c.state}`)}</Tag>
					</Fact>
					{signedIn && (
						<>
							<Fact label={t("settings.user")}>{c.user_name}</Fact>
							{c.portfolio && <Fact label={t("settings.portfolio")}>{c.portfolio}</Fact>}
							<Fact label={t("settings.ends")}>
								{c.expires_at
									? day(locale, c.expires_at.slice(0, 10), "long")
									: t("settings.noEnd")}
								{c.data_access_expires_at &&
									` · ${t("settings.dataEnds", { date: day(locale, c.data_access_expires_at.slice(0, 10), "long") })}`}
							</Fact>
							<Fact label={t("settings.granted")}>{c.granted.join(", ")}</Fact>
							{c.missing.length > 0 && (
								<Fact label={t("settings.missing")}>
									{c.missing.map((m) => m.scope).join(", ")}
								</Fact>
							)}
							{c.last_error && <Fact label={t("settings.lastError")}>{c.last_error}</Fact>}
						</>
					)}
					<Fact label={t("settings.vault")}>{t(`settings.vault.${c.vault}`)}</Fact>
				</dl>
				{test.data && (
					<p role="status" className="border-line border-t bg-positive-soft px-4 py-2">
						{t("settings.tested", {
							name: test.data.user_name,
							ms: count(locale, test.data.round_trip_ms),
							accounts: test.data.ad_accounts,
						})}
					</p>
				)}
				{test.error && (
					<p role="alert" className="border-line border-t bg-negative-soft px-4 py-2">
						{failure(test.error)}
					</p>
				)}
			</Panel>
			{(accounts.data?.length ?? 0) > 0 && (
				<Panel title={t("settings.accounts")}>
					<ul>
						{accounts.data?.map((account) => (
							<li
								key={account.id}
								className="flex items-center gap-2 border-line border-t px-4 py-2"
							>
								<b className="truncate font-medium">{account.name}</b>{" "}
								<Tag tone="line">{account.currency}</Tag>
								{!account.selected && <Tag>{t("settings.notSynced")}</Tag>}
								{account.last_error && <Tag tone="negative">{account.last_error}</Tag>}
								<span className="num ml-auto text-12 text-ink-3">
									{account.last_synced_at
										? instant(locale, account.last_synced_at)
										: t("status.never")}
								</span>
							</li>
						))}
					</ul>
				</Panel>
			)}
			{signedIn && (
				<Panel title={t("settings.leave")}>
					<div className="flex items-center gap-4 border-line border-t px-4 py-3">
						<p className="text-ink-2">{t("settings.leaveText")}</p>
						<Button
							className="ml-auto !text-negative"
							onClick={() => setLeaving(true)}
							data-testid="disconnect"
						>
							{t("settings.leave")}
						</Button>
					</div>
				</Panel>
			)}
			<Dialog
				open={leaving}
				onClose={() => setLeaving(false)}
				title={t("settings.leave")}
				description={t("settings.leaveConfirm", { word })}
				footer={
					<>
						<Button size="l" onClick={() => setLeaving(false)}>
							{t("action.cancel")}
						</Button>
						<Button
							size="l"
							variant="danger"
							disabled={typed.trim().toLowerCase() !== word}
							busy={leave.isPending}
							onClick={() => leave.mutate()}
						>
							{t("settings.leave")}
						</Button>
					</>
				}
			>
				<TextField
					label={word}
					value={typed}
					autoFocus
					onChange={(event) => setTyped(event.target.value)}
					error={leave.error ? failure(leave.error) : undefined}
				/>
			</Dialog>
		</>
	);
}

function Workspace() {
	const { t, failure } = useWords();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const [edit, setEdit] = useState<WorkspaceSettings | null>(null);
	useEffect(() => {
		if (settings.data) setEdit((before) => before ?? settings.data);
	}, [settings.data]);
	const save = useMutation<WorkspaceSettings, AppError, WorkspaceSettings>({
		mutationFn: (next) => call("saveWorkspaceSettings", next),
		onSuccess: setEdit,
	});
	if (settings.error) return <Failure error={settings.error} />;
	if (!edit) return null;
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	const text = (field: "name" | "timezone") => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: wrong(field),
	});
	const list = (field: "lead_actions" | "purchase_actions") => ({
		value: edit[field].join(", "),
		onChange: (event: { target: { value: string } }) =>
			setEdit({
				...edit,
				[field]: event.target.value
					.split(",")
					.map((word) => word.trim())
					.filter(Boolean),
			}),
		error: wrong(field),
	});
	return (
		<Panel title={t("settings.workspace")}>
			<form
				className="flex flex-col gap-4 border-line border-t p-4"
				onSubmit={(event) => {
					event.preventDefault();
					save.mutate(edit);
				}}
			>
				<div className="grid grid-cols-2 gap-4">
					<TextField label={t("workspace.name")} {...text("name")} />
					<SelectField
						label={t("settings.workspaceLanguage")}
						value={edit.locale}
						onChange={(event) => setEdit({ ...edit, locale: event.target.value })}
					>
						{[...new Set([edit.locale, ...LANGUAGES.map((language) => language.code)])].map(
							(code) => (
								<option key={code} value={code}>
									{LANGUAGES.find((language) => language.code === code)?.name ?? code}
								</option>
							),
						)}
					</SelectField>
					<TextField
						label={t("workspace.currency")}
						placeholder="USD"
						value={edit.currency ?? ""}
						onChange={(event) => setEdit({ ...edit, currency: event.target.value || null })}
						error={wrong("currency")}
					/>
					<TextField label={t("workspace.timezone")} {...text("timezone")} />
					<TextField
						label={t("settings.phoneRegion")}
						hint={t("settings.phoneRegionHint")}
						placeholder="AR"
						value={edit.phone_region ?? ""}
						onChange={(event) => setEdit({ ...edit, phone_region: event.target.value || null })}
						error={wrong("phone_region")}
					/>
					<TextField
						type="number"
						min={15}
						label={t("settings.interval")}
						hint={t("settings.intervalHint")}
						value={edit.sync_interval_minutes}
						onChange={(event) =>
							setEdit({ ...edit, sync_interval_minutes: Number(event.target.value) || 0 })
						}
						error={wrong("sync_interval_minutes")}
					/>
				</div>
				<TextField
					label={t("settings.leadActions")}
					hint={t("settings.actionsHint")}
					placeholder="lead"
					{...list("lead_actions")}
				/>
				<TextField
					label={t("settings.purchaseActions")}
					hint={t("settings.actionsHint")}
					placeholder="omni_purchase"
					{...list("purchase_actions")}
				/>
				{save.error && !save.error.field && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
				<div className="flex items-center gap-3">
					<Button
						variant="primary"
						size="l"
						busy={save.isPending}
						onClick={() => save.mutate(edit)}
					>
						{t("action.save")}
					</Button>
					{save.isSuccess && (
						<span role="status" className="text-positive">
							{t("settings.saved")}
						</span>
					)}
				</div>
			</form>
		</Panel>
	);
}

function Appearance() {
	const { t, locale } = useWords();
	const { preferences, change } = useSession();
	return (
		<Panel title={t("settings.appearance")}>
			<div className="flex flex-col gap-4 border-line border-t p-4">
				<SelectField
					label={t("workspace.language")}
					value={preferences.language ?? locale}
					data-testid="language-select"
					onChange={(event) => change({ language: event.target.value })}
				>
					{LANGUAGES.map((language) => (
						<option key={language.code} value={language.code}>
							{language.name}
						</option>
					))}
				</SelectField>
				<SelectField
					label={t("settings.theme")}
					value={preferences.theme ?? "system"}
					data-testid="theme-select"
					onChange={(event) =>
						change({ theme: event.target.value === "system" ? null : event.target.value })
					}
				>
					<option value="system">{t("settings.theme.system")}</option>
					<option value="light">{t("settings.theme.light")}</option>
					<option value="dark">{t("settings.theme.dark")}</option>
				</SelectField>
			</div>
		</Panel>
	);
}

function Data() {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const info = useQuery(query("getAppInfo", {}));
	const list = useQuery(query("listWorkspaces", {}));
	const doctor = useMutation<DoctorCheck[], AppError, void>({
		mutationFn: () => call("runDoctor", {}),
	});
	const [deleting, setDeleting] = useState(false);
	const [typed, setTyped] = useState("");
	const [view, setView] = useState<"checks" | "facts">("facts");
	const current = list.data?.find((workspace) => workspace.current);
	const remove = useMutation<{ backup: string }, AppError, void>({
		mutationFn: () => call("deleteWorkspace", { id: current?.id ?? "", confirm: typed }),
		onSuccess: () => {
			setDeleting(false);
			setTyped("");
		},
	});
	return (
		<>
			<Panel
				title={t("settings.data")}
				actions={
					<Segmented
						label={t("settings.data")}
						value={view}
						options={[
							{ value: "facts", label: t("settings.facts") },
							{ value: "checks", label: t("settings.checks") },
						]}
						onChange={(next) => {
							setView(next);
							if (next === "checks" && !doctor.data) doctor.mutate();
						}}
					/>
				}
			>
				{view === "facts" && info.data && (
					<dl className="border-line border-t">
						<Fact label={t("settings.folder")}>
							<span className="flex items-center gap-2">
								<span className="min-w-0 break-all">{info.data.data_dir}</span>
								<Button
									size="s"
									icon={FolderOpen}
									onClick={() => void commands.openOutside(info.data.data_dir)}
								>
									{t("settings.openFolder")}
								</Button>
							</span>
						</Fact>
						<Fact label={t("settings.database")}>
							{info.data.database === "sqlite" ? t("settings.sqlite") : "PostgreSQL"}
							{info.data.database_bytes !== null && ` · ${size(locale, info.data.database_bytes)}`}
						</Fact>
						<Fact label={t("settings.version")}>
							Rumbo {info.data.version} ·{" "}
							{t("settings.schema", { number: info.data.schema_version })}
						</Fact>
					</dl>
				)}
				{view === "checks" && (
					<div className="border-line border-t">
						{doctor.isPending && <p className="px-4 py-3 text-ink-3">{t("settings.checking")}</p>}
						{doctor.error && <Failure error={doctor.error} retry={() => doctor.mutate()} />}
						<ul data-testid="doctor-checks">
							{doctor.data?.map((check) => {
								const Icon =
									check.outcome === "ok"
										? CircleCheck
										: check.outcome === "warning"
											? TriangleAlert
											: CircleX;
								const tone =
									check.outcome === "ok"
										? "text-positive"
										: check.outcome === "warning"
											? "text-warning"
											: "text-negative";
								return (
									<li
										key={check.name}
										className="grid grid-cols-[16px_1fr] gap-x-2.5 border-line border-t px-4 py-2 first:border-t-0"
									>
										<Icon
											size={16}
											aria-label={t(`settings.outcome.${check.outcome}`)}
											className={cx("mt-0.5", tone)}
										/>
										<div>
											<p>{check.detail}</p>
											{check.fix && <p className="text-12 text-ink-3">{check.fix}</p>}
										</div>
									</li>
								);
							})}
						</ul>
						<div className="px-4 py-3">
							<Button
								busy={doctor.isPending}
								onClick={() => doctor.mutate()}
								data-testid="run-doctor"
							>
								{t("settings.checkAgain")}
							</Button>
						</div>
					</div>
				)}
			</Panel>
			{current && (
				<Panel title={t("settings.deleteTitle")}>
					<div className="flex items-center gap-4 border-line border-t px-4 py-3">
						<p className="text-ink-2">
							{remove.data
								? t("settings.deleted", { path: remove.data.backup })
								: t("settings.deleteText")}
						</p>
						<Button className="ml-auto !text-negative" onClick={() => setDeleting(true)}>
							{t("settings.deleteButton")}
						</Button>
					</div>
				</Panel>
			)}
			<Dialog
				open={deleting}
				onClose={() => setDeleting(false)}
				title={t("settings.deleteTitle")}
				description={t("settings.deleteConfirm", { name: current?.name ?? "" })}
				footer={
					<>
						<Button size="l" onClick={() => setDeleting(false)}>
							{t("action.cancel")}
						</Button>
						<Button
							size="l"
							variant="danger"
							disabled={typed.trim() !== current?.name}
							busy={remove.isPending}
							onClick={() =>
								remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/" }) })
							}
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
		</>
	);
}
