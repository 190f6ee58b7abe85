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
import type { Connection, MetaApp, WorkspaceRow } from "@/bindings";
import { makeClient } from "@/lib/ipc";
import SettingsPage from "./page";

const connection: Connection = {
	state: "connected",
	user_name: "Ana",
	meta_user_id: "1",
	token_kind: "user",
	expires_at: "2027-01-24T10:00:00Z",
	data_access_expires_at: null,
	days_left: 59,
	renews_itself: true,
	granted: ["ads_read"],
	missing: [],
	portfolio: "Casa Alba",
	last_checked_at: null,
	last_error: null,
	last_error_code: null,
	last_error_reason: null,
	last_error_params: {},
	vault: "passphrase",
};
const metaApp: MetaApp = {
	app_id: "7148",
	app_id_source: "workspace",
	has_app_secret: true,
	app_secret_source: "workspace",
	graph_url: "https://graph.facebook.com",
	dialog_url: "https://www.facebook.com",
	graph_version: "v26.0",
	redirect_mode: "loopback",
	bounce_url: null,
	ports: [8765],
	redirect_uris: ["http://localhost:8765/oauth/meta"],
	features: ["ads", "leads"],
	permissions: [
		{ scope: "ads_read", feature: "ads", required: true },
		{ scope: "leads_retrieval", feature: "leads", required: true },
	],
	fields: [{ feature: "ads", object: "Campaign", fields: ["id", "objective"] }],
};
const workspace = (id: string, more: Partial<WorkspaceRow> = {}): WorkspaceRow => ({
	id,
	slug: id,
	name: `Shop ${id}`,
	sample: false,
	locale: "en",
	timezone: "UTC",
	currency: "USD",
	archived: false,
	current: false,
	...more,
});

interface World {
	connection: Partial<Connection>;
	workspaces: WorkspaceRow[];
	revoked: boolean;
	keptFor: string | null;
	app: Partial<MetaApp>;
	language: string;
}

async function show(tab: string, edit: Partial<World> = {}) {
	const world: World = {
		connection: {},
		workspaces: [workspace("a", { current: true }), workspace("b")],
		revoked: true,
		keptFor: null,
		app: {},
		language: "en",
		...edit,
	};
	const settings = {
		name: "Shop a",
		locale: "en",
		timezone: "UTC",
		currency: "USD",
		phone_region: null,
		sync_interval_minutes: 240,
		lead_actions: ["lead"],
		purchase_actions: [],
		attribution: {
			model: "last_touch",
			basis: "sale_date",
			refunds: "accrual",
			window_days: null,
			view_window_days: null,
			half_life_days: 7,
		},
	};
	const asked: Array<{ command: string; req: Record<string, unknown> }> = [];
	mockWindows("main");
	mockIPC(
		(command, args) => {
			const { req } = (args ?? {}) as { req: Record<string, unknown> };
			asked.push({ command, req });
			switch (command) {
				case "get_connection":
					return { ...connection, ...world.connection };
				case "get_meta_app":
					return { ...metaApp, ...world.app };
				case "save_meta_app":
					world.app = {
						...world.app,
						...Object.fromEntries(Object.entries(req).filter(([, value]) => value !== null)),
					};
					return { ...metaApp, ...world.app };
				case "list_workspaces":
					return structuredClone(world.workspaces);
				case "get_workspace_settings":
					return structuredClone(settings);
				case "save_workspace_settings":
					return Object.assign(settings, req);
				case "list_ad_accounts":
					return [
						{
							id: "1",
							external_id: "act_5",
							name: "Argentina",
							currency: "ARS",
							timezone: "UTC",
							status: "active",
							selected: true,
							last_synced_at: null,
							last_error: "(#200) no",
							last_error_code: "permission_missing",
						},
					];
				case "test_connection":
					return {
						user_name: "Ana",
						scopes: ["ads_read", "email"],
						ad_accounts: 5,
						round_trip_ms: 212,
						api_tier: "standard_access",
						usage: [
							{ name: "app", percent: 4, regain_seconds: null },
							{ name: "5", percent: 78, regain_seconds: 540 },
						],
						clock_skew_seconds: -130,
					};
				case "disconnect":
					return { revoked_at_meta: world.revoked, kept_for: world.keptFor };
				case "delete_workspace":
					world.workspaces = world.workspaces.filter((one) => one.id !== req.id);
					return { backup: "/data/backups/before-deleting-a.db" };
				case "get_app_info":
					return { online: true, data_dir: "/data", log_dir: "/data/logs", database: "sqlite" };
				case "run_doctor":
					return [
						{
							name: "disk_space",
							outcome: "ok",
							detail: "69 GB are free.",
							reason: "disk_free",
							params: { megabytes: "70656", path: "/data" },
							fix: null,
							fix_reason: null,
						},
						{
							name: "vault",
							outcome: "failed",
							detail: "locked",
							reason: "keyring_locked",
							params: {},
							fix: "Unlock it.",
							fix_reason: "fix_unlock",
						},
					];
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
			createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsPage }),
			createRoute({ getParentRoute: () => root, path: "/connect", component: () => null }),
			createRoute({
				getParentRoute: () => root,
				path: "/",
				component: () => <p>the home page</p>,
			}),
		]),
		history: createMemoryHistory({ initialEntries: ["/settings"] }),
	});
	const views = { settings: JSON.stringify(tab) };
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider
				initial={{ language: world.language, theme: "light", density: null, zoom: null, views }}
			>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	await screen.findByTestId(`settings-${tab}`);
	const of = (command: string) =>
		asked.filter((one) => one.command === command).map((one) => one.req);
	return { world, of, person: userEvent.setup() };
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

