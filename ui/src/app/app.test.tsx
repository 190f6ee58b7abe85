import { QueryClientProvider } from "@tanstack/react-query";
import {
	createMemoryHistory,
	createRootRoute,
	createRoute,
	createRouter,
	Outlet,
	RouterProvider,
} from "@tanstack/react-router";
import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { CoreEvent, Preferences, SyncProgress } from "@/bindings";
import { recent } from "@/lib/format";
import { invalidates, makeClient, provides } from "@/lib/ipc";
import { SHORTCUTS } from "@/lib/shortcuts";
import { PaletteProvider } from "./palette";
import { SessionProvider } from "./session";
import { Page, Shell } from "./shell";
import { SyncButton } from "./sync-button";
import { zoomed } from "./zoom";

const workspace = (id: string, current: boolean) => ({
	id,
	slug: id,
	name: id,
	sample: false,
	locale: "en",
	timezone: "UTC",
	currency: "USD",
	archived: false,
	current,
});
const progress = (run: number) =>
	({
		run,
		state: "running",
		finished_at: null,
		slices_done: run,
		slices_total: 100,
	}) as SyncProgress;

type Answers = Record<string, (req: never) => unknown>;

async function show(answers: Answers = {}, preferences: Preferences = {}) {
	const asked: Array<{ command: string; req: Record<string, unknown> }> = [];
	const all: Answers = {
		list_workspaces: () => [workspace("w1", true), workspace("w2", false)],
		get_connection: () => ({ state: "connected", missing: [] }),
		get_setup_state: () => ({ workspace: workspace("w1", true) }),
		get_workspace_settings: () => ({ timezone: "UTC" }),
		get_app_info: () => ({
			online: true,
			network_since: "2026-11-21T08:00:00Z",
			next_try_at: null,
			data_dir: "/data",
			database: "sqlite",
		}),
		get_data_ages: () => [
			{ source: "meta_ads", as_of: "2026-11-21T08:40:00Z", failing: false },
			{ source: "sales", as_of: "2026-11-20T08:40:00Z", failing: false },
		],
		save_preferences: (req) => req,
		...answers,
	};
	mockWindows("main");
	mockIPC(
		(command, args) => {
			const { req } = (args ?? {}) as { req: Record<string, unknown> };
			asked.push({ command, req: req ?? (args as Record<string, unknown>) });
			return all[command]?.(req as never) ?? null;
		},
		{ shouldMockEvents: true },
	);
	const root = createRootRoute({
		component: () => (
			<PaletteProvider>
				<Outlet />
			</PaletteProvider>
		),
	});
	const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
	const page = (path: string) =>
		createRoute({
			getParentRoute: () => shell,
			path,
			component: () => (
				<Page title={path} tools={<SyncButton />}>
					<button type="button">in {path}</button>
				</Page>
			),
		});
	const router = createRouter({
		routeTree: root.addChildren([
			shell.addChildren(["/", "/sync", "/connect", "/import"].map(page)),
		]),
		history: createMemoryHistory({ initialEntries: ["/"] }),
	});
	const client = makeClient();
	render(
		<QueryClientProvider client={client}>
			<SessionProvider
				initial={{ language: "en", theme: "light", density: null, views: {}, ...preferences }}
			>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	await screen.findByRole("main");
	await waitFor(() => expect(client.getQueryData(["listWorkspaces", {}])).toBeTruthy());
	return { asked, client, router, of: (name: string) => asked.filter((a) => a.command === name) };
}

const tell = (event: CoreEvent) => act(() => emit("core-event-message", event));

beforeAll(() => {
	window.scrollTo = () => undefined;
	Element.prototype.scrollIntoView ??= () => undefined;
	window.ResizeObserver ??= class {
		observe() {}
		unobserve() {}
		disconnect() {}
	} as never;
	window.matchMedia ??= ((query: string) => ({
		matches: false,
		media: query,
		addEventListener: () => undefined,
		removeEventListener: () => undefined,
	})) as never;
});
afterEach(async () => {
	cleanup();
	// Listening ends a moment after the window is gone.
	await new Promise((resolve) => setTimeout(resolve, 0));
	clearMocks();
	vi.restoreAllMocks();
});

test("a file dropped on any page is opened where files come in", async () => {
	Object.assign(globalThis, { isTauri: true });
	const { router } = await show();
	const where = { paths: ["/data/a b.csv"], position: { x: 1, y: 1 } };
	await act(() => emit("tauri://drag-enter", where));
	expect((await screen.findByTestId("drop-here")).textContent).toBe("Drop the file to open it");
	await act(() => emit("tauri://drag-drop", where));
	await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
	expect(router.state.location.search).toEqual({ file: "/data/a b.csv" });
	// That page takes the next one itself.
	await act(() => emit("tauri://drag-enter", where));
	expect(screen.queryByTestId("drop-here")).toBeNull();
	Object.assign(globalThis, { isTauri: false });
});

describe("what the core tells", () => {
	test("the sync of another workspace is not this one's", async () => {
		const { client } = await show();
		const shown = () => client.getQueryData<SyncProgress>(["getSyncProgress", {}])?.run;
		await tell({ kind: "sync", workspace: "w1", progress: progress(1) });
		await waitFor(() => expect(shown()).toBe(1));
		await tell({ kind: "sync", workspace: "w2", progress: progress(2) });
		expect(shown()).toBe(1);
	});

	test("what changed elsewhere is not read again, what changed here is", async () => {
		const { of } = await show();
		const reads = () => of("get_data_ages").length;
		await waitFor(() => expect(reads()).toBe(1));
		await tell({ kind: "changed", workspace: "w2", tags: ["sales"] });
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(reads()).toBe(1);
		await tell({ kind: "changed", workspace: "w1", tags: ["sales"] });
		await waitFor(() => expect(reads()).toBe(2));
		await tell({ kind: "changed", workspace: null, tags: ["sales"] });
		await waitFor(() => expect(reads()).toBe(3));
	});

	test("after a switch nothing of the workspace before is shown, nor heard", async () => {
		let current = "w1";
		let release = () => {};
		const { client } = await show({
			list_workspaces: () => [workspace("w1", current === "w1"), workspace("w2", current === "w2")],
			get_data_ages: () =>
				current === "w1"
					? [{ source: "sales", as_of: "2026-11-20T08:40:00Z", failing: false }]
					: new Promise((resolve) => {
							release = () => resolve([]);
						}),
		});
		const source = () => document.querySelector('[data-source="sales"]');
		await waitFor(() => expect(source()).toBeTruthy());
		current = "w2";
		await tell({ kind: "switched", workspace: "w2" });
		// The figures of the workspace before are gone while the new ones are still being read.
		await waitFor(() => expect(source()).toBeNull());
		await tell({ kind: "sync", workspace: "w1", progress: progress(7) });
		await tell({ kind: "sync", workspace: "w2", progress: progress(8) });
		await waitFor(() =>
			expect(client.getQueryData<SyncProgress>(["getSyncProgress", {}])?.run).toBe(8),
		);
		release();
	});
});

describe("banners", () => {
	const offline: Answers = {
		get_app_info: () => ({
			online: false,
			network_since: "2026-11-21T09:21:00Z",
			next_try_at: "2026-11-21T09:25:00Z",
			data_dir: "/data",
			database: "sqlite",
		}),
	};

	test("offline says since when, how old Meta's figures are and when it is tried again", async () => {
		const { of } = await show({
			...offline,
			try_network: () => ({ online: false, since: "2026-11-21T09:21:00Z", next_try_at: null }),
		});
		const banner = await screen.findByTestId("offline-banner");
		const at = (iso: string) =>
			new Intl.DateTimeFormat("en", {
				hour: "2-digit",
				minute: "2-digit",
				hourCycle: "h23",
			}).format(new Date(iso));
		await waitFor(() => expect(banner.textContent).toContain("Meta figures are from 21 Nov"));
		expect(recent("en", "2026-11-21T08:40:00Z", Date.parse("2026-11-21T08:41:00Z"))).toBe(
			at("2026-11-21T08:40:00Z"),
		);
		expect(banner.textContent).toContain(`Offline since ${at("2026-11-21T09:21:00Z")}.`);
		expect(banner.textContent).toContain(`Next try at ${at("2026-11-21T09:25:00Z")}.`);
		await userEvent.click(within(banner).getByTestId("try-network"));
		expect(of("try_network")).toHaveLength(1);
		await tell({
			kind: "network",
			online: true,
			since: "2026-11-21T09:30:00Z",
			next_try_at: null,
		});
		await waitFor(() => expect(screen.queryByTestId("offline-banner")).toBeNull());
	});

	test("only what comes over the network turns amber", async () => {
		await show(offline);
		const source = (name: string) => document.querySelector(`[data-source="${name}"]`);
		await waitFor(() => expect(source("meta_ads")?.className).toContain("text-warning"));
		expect(source("sales")?.className).not.toContain("text-warning");
		expect(source("sales")?.textContent).toContain("up to date");
	});

	test("the worst wins, and there is one", async () => {
		await show({ ...offline, get_connection: () => ({ state: "expired", missing: [] }) });
		await screen.findByTestId("connection-banner");
		expect(screen.getByText("The Meta sign-in has ended.")).toBeTruthy();
		expect(screen.queryByTestId("offline-banner")).toBeNull();
	});

	test("what is put off stays away for a day, on every page, and only that", async () => {
		const missing = { state: "missing_scope", missing: [{ scope: "leads_retrieval" }] };
		const { of } = await show({ get_connection: () => missing });
		const banner = await screen.findByTestId("connection-banner");
		await userEvent.click(within(banner).getByText("Later"));
		await waitFor(() => expect(screen.queryByTestId("connection-banner")).toBeNull());
		const kept = of("save_preferences").at(-1)?.req as { views: Record<string, string> };
		const later = JSON.parse(kept.views.later ?? "{}");
		expect(Object.keys(later)).toEqual(["w1:missing_scope"]);
		cleanup();
		await show({ get_connection: () => missing }, { views: { later: JSON.stringify(later) } });
		expect(screen.queryByTestId("connection-banner")).toBeNull();
		cleanup();
		const old = { "w1:missing_scope": new Date(Date.now() - 25 * 3_600_000).toISOString() };
		await show({ get_connection: () => missing }, { views: { later: JSON.stringify(old) } });
		await screen.findByTestId("connection-banner");
		cleanup();
		await show(
			{ get_connection: () => ({ state: "expiring", missing: [], days_left: 3 }) },
			{ views: { later: JSON.stringify(later) } },
		);
		await screen.findByTestId("connection-banner");
	});
});

describe("syncing", () => {
	test("a start that fails is told by the banner", async () => {
		const { of } = await show({
			start_sync: () => Promise.reject({ code: "data_folder_busy", message: "x" }),
		});
		await waitFor(() =>
			expect(screen.getByTestId("sync-now").getAttribute("aria-disabled")).toBeNull(),
		);
		await userEvent.click(screen.getByTestId("sync-now"));
		const banner = await screen.findByTestId("sync-failed-banner");
		expect(banner.textContent).toContain("The sync could not begin.");
		expect(banner.textContent).toContain("Another program is writing to this data.");
		await userEvent.click(within(banner).getByText("Try again"));
		await waitFor(() => expect(of("start_sync")).toHaveLength(2));
	});

	test("the button and the palette say why they are off", async () => {
		const { of } = await show({ get_connection: () => ({ state: "missing", missing: [] }) });
		const button = screen.getByTestId("sync-now");
		await waitFor(() => expect(button.getAttribute("aria-describedby")).toBeTruthy());
		const note = document.getElementById(button.getAttribute("aria-describedby") as string);
		expect(note?.textContent).toBe("Connect Meta first.");
		button.focus();
		expect(document.activeElement).toBe(button);
		await userEvent.keyboard("{Control>}k{/Control}Sync now");
		const option = await screen.findByRole("option", { name: /Sync now/ });
		expect(option.textContent).toContain("Connect Meta first.");
		await userEvent.keyboard("{Enter}");
		expect(of("start_sync")).toHaveLength(0);
		expect(screen.getByRole("combobox")).toBeTruthy();
	});
});

describe("the keyboard", () => {
	test("F6 goes from region to region, and back", async () => {
		await show();
		const nav = screen.getByRole("navigation");
		const main = screen.getByRole("main");
		await userEvent.keyboard("{F6}");
		expect(document.activeElement).toBe(nav);
		await userEvent.keyboard("{F6}");
		expect(document.activeElement).toBe(main);
		await userEvent.keyboard("{F6}");
		expect(document.activeElement).toBe(nav);
		await userEvent.keyboard("{Shift>}{F6}{/Shift}");
		expect(document.activeElement).toBe(main);
		screen.getByTestId("sync-now").focus();
		await userEvent.keyboard("{Shift>}{F6}{/Shift}");
		expect(document.activeElement).toBe(nav);
	});

	test("a page that is gone to takes the focus and names the window", async () => {
		const { router } = await show();
		await userEvent.keyboard("{Control>}k{/Control}Sync{Enter}");
		await waitFor(() => expect(router.state.location.pathname).toBe("/sync"));
		await screen.findByText("in /sync");
		await waitFor(() =>
			expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 })),
		);
		expect(document.title).toBe("/sync · Rumbo");
	});

	test("? lists every shortcut, by where it works, and not while one writes", async () => {
		await show();
		await userEvent.keyboard("{Control>}k{/Control}?");
		expect(screen.queryByTestId("keys-everywhere")).toBeNull();
		await userEvent.keyboard("{Escape}?");
		const list = await screen.findByTestId("keys-everywhere");
		expect(list.textContent).toContain("Ctrl K");
		const shown = document.querySelectorAll("[data-testid^=keys-] dt");
		expect(shown).toHaveLength(Object.keys(SHORTCUTS).length);
	});

	test("the palette keeps its active option in sight", async () => {
		const seen = vi.spyOn(Element.prototype, "scrollIntoView");
		await show();
		await userEvent.keyboard("{Control>}k{/Control}");
		const input = await screen.findByRole("combobox");
		await userEvent.keyboard("{ArrowDown}{ArrowDown}");
		const active = document.getElementById(input.getAttribute("aria-activedescendant") as string);
		expect(seen.mock.contexts.at(-1)).toBe(active);
	});

	test("the palette gives the focus back, and so does what opens out of it", async () => {
		await show();
		const link = screen.getByTestId("nav-sales");
		link.focus();
		await userEvent.keyboard("{Control>}k{/Control}");
		expect(document.activeElement).toBe(await screen.findByRole("combobox"));
		await userEvent.keyboard("{Escape}");
		await waitFor(() => expect(document.activeElement).toBe(link));
		await userEvent.keyboard("{Control>}k{/Control}shortcuts{Enter}");
		await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
		await userEvent.keyboard("{Escape}");
		await waitFor(() => expect(document.activeElement).toBe(link));
	});

	test("the window is drawn larger and smaller, and stays so", async () => {
		expect(zoomed(100, "+")).toBe(110);
		expect(zoomed(100, "-")).toBe(90);
		expect(zoomed(300, "=")).toBe(300);
		expect(zoomed(50, "-")).toBe(50);
		expect(zoomed(175, "0")).toBe(100);
		expect(zoomed(100, "k")).toBeNull();
		const { of } = await show({}, { zoom: 175 });
		await userEvent.keyboard("{Control>}={/Control}");
		await waitFor(() => expect(of("plugin:webview|set_webview_zoom")).toHaveLength(1));
		await waitFor(() => expect(of("save_preferences").at(-1)?.req.zoom).toBe(200));
		await userEvent.keyboard("{Control>}0{/Control}");
		await waitFor(() => expect(of("save_preferences").at(-1)?.req.zoom).toBeNull());
	});
});

