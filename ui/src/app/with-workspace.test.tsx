import { QueryClientProvider } from "@tanstack/react-query";
import {
	createMemoryHistory,
	createRootRoute,
	createRouter,
	Outlet,
	RouterProvider,
} from "@tanstack/react-router";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { cleanup, render, screen } from "@testing-library/react";
import { makeClient } from "@/lib/ipc";
import { PaletteProvider } from "./palette";
import { SessionProvider } from "./session";
import { WindowWithWorkspace, WithWorkspace } from "./with-workspace";

function show(current: boolean[]) {
	mockWindows("main");
	mockIPC(
		(command) =>
			command === "list_workspaces"
				? current.map((one, at) => ({ id: `w${at}`, name: "W", current: one, archived: false }))
				: null,
		{ shouldMockEvents: true },
	);
	const root = createRootRoute({
		component: () => (
			<PaletteProvider>
				<WithWorkspace title="nav.campaigns">
					<p>the page</p>
				</WithWorkspace>
				<WindowWithWorkspace>
					<p>the window</p>
				</WindowWithWorkspace>
				<Outlet />
			</PaletteProvider>
		),
		notFoundComponent: () => null,
	});
	const router = createRouter({
		routeTree: root,
		history: createMemoryHistory({ initialEntries: ["/"] }),
	});
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider initial={{ language: "en", theme: "light", density: null, views: {} }}>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
}

beforeEach(() => {
	vi.stubGlobal("matchMedia", () => ({
		matches: false,
		addEventListener: () => {},
		removeEventListener: () => {},
	}));
});
afterEach(async () => {
	cleanup();
	// The session stops listening a moment after it is taken down.
	await new Promise((done) => setTimeout(done));
	clearMocks();
	vi.unstubAllGlobals();
});

test("without a workspace a page says so and leads home, instead of failing", async () => {
	show([false]);
	const links = await screen.findAllByRole("link", { name: "Go to Home" });
	expect(links.map((link) => link.getAttribute("href"))).toEqual(["/", "/"]);
	expect(screen.getByRole("heading", { level: 1, name: "Campaigns" })).toBeTruthy();
	expect(screen.queryByText("the page")).toBeNull();
	expect(screen.queryByText("the window")).toBeNull();
});

test("with one in use the page is there", async () => {
	show([false, true]);
	expect(await screen.findByText("the page")).toBeTruthy();
	expect(screen.getByText("the window")).toBeTruthy();
});
