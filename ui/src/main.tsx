import "./styles/app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, Suspense } from "react";
import { createRoot, type Root } from "react-dom/client";
import { ErrorBoundary } from "./app/error-boundary";
import { loadFirstPage, router } from "./app/router";
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
 * What every start asks for and the first page, under way while the rest is loading: each would
 * otherwise be asked for only when the one before is drawn.
 */
function ahead() {
	void client.prefetchQuery(query("getAppInfo", {}));
	void client.prefetchQuery(query("getWorkspaceSettings", {}));
	void client.prefetchQuery(query("listWorkspaces", {}));
	void client.prefetchQuery(query("getSetupState", {}));
	void client.prefetchQuery(query("getConnection", {}));
	void client.prefetchQuery(query("getSyncProgress", {}));
	loadFirstPage();
}

async function open(root: Root) {
	let preferences: Preferences;
	ahead();
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
	await startI18n(preferences.language ?? systemLanguage());
	root.render(
		<StrictMode>
			<QueryClientProvider client={client}>
				<ErrorBoundary>
					<SessionProvider initial={preferences}>
						<Suspense fallback={null}>
							<RouterProvider router={router} />
						</Suspense>
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
