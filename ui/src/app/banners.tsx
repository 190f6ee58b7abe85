import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CloudOff, Key as KeyIcon, KeyRound } from "lucide-react";
import { useState } from "react";
import { Banner, Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, day } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { useSession } from "./session";

/** At most one banner: the worst state wins. */
export function Banners() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const { online, offlineSince, view, keepView, now } = useSession();
	const connection = useQuery(query("getConnection", {}));
	const [hidden, setHidden] = useState(false);
	const rerequest = useMutation<unknown, AppError, void>({
		mutationFn: () => call("startSignIn", { rerequest: true }),
		onSuccess: () => navigate({ to: "/connect" }),
	});
	const state = connection.data?.state;
	const signIn = () => navigate({ to: "/connect" });
	if (state === "expired" || state === "revoked") {
		return (
			<Banner
				tone="negative"
				icon={KeyRound}
				testId="connection-banner"
				actions={
					<Button onClick={signIn} data-testid="sign-in-again">
						{t("connection.again")}
					</Button>
				}
			>
				<b className="font-semibold">{t(`connection.${state}`)}</b> {t("connection.kept")}
			</Banner>
		);
	}
	if (!online) {
		return (
			<Banner tone="info" icon={CloudOff} testId="offline-banner">
				<b className="font-semibold">
					{offlineSince
						? t("offline.since", { time: clock(locale, offlineSince) })
						: t("offline.title")}
				</b>{" "}
				{t("offline.meaning")}
			</Banner>
		);
	}
	const dismissed = Date.parse(view<string>("expiring-dismissed", "1970-01-01"));
	if (state === "expiring" && !hidden && now - dismissed > 86_400_000) {
		const end = connection.data?.expires_at ?? connection.data?.data_access_expires_at;
		return (
			<Banner
				tone="warning"
				icon={KeyIcon}
				testId="connection-banner"
				actions={
					<>
						<Button
							variant="ghost"
							onClick={() => {
								setHidden(true);
								keepView("expiring-dismissed", new Date().toISOString());
							}}
						>
							{t("action.later")}
						</Button>
						<Button onClick={signIn}>{t("connection.renew")}</Button>
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
	if (state === "missing_scope" && !hidden) {
		const missing = connection.data?.missing ?? [];
		return (
			<Banner
				tone="warning"
				icon={KeyIcon}
				testId="connection-banner"
				actions={
					<>
						<Button variant="ghost" onClick={() => setHidden(true)}>
							{t("action.later")}
						</Button>
						<Button busy={rerequest.isPending} onClick={() => rerequest.mutate()}>
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
	return null;
}
