import "./styles/app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { ErrorBoundary } from "./app/error-boundary";
import { router } from "./app/router";
import { SessionProvider } from "./app/session";
import type { Preferences } from "./bindings";
import { Empty } from "./components/ui/kit";
import { startI18n, systemLanguage, useWords } from "./i18n";
import { type AppError, call, makeClient, toAppError } from "./lib/ipc";

const client = makeClient();

function CouldNotOpen({ error }: { error: AppError }) {
	const { t, failure } = useWords();
	return (
		<div className="grid h-screen">
			<Empty icon={CircleAlert} title={t("state.failed")}>
				{failure(error)}
			</Empty>
		</div>
	);
}

async function start() {
	const container = document.getElementById("root");
	if (!container) return;
	const root = createRoot(container);
	let preferences: Preferences = { language: null, theme: null, density: null, views: {} };
	let failed: AppError | null = null;
	try {
		preferences = await call("getPreferences", {});
	} catch (error) {
		failed = toAppError(error);
	}
	await startI18n(preferences.language ?? systemLanguage());
	root.render(
		<StrictMode>
			{failed ? (
				<CouldNotOpen error={failed} />
			) : (
				<QueryClientProvider client={client}>
					<ErrorBoundary>
						<SessionProvider initial={preferences}>
							<Suspense fallback={null}>
								<RouterProvider router={router} />
							</Suspense>
						</SessionProvider>
					</ErrorBoundary>
				</QueryClientProvider>
			)}
		</StrictMode>,
	);
}

void start();
