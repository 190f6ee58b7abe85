/** One page of Rumbo in front of a core that a test plays. */
import { QueryClientProvider } from "@tanstack/react-query";
import {
	createMemoryHistory,
	createRootRoute,
	createRouter,
	RouterProvider,
} from "@tanstack/react-router";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ComponentType } from "react";
import { PaletteProvider } from "@/app/palette";
import { SessionProvider } from "@/app/session";
import type { ExportScreen } from "@/bindings";
import { PassportProvider } from "@/components/passport/provider";
import { makeClient } from "@/lib/ipc";

type Request = Record<string, unknown>;
/** What the core answers, by the command's name; a command that is not here answers null. */
export type Answers = Record<string, (req: Request) => unknown>;

/** Shows a page. What the page asks of the core is kept, to be looked at by command. */
export function showPage(
	Page: ComponentType,
	answers: Answers,
	{ views = {}, at = "/" }: { views?: Record<string, string>; at?: string } = {},
) {
	const asked: Array<{ command: string; req: Request }> = [];
	const all: Answers = {
		get_connection: () => ({ state: "none", missing: [] }),
		get_workspace_settings: () => ({ name: "W", locale: "en", timezone: "UTC", currency: "USD" }),
		...answers,
	};
	mockWindows("main");
	mockIPC(
		(command, args) => {
			const { req } = (args ?? {}) as { req: Request };
			asked.push({ command, req });
			return all[command]?.(req) ?? null;
		},
		{ shouldMockEvents: true },
	);
	const router = createRouter({
		routeTree: createRootRoute({
			component: () => (
				<PaletteProvider>
					<PassportProvider>
						<Page />
					</PassportProvider>
				</PaletteProvider>
			),
		}),
		history: createMemoryHistory({ initialEntries: [at] }),
	});
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider initial={{ language: null, theme: "light", density: null, views }}>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	return {
		router,
		of: (command: string) => asked.filter((one) => one.command === command).map((one) => one.req),
	};
}

/** Gives jsdom, which lays nothing out, what pages ask of a window; and takes each page down. */
export function withPages() {
	beforeAll(() => {
		window.scrollTo = () => undefined;
		window.matchMedia ??= ((query: string) => ({
			matches: false,
			media: query,
			addEventListener: () => undefined,
			removeEventListener: () => undefined,
		})) as never;
		Element.prototype.scrollTo ??= () => undefined;
		Element.prototype.scrollIntoView ??= () => undefined;
		Element.prototype.hasPointerCapture ??= () => false;
		// A long list draws the rows there is room for.
		Object.defineProperties(Element.prototype, {
			clientHeight: { configurable: true, get: () => 800 },
			clientWidth: { configurable: true, get: () => 1200 },
		});
	});
	afterEach(async () => {
		cleanup();
		// The session stops listening a moment after it is taken down.
		await new Promise((done) => setTimeout(done));
		clearMocks();
	});
}

/** What is read in each cell of a table, without what is hidden until it is asked for. */
export const cellsOf = (table: HTMLElement) =>
	within(table)
		.getAllByRole("row")
		.map((line) =>
			[...line.children].map((cell) => {
				const shown = cell.cloneNode(true) as Element;
				for (const hidden of shown.querySelectorAll("[hidden]")) hidden.remove();
				return shown.textContent;
			}),
		);

/** The answers that let a table go into a file. */
export const saving: Answers = {
	save_file: () => "/tmp/out.csv",
	export_screen: () => ({ path: "/tmp/out.csv", rows: 1 }),
};

/** Writes what is on screen to a file, and gives what went there: its heads, then row by row. */
export async function written(of: (command: string) => Request[]) {
	await userEvent.click(screen.getByTestId("export"));
	await userEvent.click(await screen.findByTestId("export-csv"));
	await screen.findByText("Saved: /tmp/out.csv");
	const { table } = of("export_screen").at(-1) as unknown as ExportScreen;
	return { heads: table.columns.map(({ head }) => head), rows: table.rows };
}
