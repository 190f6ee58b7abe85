import { QueryClientProvider } from "@tanstack/react-query";
import {
	createMemoryHistory,
	createRootRoute,
	createRouter,
	RouterProvider,
} from "@tanstack/react-router";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { PaletteProvider } from "@/app/palette";
import { askFirstPage, router as startOfWindow } from "@/app/router";
import { SessionProvider } from "@/app/session";
import type {
	DayPoint,
	Home,
	Kpi,
	RoiFigures,
	SetupState,
	SyncProgress,
	WorkspaceSettings,
} from "@/bindings";
import { ticks } from "@/components/chart-axis";
import { DayChart } from "@/components/day-chart";
import { PassportProvider } from "@/components/passport/provider";
import { Sparkline } from "@/components/sparkline";
import { makeClient, query } from "@/lib/ipc";
import type { Comparison } from "@/lib/period";
import { fitting } from "./kpis";
import HomePage from "./page";

const figures: RoiFigures = {
	spend: "100.00",
	impressions: 10,
	clicks: 1,
	link_clicks: 1,
	meta_leads: 1,
	meta_purchases: 0,
	meta_purchase_value: "0.00",
	leads: 1,
	opportunities: 1,
	sales: 1,
	revenue: "300.00",
	ctr: null,
	link_ctr: null,
	cpc: null,
	cpm: null,
	cpl: "100.00",
	meta_cpl: null,
	cpa: "100.00",
	cost_per_sale: "100.00",
	roas: "3.0000",
	roi_percent: "200.00",
};

const days: DayPoint[] = ["2026-11-18", "2026-11-19", "2026-11-20"].map((day, at) => ({
	day,
	spend: "10.00",
	revenue: `${100 * (at + 1)}.00`,
	previous_revenue: "50.00",
	settling: true,
	complete: [],
}));

const kpi = (metric: string, unit: string, source: string, value: string): Kpi => ({
	metric,
	unit,
	value,
	previous: value,
	delta: "0.00",
	spark: ["1", "2", "3"],
	source,
	as_of: "2026-11-20T10:00:00Z",
});

function board(edit: Partial<Home> = {}): Home {
	return {
		from: "2026-11-18",
		to: "2026-11-20",
		previous: { from: "2026-11-15", to: "2026-11-17" },
		attribution: {
			model: "last_touch",
			basis: "sale_date",
			refunds: "accrual",
			window_days: null,
			view_window_days: null,
			half_life_days: 7,
		},
		currency: "ARS",
		currencies: ["ARS"],
		kpis: [
			kpi("revenue", "money", "crm", "123456789.10"),
			kpi("spend", "money", "meta", "100.00"),
			kpi("cpa", "money", "both", "50.00"),
		],
		days,
		total_spend: "30.00",
		total_revenue: "600.00",
		previous_revenue: "150.00",
		leads: { meta: 700, other: 250, unknown: 50 },
		campaigns: [
			{
				...figures,
				key: "c1",
				id: "c1",
				external_id: "1",
				name: "Sofás",
				status: "active",
				account_id: null,
				account_name: null,
				campaign_id: "c1",
				campaign_name: "Sofás",
				ad_set_id: null,
				ad_set_name: null,
				creative_id: null,
				creative: null,
				objective: null,
				waiting_for_sync: false,
				no_spend: false,
				other_currency: false,
				remainder: null,
				without_spend: null,
				currency: "ARS",
				previous: null,
				spark: ["1", "2", "3"],
			},
		],
		campaign_count: 1,
		others: figures,
		unattributed: figures,
		attributed: figures,
		total: figures,
		creatives: [],
		creative_count: 0,
		attention: [
			{
				kind: "spend_without_sales",
				about: "c1",
				name: "Sofás",
				params: { spend: "10.00", currency: "ARS", leads: "1", sales_of_others: "7" },
				at: null,
			},
		],
		...edit,
	};
}

const setup = (edit: Partial<SetupState>): SetupState => ({
	workspace: {
		id: "w1",
		slug: "w",
		name: "Casa Alba",
		sample: false,
		locale: "en",
		timezone: "UTC",
		currency: "ARS",
		archived: false,
		current: true,
	},
	connected: false,
	ad_accounts: 0,
	synced: false,
	has_insights: false,
	has_contacts: false,
	has_sales: false,
	...edit,
});

