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
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { SessionProvider } from "@/app/session";
import type {
	AdAccountAsset,
	Assets,
	MetaApp,
	Portfolio,
	SignInStatus,
	WireError,
} from "@/bindings";
import { makeClient } from "@/lib/ipc";
import { choiceOf, NOTHING_KEPT, onlyOne, preselected, whoseOf } from "./choice";
import ConnectPage from "./page";

const account = (id: string, more: Partial<AdAccountAsset> = {}): AdAccountAsset => ({
	id,
	name: `Account ${id}`,
	currency: "USD",
	timezone: "America/Argentina/Buenos_Aires",
	status: "active",
	disable_reason: null,
	relation: "owned",
	spent_28_days: null,
	selectable: true,
	selected: false,
	...more,
});
const listed = (accounts: AdAccountAsset[], more: Partial<Assets> = {}): Assets => ({
	ad_accounts: accounts,
	pages: [{ id: "p1", name: "Page one", active_forms: 1, selected: false }],
	whatsapp: [
		{
			id: "w1",
			name: "Shop",
			selected: false,
			phone_numbers: [
				{ id: "n1", display: "+54 11", verified_name: null, quality: "RED", verified: true },
				{ id: "n2", display: "+55 11", verified_name: null, quality: null, verified: false },
			],
		},
	],
	problems: [],
	...more,
});
const wire = (code: WireError["code"], more: Partial<WireError> = {}) =>
	({
		code,
		message: `core says ${code}`,
		field: null,
		reason: null,
		params: {},
		retry_after_ms: null,
		...more,
	}) as WireError;
const metaApp: MetaApp = {
	app_id: "7148",
	app_id_source: "workspace",
	has_app_secret: false,
	app_secret_source: null,
	graph_url: "https://graph.facebook.com",
	dialog_url: "https://www.facebook.com",
	graph_version: "v26.0",
	redirect_mode: "loopback",
	bounce_url: null,
	ports: [8765, 8766],
	redirect_uris: ["http://localhost:8765/oauth/meta"],
	features: ["ads", "portfolios", "pages", "leads", "whatsapp"],
	permissions: [{ scope: "ads_read", feature: "ads", required: true }],
	fields: [],
};
const casaAlba: Portfolio = { id: "b1", name: "Casa Alba S. R. L.", verified: true };
const other: Portfolio = { id: "b2", name: "Alba Deco", verified: null };

interface World {
	state: string;
	missing: Array<{ scope: string; feature: string }>;
	adAccounts: number;
	signIn: SignInStatus;
	redirectMode: MetaApp["redirect_mode"];
	app: Partial<MetaApp>;
	portfolios: Portfolio[] | WireError;
	assets: Assets | WireError;
	start: WireError | null;
	online: boolean;
	workspace: string;
	views: Record<string, string>;
}

