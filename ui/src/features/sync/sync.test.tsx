import { QueryClientProvider } from "@tanstack/react-query";
import {
	createMemoryHistory,
	createRootRoute,
	createRoute,
	createRouter,
	Outlet,
	RouterProvider,
} from "@tanstack/react-router";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { PaletteProvider } from "@/app/palette";
import { SessionProvider } from "@/app/session";
import type { SyncProgress, SyncRunRow } from "@/bindings";
import { makeClient } from "@/lib/ipc";
import { duration } from "./duration";
import SyncPage from "./page";

const run = (number: number, more: Partial<SyncRunRow> = {}): SyncRunRow => ({
	run: number,
	kind: "sync",
	trigger: "schedule",
	state: "done",
	started_at: "2026-09-14T09:09:00Z",
	finished_at: "2026-09-14T09:13:10Z",
	rows_added: 1200,
	rows_changed: 7,
	rows_unchanged: 4321,
	calls: 135,
	waits: 2,
	errors: 0,
	error: null,
	error_code: null,
	error_reason: null,
	error_params: {},
	...more,
});
const progress = {
	run: 1,
	state: "running",
	first: true,
	since: "2023-08-14",
	until: "2026-09-14",
	started_at: "2026-09-14T09:09:00Z",
	finished_at: null,
	slices_done: 49,
	slices_total: 88,
	rows_added: 377635,
	rows_changed: 0,
	rows_unchanged: 0,
	rows_per_minute: 1220,
	seconds_left_low: 2280,
	seconds_left_high: 3120,
	calls: 2316,
	waits: 14,
	errors: 1,
	scopes: [
		{
			scope: "act:5",
			name: "Argentina",
			currency: "ARS",
			state: "slowed",
			percent: 30,
			rows: 142905,
			usage_percent: 78,
			waiting_seconds: 540,
			kinds: [
				{ kind: "campaigns", state: "done", done: 1, total: 1, rows: 96, error: null },
				{ kind: "ad_sets", state: "running", done: 0, total: 1, rows: 301, error: null },
				{ kind: "insights", state: "running", done: 11, total: 37, rows: 11, error: null },
				{
					kind: "leads",
					state: "failed",
					done: 0,
					total: 1,
					rows: 0,
					error: {
						code: "permission_missing",
						message: "(#200) leads",
						field: null,
						params: {},
						retry_after_ms: null,
					},
				},
			],
			error: {
				code: "permission_missing",
				message: "(#200) leads",
				field: null,
				params: {},
				retry_after_ms: null,
			},
		},
		{
			scope: "page:7",
			name: "Page seven",
			currency: null,
			state: "failed",
			percent: 0,
			rows: 0,
			usage_percent: null,
			waiting_seconds: null,
			kinds: [],
			error: {
				code: "permission_missing",
				message: "(#200)",
				field: null,
				params: {},
				retry_after_ms: null,
			},
		},
	],
	pace: [
		{ at: "2026-09-14T09:10:00Z", rows_per_minute: 300 },
		{ at: "2026-09-14T09:11:00Z", rows_per_minute: 1220 },
	],
	error: null,
} as unknown as SyncProgress;

