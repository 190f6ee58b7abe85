import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { commands, type SignInStarted, type SignInStatus } from "@/bindings";
import { CopyButton } from "@/components/copy";
import { MetaAppForm, MetaFeatures } from "@/components/meta-app-form";
import { Button, Panel, Skeleton, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock } from "@/lib/format";
import { type AppError, call, query, toAppError } from "@/lib/ipc";
import { Failed } from "./failed";

/** `again` and `ask` begin at once; `ask` has Meta ask for what was declined before. */
export type Begin = "again" | "ask" | null;

/**
 * Signs in at Meta. Shows whatever sign-in of this workspace waits or has failed, also one that was
 * begun elsewhere.
 */
export function SignIn({
	begin,
	signedInAs,
	onDone,
	onLeave,
}: {
	begin: Begin;
	/** Who is signed in already and may go on as they are. */
	signedInAs: string | null;
	onDone: () => void;
	/** Back to where the person was, when they came from a page. */
	onLeave: (() => void) | null;
}) {
	const { t } = useWords();
	const client = useQueryClient();
	const app = useQuery(query("getMetaApp", {}));
	const workspaces = useQuery(query("listWorkspaces", {}));
	const sample = workspaces.data?.find((workspace) => workspace.current)?.sample;
	const status = useQuery({ ...query("getSignIn", {}), refetchInterval: 1000 });
	const start = useMutation<SignInStarted, AppError, boolean>({
		mutationFn: (rerequest) => call("startSignIn", { rerequest }),
		onSuccess: (started) => {
			const waiting: SignInStatus = { state: "waiting", started };
			client.setQueryData(["getSignIn", {}], waiting);
		},
	});
	const cancel = useMutation<unknown, AppError, void>({
		mutationFn: () => call("cancelSignIn", {}),
		onSuccess: () => {
			start.reset();
			client.setQueryData(["getSignIn", {}], { state: "idle" } satisfies SignInStatus);
		},
	});
	const now = status.data;

	// A button elsewhere said "sign in": it happens now, once, unless one waits already.
	const begun = useRef(false);
	const ready = now !== undefined;
	const busy = now?.state === "waiting" || now?.state === "exchanging";
	const { mutate } = start;
	useEffect(() => {
		if (!begin || !ready || begun.current) return;
		begun.current = true;
		if (!busy) mutate(begin === "ask");
	}, [begin, ready, busy, mutate]);

	const before = useRef<string | undefined>(undefined);
	const done = useRef(onDone);
	done.current = onDone;
	useEffect(() => {
		const was = before.current;
		before.current = now?.state;
		if (now?.state === "done" && (was === "waiting" || was === "exchanging")) done.current();
	}, [now?.state]);

	// How the sign-in stands is known in a moment; nothing else is shown before.
	if (status.isPending) return <Skeleton className="h-32" />;
	const failed = start.error ?? (now?.state === "failed" ? toAppError(now.error) : null);
	if (failed && !start.isPending) {
		return (
			<Failed
				error={failed}
				app={app.data}
				sample={sample}
				actions={
					<>
						<Button
							variant="primary"
							size="l"
							data-testid="sign-in-retry"
							onClick={() => start.mutate(begin === "ask" || failed.code === "sign_in_denied")}
						>
							{t("action.retry")}
						</Button>
						<Button size="l" busy={cancel.isPending} onClick={() => cancel.mutate()}>
							{t("connect.otherWay")}
						</Button>
						{onLeave && (
							<Button size="l" variant="ghost" onClick={onLeave}>
								{t("action.back")}
							</Button>
						)}
					</>
				}
			/>
		);
	}
	if (now?.state === "exchanging") {
		return (
			<Panel className="p-5">
				<p role="status" className="font-semibold text-14">
					{t("connect.exchanging")}
				</p>
				<p className="mt-1 text-ink-2">{t("connect.exchangingText")}</p>
			</Panel>
		);
	}
	if (now?.state === "waiting") {
		return (
			<Waiting
				started={now.started}
				cancelling={cancel.isPending}
				onCancel={() => cancel.mutate(undefined, { onSuccess: () => onLeave?.() })}
			/>
		);
	}
	const starting = start.isPending || (begin !== null && !begun.current);
	return (
		<div className="flex flex-col gap-4">
			{signedInAs && !begin && (
				<Panel className="p-5">
					<p className="font-semibold text-14">{t("connect.signedInAs", { name: signedInAs })}</p>
					<Button variant="primary" size="l" className="mt-3 self-start" onClick={onDone}>
						{t("action.continue")}
					</Button>
				</Panel>
			)}
			<Panel className="p-5">
				<p className="text-ink-2">{t("connect.signInText")}</p>
				<div className="mt-4 flex items-center gap-2">
					<Button
						variant={signedInAs && !begin ? "plain" : "primary"}
						size="xl"
						busy={starting}
						data-testid="connect-meta"
						onClick={() => start.mutate(begin === "ask")}
					>
						{starting
							? t("connect.starting")
							: signedInAs && !begin
								? t("connect.signInAgain")
								: t("connect.continueAtMeta")}
					</Button>
					{onLeave && (
						<Button variant="ghost" size="xl" onClick={onLeave}>
							{t("action.back")}
						</Button>
					)}
				</div>
			</Panel>
			{app.data && (
				<details className="overflow-hidden rounded-3 border border-line bg-surface">
					<summary className="px-5 py-3 font-medium">{t("features.title")}</summary>
					<div className="border-line border-t [&>fieldset>div]:px-5">
						<MetaFeatures app={app.data} fixed={sample} />
					</div>
				</details>
			)}
			<PastedToken onDone={onDone} />
			{app.data && (
				<details className="rounded-3 border border-line bg-surface">
					<summary className="px-5 py-3 font-medium">{t("metaApp.title")}</summary>
					<div className="px-5 pb-5">
						{sample ? (
							<p className="text-ink-2">{t("metaApp.sample")}</p>
						) : (
							<MetaAppForm app={app.data} />
						)}
					</div>
				</details>
			)}
		</div>
	);
}