const running = (edit: Partial<SyncProgress> = {}) =>
	({
		run: 1,
		state: "running",
		first: true,
		since: "2026-08-01",
		until: "2026-11-20",
		started_at: "2026-11-20T10:00:00Z",
		finished_at: null,
		slices_done: 30,
		slices_total: 120,
		rows_added: 1,
		rows_changed: 0,
		rows_unchanged: 0,
		rows_per_minute: 10,
		seconds_left_low: 70,
		seconds_left_high: 170,
		calls: 1,
		waits: 0,
		errors: 0,
		scopes: [
			{
				scope: "act:1",
				name: "Casa Alba AR",
				currency: "ARS",
				state: "running",
				percent: 40,
				rows: 3,
				usage_percent: null,
				waiting_seconds: null,
				kinds: [],
				error: null,
			},
		],
		pace: [],
		error: null,
		...edit,
	}) as SyncProgress;

/** A core that answers like one with figures; what it is asked is kept. */
function core(state: SetupState, answers: Record<string, unknown> = {}) {
	const asked: Array<{ command: string; req: Record<string, unknown> }> = [];
	mockWindows("main");
	mockIPC(
		(command, args) => {
			asked.push({ command, req: (args as { req: Record<string, unknown> }).req });
			if (command in answers) return answers[command];
			if (command === "get_setup_state") return state;
			if (command === "get_home") return board();
			if (command === "get_app_info") return { online: true, network_since: null };
			if (command === "get_workspace_settings") return { timezone: "UTC" };
			return null;
		},
		{ shouldMockEvents: true },
	);
	return asked;
}

function show(
	state: SetupState,
	answers: Record<string, unknown> = {},
	views: Record<string, string> = {},
) {
	const asked = core(state, answers);
	const router = createRouter({
		routeTree: createRootRoute({
			component: () => (
				<PaletteProvider>
					<PassportProvider>
						<HomePage />
					</PassportProvider>
				</PaletteProvider>
			),
			notFoundComponent: () => null,
		}),
		history: createMemoryHistory({ initialEntries: ["/"] }),
	});
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider initial={{ language: null, theme: "light", density: null, views }}>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	return { asked, router };
}