async function show(now: SyncProgress | null, runs: SyncRunRow[]) {
	const asked: Array<{ command: string; req: Record<string, unknown> }> = [];
	mockWindows("main");
	mockIPC(
		(command, args) => {
			const { req } = (args ?? {}) as { req: Record<string, unknown> };
			asked.push({ command, req });
			switch (command) {
				case "get_setup_state":
					return { connected: true, has_insights: true, workspace: null };
				case "get_sync_progress":
					return now;
				case "list_sync_runs": {
					const limit = (req.page as { limit: number }).limit;
					return {
						rows: runs.slice(0, limit),
						next: runs.length > limit ? "x" : null,
						total: null,
					};
				}
				case "get_connection":
					return { state: "connected", missing: [] };
				case "list_ad_accounts":
				case "list_workspaces":
					return [];
				case "get_app_info":
					return { online: true, next_sync_at: null };
				default:
					return null;
			}
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
	const router = createRouter({
		routeTree: root.addChildren([
			createRoute({ getParentRoute: () => root, path: "/sync", component: SyncPage }),
			createRoute({ getParentRoute: () => root, path: "/connect", component: () => null }),
		]),
		history: createMemoryHistory({ initialEntries: ["/sync"] }),
	});
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider
				initial={{ language: "en", theme: "light", density: null, zoom: null, views: {} }}
			>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	await screen.findByTestId("sync-state");
	return { asked, person: userEvent.setup() };
}

beforeAll(() => {
	window.scrollTo = () => undefined;
	window.matchMedia ??= ((query: string) => ({
		matches: false,
		media: query,
		addEventListener: () => undefined,
		removeEventListener: () => undefined,
	})) as never;
});
afterEach(async () => {
	cleanup();
	// The session stops listening a moment after it is taken down.
	await new Promise((done) => setTimeout(done));
	clearMocks();
});

test("a run opens on its kind, what it changed and left, calls, waits and its error", async () => {
	const failed = run(2, {
		state: "partly",
		trigger: "manual",
		errors: 1,
		error: "(#200) no",
		error_code: "permission_missing",
	});
	const { person } = await show(null, [failed]);
	const table = within(screen.getByTestId("sync-runs"));
	await person.click(await table.findByRole("button", { expanded: false }));
	const details = within(await screen.findByTestId("run-details"));
	for (const text of ["Partly", "By hand", "1,200", "7", "4,321", "135 · 2 · 1"]) {
		expect(details.getByText(text), text).toBeTruthy();
	}
	expect(details.getByText(/^Meta does not allow this to you/)).toBeTruthy();
	expect(details.queryByText(/#200/)).toBeNull();
	expect(table.getByText("4 min 10 s")).toBeTruthy();
	expect(table.getByText("+1,207")).toBeTruthy();
});

test("older runs than the first twelve can be shown", async () => {
	const { person } = await show(
		null,
		Array.from({ length: 20 }, (_, number) => run(20 - number)),
	);
	const table = within(screen.getByTestId("sync-runs"));
	await waitFor(() => expect(table.getAllByRole("button").length).toBe(12));
	await person.click(screen.getByRole("button", { name: "Show older" }));
	await waitFor(() => expect(table.getAllByRole("button").length).toBe(20));
	expect(screen.queryByRole("button", { name: "Show older" })).toBeNull();
});

test("pace, use of the limit and what is left come from the run", async () => {
	await show(progress, []);
	expect(screen.getByText("1,220/min")).toBeTruthy();
	expect(screen.getByText("38 to 52 min")).toBeTruthy();
	expect(
		screen.getByRole("img", { name: "Ad-days a minute: 1,220 now, 1,220 at most" }),
	).toBeTruthy();
	expect(screen.getByText(/^Meta reports 78% use/).textContent).toContain("9 min");
});

test("each kind of object has its count, its days, or a word for what was not read", async () => {
	await show(progress, []);
	const cell = (kind: string) =>
		document.querySelector(`[data-kind="${kind}"] p + p`)?.textContent?.trim();
	expect(cell("campaigns")).toBe("96");
	expect(cell("ad_sets")).toBe("301");
	expect(cell("insights")).toBe("11 of 37 days");
	expect(cell("leads")).toBe("permission missing");
	// The account's own failure is that of the leads: it is told once.
	expect(screen.getAllByText(/^Meta does not allow this to you/)).toHaveLength(2);
	expect(screen.getByText("Leads:")).toBeTruthy();
});

test("a page that Meta refuses asks for the permission and comes back here", async () => {
	await show(progress, []);
	expect(screen.getByText("Permission missing")).toBeTruthy();
	const [link] = screen.getAllByRole("link", { name: "Ask Meta" });
	expect(link?.getAttribute("href")).toMatch(/rerequest=1&from=%2Fsync/);
});

test("durations are short and exact", () => {
	expect(duration("2026-01-01T00:00:00Z", "2026-01-01T00:00:09.4Z")).toBe("9\u00a0s");
	expect(duration("2026-01-01T00:00:00Z", "2026-01-01T02:05:00Z")).toBe("2\u00a0h 5\u00a0min");
	expect(duration("2026-01-01T00:00:00Z", null)).toBe("—");
});

test("of a run that ended on the way nothing waits any more, nor goes on", async () => {
	const [first, page] = progress.scopes;
	await show(
		{
			...progress,
			state: "failed",
			finished_at: "2026-09-14T09:10:00Z",
			slices_done: 0,
			slices_total: 0,
			scopes: [{ ...first, state: "waiting", percent: 0, rows: 0, kinds: [] }, page],
		} as SyncProgress,
		[],
	);
	expect(screen.getAllByRole("progressbar")[0]?.getAttribute("aria-valuenow")).toBe("0");
	expect(screen.getByText("not read")).toBeTruthy();
	expect(screen.queryByText("waiting")).toBeNull();
	expect(screen.queryByText(/Everything else goes on/)).toBeNull();
});