/** Until the person has answered Meta: in the browser, or in a window of Rumbo's own. */
function Waiting({
	started,
	cancelling,
	onCancel,
}: {
	started: SignInStarted;
	cancelling: boolean;
	onCancel: () => void;
}) {
	const { t, locale, failure } = useWords();
	const [landed, setLanded] = useState("");
	const finish = useMutation<unknown, AppError, void>({
		mutationFn: () => call("finishSignIn", { landed_url: landed.trim() }),
	});
	const inWindow = started.redirect_mode === "login_success";
	const where = !started.opened ? "openYourself" : inWindow ? "openedWindow" : "opened";
	return (
		<Panel className="p-5">
			<p role="status" className="font-semibold text-14">
				{t(`connect.${where}`)}
			</p>
			<p className="mt-1 text-ink-2">
				{t(
					inWindow
						? started.opened
							? "connect.waitingWindow"
							: "connect.waitingPaste"
						: "connect.waitingText",
				)}{" "}
				{t("connect.waitsUntil", { time: clock(locale, started.expires_at) })}
			</p>
			<p
				data-testid="sign-in-url"
				data-selectable
				className="mt-3 max-h-24 overflow-auto break-all rounded-2 bg-sunken px-3 py-2 font-mono text-12"
			>
				{started.url}
			</p>
			<div className="mt-3 flex flex-wrap gap-2">
				<CopyButton size="m" label={t("connect.copy")} text={started.url} />
				{started.url.startsWith("https://") && (
					<Button icon={ExternalLink} onClick={() => void commands.openOutside(started.url)}>
						{t(inWindow ? "connect.openInBrowser" : "connect.openAgain")}
					</Button>
				)}
				<Button variant="ghost" busy={cancelling} data-testid="sign-in-cancel" onClick={onCancel}>
					{t("action.cancel")}
				</Button>
			</div>
			<form
				className="mt-5 border-line border-t pt-4"
				onSubmit={(event) => {
					event.preventDefault();
					if (landed.trim()) finish.mutate();
				}}
			>
				<TextField
					label={t("connect.landed")}
					hint={t("connect.landedHint", { uri: started.redirect_uri })}
					value={landed}
					onChange={(event) => setLanded(event.target.value)}
					error={finish.error ? failure(finish.error) : undefined}
				/>
				<Button
					className="mt-2"
					reason={landed.trim() ? undefined : t("connect.landedFirst")}
					busy={finish.isPending}
					onClick={() => finish.mutate()}
				>
					{t("connect.useAddress")}
				</Button>
			</form>
		</Panel>
	);
}

function PastedToken({ onDone }: { onDone: () => void }) {
	const { t, failure } = useWords();
	const [token, setToken] = useState("");
	const paste = useMutation<unknown, AppError, void>({
		mutationFn: () => call("useAccessToken", { token: token.trim() }),
		onSuccess: () => {
			setToken("");
			onDone();
		},
	});
	return (
		<details className="rounded-3 border border-line bg-surface">
			<summary className="px-5 py-3 font-medium">{t("connect.token")}</summary>
			<form
				className="flex flex-col gap-3 px-5 pb-5"
				onSubmit={(event) => {
					event.preventDefault();
					if (token.trim()) paste.mutate();
				}}
			>
				<p className="text-ink-2">{t("connect.tokenText")}</p>
				<TextField
					type="password"
					autoComplete="off"
					label={t("connect.tokenLabel")}
					value={token}
					onChange={(event) => setToken(event.target.value)}
					error={paste.error ? failure(paste.error) : undefined}
				/>
				<Button
					className="self-start"
					reason={token.trim() ? undefined : t("connect.tokenFirst")}
					busy={paste.isPending}
					onClick={() => paste.mutate()}
				>
					{t("connect.useToken")}
				</Button>
			</form>
		</details>
	);
}