test("a second action can be typed, and the list is made when it is saved", async () => {
	const { person, of } = await show("figures");
	const leads = await screen.findByLabelText("Meta's actions that count as a lead");
	await person.type(leads, ", onsite_conversion.lead_grouped");
	expect((leads as HTMLInputElement).value).toBe("lead, onsite_conversion.lead_grouped");
	const minutes = screen.getByLabelText("Minutes between syncs");
	await person.clear(minutes);
	await person.type(minutes, "60");
	const form = within(minutes.closest("form") as HTMLFormElement);
	await person.click(form.getByRole("button", { name: "Save" }));
	await screen.findByText("Saved");
	expect(of("save_workspace_settings")).toMatchObject([
		{
			name: "Shop a",
			lead_actions: ["lead", "onsite_conversion.lead_grouped"],
			purchase_actions: [],
			sync_interval_minutes: 60,
		},
	]);
});

test("the workspace's way to credit is chosen and kept, and an empty window is none", async () => {
	const { person, of } = await show("figures");
	const model = await screen.findByLabelText("Model");
	const form = within(model.closest("form") as HTMLFormElement);
	expect(form.queryByLabelText("Half-life in days")).toBeNull();
	await person.selectOptions(model, "time_decay");
	const halfLife = form.getByLabelText("Half-life in days");
	await person.clear(halfLife);
	await person.type(halfLife, "3");
	const window = form.getByLabelText("Touches count for");
	await person.type(window, "28");
	await person.type(form.getByLabelText("Views count for"), "1");
	await person.clear(form.getByLabelText("Views count for"));
	await person.selectOptions(form.getByLabelText("Refunds count"), "cash");
	await person.click(form.getByRole("button", { name: "Save" }));
	await screen.findByText("Saved");
	expect(of("save_workspace_settings")).toMatchObject([
		{
			name: "Shop a",
			lead_actions: ["lead"],
			attribution: {
				model: "time_decay",
				basis: "sale_date",
				refunds: "cash",
				window_days: 28,
				view_window_days: null,
				half_life_days: 3,
			},
		},
	]);
});

test("the test of the connection tells all it found", async () => {
	const { person } = await show("connection");
	await person.click(await screen.findByTestId("test-connection"));
	const found = within(await screen.findByTestId("test-result"));
	for (const text of ["212 ms", "Standard", "Argentina", "78%", "ads_read, email"]) {
		expect(found.getByText(text), text).toBeTruthy();
	}
	expect(found.getByText("free again in 9 minutes")).toBeTruthy();
	expect(found.getByText("130 seconds behind Meta's. Set it.")).toBeTruthy();
});

