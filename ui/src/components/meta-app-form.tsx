import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { MetaApp, RedirectMode, SaveMetaApp } from "@/bindings";
import { Button, cx, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { CopyValue } from "./copy";

/** Nothing of it changes. */
const AS_IT_IS: SaveMetaApp = {
	app_id: null,
	app_secret: null,
	graph_url: null,
	dialog_url: null,
	graph_version: null,
	redirect_mode: null,
	bounce_url: null,
	ports: null,
	features: null,
};

type Text =
	| "app_id"
	| "app_secret"
	| "graph_url"
	| "dialog_url"
	| "graph_version"
	| "bounce_url"
	| "ports";
type Edit = Partial<Record<Text, string>> & { redirect_mode?: RedirectMode; everywhere?: boolean };

const LOWEST_PORT = 1024;
const HIGHEST_PORT = 65535;

/** `8765, 8766` as numbers; null when one of them is no port. */
export function portList(text: string): number[] | null {
	const words = text.split(/[\s,;]+/).filter(Boolean);
	const ports = words.map((word) => (/^\d{1,5}$/.test(word) ? Number(word) : 0));
	return ports.every((port) => port >= LOWEST_PORT && port <= HIGHEST_PORT) ? ports : null;
}

/** Saves what is given and leaves the rest; what is stored now is known at once. */
function useSave(onSaved?: () => void) {
	const client = useQueryClient();
	return useMutation<MetaApp, AppError, Partial<SaveMetaApp>>({
		mutationFn: (change) => call("saveMetaApp", { ...AS_IT_IS, ...change }),
		onSuccess: (saved) => {
			client.setQueryData(["getMetaApp", {}], saved);
			onSaved?.();
		},
	});
}

/** Which Meta app signs in, and how Meta sends the person back. The secret is never shown. */
export function MetaAppForm({ app, onSaved }: { app: MetaApp; onSaved?: () => void }) {
	const { t, failure } = useWords();
	// Only what was touched is saved: what comes from elsewhere does not become this workspace's.
	const [edit, setEdit] = useState<Edit>({});
	const [wrongPorts, setWrongPorts] = useState(false);
	const save = useSave(() => {
		setEdit({});
		onSaved?.();
	});
	const stored: Record<Text, string> = {
		app_id: app.app_id,
		app_secret: "",
		graph_url: app.graph_url,
		dialog_url: app.dialog_url,
		graph_version: app.graph_version,
		bounce_url: app.bounce_url ?? "",
		ports: app.ports.join(", "),
	};
	const mode = edit.redirect_mode ?? app.redirect_mode;
	const set = (change: Edit) => {
		save.reset();
		setWrongPorts(false);
		setEdit((before) => ({ ...before, ...change }));
	};
	const submit = () => {
		const ports = edit.ports === undefined ? null : portList(edit.ports);
		if (edit.ports !== undefined && ports === null) {
			setWrongPorts(true);
			return;
		}
		const { ports: _, app_secret, everywhere, ...rest } = edit;
		save.mutate({
			...rest,
			ports,
			// An empty field keeps the secret; a button of its own removes it.
			app_secret: app_secret || null,
			everywhere: everywhere ?? false,
		});
	};
	const text = (field: Text) => ({
		value: edit[field] ?? stored[field],
		onChange: (event: { target: { value: string } }) => set({ [field]: event.target.value }),
		error:
			field === "ports" && wrongPorts
				? t("metaApp.portsWrong", { low: LOWEST_PORT, high: HIGHEST_PORT })
				: save.error?.field === field
					? failure(save.error)
					: undefined,
	});
	const source = (of: string | null, name: string) => of && t(`metaApp.source.${of}`, { name });
	// What is registered is what is stored, not what is being typed.
	const changesWayBack = ["redirect_mode", "bounce_url", "ports", "dialog_url"].some(
		(field) => edit[field as keyof Edit] !== undefined,
	);
	// The environment is not Rumbo's to change.
	const removable = app.app_secret_source === "workspace" || app.app_secret_source === "global";
	return (
		<form
			className="flex flex-col gap-4"
			onSubmit={(event) => {
				event.preventDefault();
				submit();
			}}
		>
			<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
				<TextField
					label={t("metaApp.id")}
					inputMode="numeric"
					hint={edit.app_id === undefined ? source(app.app_id_source, "META_APP_ID") : undefined}
					{...text("app_id")}
				/>
				<TextField
					type="password"
					autoComplete="off"
					label={t("metaApp.secret")}
					placeholder={app.has_app_secret ? t("metaApp.secretKept") : t("metaApp.secretNone")}
					hint={source(app.app_secret_source, "META_APP_SECRET") ?? t("metaApp.secretHint")}
					{...text("app_secret")}
				/>
			</div>
			<Check
				label={t("metaApp.everywhere")}
				hint={t("metaApp.everywhereHint")}
				checked={edit.everywhere ?? false}
				onChange={(on) => set({ everywhere: on })}
			/>
			<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
				<SelectField
					label={t("metaApp.redirect")}
					value={mode}
					onChange={(event) => set({ redirect_mode: event.target.value as RedirectMode })}
				>
					<option value="loopback">{t("metaApp.redirect.loopback")}</option>
					<option value="login_success">{t("metaApp.redirect.login_success")}</option>
					<option value="https_bounce">{t("metaApp.redirect.https_bounce")}</option>
				</SelectField>
				{mode === "https_bounce" && (
					<TextField
						label={t("metaApp.bounceUrl")}
						placeholder="https://"
						{...text("bounce_url")}
					/>
				)}
				{/* A page of one's own sends the person on to these ports. */}
				{mode !== "login_success" && (
					<TextField
						label={t("metaApp.ports")}
						hint={t("metaApp.portsHint")}
						inputMode="numeric"
						{...text("ports")}
					/>
				)}
				<TextField
					label={t("metaApp.version")}
					hint={t("metaApp.versionHint")}
					{...text("graph_version")}
				/>
				<TextField label={t("metaApp.graphUrl")} {...text("graph_url")} />
				<TextField label={t("metaApp.dialogUrl")} {...text("dialog_url")} />
			</div>
			{app.redirect_uris.length > 0 &&
				(changesWayBack ? (
					<p className="text-12 text-ink-3">{t("metaApp.saveToRegister")}</p>
				) : (
					<CopyValue
						label={t(
							app.redirect_mode === "loopback" ? "metaApp.registerLoopback" : "metaApp.register",
						)}
						value={app.redirect_uris.join("\n")}
					/>
				))}
			{save.error && !save.error.field && (
				<p role="alert" className="text-negative">
					{failure(save.error)}
				</p>
			)}
			<div className="flex flex-wrap items-center gap-3">
				<Button size="l" busy={save.isPending} onClick={submit}>
					{t("action.save")}
				</Button>
				{removable && (
					<Button
						size="l"
						variant="ghost"
						onClick={() =>
							save.mutate({ app_secret: "", everywhere: app.app_secret_source === "global" })
						}
					>
						{t(
							app.app_secret_source === "global"
								? "metaApp.removeSecretEverywhere"
								: "metaApp.removeSecret",
						)}
					</Button>
				)}
				{save.isSuccess && (
					<span role="status" className="text-positive">
						{t("metaApp.saved")}
					</span>
				)}
			</div>
			<input type="submit" hidden />
		</form>
	);
}

function Check({
	label,
	hint,
	checked,
	disabled,
	onChange,
	end,
}: {
	label: string;
	hint: ReactNode;
	checked: boolean;
	disabled?: boolean;
	onChange: (on: boolean) => void;
	end?: ReactNode;
}) {
	return (
		<label className="flex items-start gap-2.5">
			<input
				type="checkbox"
				className="mt-0.5 size-4 flex-none accent-[var(--accent)]"
				checked={checked}
				disabled={disabled}
				onChange={(event) => onChange(event.target.checked)}
			/>
			<span className="min-w-0 flex-1">
				<span className="block">{label}</span>
				<span className="block text-12 text-ink-3">{hint}</span>
			</span>
			{end}
		</label>
	);
}

/** Everything that can be switched on, in the order of the core. */
export const FEATURES = ["ads", "portfolios", "pages", "leads", "whatsapp"] as const;

/** What Rumbo asks permission for. What is off asks for nothing, and reads nothing. */
export function MetaFeatures({
	app,
	fixed,
}: {
	app: MetaApp;
	/** The sample workspace has everything. */
	fixed?: boolean;
}) {
	const { t, failure } = useWords();
	const save = useSave();
	// What was just switched shows at once; when it could not be kept it goes back.
	const on = new Set((save.isPending && save.variables.features) || app.features);
	const toggle = (feature: string, to: boolean) =>
		save.mutate({ features: FEATURES.filter((one) => (one === feature ? to : on.has(one))) });
	return (
		<fieldset data-testid="meta-features">
			<legend className="sr-only">{t("features.title")}</legend>
			{FEATURES.map((feature) => {
				const scopes = app.permissions.filter((one) => one.feature === feature);
				return (
					<div key={feature} className="border-line border-t px-4 py-2.5 first-of-type:border-t-0">
						<Check
							label={t(`features.${feature}`)}
							hint={
								<>
									{t(`features.${feature}.text`)} {feature === "ads" && t("features.always")}
								</>
							}
							checked={on.has(feature)}
							disabled={feature === "ads" || fixed}
							onChange={(to) => toggle(feature, to)}
							end={
								<span
									className={cx(
										"w-56 flex-none break-words text-right text-11 text-ink-3 max-[860px]:hidden",
										on.has(feature) && "font-mono",
									)}
								>
									{on.has(feature)
										? scopes.map((one) => one.scope).join(" ")
										: t("features.asksNothing")}
								</span>
							}
						/>
					</div>
				);
			})}
			{fixed && (
				<p className="border-line border-t px-4 py-2 text-12 text-ink-3">{t("features.sample")}</p>
			)}
			{save.error && (
				<p role="alert" className="border-line border-t px-4 py-2 text-negative">
					{failure(save.error)}
				</p>
			)}
		</fieldset>
	);
}