async function show(at: string, edit: Partial<World> = {}) {
	const world: World = {
		state: "connected",
		missing: [],
		adAccounts: 0,
		signIn: { state: "idle" },
		redirectMode: "loopback",
		app: {},
		portfolios: [casaAlba],
		assets: listed([account("act_1", { spent_28_days: "10.00" }), account("act_2")]),
		start: null,
		online: true,
		workspace: "ws1",
		views: {},
		...edit,
	};
	const asked: Array<{ command: string; req: Record<string, unknown> }> = [];
	const orFail = <T,>(answer: T | WireError): T => {
		if (typeof answer === "object" && answer !== null && "code" in answer) throw answer;
		return answer as T;
	};
	mockWindows("main");
	mockIPC(
		(command, args) => {
			const { req } = (args ?? {}) as { req: Record<string, unknown> };
			asked.push({ command, req });
			switch (command) {
				case "get_connection":
					return {
						state: world.state,
						user_name: "Ana",
						portfolio: null,
						granted: ["ads_read"],
						missing: world.missing,
						expires_at: null,
					};
				case "get_setup_state":
					return { workspace: { id: world.workspace }, ad_accounts: world.adAccounts };
				case "list_workspaces":
					return [{ id: world.workspace, current: true, sample: false, name: "W" }];
				case "get_workspace_settings":
					return { name: "W", locale: "en", timezone: "UTC", currency: "USD" };
				case "get_app_info":
					return { online: world.online, network_since: "2026-01-01T09:21:00Z" };
				case "get_meta_app":
					return { ...metaApp, redirect_mode: world.redirectMode, ...world.app };
				case "save_meta_app":
					world.app = {
						...world.app,
						...Object.fromEntries(Object.entries(req).filter(([, value]) => value !== null)),
					};
					return { ...metaApp, ...world.app };
				case "get_sign_in":
					return structuredClone(world.signIn);
				case "start_sign_in": {
					if (world.start) throw world.start;
					const started = {
						url: "https://www.facebook.com/v26.0/dialog/oauth",
						opened: true,
						redirect_mode: world.redirectMode,
						redirect_uri: "http://localhost:8765/oauth/meta",
						expires_at: "2026-01-01T10:00:00Z",
					};
					world.signIn = { state: "waiting", started };
					return started;
				}
				case "cancel_sign_in":
					world.signIn = { state: "idle" };
					return {};
				case "list_portfolios":
					return orFail(world.portfolios);
				case "list_assets":
					return orFail(world.assets);
				case "select_assets":
					return [];
				default:
					return null;
			}
		},
		{ shouldMockEvents: true },
	);
	const root = createRootRoute({ component: Outlet });
	const place = (path: string, text: string) =>
		createRoute({ getParentRoute: () => root, path, component: () => <p>{text}</p> });
	const router = createRouter({
		routeTree: root.addChildren([
			createRoute({ getParentRoute: () => root, path: "/connect", component: ConnectPage }),
			place("/", "the home page"),
			place("/sync", "the sync page"),
			place("/campaigns", "the campaigns page"),
		]),
		history: createMemoryHistory({ initialEntries: [at] }),
	});
	render(
		<QueryClientProvider client={makeClient()}>
			<SessionProvider
				initial={{ language: "en", theme: "light", density: null, zoom: null, views: world.views }}
			>
				<RouterProvider router={router as never} />
			</SessionProvider>
		</QueryClientProvider>,
	);
	const of = (command: string) =>
		asked.filter((one) => one.command === command).map((one) => one.req);
	return { world, of, person: userEvent.setup() };
}
const box = (name: string) => screen.getByRole<HTMLInputElement>("checkbox", { name });

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

describe("what the wizard proposes", () => {
	test("what spent, or the only account; with it every page and number", () => {
		const spent = listed([
			account("a", { spent_28_days: "0.00" }),
			account("b", { spent_28_days: "1" }),
		]);
		expect(preselected(spent)).toEqual({ accounts: ["b"], pages: ["p1"], whatsapp: ["w1"] });
		expect(preselected(listed([account("a")])).accounts).toEqual(["a"]);
		expect(preselected(listed([account("a"), account("b")])).accounts).toEqual([]);
	});

	test("when something is synced already, exactly that", () => {
		const again = listed([account("a", { selected: true }), account("b", { spent_28_days: "9" })]);
		expect(preselected(again)).toEqual({ accounts: ["a"], pages: [], whatsapp: [] });
	});

	test("nothing more once the person has ticked in this portfolio", () => {
		const list = listed([account("a"), account("b", { spent_28_days: "9" })]);
		const ticked = { accounts: [], pages: ["gone"], whatsapp: ["w1"], of: "b1" };
		const kept = { ...NOTHING_KEPT, ticked };
		expect(choiceOf(kept, "b1", list)).toEqual({ accounts: [], pages: [], whatsapp: ["w1"] });
		expect(choiceOf(kept, "b2", list)?.accounts).toEqual(["b"]);
	});

	test("the portfolio that was chosen, unless Meta offers it no more", () => {
		expect(whoseOf({ id: "b2", name: "x" }, [casaAlba, other], null).id).toBe("b2");
		expect(whoseOf({ id: "b9", name: "x" }, [casaAlba, other], "Alba Deco").id).toBe("b2");
		expect(whoseOf({ id: null, name: null }, [casaAlba], null).id).toBeNull();
		expect(whoseOf(null, [], null)).toEqual({ id: null, name: null });
	});

	test("one account with at most one page and number is no choice", () => {
		expect(onlyOne(listed([account("a")]))).toBe(true);
		expect(onlyOne(listed([account("a"), account("b")]))).toBe(false);
		const refused = [{ part: "pages", error: wire("permission_missing") }];
		expect(onlyOne(listed([account("a")], { problems: refused }))).toBe(false);
	});
});

test("the last account can be unticked, and stays so", async () => {
	const { person } = await show("/connect");
	await screen.findAllByTestId("account-row");
	expect(box("Account act_1").checked).toBe(true);
	await person.click(box("Account act_1"));
	await waitFor(() => expect(box("Account act_1").checked).toBe(false));
	await new Promise((done) => setTimeout(done, 50));
	expect(box("Account act_1").checked).toBe(false);
	expect(screen.getByTestId("wizard-continue").getAttribute("aria-disabled")).toBe("true");
	expect(screen.getAllByText("Choose at least one ad account.").length).toBeGreaterThan(0);
});