test("Connect Meta without a workspace makes one, then connects", async () => {
	const { router, of } = await show({
		list_workspaces: () => [],
		get_setup_state: () => ({ workspace: null }),
		create_workspace: () => workspace("w3", true),
	});
	await userEvent.keyboard("{Control>}k{/Control}Connect{Enter}");
	await userEvent.type(await screen.findByTestId("workspace-name"), "Mine");
	await userEvent.click(screen.getByTestId("create-workspace-confirm"));
	await waitFor(() => expect(of("create_workspace")).toHaveLength(1));
	await waitFor(() => expect(router.state.location.pathname).toBe("/connect"));
});

test("a workspace that cannot be opened says why, and can be tried again", async () => {
	let fails = true;
	const { of } = await show({
		use_workspace: () => {
			if (fails) return Promise.reject({ code: "data_folder_busy", message: "x" });
			return null;
		},
		open_sample_workspace: () => Promise.reject({ code: "disk_full", message: "x" }),
	});
	await userEvent.click(screen.getByTestId("workspace-menu"));
	await userEvent.click(await screen.findByRole("menuitem", { name: "w2" }));
	const dialog = await screen.findByRole("dialog", { name: "The workspace could not be opened" });
	expect(dialog.textContent).toContain("Another program is writing to this data.");
	fails = false;
	await userEvent.click(within(dialog).getByRole("button", { name: "Try again" }));
	await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	expect(of("use_workspace").map((one) => one.req)).toEqual([
		{ workspace: "w2" },
		{ workspace: "w2" },
	]);
	await userEvent.click(screen.getByTestId("workspace-menu"));
	await userEvent.click(await screen.findByTestId("menu-open-sample"));
	const other = await screen.findByRole("dialog", { name: "The workspace could not be opened" });
	expect(other.textContent).toContain("The disk is full.");
});

test("a choice of the person's makes no figure stale", () => {
	const stale = invalidates("savePreferences");
	expect(stale).toEqual(["preferences"]);
	for (const name of ["getRoi", "getHome", "getWorkspaceSettings", "getDataAges"] as const) {
		expect(provides(name)).not.toContain("preferences");
	}
	expect(provides("getDataAges")).toContain("opportunities");
});
