import type { QueryClient } from "@tanstack/react-query";
import {
	createHashHistory,
	createRootRoute,
	createRoute,
	createRouter,
	lazyRouteComponent,
	Outlet,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Preferences, SetupState, WorkspaceSettings } from "@/bindings";
import { PassportProvider } from "@/components/passport/provider";
import { hasFigures, homeQuestion } from "@/features/home/question";
import type { Key } from "@/i18n";
import { periodDays, today } from "@/lib/period";
import { Fault, NotFound } from "./fault";
import { keptAttribution, keptComparison, keptConvertTo, keptPeriod } from "./kept";
import { PaletteProvider } from "./palette";
import { Shell } from "./shell";
import { WindowWithWorkspace, WithWorkspace } from "./with-workspace";

/**
 * A page, fetched when the person first goes to it. The router waits for it before it draws:
 * React would draw nothing in its place first, and keep that for 300 ms.
 */
function fetched(load: Load, within: Within = (page) => page) {
	const Fetched = lazyRouteComponent(load);
	return Object.assign(() => within(<Fetched />), { preload: async () => Fetched.preload?.() });
}

type Load = () => Promise<{ default: () => ReactNode }>;
type Within = (page: ReactNode) => ReactNode;

/** A page of what belongs to a workspace. */
const ofWorkspace =
	(title: Key): Within =>
	(page) => <WithWorkspace title={title}>{page}</WithWorkspace>;

/** How the wizard is entered from a banner: it signs in at once, then goes back. */
export interface ConnectSearch {
	/** Sign in again, though somebody is signed in. */
	again?: 1;
	/** Ask Meta again for permissions that were declined. */
	rerequest?: 1;
	/** Where the person was. */
	from?: string;
}

function connectSearch(search: Record<string, unknown>): ConnectSearch {
	const { again, rerequest, from } = search;
	return {
		...(again ? { again: 1 } : {}),
		...(rerequest ? { rerequest: 1 } : {}),
		...(typeof from === "string" && from.startsWith("/") ? { from } : {}),
	};
}

const root = createRootRoute({
	component: () => (
		<PaletteProvider>
			<PassportProvider>
				<Outlet />
			</PassportProvider>
		</PaletteProvider>
	),
});
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const page = <P extends string>(path: P, load: Load, title?: Key) =>
	createRoute({
		getParentRoute: () => shell,
		path,
		component: fetched(load, title ? ofWorkspace(title) : undefined),
	});

const routes = root.addChildren([
	shell.addChildren([
		page("/", () => import("@/features/home/page")),
		page("/campaigns", () => import("@/features/campaigns/page"), "nav.campaigns"),
		page("/creatives", () => import("@/features/creatives/page"), "nav.creatives"),
		page("/breakdowns", () => import("@/features/breakdowns/page"), "nav.breakdowns"),
		page("/attribution", () => import("@/features/attribution/page"), "nav.attribution"),
		page("/gap", () => import("@/features/gap/page"), "nav.gap"),
		page("/gap/actions", () => import("@/features/gap/actions-page"), "nav.gap"),
		page("/changes", () => import("@/features/changes/page"), "nav.changes"),
		page("/changes/periods", () => import("@/features/changes/periods-page"), "nav.changes"),
		page("/changes/settings", () => import("@/features/changes/settings-page"), "nav.changes"),
		page("/pacing", () => import("@/features/pacing/page"), "nav.pacing"),
		page("/sync", () => import("@/features/sync/page"), "nav.sync"),
		page("/inbox", () => import("@/features/inbox/page"), "nav.inbox"),
		page("/contacts", () => import("@/features/contacts/page"), "nav.contacts"),
		page("/pipeline", () => import("@/features/pipeline/page"), "nav.pipeline"),
		page("/sales", () => import("@/features/sales/page"), "nav.sales"),
		page("/spend", () => import("@/features/spend/page"), "nav.spend"),
		page("/outbox", () => import("@/features/outbox/page"), "nav.outbox"),
		page("/outbox/new", () => import("@/features/outbox/send-page"), "nav.outbox"),
		page("/cohorts", () => import("@/features/cohorts/page"), "nav.cohorts"),
		page("/templates", () => import("@/features/templates/page"), "nav.templates"),
		page("/templates/one", () => import("@/features/templates/editor-page"), "nav.templates"),
		page("/import", () => import("@/features/import/page"), "nav.import"),
		page("/audit", () => import("@/features/audit/page"), "nav.audit"),
		page("/settings", () => import("@/features/settings/page")),
	]),
	createRoute({
		getParentRoute: () => root,
		path: "/connect",
		validateSearch: connectSearch,
		component: fetched(
			() => import("@/features/connect/page"),
			(page) => <WindowWithWorkspace>{page}</WindowWithWorkspace>,
		),
	}),
]);

// The window has no address bar and no server: the page's own fragment keeps the place.
export const router = createRouter({
	routeTree: routes,
	history: createHashHistory(),
	defaultPreload: false,
	defaultErrorComponent: Fault,
	defaultNotFoundComponent: NotFound,
});

/**
 * Asks for what the first page of most starts shows, before that page is there to ask: its figures
 * then stand in the first picture.
 */
export async function askFirstPage(
	client: QueryClient,
	preferences: Preferences,
	{ setup, settings }: { setup: SetupState; settings: WorkspaceSettings },
) {
	if (!hasFigures(setup) || router.latestLocation.pathname !== "/") return;
	const range = periodDays(keptPeriod(preferences), today(settings.timezone, Date.now()));
	const comparison = keptComparison(preferences);
	const attribution = keptAttribution(preferences);
	const convertTo = keptConvertTo(preferences);
	await client.prefetchQuery(homeQuestion(range, comparison, attribution, null, null, convertTo));
}

declare module "@tanstack/react-router" {
	interface Register {
		router: typeof router;
	}
}
