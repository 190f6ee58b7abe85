import "./styles/app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { ErrorBoundary } from "./app/error-boundary";
import { askFirstPage, router } from "./app/router";
import { SessionProvider } from "./app/session";
import type { Preferences } from "./bindings";
import { Failure } from "./components/failure";
import { startI18n, systemLanguage, useWords } from "./i18n";
import { type AppError, call, makeClient, query, toAppError } from "./lib/ipc";
import { applyTheme } from "./lib/theme";

const client = makeClient();

function CouldNotOpen({ error, retry }: { error: AppError; retry: () => void }) {
	const { t } = useWords();
	return (
		<main className="grid h-screen">
			<Failure error={error} title={t("state.failed")} retry={retry} />
		</main>
	);
}

/**
 * What every start asks for, under way while the rest is loading: each would otherwise be asked for
 * only when the one before is drawn.
 */
async function ahead() {
	void client.prefetchQuery(query("getAppInfo", {}));
	const workspaces = await client.fetchQuery(query("listWorkspaces", {}));
	const setup = client.fetchQuery(query("getSetupState", {}));
	if (!workspaces.some((workspace) => workspace.current)) return null;
	void client.prefetchQuery(query("getConnection", {}));
	void client.prefetchQuery(query("getSyncProgress", {}));
	void client.prefetchQuery(query("getDataAges", {}));
	const settings = client.fetchQuery(query("getWorkspaceSettings", {}));
	return { setup: await setup, settings: await settings };
}

/** How long the first picture waits for its figures, in milliseconds: a shared database may be far. */
const PATIENCE = 150;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function open(root: Root) {
	let preferences: Preferences;
	// What fails here is asked again by the page itself, which says why it fails.
	const asked = ahead().catch(() => null);
	const page = router.load();
	try {
		preferences = await call("getPreferences", {});
	} catch (error) {
		await startI18n(systemLanguage());
		const failed = toAppError(error);
		root.render(
			<StrictMode>
				<CouldNotOpen error={failed} retry={() => void open(root)} />
			</StrictMode>,
		);
		return;
	}
	// Before anything is drawn, so that nothing is drawn twice.
	applyTheme(preferences.theme);
	const figures = asked.then((known) => known && askFirstPage(client, preferences, known));
	await Promise.all([
		startI18n(preferences.language ?? systemLanguage()),
		page,
		Promise.race([figures, pause(PATIENCE)]),
	]);
	root.render(
		<StrictMode>
			<QueryClientProvider client={client}>
				<ErrorBoundary>
					<SessionProvider initial={preferences}>
						<RouterProvider router={router} />
					</SessionProvider>
				</ErrorBoundary>
			</QueryClientProvider>
		</StrictMode>,
	);
}

// The person's own choice is known once the core answers; until then the system's holds.
applyTheme(null);
const container = document.getElementById("root");
if (container) void open(createRoot(container));
