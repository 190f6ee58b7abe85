import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { CircleAlert, CloudOff, Key as KeyIcon, KeyRound, Unplug } from "lucide-react";
import { ToChannels } from "@/components/to-channels";
import { Banner, Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, day, recent } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import type { ConnectSearch } from "./router";
import { useSession } from "./session";
import { useSync } from "./sync-button";

const A_DAY = 86_400_000;

/** What the person put off, by workspace and kind of banner, for a day. */
function useLater(): { isPutOff: (kind: string) => boolean; putOff: (kind: string) => void } {
	const { view, keepView, now, workspace } = useSession();
	const kept = view<Record<string, string>>("later", {});
	const name = (kind: string) => `${workspace ?? ""}:${kind}`;
	const isNew = (at: string | undefined) => at !== undefined && now - Date.parse(at) < A_DAY;
	return {
		isPutOff: (kind) => isNew(kept[name(kind)]),
		putOff: (kind) =>
			keepView("later", {
				...Object.fromEntries(Object.entries(kept).filter(([, at]) => isNew(at))),
				[name(kind)]: new Date().toISOString(),
			}),
	};
}

/** Since when, what is old because of it, when it is tried again. */
function Offline() {
	const { t, locale } = useWords();
	const { offlineSince, nextTryAt, now } = useSession();
	const ages = useQuery(query("getDataAges", {}));
	const meta = ages.data?.find((source) => source.source === "meta_ads")?.as_of;
	const retry = useMutation<unknown, AppError, void>({ mutationFn: () => call("tryNetwork", {}) });
	return (
		<Banner
			tone="info"
			icon={CloudOff}
			testId="offline-banner"
			actions={
				<Button busy={retry.isPending} onClick={() => retry.mutate()} data-testid="try-network">
					{t("offline.tryNow")}
				</Button>
			}
		>
			<b className="font-semibold">
				{offlineSince
					? t("offline.since", { time: clock(locale, offlineSince) })
					: t("offline.title")}
			</b>{" "}
			{t("offline.meaning")} {meta && `${t("offline.age", { time: recent(locale, meta, now) })} `}
			{nextTryAt && t("offline.nextTry", { time: clock(locale, nextTryAt) })}
		</Banner>
	);
}

/** A sync that the person asked for and that could not begin. */
function SyncFailed({ error }: { error: AppError }) {
	const { t, failure } = useWords();
	const { setSyncFailure } = useSession();
	const { start, busy, reason } = useSync();
	return (
		<Banner
			tone="negative"
			icon={CircleAlert}
			testId="sync-failed-banner"
			actions={
				<>
					<Button variant="ghost" onClick={() => setSyncFailure(null)}>
						{t("action.close")}
					</Button>
					<Button busy={busy} reason={reason} onClick={start}>
						{t("action.retry")}
					</Button>
				</>
			}
		>
			<b className="font-semibold">{t("sync.notStarted")}</b> {failure(error)}
		</Banner>
	);
}

/** At most one banner: the worst state wins. */
export function Banners() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const { online, syncFailure, view } = useSession();
	const { isPutOff, putOff } = useLater();
	const connection = useQuery(query("getConnection", {}));
	const channels = useQuery(query("listChannels", {}));
	const from = useRouterState({ select: (state) => state.location.pathname });
	const state = connection.data?.state;
	const signIn = (how: ConnectSearch) =>
		void navigate({ to: "/connect", search: { ...how, from } });
	if (state === "expired" || state === "revoked") {
		return (
			<Banner
				tone="negative"
				icon={KeyRound}
				testId="connection-banner"
				actions={
					<Button onClick={() => signIn({ again: 1 })} data-testid="sign-in-again">
						{t("connection.again")}
					</Button>
				}
			>
				<b className="font-semibold">{t(`connection.${state}`)}</b> {t("connection.kept")}
			</Banner>
		);
	}
	if (!online) return <Offline />;
	if (syncFailure) return <SyncFailed error={syncFailure} />;
	if (state === "expiring" && !isPutOff("expiring")) {
		const end = connection.data?.expires_at ?? connection.data?.data_access_expires_at;
		return (
			<Banner
				tone="warning"
				icon={KeyIcon}
				testId="connection-banner"
				actions={
					<>
						<Button variant="ghost" onClick={() => putOff("expiring")}>
							{t("action.later")}
						</Button>
						<Button onClick={() => signIn({ again: 1 })}>{t("connection.renew")}</Button>
					</>
				}
			>
				<b className="font-semibold">
					{t("connection.expiring", {
						count: connection.data?.days_left ?? 0,
						date: end ? day(locale, end.slice(0, 10)) : "",
					})}
				</b>{" "}
				{connection.data?.renews_itself ? t("connection.renewsItself") : t("connection.oneClick")}
			</Banner>
		);
	}
	if (state === "missing_scope" && !isPutOff("missing_scope")) {
		const missing = connection.data?.missing ?? [];
		return (
			<Banner
				tone="warning"
				icon={KeyIcon}
				testId="connection-banner"
				actions={
					<>
						<Button variant="ghost" onClick={() => putOff("missing_scope")}>
							{t("action.later")}
						</Button>
						<Button onClick={() => signIn({ again: 1, rerequest: 1 })}>
							{t("connection.ask")}
						</Button>
					</>
				}
			>
				<b className="font-semibold">
					{t("connection.missingScope", { scopes: missing.map((m) => m.scope).join(", ") })}
				</b>{" "}
				{t("connection.missingScopeMeaning")}
			</Banner>
		);
	}
	const dropped = (channels.data?.channels ?? []).filter(
		({ active, state, state_reason }) =>
			active && (state === "disconnected" || (state === "connecting" && state_reason !== null)),
	);
	// Another one that drops is news.
	const kind = `channels:${dropped.map((channel) => channel.id).join()}`;
	const there = from === "/settings" && view<string>("settings", "") === "channels";
	if (dropped.length > 0 && !isPutOff(kind)) {
		return (
			<Banner
				tone="warning"
				icon={Unplug}
				testId="channels-banner"
				actions={
					<>
						<Button variant="ghost" onClick={() => putOff(kind)}>
							{t("action.later")}
						</Button>
						{!there && <ToChannels add={false} />}
					</>
				}
			>
				<b className="font-semibold">{t("channels.dropped", { count: dropped.length })}</b>{" "}
				{dropped.map((channel) => channel.name).join(", ")}
			</Banner>
		);
	}
	return null;
}