test("a portfolio without accounts says so, and does not ask again and again", async () => {
	const { of } = await show("/connect", { assets: listed([], { pages: [], whatsapp: [] }) });
	await screen.findByText(/^No ad account\./);
	await new Promise((done) => setTimeout(done, 50));
	expect(of("list_assets")).toEqual([{ portfolio_id: "b1" }]);
});

test("what was ticked is kept for its workspace only", async () => {
	const ticked = { accounts: ["act_2"], pages: [], whatsapp: [], of: "b1" };
	const kept = { step: "assets", whose: null, ticked };
	const views = { "connect:ws1": JSON.stringify(kept) };
	await show("/connect", { views });
	await screen.findAllByTestId("account-row");
	expect(box("Account act_2").checked).toBe(true);
	expect(box("Account act_1").checked).toBe(false);
	cleanup();
	clearMocks();
	await show("/connect", { views, workspace: "ws2" });
	await screen.findAllByTestId("account-row");
	expect(box("Account act_1").checked).toBe(true);
});

test("where there is one of each, one click connects", async () => {
	const one = listed([account("act_1")]);
	const { person, of } = await show("/connect", { assets: one });
	await screen.findByText("Account act_1");
	expect(screen.queryByTestId("account-row")).toBeNull();
	await person.click(screen.getByTestId("wizard-continue"));
	await screen.findByText("the sync page");
	expect(of("select_assets")).toMatchObject([
		{
			portfolio_id: "b1",
			portfolio_name: "Casa Alba S. R. L.",
			ad_account_ids: ["act_1"],
			page_ids: ["p1"],
			whatsapp_ids: ["w1"],
			start_sync: true,
		},
	]);
});

test("a disabled account says why, a number its quality", async () => {
	await show("/connect", {
		assets: listed([
			account("act_1", { status: "disabled", disable_reason: "payment" }),
			account("act_2"),
		]),
	});
	await screen.findByText(/unpaid bill/);
	expect(screen.getByText("Low quality")).toBeTruthy();
	expect(screen.getByText("Not verified")).toBeTruthy();
});

test("renewing signs in at once and comes back to the page", async () => {
	const { world, of } = await show("/connect?again=1&from=%2Fcampaigns", {
		state: "expiring",
		adAccounts: 2,
	});
	await screen.findByText("Your browser is open at Meta");
	expect(of("start_sign_in")).toEqual([{ rerequest: false }]);
	world.signIn = { state: "done" };
	await screen.findByText("the campaigns page", {}, { timeout: 3000 });
	expect(of("list_portfolios")).toEqual([]);
});

test("asking for a permission has Meta ask again, from inside the wizard too", async () => {
	const missing = [{ scope: "leads_retrieval", feature: "leads" }];
	const { person, of } = await show("/connect", { state: "missing_scope", missing });
	await screen.findAllByTestId("account-row");
	await person.click(screen.getAllByTestId("ask-permission")[0] as HTMLElement);
	await screen.findByText("Your browser is open at Meta");
	expect(of("start_sign_in")).toEqual([{ rerequest: true }]);
	cleanup();
	clearMocks();
	const fromBanner = await show("/connect?rerequest=1&from=%2F", {
		state: "missing_scope",
		missing,
	});
	await screen.findByText("Your browser is open at Meta");
	expect(fromBanner.of("start_sign_in")).toEqual([{ rerequest: true }]);
});

test("a sign-in begun elsewhere is shown waiting, and failed", async () => {
	const started = {
		url: "http://127.0.0.1:1/dialog",
		opened: false,
		redirect_mode: "loopback" as const,
		redirect_uri: "http://localhost:8765/oauth/meta",
		expires_at: "2026-01-01T10:00:00Z",
	};
	const { world, of } = await show("/connect", {
		state: "missing",
		signIn: { state: "waiting", started },
	});
	expect((await screen.findByTestId("sign-in-url")).textContent).toBe(started.url);
	world.signIn = { state: "failed", error: wire("sign_in_denied") };
	const failed = await screen.findByTestId("sign-in-failed", {}, { timeout: 3000 });
	expect(failed.dataset.code).toBe("sign_in_denied");
	expect(of("start_sign_in")).toEqual([]);
});