beforeEach(() => {
	vi.stubGlobal("matchMedia", () => ({
		matches: false,
		addEventListener: () => {},
		removeEventListener: () => {},
	}));
});
/** The session stops listening a moment after it is taken down. */
async function takeDown() {
	cleanup();
	await new Promise((done) => setTimeout(done));
	clearMocks();
}
afterEach(async () => {
	await takeDown();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

test("at the start the figures are asked for once, and stand in the first picture", async () => {
	const state = setup({ has_insights: true });
	const asked = core(state);
	const client = makeClient();
	const preferences = {
		language: null,
		theme: "light" as const,
		density: null,
		views: { period: '{"kind":"7"}', comparison: '"year"' },
	};
	const settings = { ...state.workspace, timezone: "Pacific/Auckland" } as WorkspaceSettings;
	client.setQueryData(query("getSetupState", {}).queryKey, state);
	client.setQueryData(query("getWorkspaceSettings", {}).queryKey, settings);
	await Promise.all([
		startOfWindow.load(),
		askFirstPage(client, preferences, { setup: state, settings }),
	]);
	render(
		<QueryClientProvider client={client}>
			<SessionProvider initial={preferences}>
				<RouterProvider router={startOfWindow} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	expect(screen.getByTestId("kpi-revenue").textContent).toMatch(/\d/);
	await new Promise((done) => setTimeout(done, 50));
	expect(asked.filter((one) => one.command === "get_home")).toHaveLength(1);
});

describe("home without figures", () => {
	test("names what will stand here, and each open step leads to its page", async () => {
		show(setup({}));
		expect(await screen.findAllByText("no data yet")).toHaveLength(7);
		expect(screen.getByText("1 of 5")).toBeTruthy();
		const next = screen.getByRole("link", { name: /Sign in and allow reading/ });
		expect(next.getAttribute("href")).toBe("/connect");
		expect(next.getAttribute("aria-current")).toBe("step");
		expect(screen.getByRole("link", { name: /The first sync/ }).getAttribute("href")).toBe("/sync");
		expect(screen.getByTestId("connect-meta").textContent).toBe("Connect Meta");
		expect(screen.getByTestId("open-sample")).toBeTruthy();
	});

	test("without a workspace, connecting makes one first", async () => {
		show(setup({ workspace: null }));
		await userEvent.click(await screen.findByTestId("connect-meta"));
		expect(await screen.findByTestId("create-workspace-confirm")).toBeTruthy();
	});

	test("while the first sync runs it shows how far it is, and does not ask to connect", async () => {
		show(setup({ connected: true, ad_accounts: 2 }), { get_sync_progress: running() });
		const part = await screen.findByTestId("first-sync");
		expect(part.textContent).toContain("25%");
		expect(part.textContent).toContain("1 row stored");
		expect(part.textContent).toContain("1 to 3 min left");
		expect(within(part).getByText("Casa Alba AR")).toBeTruthy();
		expect(within(part).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("25");
		expect(screen.queryByTestId("connect-meta")).toBeNull();
	});

	test("signed in without accounts, it asks for these; with a failed sync it says why", async () => {
		show(setup({ connected: true }));
		expect((await screen.findByTestId("connect-meta")).textContent).toBe("Choose ad accounts");
		await takeDown();
		show(setup({ connected: true, ad_accounts: 1 }), {
			get_sync_progress: running({
				state: "failed",
				finished_at: "2026-11-20T10:01:00Z",
				error: { code: "offline", message: "no", field: null, params: {}, retry_after_ms: null },
			} as never),
			get_connection: { state: "connected" },
		});
		expect((await screen.findByRole("alert")).textContent).toContain("Meta cannot be reached");
		expect(screen.getByTestId("sync-now")).toBeTruthy();
	});
});

describe("home with figures", () => {
	const full = setup({ connected: true, ad_accounts: 1, synced: true, has_insights: true });

	test("figures, campaigns and alerts lead to the campaigns behind them", async () => {
		show(full);
		const revenue = await screen.findByTestId("kpi-revenue");
		expect(revenue.getAttribute("href")).toBe("/campaigns?sort=revenue");
		expect(screen.getByTestId("kpi-cpa").getAttribute("href")).toBe("/campaigns?sort=cpl");
		const row = within(screen.getByTestId("home-campaigns")).getByRole("link", { name: "Sofás" });
		expect(row.getAttribute("href")).toContain("campaign=c1");
		const alert = screen.getByRole("link", { name: /Spending with no sales/ });
		expect(alert.getAttribute("href")).toContain("campaign=c1");
		expect(alert.textContent).toContain("1 lead, 0 sales; the others sold 7 times.");
	});

	test("a figure opens into what it is made of, while its card leads to the campaigns", async () => {
		const { asked } = show(full);
		await userEvent.click(await screen.findByTestId("explain-revenue"));
		await screen.findByTestId("passport");
		const last = () => asked.findLast((one) => one.command === "explain_number")?.req;
		expect(last()).toMatchObject({ row: "total", metric: "revenue", currency: "ARS" });
		await userEvent.keyboard("{Escape}");
		expect(document.activeElement).toBe(screen.getByTestId("explain-revenue"));
		const table = screen.getByTestId("home-campaigns");
		// The campaigns are one stop of the Tab key, and all their figures can be reached from it.
		const doors = [...table.querySelectorAll<HTMLElement>("[data-door]")];
		expect(doors.filter((one) => one.tabIndex === 0)).toHaveLength(1);
		doors[0]?.focus();
		await userEvent.keyboard("{ArrowRight}{Enter}");
		await waitFor(() => expect(last()).toMatchObject({ row: "c1", metric: "leads" }));
	});

	test("the figures of a creative and of the chart's legend open too", async () => {
		const creative = {
			id: "k1",
			external_id: "9",
			name: "Banner",
			headline: "Sofás a medida",
			body: null,
			call_to_action: null,
			link_url: null,
			campaign_name: "Sofás",
			has_thumbnail: false,
			currency: "ARS",
			...figures,
			link_ctr: "1.2500",
			roas: "4.5000",
		};
		const { asked } = show(full, { get_home: board({ creatives: [creative] }) });
		const last = () => asked.findLast((one) => one.command === "explain_number")?.req;
		const creatives = await screen.findByTestId("home-creatives");
		await userEvent.click(within(creatives).getByRole("button", { name: /^1.25/ }));
		await waitFor(() =>
			expect(last()).toMatchObject({ row: "k1", metric: "link_ctr", report: { by: "creative" } }),
		);
		await userEvent.keyboard("{Escape}");
		await userEvent.click(screen.getByRole("button", { name: "600.00" }));
		await waitFor(() =>
			expect(last()).toMatchObject({ row: "total", metric: "revenue", report: { by: "campaign" } }),
		);
	});

	test("cost per conversion names the conversion", async () => {
		show(full);
		expect((await screen.findByTestId("kpi-cpa")).textContent).toContain("per lead");
	});

	test("a ratio is of what is attributed, and tells what it is of everything", async () => {
		const home = board();
		show(full, {
			get_home: { ...home, kpis: [...home.kpis, kpi("roas", "ratio", "both", "4.5000")] },
		});
		const roas = await screen.findByTestId("kpi-roas");
		expect(roas.textContent).toMatch(/^ROASattributed4\.50/);
		expect(within(roas).getByText("ROAS").getAttribute("title")).toMatch(
			/^ROAS \(CRM, .*\)\. .* against the same spend: 3\.00\.$/,
		);
	});

	test("what it is compared with is asked of the core, and with nothing no change is shown", async () => {
		const home = board();
		const roas = kpi("roas", "ratio", "both", "1.5840");
		// 18.7495 %: told with two decimals it is 18.75, which would be rounded up.
		const moved = { ...roas, previous: "1.3339", delta: "18.75" };
		const told = { get_home: { ...home, kpis: [...home.kpis, moved] } };
		const year = show(full, told, { comparison: '"year"' });
		expect((await screen.findByTestId("kpi-roas")).textContent).toContain("▲ 18.7%");
		// What is as it was did not move.
		expect(screen.getByTestId("kpi-spend").querySelector("b")).toBeNull();
		expect(year.asked.find((one) => one.command === "get_home")?.req).toMatchObject({
			compare_with: "year",
		});
		await takeDown();
		show(full, {}, { comparison: '"none"' });
		const alone = await screen.findByTestId("kpi-spend");
		expect(alone.querySelector("b")).toBeNull();
		expect(alone.textContent).not.toContain("vs");
	});

	test("a figure that is pinned stands first, and its days can be read", async () => {
		const { asked } = show(full);
		await userEvent.click(await screen.findByTestId("pin-spend"));
		const order = () =>
			[...document.querySelectorAll("[data-testid^=kpi-]")].map((one) =>
				one.getAttribute("data-testid"),
			);
		expect(order()).toEqual(["kpi-spend", "kpi-revenue", "kpi-cpa"]);
		const kept = asked.findLast((one) => one.command === "save_preferences")?.req;
		const { views } = kept as unknown as { views: Record<string, string> };
		expect(JSON.parse(views.home ?? "{}")).toEqual({ pinned: ["spend"] });
		const table = screen.getByRole("table", { name: "Figures by day" });
		expect(
			within(table)
				.getAllByRole("columnheader")
				.map((one) => one.textContent),
		).toEqual(["Day", "Spend", "Revenue", "CPA"]);
		await userEvent.click(screen.getByTestId("pin-spend"));
		expect(order()).toEqual(["kpi-revenue", "kpi-spend", "kpi-cpa"]);
	});

	test("the person chooses what to compare with, and the choice is kept", async () => {
		const { asked } = show(full);
		await userEvent.click(await screen.findByTestId("period-picker"));
		await userEvent.click(await screen.findByTestId("compare-year"));
		await waitFor(() =>
			expect(asked.filter((one) => one.command === "get_home").at(-1)?.req).toMatchObject({
				compare_with: "year",
			}),
		);
		const kept = asked.filter((one) => one.command === "save_preferences").at(-1)?.req;
		expect(kept).toMatchObject({ views: { comparison: '"year"' } });
	});

	test("the person chooses how sales are credited, and goes back to the workspace's way", async () => {
		const attribution = board().attribution;
		const { asked } = show(full, {
			get_workspace_settings: { timezone: "UTC", attribution },
		});
		const last = (command: string) => asked.filter((one) => one.command === command).at(-1)?.req;
		const picker = await screen.findByTestId("attribution-picker");
		expect(picker.textContent).toBe("Attribution: Last touch");
		expect(last("get_home")).toMatchObject({ attribution: null });
		await userEvent.click(picker);
		await userEvent.click(await screen.findByTestId("model-linear"));
		const linear = { ...attribution, model: "linear" };
		await waitFor(() => expect(last("get_home")).toMatchObject({ attribution: linear }));
		expect(last("save_preferences")).toMatchObject({
			views: { attribution: JSON.stringify(linear) },
		});
		expect(picker.textContent).toBe("Attribution: Linear");
		await userEvent.click(picker);
		await userEvent.click(await screen.findByText("As the workspace does"));
		await waitFor(() => expect(picker.textContent).toBe("Attribution: Last touch"));
		expect(last("save_preferences")).toMatchObject({ views: { attribution: "null" } });
	});

	test("as of an earlier moment, so are the accounts", async () => {
		const { asked } = show(full, {
			get_workspace_settings: { timezone: "UTC" },
			check_accounts: [],
		});
		const last = (command: string) => asked.filter((one) => one.command === command).at(-1)?.req;
		const picker = await screen.findByTestId("as-of-picker");
		await waitFor(() => expect(last("check_accounts")).toEqual({ as_of: null }));
		expect(last("get_home")).toMatchObject({ as_of: null });
		await userEvent.click(picker);
		await userEvent.click(await screen.findByTestId("as-of-picker-week"));
		await waitFor(() => expect(last("get_home")?.as_of).toMatch(/Z$/));
		await waitFor(() => expect(last("check_accounts")).toEqual({ as_of: last("get_home")?.as_of }));
		await screen.findByText(/^What was known on /);
	});

	test("of a moment before anything was known it says so, in place of zeros", async () => {
		const kpis = board().kpis.map((one) => ({ ...one, as_of: null }));
		show(full, { get_home: board({ kpis }), check_accounts: [] });
		// Now the same has another reason, and the figures stay.
		expect(await screen.findByTestId("kpi-revenue")).toBeTruthy();
		await userEvent.click(await screen.findByTestId("as-of-picker"));
		await userEvent.click(await screen.findByTestId("as-of-picker-week"));
		await screen.findByText("Nothing was known yet");
		await screen.findByText(/^On .* nothing of this was known here\.$/);
		expect(screen.queryByTestId("kpi-revenue")).toBeNull();
		await userEvent.click(screen.getAllByRole("button", { name: "Back to now" }).at(-1) as Element);
		expect(await screen.findByTestId("kpi-revenue")).toBeTruthy();
	});

	test("a label says how its figure is credited", async () => {
		const attribution = { ...board().attribution, model: "linear" as const, window_days: 28 };
		show(full, { get_home: board({ attribution }) });
		const label = await screen.findByTitle("Revenue (CRM, Linear, 28 d)");
		expect(label.textContent).toBe("Revenue");
		// Spend is Meta's, whoever takes the credit.
		expect(screen.queryByTitle(/^Spend \(/)).toBeNull();
	});

	test("leads by where they came from add up to the leads", async () => {
		show(full);
		const table = await screen.findByTestId("home-leads");
		const rows = within(table).getAllByRole("row");
		expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
			["Meta ads", "700", "70%"],
			["Other sources", "250", "25%"],
			["Unknown", "50", "5%"],
			["Total", "1,000", ""],
		]);
	});

	test("Meta's own total stands beside the campaigns, and the difference has its name", async () => {
		const check = (id: string, meta: string | null, here: string, residual: string | null) => ({
			id,
			external_id: id,
			name: id,
			currency: "ARS",
			meta_total: meta,
			campaigns_total: here,
			residual,
			first_day: "2026-08-28",
			last_day: "2026-11-25",
		});
		show(full, {
			check_accounts: [
				check("Argentina", "1000.00", "900.50", "99.50"),
				check("Even", "5.00", "5.00", "0.00"),
				check("By file", null, "70.00", null),
				check("Never spent", "0.00", "0.00", "0.00"),
			],
		});
		const table = await screen.findByTestId("account-totals");
		const rows = within(table).getAllByRole("row").slice(1);
		expect(rows).toHaveLength(2);
		expect(rows[0]?.textContent).toContain("1,000.00900.5099.50");
		expect(rows[0]?.textContent).toContain("from before 28 Aug 2026");
		expect(rows[1]?.textContent).toContain("nothing is missing");
	});

	test("offline, what Meta tells is marked and what is kept here is not", async () => {
		show(full, { get_app_info: { online: false, network_since: null } });
		const spend = await screen.findByTestId("kpi-spend");
		await waitFor(() => expect(within(spend).getByLabelText("Offline.")).toBeTruthy());
		const revenue = screen.getByTestId("kpi-revenue");
		expect(within(revenue).queryByLabelText("Offline.")).toBeNull();
		expect(revenue.textContent).toContain("local, up to date");
	});

	test("figures that come in during the first sync are called incomplete", async () => {
		show(full, { get_sync_progress: running() });
		expect((await screen.findByTestId("first-sync-banner")).textContent).toContain("25%");
		expect(await screen.findByTestId("kpi-revenue")).toBeTruthy();
	});

	test("a figure with no room is written short, never cut", () => {
		expect(fitting("es", "123.456.789,10", "123456789.10", 100, 20)).toBe("123,5\u00a0M");
		expect(fitting("en", "56,293.80", "56293.80", 110, 20)).toBe("56,293.80");
		expect(fitting("en", "123,456,789.10", "123456789.10", 0, 20)).toBe("123,456,789.10");
	});
});

describe("the chart", () => {
	const chart = (onOpen = vi.fn(), comparison: Comparison = "previous", of = days) => {
		render(
			<QueryClientProvider client={makeClient()}>
				<DayChart
					days={of}
					currency="USD"
					revenue="600.00"
					spend="30.00"
					unfinished
					comparison={comparison}
					basis="Last touch"
					onOpen={onOpen}
				/>
			</QueryClientProvider>,
		);
		return onOpen;
	};

	test("arrow keys say each day, Enter opens its rows", () => {
		const onOpen = chart();
		const plot = screen.getByRole("application");
		fireEvent.keyDown(plot, { key: "ArrowRight" });
		fireEvent.keyDown(plot, { key: "ArrowRight" });
		expect(screen.getByRole("status").textContent).toBe(
			"19 Nov 2026, Revenue 200.00, Spend 10.00, Revenue before 50.00",
		);
		fireEvent.keyDown(plot, { key: "Enter" });
		expect(onOpen).toHaveBeenCalledWith("2026-11-19");
		fireEvent.keyDown(plot, { key: "End" });
		expect(screen.getByRole("status").textContent).toContain("so far");
	});

	test("T turns it into a table and back, and the focus goes along", async () => {
		chart();
		screen.getByRole("application").focus();
		await userEvent.keyboard("t");
		const table = screen.getByRole("table", { name: "Spend and revenue" });
		expect(within(table).getAllByRole("row")).toHaveLength(4);
		expect(within(table).queryByRole("button")).toBeNull();
		expect(document.activeElement?.contains(table)).toBe(true);
		await userEvent.keyboard("t");
		expect(document.activeElement).toBe(screen.getByRole("application"));
	});

	test("its figures can be read where it is not seen, and are drawn once more into a file", async () => {
		const asked: unknown[] = [];
		mockWindows("main");
		mockIPC((command, args) => {
			if (command === "save_file") return "/tmp/chart.svg";
			asked.push([command, (args as { req: unknown }).req]);
			return { path: "/tmp/chart.svg", rows: 3 };
		});
		chart();
		const table = screen.getByRole("table", { name: "Spend and revenue" });
		expect(table.parentElement?.className).toBe("sr-only");
		expect(within(table).getAllByRole("row")[1]?.textContent).toBe("18 Nov100.0010.0050.00");
		await userEvent.click(screen.getByTestId("export"));
		await userEvent.click(await screen.findByTestId("export-svg"));
		await screen.findByText("Saved: /tmp/chart.svg");
		expect(asked).toEqual([
			[
				"export_chart",
				expect.objectContaining({
					path: "/tmp/chart.svg",
					format: "svg",
					chart: expect.objectContaining({
						subtitle: "Last touch · US$ per day",
						places: ["18 Nov", "19 Nov", "20 Nov"],
						open: 1,
						series: [
							expect.objectContaining({ shape: "bars", values: ["100.00", "200.00", "300.00"] }),
							expect.objectContaining({ shape: "line", total: "US$\u00a030.00" }),
							expect.objectContaining({ name: "Revenue before", shape: "dashes" }),
						],
					}),
				}),
			],
		]);
		clearMocks();
	});

	test("shown as a table it goes into a file as one", async () => {
		const asked: unknown[] = [];
		mockWindows("main");
		mockIPC((command, args) => {
			if (command === "save_file") return "/tmp/chart.csv";
			asked.push([command, (args as { req: unknown }).req]);
			return { path: "/tmp/chart.csv", rows: 3 };
		});
		chart();
		screen.getByRole("application").focus();
		await userEvent.keyboard("t");
		await userEvent.click(screen.getByTestId("export"));
		await userEvent.click(await screen.findByTestId("export-csv"));
		await screen.findByText("Saved: /tmp/chart.csv");
		expect(asked).toMatchObject([
			[
				"export_screen",
				{ table: { rows: [{ cells: ["2026-11-18", "100.00", "10.00", "50.00"] }, {}, {}] } },
			],
		]);
		clearMocks();
	});

	test("a button that can be seen shows the table too", async () => {
		chart();
		await userEvent.click(screen.getByRole("button", { name: "Table" }));
		expect(screen.getByRole("table")).toBeTruthy();
		await userEvent.click(screen.getByRole("button", { name: "Chart" }));
		expect(screen.getByRole("application")).toBeTruthy();
	});

	test("an axis has three to five round marks, with room above what is highest", () => {
		expect(ticks(4300)).toEqual([0, 2500, 5000]);
		expect(ticks(10_600)).toEqual([0, 4000, 8000, 12_000]);
		expect(ticks(0)).toEqual([0]);
		expect(ticks(0.3)).toEqual([0, 0.2, 0.4]);
		// What was given back goes below zero.
		expect(ticks(900, -300)).toEqual([-500, 0, 500, 1000]);
		for (let high = 1; high < 5_000_000; high = Math.ceil(high * 1.07)) {
			const marks = ticks(high);
			expect(marks.length).toBeGreaterThanOrEqual(3);
			expect(marks.length).toBeLessThanOrEqual(5);
			expect(marks.at(-1)).toBeGreaterThan(high);
			expect(marks.at(-1)).toBeLessThan(high * 1.7);
		}
	});

	test("what is compared with is named, and with nothing there is no line of it", () => {
		chart(vi.fn(), "year");
		// In the legend, and in the table for those who do not see it.
		expect(screen.getAllByText("Revenue a year before")).toHaveLength(2);
		cleanup();
		chart(vi.fn(), "none");
		expect(screen.queryByText(/before/)).toBeNull();
		fireEvent.keyDown(screen.getByRole("application"), { key: "End" });
		expect(screen.getByRole("status").textContent).not.toContain("before");
	});

	test("a day that is not all there says how much of it is", async () => {
		const leads = { metric: "meta_leads", percent: "82", low: "75", high: "90" };
		const value = { metric: "meta_purchase_value", percent: "70", low: null, high: null };
		const [first, second, third] = days;
		if (!first || !second || !third) throw new Error("no days");
		chart(vi.fn(), "none", [
			{ ...first, settling: false },
			{ ...second, complete: [leads, value] },
			third,
		]);
		const plot = screen.getByRole("application");
		fireEvent.keyDown(plot, { key: "ArrowRight" });
		expect(screen.getByRole("status").textContent).not.toContain("complete");
		fireEvent.keyDown(plot, { key: "ArrowRight" });
		expect(screen.getByRole("status").textContent).toContain(
			"Leads (Meta): 82% complete (75–90), Purchase value (Meta): 70% complete",
		);
		// Beside the figures as well.
		fireEvent.keyDown(plot, { key: "t" });
		expect((await screen.findByText(/82% complete \(75–90\)/)).textContent).toContain(" · ");
	});

	test("the line to what is not final is dashed", () => {
		const { container } = render(<Sparkline values={["1", "2", "3", "4"]} open={1} />);
		const dashed = container.querySelectorAll("path[stroke-dasharray]");
		expect(dashed).toHaveLength(1);
		expect(dashed[0]?.getAttribute("d")).toMatch(/^M80\.0 /);
	});
});
