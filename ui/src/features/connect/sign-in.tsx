import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleAlert, Copy, ExternalLink } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { commands, type MetaApp } from "@/bindings";
import { Button, Panel, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query, toAppError } from "@/lib/ipc";

/** What the person compares and does next, for failures that have such a thing. */
function NextStep({ error, app }: { error: AppError; app: MetaApp | undefined }) {
	const { t } = useWords();
	const value =
		error.code === "redirect_not_registered"
			? (error.params.redirect_uri ?? app?.redirect_uris.join("\n"))
			: error.code === "invalid_input" && error.field === "app_id"
				? app?.app_id
				: error.params.redirect_uri;
	return (
		<>
			<p className="mt-1 text-ink-2">
				{t(`connect.next.${error.code}`, { defaultValue: t("connect.next") })}
			</p>
			{value && (
				<pre
					data-selectable
					className="mt-3 overflow-x-auto rounded-2 bg-sunken px-3 py-2 font-mono text-12"
				>
					{value}
				</pre>
			)}
		</>
	);
}

export function SignIn({ onDone }: { onDone: () => void }) {
	const { t, failure } = useWords();
	const app = useQuery(query("getMetaApp", {}));
	const status = useQuery({ ...query("getSignIn", {}), refetchInterval: 1000 });
	const [mine, setMine] = useState(false);
	const [token, setToken] = useState("");
	const [landed, setLanded] = useState("");
	const start = useMutation<unknown, AppError, void>({
		mutationFn: () => call("startSignIn", { rerequest: false }),
		onSuccess: () => {
			setMine(true);
			void status.refetch();
		},
	});
	const cancel = useMutation<unknown, AppError, void>({
		mutationFn: () => call("cancelSignIn", {}),
		onSuccess: () => void status.refetch(),
	});
	const paste = useMutation<unknown, AppError, void>({
		mutationFn: () => call("useAccessToken", { token }),
		onSuccess: () => {
			setToken("");
			onDone();
		},
	});
	const finish = useMutation<unknown, AppError, void>({
		mutationFn: () => call("finishSignIn", { landed_url: landed }),
		onSuccess: onDone,
	});
	const done = useRef(onDone);
	done.current = onDone;
	const now = status.data;
	useEffect(() => {
		if (mine && now?.state === "done") done.current();
	}, [mine, now?.state]);
	const failed = start.error ?? (mine && now?.state === "failed" ? toAppError(now.error) : null);
	const waiting = now?.state === "waiting" ? now.started : null;

	if (failed) {
		return (
			<Panel className="p-5">
				<div role="alert" className="grid grid-cols-[20px_1fr] gap-x-3">
					<CircleAlert size={20} aria-hidden className="text-negative" />
					<div>
						<p className="font-semibold">{failure(failed)}</p>
						<NextStep error={failed} app={app.data} />
						<Button
							variant="primary"
							size="l"
							className="mt-4"
							busy={start.isPending}
							onClick={() => start.mutate()}
						>
							{t("action.retry")}
						</Button>
					</div>
				</div>
				{failed.field === "app_id" && app.data && <AppSettings app={app.data} open />}
			</Panel>
		);
	}
	if (waiting) {
		return (
			<Panel className="p-5">
				<p role="status" className="font-semibold">
					{waiting.opened ? t("connect.opened") : t("connect.openYourself")}
				</p>
				<p className="mt-1 text-ink-2">{t("connect.waitingText")}</p>
				<p
					data-testid="sign-in-url"
					data-selectable
					className="mt-3 max-h-24 overflow-auto break-all rounded-2 bg-sunken px-3 py-2 font-mono text-12"
				>
					{waiting.url}
				</p>
				<div className="mt-3 flex gap-2">
					<Button icon={Copy} onClick={() => void navigator.clipboard.writeText(waiting.url)}>
						{t("connect.copy")}
					</Button>
					{waiting.url.startsWith("https://") && (
						<Button icon={ExternalLink} onClick={() => void commands.openOutside(waiting.url)}>
							{t("connect.openAgain")}
						</Button>
					)}
					<Button variant="ghost" onClick={() => cancel.mutate()}>
						{t("action.cancel")}
					</Button>
				</div>
				<form
					className="mt-5 border-line border-t pt-4"
					onSubmit={(event) => {
						event.preventDefault();
						finish.mutate();
					}}
				>
					<TextField
						label={t("connect.landed")}
						hint={t("connect.landedHint", { uri: waiting.redirect_uri })}
						value={landed}
						onChange={(event) => setLanded(event.target.value)}
						error={finish.error ? failure(finish.error) : undefined}
					/>
					<Button
						className="mt-2"
						disabled={!landed}
						busy={finish.isPending}
						onClick={() => finish.mutate()}
					>
						{t("connect.useAddress")}
					</Button>
				</form>
			</Panel>
		);
	}
	return (
		<div className="flex flex-col gap-4">
			<Panel className="p-5">
				<p className="text-ink-2">{t("connect.signInText")}</p>
				<Button
					variant="primary"
					size="xl"
					className="mt-4 self-start"
					busy={start.isPending || now?.state === "exchanging"}
					data-testid="connect-meta"
					onClick={() => start.mutate()}
				>
					{now?.state === "exchanging" ? t("connect.exchanging") : t("connect.continueAtMeta")}
				</Button>
			</Panel>
			<details className="rounded-3 border border-line bg-surface">
				<summary className="px-5 py-3 font-medium">{t("connect.token")}</summary>
				<form
					className="flex flex-col gap-3 px-5 pb-5"
					onSubmit={(event) => {
						event.preventDefault();
						paste.mutate();
					}}
				>
					<p className="text-ink-2">{t("connect.tokenText")}</p>
					<TextField
						type="password"
						label={t("connect.tokenLabel")}
						value={token}
						onChange={(event) => setToken(event.target.value)}
						error={paste.error ? failure(paste.error) : undefined}
					/>
					<Button
						className="self-start"
						disabled={!token}
						busy={paste.isPending}
						onClick={() => paste.mutate()}
					>
						{t("connect.useToken")}
					</Button>
				</form>
			</details>
			{app.data && <AppSettings app={app.data} />}
		</div>
	);
}

