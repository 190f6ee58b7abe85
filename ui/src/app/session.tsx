/** What holds across pages: the person's choices, the period, the network. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
	createContext,
	type ReactNode,
	useCallback,
	useContext,
	useEffect,
	useMemo,
	useState,
} from "react";
import type { Preferences } from "@/bindings";
import { setLanguage } from "@/i18n";
import { type AppError, call, events, query, refresh } from "@/lib/ipc";
import { type Period, periodDays, today } from "@/lib/period";

interface Session {
	preferences: Preferences;
	change: (edit: Partial<Preferences>) => void;
	/** Keeps the state of a view under a name, between starts. */
	keepView: (name: string, value: unknown) => void;
	view: <T>(name: string, fallback: T) => T;
	period: Period;
	setPeriod: (period: Period) => void;
	range: { from: string; to: string };
	now: number;
	online: boolean;
	offlineSince: string | null;
}

const Context = createContext<Session | null>(null);

export function useSession(): Session {
	const session = useContext(Context);
	if (!session) throw new Error("there is no session here");
	return session;
}

function applyTheme(theme: string | null | undefined) {
	const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
	document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function SessionProvider({
	initial,
	children,
}: {
	initial: Preferences;
	children: ReactNode;
}) {
	const client = useQueryClient();
	const [preferences, setPreferences] = useState(initial);
	const [now, setNow] = useState(() => Date.now());
	const info = useQuery(query("getAppInfo", {}));
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const save = useMutation<Preferences, AppError, Preferences>({
		mutationFn: (next) => call("savePreferences", next),
	});
	const [network, setNetwork] = useState<{ online: boolean; since: string } | null>(null);

	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 30_000);
		return () => clearInterval(timer);
	}, []);

	useEffect(() => {
		applyTheme(preferences.theme);
		const system = matchMedia("(prefers-color-scheme: dark)");
		const follow = () => applyTheme(preferences.theme);
		system.addEventListener("change", follow);
		return () => system.removeEventListener("change", follow);
	}, [preferences.theme]);

	useEffect(() => {
		const listening = events.coreEventMessage.listen(({ payload }) => {
			if (payload.kind === "changed") refresh(client, payload.tags);
			if (payload.kind === "network") setNetwork({ online: payload.online, since: payload.since });
			if (payload.kind === "sync") client.setQueryData(["getSyncProgress", {}], payload.progress);
			if (payload.kind === "sign_in") client.setQueryData(["getSignIn", {}], payload.status);
		});
		return () => {
			void listening.then((stop) => stop());
		};
	}, [client]);

	const { mutate } = save;
	const change = useCallback(
		(edit: Partial<Preferences>) => {
			setPreferences((before) => {
				const next = { ...before, ...edit };
				mutate(next);
				return next;
			});
			if (edit.language) void setLanguage(edit.language);
		},
		[mutate],
	);

	const view = useCallback(
		<T,>(name: string, fallback: T): T => {
			const kept = preferences.views?.[name];
			if (kept === undefined) return fallback;
			try {
				return JSON.parse(kept) as T;
			} catch {
				return fallback;
			}
		},
		[preferences.views],
	);
	const keepView = useCallback(
		(name: string, value: unknown) =>
			change({ views: { ...preferences.views, [name]: JSON.stringify(value) } }),
		[change, preferences.views],
	);

	const period = view<Period>("period", { kind: "30" });
	const zone = settings.data?.timezone ?? "UTC";
	const value = useMemo<Session>(() => {
		const online = network?.online ?? info.data?.online ?? true;
		return {
			preferences,
			change,
			keepView,
			view,
			period,
			setPeriod: (next) => keepView("period", next),
			range: periodDays(period, today(zone, now)),
			now,
			online,
			offlineSince: online ? null : (network?.since ?? info.data?.network_since ?? null),
		};
	}, [preferences, change, keepView, view, period, zone, now, network, info.data]);

	return <Context.Provider value={value}>{children}</Context.Provider>;
}
