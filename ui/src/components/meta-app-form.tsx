import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { MetaApp } from "@/bindings";
import { Button, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { CopyValue } from "./copy";

/** Which Meta app signs in, and how Meta sends the person back. The secret is never shown. */
export function MetaAppForm({ app, onSaved }: { app: MetaApp; onSaved?: () => void }) {
	const { t, failure } = useWords();
	const [edit, setEdit] = useState({
		app_id: app.app_id,
		app_secret: "",
		graph_url: app.graph_url,
		dialog_url: app.dialog_url,
		graph_version: app.graph_version,
		redirect_mode: app.redirect_mode,
		bounce_url: app.bounce_url ?? "",
	});
	const save = useMutation<MetaApp, AppError, string | null>({
		mutationFn: (app_secret) => call("saveMetaApp", { ...edit, app_secret }),
		onSuccess: (saved) => {
			setEdit((now) => ({
				...now,
				app_secret: "",
				graph_url: saved.graph_url,
				dialog_url: saved.dialog_url,
				graph_version: saved.graph_version,
				bounce_url: saved.bounce_url ?? "",
			}));
			onSaved?.();
		},
	});
	const submit = () => save.mutate(edit.app_secret || null);
	const text = (
		field: "app_id" | "app_secret" | "graph_url" | "dialog_url" | "graph_version" | "bounce_url",
	) => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
	});
	return (
		<form
			className="flex flex-col gap-4"
			onSubmit={(event) => {
				event.preventDefault();
				submit();
			}}
		>
			<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
				<TextField label={t("metaApp.id")} inputMode="numeric" {...text("app_id")} />
				<TextField
					type="password"
					autoComplete="off"
					label={t("metaApp.secret")}
					placeholder={app.has_app_secret ? t("metaApp.secretKept") : t("metaApp.secretNone")}
					hint={t("metaApp.secretHint")}
					{...text("app_secret")}
				/>
				<SelectField
					label={t("metaApp.redirect")}
					value={edit.redirect_mode}
					onChange={(event) =>
						setEdit({ ...edit, redirect_mode: event.target.value as typeof edit.redirect_mode })
					}
				>
					<option value="loopback">{t("metaApp.redirect.loopback")}</option>
					<option value="login_success">{t("metaApp.redirect.login_success")}</option>
					<option value="https_bounce">{t("metaApp.redirect.https_bounce")}</option>
				</SelectField>
				{edit.redirect_mode === "https_bounce" && (
					<TextField label={t("metaApp.bounceUrl")} {...text("bounce_url")} />
				)}
				<TextField
					label={t("metaApp.version")}
					hint={t("metaApp.versionHint")}
					{...text("graph_version")}
				/>
				<TextField label={t("metaApp.graphUrl")} {...text("graph_url")} />
				<TextField label={t("metaApp.dialogUrl")} {...text("dialog_url")} />
			</div>
			{app.redirect_uris.length > 0 && (
				<CopyValue
					label={t(
						app.redirect_mode === "loopback" ? "metaApp.registerLoopback" : "metaApp.register",
					)}
					value={app.redirect_uris.join("\n")}
				/>
			)}
			{save.error && !save.error.field && (
				<p role="alert" className="text-negative">
					{failure(save.error)}
				</p>
			)}
			<div className="flex items-center gap-3">
				<Button size="l" busy={save.isPending} onClick={submit}>
					{t("action.save")}
				</Button>
				{app.has_app_secret && (
					<Button size="l" variant="ghost" onClick={() => save.mutate("")}>
						{t("metaApp.removeSecret")}
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