test.each([
	["redirect_not_registered", { redirect_uri: "https://a.example/cb" }, "https://a.example/cb"],
	["ports_taken", {}, "8765, 8766"],
	["sign_in_denied", {}, "ads_read"],
	["sign_in_mismatch", {}, "http://localhost:8765/oauth/meta"],
	["meta_refused", { meta_error: "app_not_live", meta_code: "1349" }, "app_not_live · 1349"],
] as const)(
	"%s shows what to compare, with a button that copies it",
	async (code, params, value) => {
		const { person } = await show("/connect", {
			state: "missing",
			signIn: { state: "failed", error: wire(code, { params }) },
		});
		expect(await screen.findByText(value)).toBeTruthy();
		const written: string[] = [];
		Object.defineProperty(navigator, "clipboard", {
			configurable: true,
			value: { writeText: async (text: string) => void written.push(text) },
		});
		await person.click(screen.getAllByRole("button", { name: "Copy" })[0] as HTMLElement);
		await person.click(screen.getByRole("button", { name: "Copy details" }));
		expect(written[0]).toBe(value);
		expect(written[1]).toContain(`${code}: core says ${code}`);
	},
);

test("from a failure there is a way back to the other ways in", async () => {
	const { person, of } = await show("/connect", {
		state: "missing",
		start: wire("invalid_input", { field: "app_id" }),
	});
	await person.click(await screen.findByTestId("connect-meta"));
	await screen.findByTestId("sign-in-failed");
	expect(screen.getByLabelText("App id")).toBeTruthy();
	await person.click(screen.getByRole("button", { name: "Other ways to sign in" }));
	await screen.findByText("Use a system user token");
	expect(of("cancel_sign_in").length).toBe(1);
});

test("the window of Rumbo's own is named, and the address can still be pasted", async () => {
	const { person, of } = await show("/connect", {
		state: "missing",
		redirectMode: "login_success",
	});
	await screen.findByText(/^A window of Rumbo shows Meta's own page/);
	expect(screen.queryByText(/your browser/i)).toBeNull();
	await person.click(await screen.findByTestId("connect-meta"));
	await screen.findByText("A window of Rumbo is open at Meta");
	await person.type(screen.getByLabelText("It did not come back?"), "https://x/?code=1");
	await person.click(screen.getByRole("button", { name: "Use this address" }));
	await waitFor(() => expect(of("finish_sign_in")).toEqual([{ landed_url: "https://x/?code=1" }]));
});

test("a list that cannot be read stands in place of the content, with the next step", async () => {
	const { world, person } = await show("/connect", { assets: wire("meta_unavailable") });
	const failed = await screen.findByTestId("wizard-failed");
	expect(failed.dataset.code).toBe("meta_unavailable");
	expect(screen.queryByTestId("account-row")).toBeNull();
	world.assets = listed([account("act_1"), account("act_2")]);
	await person.click(screen.getByRole("button", { name: "Try again" }));
	expect((await screen.findAllByTestId("account-row")).length).toBe(2);
});

test("without the permission to list portfolios everything usable is still offered", async () => {
	const { of } = await show("/connect", { portfolios: wire("permission_missing") });
	await screen.findAllByTestId("account-row");
	expect(of("list_assets")).toEqual([{ portfolio_id: null }]);
});

test("offline is said in the wizard", async () => {
	await show("/connect", { state: "missing", online: false });
	expect((await screen.findByTestId("offline-banner")).textContent).toContain("Offline since");
});

test("what is switched off is neither listed nor promised", async () => {
	await show("/connect", { app: { features: ["ads", "portfolios"] } });
	await screen.findAllByTestId("account-row");
	expect(screen.queryByText("WhatsApp")).toBeNull();
	expect(screen.queryByText("Page one")).toBeNull();
	expect(screen.queryByText("Leads of your forms")).toBeNull();
	cleanup();
	clearMocks();
	// Leads are read by page, so that pages are chosen too.
	await show("/connect", { app: { features: ["ads", "leads"] } });
	await screen.findAllByTestId("account-row");
	expect(screen.getByText("Page one")).toBeTruthy();
	expect(screen.queryByText("WhatsApp")).toBeNull();
});

test("the wizard switches what it asks permission for", async () => {
	const { person, of } = await show("/connect", { state: "missing" });
	const leads = await screen.findByRole<HTMLInputElement>("checkbox", { name: /^Leads of forms/ });
	expect(leads.checked).toBe(true);
	await person.click(leads);
	await waitFor(() => expect(leads.checked).toBe(false));
	expect(of("save_meta_app")).toMatchObject([
		{ features: ["ads", "portfolios", "pages", "whatsapp"], app_id: null, ports: null },
	]);
	const ads = screen.getByRole<HTMLInputElement>("checkbox", { name: /^Ads/ });
	expect(ads.disabled).toBe(true);
});