test("what failed last is told in words, not by the core's own sentence", async () => {
	await show("connection", {
		connection: { last_error: "(#17) limit", last_error_code: "throttled" },
	});
	expect(await screen.findByText("Meta asks to wait. Rumbo goes on by itself.")).toBeTruthy();
	expect(await screen.findByText(/^Meta does not allow this to you/)).toBeTruthy();
	expect(screen.queryByText(/#200|#17/)).toBeNull();
});

test.each([
	[true, null, /^Meta took the permission back/],
	[false, null, /^The token here is deleted\. Meta could not be reached/],
	[false, "Second shop", /At Meta the permission stays: Second shop uses the same sign-in/],
])("disconnecting says whether Meta knows of it: %s, %s", async (revoked, keptFor, text) => {
	const { person } = await show("connection", { revoked, keptFor });
	await person.click(await screen.findByTestId("disconnect"));
	const confirm = await screen.findByTestId("disconnect-confirm");
	expect(confirm.getAttribute("aria-disabled")).toBe("true");
	await person.type(screen.getByLabelText("disconnect"), "Disconnect");
	// With the word it is another button than the one that had a reason.
	await person.click(screen.getByTestId("disconnect-confirm"));
	expect((await screen.findByTestId("disconnected")).textContent).toMatch(/disconnected/);
	expect(screen.getByText(text)).toBeTruthy();
});

test("a sign-in that ended is begun again from here, and comes back here", async () => {
	await show("connection", { connection: { state: "expired" } });
	const link = await screen.findByTestId("settings-sign-in-again");
	expect(link.getAttribute("href")).toMatch(/\/connect\?again=1&from=%2Fsettings/);
});

test("the Graph version and the app are saved, and the secret can be removed", async () => {
	const { person, of } = await show("connection");
	const version = await screen.findByLabelText("Graph version");
	await person.clear(version);
	await person.type(version, "v27.0");
	await person.click(screen.getByRole("button", { name: "Save" }));
	// What was not touched is not sent: what comes from elsewhere does not become this workspace's.
	await waitFor(() =>
		expect(of("save_meta_app")).toMatchObject([
			{ graph_version: "v27.0", app_secret: null, app_id: null, ports: null, features: null },
		]),
	);
	await person.click(screen.getByRole("button", { name: "Remove the secret" }));
	await waitFor(() => expect(of("save_meta_app").at(-1)).toMatchObject({ app_secret: "" }));
});

test("where the app id and the secret come from is shown, and what is not Rumbo's stays", async () => {
	const { person, of } = await show("connection", {
		app: { app_id_source: "environment", app_secret_source: "global" },
	});
	await screen.findByText("Comes from the environment variable META_APP_ID.");
	expect(screen.getByText("Comes from what is kept for every workspace.")).toBeTruthy();
	await person.click(screen.getByRole("button", { name: "Remove the secret of every workspace" }));
	await waitFor(() =>
		expect(of("save_meta_app")).toMatchObject([{ app_secret: "", everywhere: true }]),
	);
	cleanup();
	clearMocks();
	await show("connection", { app: { app_secret_source: "environment" } });
	await screen.findByText("Comes from the environment variable META_APP_SECRET.");
	expect(screen.queryByRole("button", { name: /^Remove the secret/ })).toBeNull();
});

test("ports are numbers, and the addresses to register are those that are stored", async () => {
	const { person, of } = await show("connection");
	expect(await screen.findByText("http://localhost:8765/oauth/meta")).toBeTruthy();
	const ports = screen.getByLabelText("Ports for the answer");
	await person.clear(ports);
	await person.type(ports, "8765, 80");
	expect(screen.queryByText("http://localhost:8765/oauth/meta")).toBeNull();
	await person.click(screen.getByRole("button", { name: "Save" }));
	await screen.findByText("Write numbers from 1024 to 65535, parted by commas.");
	expect(of("save_meta_app")).toEqual([]);
	await person.clear(ports);
	await person.type(ports, "8765; 9001");
	await person.click(screen.getByRole("button", { name: "Save" }));
	await waitFor(() => expect(of("save_meta_app")).toMatchObject([{ ports: [8765, 9001] }]));
});

test("the app is kept for every workspace when asked", async () => {
	const { person, of } = await show("connection");
	await person.click(await screen.findByLabelText(/^For every workspace on this computer/));
	await person.type(screen.getByLabelText("App secret"), "s3cret");
	await person.click(screen.getByRole("button", { name: "Save" }));
	await waitFor(() =>
		expect(of("save_meta_app")).toMatchObject([{ app_secret: "s3cret", everywhere: true }]),
	);
});

test("a feature is switched on and off, and shows what it asks for", async () => {
	const { person, of } = await show("connection");
	const panel = within(await screen.findByTestId("meta-features"));
	expect(panel.getByText("leads_retrieval")).toBeTruthy();
	await person.click(panel.getByRole("checkbox", { name: /^Leads of forms/ }));
	await waitFor(() => expect(of("save_meta_app")).toMatchObject([{ features: ["ads"] }]));
	await waitFor(() => expect(panel.queryByText("leads_retrieval")).toBeNull());
	expect(panel.getByRole<HTMLInputElement>("checkbox", { name: /^Ads/ }).disabled).toBe(true);
});

test("every permission and field is listed with the feature that needs it", async () => {
	await show("privacy");
	const permissions = within(await screen.findByTestId("permission-table"));
	const row = permissions.getByText("leads_retrieval").closest("tr") as HTMLElement;
	expect(within(row).getByText("Leads")).toBeTruthy();
	expect(within(row).getByText("read the leads of forms")).toBeTruthy();
	expect(within(row).getByText("Not given")).toBeTruthy();
	const fields = within(screen.getByTestId("field-table"));
	expect(fields.getByText("id, objective")).toBeTruthy();
	expect(screen.getByText(/sealed with a passphrase/)).toBeTruthy();
	expect(screen.getByText(/^Off: Portfolios, Pages, WhatsApp\./)).toBeTruthy();
});

test("the window is drawn larger from the settings, and stays so", async () => {
	const { person, of } = await show("appearance");
	await person.selectOptions(await screen.findByTestId("zoom-select"), "150");
	await waitFor(() => expect(of("save_preferences").at(-1)).toMatchObject({ zoom: 150 }));
});

test("after deleting, the copy of the data is shown before anything else", async () => {
	const { person, of } = await show("workspace");
	await person.click(await screen.findByTestId("delete-workspace"));
	await person.type(within(await screen.findByRole("dialog")).getByLabelText("Name"), "Shop a");
	await person.click(screen.getByTestId("delete-confirm"));
	const copy = await screen.findByTestId("deleted-backup");
	expect(copy.textContent).toContain("/data/backups/before-deleting-a.db");
	expect(of("delete_workspace")).toEqual([{ id: "a", confirm: "Shop a" }]);
	expect(screen.queryByText("the home page")).toBeNull();
	await person.click(screen.getByRole("button", { name: "Go to Home" }));
	expect(await screen.findByText("the home page")).toBeTruthy();
});

test("archiving opens another workspace; an archived one is brought back", async () => {
	const { person, of } = await show("workspace", {
		workspaces: [
			workspace("a", { current: true }),
			workspace("old", { archived: true }),
			workspace("b"),
		],
	});
	await person.click(await screen.findByTestId("archive-workspace"));
	await waitFor(() => expect(of("use_workspace")).toEqual([{ workspace: "b" }]));
	await person.click(screen.getByRole("button", { name: "Bring back Shop old" }));
	await waitFor(() =>
		expect(of("archive_workspace")).toEqual([
			{ id: "a", archived: true },
			{ id: "old", archived: false },
		]),
	);
});

test("tabs answer to the arrow keys", async () => {
	const { person } = await show("connection");
	(await screen.findByTestId("settings-connection")).focus();
	await person.keyboard("{ArrowRight}");
	await waitFor(() =>
		expect(screen.getByTestId("settings-channels").getAttribute("aria-selected")).toBe("true"),
	);
});

test("checks tell what is wrong and what to do", async () => {
	const { person } = await show("data");
	// It runs by itself, and again when it is asked to.
	const list = within(await screen.findByTestId("doctor-checks"));
	expect(await list.findByText("70,656 MB are free where the data is (/data).")).toBeTruthy();
	expect(list.getByText("Unlock the keyring, and try again.")).toBeTruthy();
	expect(list.getByLabelText("Failed")).toBeTruthy();
	await person.click(screen.getByRole("button", { name: "Check again" }));
	expect(await list.findByText("Unlock the keyring, and try again.")).toBeTruthy();
});
