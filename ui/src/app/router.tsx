import {
	createHashHistory,
	createRootRoute,
	createRoute,
	createRouter,
	Outlet,
} from "@tanstack/react-router";
import { lazy } from "react";
import type { Key } from "@/i18n";
import { Fault, NotFound } from "./fault";
import { PaletteProvider } from "./palette";
import { Shell } from "./shell";
import { WindowWithWorkspace, WithWorkspace } from "./with-workspace";

const home = () => import("@/features/home/page");
const HomePage = lazy(home);
const CampaignsPage = lazy(() => import("@/features/campaigns/page"));
const CreativesPage = lazy(() => import("@/features/creatives/page"));
const ConnectPage = lazy(() => import("@/features/connect/page"));
const SyncPage = lazy(() => import("@/features/sync/page"));
const ContactsPage = lazy(() => import("@/features/contacts/page"));
const PipelinePage = lazy(() => import("@/features/pipeline/page"));
const SalesPage = lazy(() => import("@/features/sales/page"));
const ImportPage = lazy(() => import("@/features/import/page"));
const SettingsPage = lazy(() => import("@/features/settings/page"));

/** Fetches the first page of most starts while the rest is loading. */
export function loadFirstPage() {
	if (["", "#/"].includes(location.hash)) void home();
}

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
			<Outlet />
		</PaletteProvider>
	),
});
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const page = <P extends string>(path: P, component: () => React.ReactNode) =>
	createRoute({ getParentRoute: () => shell, path, component });
/** A page of what belongs to a workspace. */
const ofWorkspace = <P extends string>(path: P, title: Key, Component: React.ComponentType) =>
	page(path, () => (
		<WithWorkspace title={title}>
			<Component />
		</WithWorkspace>
	));

const routes = root.addChildren([
	shell.addChildren([
		page("/", () => <HomePage />),
		ofWorkspace("/campaigns", "nav.campaigns", CampaignsPage),
		ofWorkspace("/creatives", "nav.creatives", CreativesPage),
		ofWorkspace("/sync", "nav.sync", SyncPage),
		ofWorkspace("/contacts", "nav.contacts", ContactsPage),
		ofWorkspace("/pipeline", "nav.pipeline", PipelinePage),
		ofWorkspace("/sales", "nav.sales", SalesPage),
		ofWorkspace("/import", "nav.import", ImportPage),
		page("/settings", () => <SettingsPage />),
	]),
	createRoute({
		getParentRoute: () => root,
		path: "/connect",
		validateSearch: connectSearch,
		component: () => (
			<WindowWithWorkspace>
				<ConnectPage />
			</WindowWithWorkspace>
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

declare module "@tanstack/react-router" {
	interface Register {
		router: typeof router;
	}
}