function AppSettings({ app, open }: { app: MetaApp; open?: boolean }) {
	const { t, failure } = useWords();
	const workspaces = useQuery(query("listWorkspaces", {}));
	const sample = workspaces.data?.find((workspace) => workspace.current)?.sample;
	const [edit, setEdit] = useState({
		app_id: app.app_id,
		app_secret: "",
		graph_url: app.graph_url,
		dialog_url: app.dialog_url,
		redirect_mode: app.redirect_mode,
		bounce_url: app.bounce_url ?? "",
	});
	const save = useMutation<unknown, AppError, void>({
		mutationFn: () =>
			call("saveMetaApp", {
				...edit,
				app_secret: edit.app_secret || null,
				graph_version: null,
			}),
		onSuccess: () => setEdit((now) => ({ ...now, app_secret: "" })),
	});
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	const text = (field: "app_id" | "graph_url" | "dialog_url" | "bounce_url") => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: wrong(field),
	});
	return (
		<details open={open} className="rounded-3 border border-line bg-surface">
			<summary className="px-5 py-3 font-medium">{t("connect.advanced")}</summary>
			<div className="flex flex-col gap-3 px-5 pb-5">
				{sample ? (
					<p className="text-ink-2">{t("connect.sampleApp")}</p>
				) : (
					<>
						<div className="grid grid-cols-2 gap-3">
							<TextField label={t("connect.appId")} inputMode="numeric" {...text("app_id")} />
							<TextField
								type="password"
								label={t("connect.appSecret")}
								placeholder={app.has_app_secret ? t("connect.secretKept") : ""}
								hint={t("connect.secretHint")}
								value={edit.app_secret}
								onChange={(event) => setEdit({ ...edit, app_secret: event.target.value })}
								error={wrong("app_secret")}
							/>
							<TextField label={t("connect.graphUrl")} {...text("graph_url")} />
							<TextField label={t("connect.dialogUrl")} {...text("dialog_url")} />
							<SelectField
								label={t("connect.redirect")}
								value={edit.redirect_mode}
								onChange={(event) =>
									setEdit({
										...edit,
										redirect_mode: event.target.value as typeof edit.redirect_mode,
									})
								}
							>
								<option value="loopback">{t("connect.redirect.loopback")}</option>
								<option value="login_success">{t("connect.redirect.login_success")}</option>
								<option value="https_bounce">{t("connect.redirect.https_bounce")}</option>
							</SelectField>
							{edit.redirect_mode === "https_bounce" && (
								<TextField label={t("connect.bounceUrl")} {...text("bounce_url")} />
							)}
						</div>
						<div>
							<p className="text-12 text-ink-3">{t("connect.register")}</p>
							<pre
								data-selectable
								className="mt-1 overflow-x-auto rounded-2 bg-sunken px-3 py-2 font-mono text-12"
							>
								{app.redirect_uris.join("\n")}
							</pre>
						</div>
						<Button className="self-start" busy={save.isPending} onClick={() => save.mutate()}>
							{t("action.save")}
						</Button>
					</>
				)}
			</div>
		</details>
	);
}
