import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import {
	type AdAccountRow,
	type Connection,
	type ConnectionTest,
	commands,
	type Disconnected,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { MetaAppForm, MetaFeatures } from "@/components/meta-app-form";
import { Dialog } from "@/components/ui/dialog";
import { Button, Panel, Skeleton, Tag, TextField, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day, instant, percent } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Fact } from "./parts";

const STATES: Record<Connection["state"], Tone> = {
	connected: "positive",
	expiring: "warning",
	missing_scope: "warning",
	expired: "negative",
	revoked: "negative",
	missing: "neutral",
};

/** Where a person takes a permission back by hand. */
const META_INTEGRATIONS = "https://www.facebook.com/settings/?tab=business_tools";

/** From these seconds on a clock is worth a word. */
const SKEW = 60;

/** The sign-in, its test, the Meta app behind it, the accounts, and the way out. */
export function ConnectionSettings() {
	const { t } = useWords();
	const connection = useQuery(query("getConnection", {}));
	const app = useQuery(query("getMetaApp", {}));
	const accounts = useQuery(query("listAdAccounts", {}));
	const workspaces = useQuery(query("listWorkspaces", {}));
	const sample = workspaces.data?.find((workspace) => workspace.current)?.sample;
	const [left, setLeft] = useState<Disconnected | null>(null);
	if (connection.error)
		return <Failure error={connection.error} retry={() => void connection.refetch()} />;
	if (!connection.data) return <Skeleton className="h-40" />;
	const c = connection.data;
	return (
		<>
			{left && <Left done={left} />}
			<SignInPanel connection={c} accounts={accounts.data ?? []} />
			{(accounts.data?.length ?? 0) > 0 && <Accounts accounts={accounts.data ?? []} />}
			{app.data && (
				<Panel title={t("features.title")} hint={t("features.hint")}>
					<div className="border-line border-t">
						<MetaFeatures app={app.data} fixed={sample} />
					</div>
				</Panel>
			)}
			<Panel title={t("metaApp.title")}>
				<div className="border-line border-t p-4">
					{app.error && <Failure error={app.error} retry={() => void app.refetch()} />}
					{sample ? (
						<p className="text-ink-2">{t("metaApp.sample")}</p>
					) : (
						app.data && <MetaAppForm app={app.data} />
					)}
				</div>
			</Panel>
			{c.state !== "missing" && <Leave onDone={setLeft} />}
		</>
	);
}

function SignInPanel({
	connection: c,
	accounts,
}: {
	connection: Connection;
	accounts: AdAccountRow[];
}) {
	const { t, locale, failure } = useWords();
	const from = useLocation({ select: (at) => at.pathname });
	const test = useMutation<ConnectionTest, AppError, void>({
		mutationFn: () => call("testConnection", {}),
	});
	const signedIn = c.state !== "missing";
	const ended = c.state === "expired" || c.state === "revoked";
	return (
		<Panel
			title="Meta"
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
					{signedIn && !ended && (
						<Button asChild>
							<Link to="/connect">{t("settings.change")}</Link>
						</Button>
					)}
					{!signedIn && (
						<Button asChild variant="primary">
							<Link to="/connect" data-testid="connect-meta">
								{t("nav.connect")}
							</Link>
						</Button>
					)}
					{(ended || c.state === "expiring") && (
						<Button asChild variant="primary">
							<Link to="/connect" search={{ again: 1, from }} data-testid="settings-sign-in-again">
								{ended ? t("connection.again") : t("connection.renew")}
							</Link>
						</Button>
					)}
					{c.state === "missing_scope" && (
						<Button asChild variant="primary">
							<Link to="/connect" search={{ rerequest: 1, from }}>
								{t("connection.ask")}
							</Link>
						</Button>
					)}
				</>
			}
		>
			<dl>
				<Fact label={t("settings.state")}>
					<Tag tone={STATES[c.state]}>{t(`settings.state.${c.state}`)}</Tag>
				</Fact>
				{signedIn && (
					<>
						<Fact label={t("settings.user")}>
							{c.user_name}
							{c.token_kind && ` · ${t(`settings.token.${c.token_kind}`, { defaultValue: "" })}`}
						</Fact>
						{c.portfolio && <Fact label={t("settings.portfolio")}>{c.portfolio}</Fact>}
						<Fact label={t("settings.ends")}>
							{c.expires_at ? day(locale, c.expires_at.slice(0, 10), "long") : t("settings.noEnd")}
							{c.data_access_expires_at &&
								` · ${t("settings.dataEnds", { date: day(locale, c.data_access_expires_at.slice(0, 10), "long") })}`}
							{` · ${t(c.renews_itself ? "settings.renewsItself" : "settings.renewsNot")}`}
						</Fact>
						<Fact label={t("settings.granted")}>{c.granted.join(", ")}</Fact>
						{c.missing.length > 0 && (
							<Fact label={t("settings.missing")}>
								{[...new Set(c.missing.map((m) => m.scope))].join(", ")}
							</Fact>
						)}
						{c.last_checked_at && (
							<Fact label={t("settings.checked")}>{instant(locale, c.last_checked_at)}</Fact>
						)}
						{c.last_error_code && (
							<Fact label={t("settings.lastError")}>
								{failure({
									code: c.last_error_code,
									message: c.last_error ?? "",
									reason: c.last_error_reason,
									params: c.last_error_params as Record<string, string>,
								})}
							</Fact>
						)}
					</>
				)}
			</dl>
			{test.data && <Tested result={test.data} accounts={accounts} />}
			{test.error && (
				<p
					role="alert"
					data-testid="test-failed"
					className="border-line border-t bg-negative-soft px-4 py-2"
				>
					{failure(test.error)}
				</p>
			)}
		</Panel>
	);
}

