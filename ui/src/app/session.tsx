/** What holds across pages: the person's choices, the period, the network. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
	createContext,
	type ReactNode,
	useCallback,
	useContext,
	useEffect,
	useMemo,
	useRef,
	useState,
} from "react";
import type { Attribution, GetRoi, NetworkState, Preferences, RoiBy } from "@/bindings";
import { setLanguage } from "@/i18n";
import { type AppError, call, events, query } from "@/lib/ipc";
import { type Comparison, type Period, periodDays, today } from "@/lib/period";
import { applyTheme } from "@/lib/theme";
import { hear } from "./events";
import { keptAttribution, keptComparison, keptConvertTo, keptPeriod, keptView } from "./kept";
import { useZoom } from "./zoom";

interface Session {
	preferences: Preferences;
	change: (edit: Partial<Preferences>) => void;
	/** Draws everything larger or smaller, in percent. */
	setZoom: (percent: number) => void;
	/** Keeps the state of a view under a name, between starts. */
	keepView: (name: string, value: unknown) => void;
	view: <T>(name: string, fallback: T) => T;
	period: Period;
	setPeriod: (period: Period) => void;
	range: { from: string; to: string };
	comparison: Comparison;
	setComparison: (comparison: Comparison) => void;
	/** How the person wants it credited; null: as the workspace does. */
	attribution: Attribution | null;
	setAttribution: (attribution: Attribution | null) => void;
	/** The currency that everything is converted to; null: each currency by itself. */
	convertTo: string | null;
	setConvertTo: (currency: string | null) => void;
	/** What was known then is shown, an instant; null: what is known now. */
	asOf: string | null;
	setAsOf: (instant: string | null) => void;
	/** The workspace's time zone. */
	zone: string;
	now: number;
	online: boolean;
	offlineSince: string | null;
	/** When the core tries by itself to reach Meta again. */
	nextTryAt: string | null;
	/** The workspace in use; null while it is not known, or there is none. */
	workspace: string | null;
	/** Why the sync that the person last asked for could not begin. */
	syncFailure: AppError | null;
	setSyncFailure: (failure: AppError | null) => void;
}

const Context = createContext<Session | null>(null);

export function useSession(): Session {
	const session = useContext(Context);
	if (!session) throw new Error("there is no session here");
	return session;
}

/** The report on everything, of the days and the moment and in the way that are chosen for all pages. */
export function useReport<By extends RoiBy>(by: By): GetRoi & { by: By } {
	const { range, attribution, asOf, convertTo } = useSession();
	return {
		...range,
		by,
		accounts: [],
		campaign: null,
		ad_set: null,
		attribution,
		as_of: asOf,
		convert_to: convertTo,
	};
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
	const [network, setNetwork] = useState<NetworkState | null>(null);
	const [syncFailure, setSyncFailure] = useState<AppError | null>(null);
	const [asOf, setAsOf] = useState<string | null>(null);
	const workspaces = useQuery(query("listWorkspaces", {}));
	const workspace = workspaces.data?.find((row) => row.current)?.id ?? null;
	// Events come between two drawings: what they are measured against has to be newer than those.
	const inUse = useRef<string | null>(null);
	useEffect(() => {
		if (workspaces.data) inUse.current = workspace;
	}, [workspaces.data, workspace]);

	useEffect(() => {
		const known = info.data;
		if (!known) return;
		const { online, network_since: since, next_try_at } = known;
		setNetwork({ online, since, next_try_at });
	}, [info.data]);

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
			if (payload.kind === "network") setNetwork(payload);
			if (payload.kind === "switched") {
				inUse.current = payload.workspace;
				setSyncFailure(null);
				setAsOf(null);
			}
			hear(client, payload, inUse.current);
		});
		return () => {
			void listening.then((stop) => stop());
		};
	}, [client]);

	const { mutate } = save;
	// Two choices made at once are both kept: each goes on from what is kept then.
	const edited = useCallback(
		(edit: (before: Preferences) => Partial<Preferences>) =>
			setPreferences((before) => {
				const next = { ...before, ...edit(before) };
				mutate(next);
				return next;
			}),
		[mutate],
	);
	const change = useCallback(
		(edit: Partial<Preferences>) => {
			edited(() => edit);
			if (edit.language) void setLanguage(edit.language);
		},
		[edited],
	);

	const setZoom = useZoom(
		preferences.zoom ?? 100,
		useCallback((percent) => change({ zoom: percent === 100 ? null : percent }), [change]),
	);

	const view = useCallback(
		<T,>(name: string, fallback: T): T => keptView(preferences, name, fallback),
		[preferences],
	);
	const keepView = useCallback(
		(name: string, value: unknown) =>
			edited(({ views }) => ({ views: { ...views, [name]: JSON.stringify(value) } })),
		[edited],
	);

	const period = keptPeriod(preferences);
	const comparison = keptComparison(preferences);
	const attribution = useMemo(() => keptAttribution(preferences), [preferences]);
	const convertTo = keptConvertTo(preferences);
	const zone = settings.data?.timezone ?? "UTC";
	const value = useMemo<Session>(() => {
		const online = network?.online ?? true;
		return {
			preferences,
			change,
			setZoom,
			keepView,
			view,
			period,
			setPeriod: (next) => keepView("period", next),
			range: periodDays(period, today(zone, now)),
			comparison,
			setComparison: (next) => keepView("comparison", next),
			attribution,
			setAttribution: (next) => keepView("attribution", next),
			convertTo,
			setConvertTo: (next) => keepView("convert_to", next),
			asOf,
			setAsOf,
			zone,
			now,
			online,
			offlineSince: online ? null : (network?.since ?? null),
			nextTryAt: online ? null : (network?.next_try_at ?? null),
			workspace,
			syncFailure,
			setSyncFailure,
		};
	}, [
		preferences,
		change,
		setZoom,
		keepView,
		view,
		period,
		comparison,
		attribution,
		convertTo,
		asOf,
		zone,
		now,
		network,
		workspace,
		syncFailure,
	]);

	return <Context.Provider value={value}>{children}</Context.Provider>;
}