/** What the test found: who, how fast, how much of the limits is used, whether the clocks agree. */
function Tested({ result, accounts }: { result: ConnectionTest; accounts: AdAccountRow[] }) {
	const { t, locale } = useWords();
	const named = (id: string) =>
		id === "app"
			? t("settings.usage.app")
			: (accounts.find((account) => account.external_id.replace("act_", "") === id)?.name ?? id);
	const skew = result.clock_skew_seconds;
	const tier = result.api_tier;
	return (
		<div role="status" data-testid="test-result">
			<p className="border-line border-t bg-positive-soft px-4 py-2 font-medium">
				{t("settings.tested")}
			</p>
			<dl>
				<Fact label={t("settings.user")}>{result.user_name}</Fact>
				<Fact
					label={t("settings.roundTrip")}
				>{`${count(locale, result.round_trip_ms)}\u00a0ms`}</Fact>
				<Fact label={t("settings.accounts")}>{count(locale, result.ad_accounts)}</Fact>
				<Fact label={t("settings.tier")}>
					{tier ? t(`settings.tier.${tier}`, { defaultValue: tier }) : t("settings.notSaid")}
				</Fact>
				<Fact label={t("settings.usage")}>
					{result.usage.length === 0 && t("settings.notSaid")}
					<ul>
						{result.usage.map((one) => (
							<li key={one.name} className="flex flex-wrap gap-x-2">
								<span>{named(one.name)}</span>
								<b className="num font-medium">{percent(locale, one.percent, 0)}</b>
								{one.regain_seconds !== null && one.regain_seconds > 0 && (
									<span className="text-ink-3">
										{t("settings.regain", { count: Math.ceil(one.regain_seconds / 60) })}
									</span>
								)}
							</li>
						))}
					</ul>
				</Fact>
				<Fact label={t("settings.clock")}>
					{skew === null ? (
						t("settings.notSaid")
					) : Math.abs(skew) < SKEW ? (
						t("settings.clock.right")
					) : (
						<span className="text-warning">
							{t(skew > 0 ? "settings.clock.ahead" : "settings.clock.behind", {
								count: Math.abs(skew),
							})}
						</span>
					)}
				</Fact>
				<Fact label={t("settings.granted")}>{result.scopes.join(", ")}</Fact>
			</dl>
		</div>
	);
}

function Accounts({ accounts }: { accounts: AdAccountRow[] }) {
	const { t, locale, failure } = useWords();
	return (
		<Panel
			title={t("settings.accounts")}
			actions={
				<Button asChild>
					<Link to="/connect">{t("settings.choose")}</Link>
				</Button>
			}
		>
			<ul>
				{accounts.map((account) => (
					<li key={account.id} className="border-line border-t px-4 py-2">
						<div className="flex items-center gap-2">
							<b className="truncate font-medium">{account.name}</b>
							<Tag tone="line">{account.currency}</Tag>
							{!account.selected && <Tag>{t("settings.notSynced")}</Tag>}
							<span className="num ml-auto text-12 text-ink-3">
								{account.last_synced_at
									? instant(locale, account.last_synced_at)
									: t("status.never")}
							</span>
						</div>
						{account.last_error_code && (
							<p className="text-12 text-negative">
								{failure({
									code: account.last_error_code,
									message: account.last_error ?? "",
									reason: account.last_error_reason,
									params: account.last_error_params as Record<string, string>,
								})}
							</p>
						)}
					</li>
				))}
			</ul>
		</Panel>
	);
}

function Leave({ onDone }: { onDone: (done: Disconnected) => void }) {
	const { t, failure } = useWords();
	const [open, setOpen] = useState(false);
	const [typed, setTyped] = useState("");
	const word = t("settings.disconnectWord");
	const leave = useMutation<Disconnected, AppError, void>({
		mutationFn: () => call("disconnect", {}),
		onSuccess: (done) => {
			setOpen(false);
			onDone(done);
		},
	});
	const right = typed.trim().toLowerCase() === word.toLowerCase();
	return (
		<Panel title={t("settings.leave")}>
			<div className="flex flex-wrap items-center gap-4 border-line border-t px-4 py-3">
				<p className="min-w-0 flex-1 text-ink-2">{t("settings.leaveText")}</p>
				<Button
					className="!text-negative"
					onClick={() => {
						setTyped("");
						setOpen(true);
					}}
					data-testid="disconnect"
				>
					{t("settings.leave")}
				</Button>
			</div>
			<Dialog
				open={open}
				onClose={() => setOpen(false)}
				title={t("settings.leave")}
				description={t("settings.leaveConfirm", { word })}
				footer={
					<>
						<Button size="l" onClick={() => setOpen(false)}>
							{t("action.cancel")}
						</Button>
						<Button
							size="l"
							variant="danger"
							reason={right ? undefined : t("settings.leaveConfirm", { word })}
							busy={leave.isPending}
							onClick={() => leave.mutate()}
							data-testid="disconnect-confirm"
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
		</Panel>
	);
}

/** Whether Meta knows of it, too: the token is gone here in any case. */
function Left({ done }: { done: Disconnected }) {
	const { t } = useWords();
	return (
		<Panel>
			<div role="status" data-testid="disconnected" className="px-4 py-3">
				<p className="font-medium">{t("settings.left")}</p>
				<p className="text-ink-2">
					{done.kept_for
						? t("settings.leftShared", { name: done.kept_for })
						: t(done.revoked_at_meta ? "settings.leftRevoked" : "settings.leftNotRevoked")}
				</p>
				{!done.revoked_at_meta && !done.kept_for && (
					<Button className="mt-2" onClick={() => void commands.openOutside(META_INTEGRATIONS)}>
						{t("settings.leftOpen")}
					</Button>
				)}
			</div>
		</Panel>
	);
}
