import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ChangeCause, ChangeRow, Changes, MetricChange, SettleReport } from "@/bindings";
import { type Answers, cellsOf, saving, showPage, withPages, written } from "@/testing/page";
import { movedByCauses, waterfall } from "./change";
import ChangesPage from "./page";

const causes: ChangeCause[] = [
	"currency",
	"new_days",
	"restated",
	"late",
	"refunds",
	"corrected",
	"reattributed",
	"definition",
	"unexplained",
];

const change = (
	metric: string,
	before: string | null,
	after: string | null,
	parts: Partial<Record<ChangeCause, string>> | null,
): MetricChange => ({
	metric,
	before,
	after,
	parts: causes.map((cause) => (parts ? (parts[cause] ?? "0") : null)),
});

const row = (name: string, metrics: MetricChange[]): ChangeRow => ({
	key: name,
	id: `id-${name}`,
	external_id: name,
	name,
	status: "active",
	remainder: null,
	metrics,
});

const dollars = {
	currency: "USD",
	rows: [
		row("Tables", [change("revenue", "900.00", "1000.00", { late: "100.00" })]),
		row("Sofas", [
			change("revenue", "2000.00", "1499.99", { refunds: "-600.00", reattributed: "99.99" }),
			change("leads", "7", "6", { reattributed: "-1" }),
		]),
	],
	unattributed: [change("revenue", "100.00", "0.01", { reattributed: "-99.99" })],
	total: [
		change("spend", null, null, null),
		change("leads", "9", "9", {}),
		change("sales", "20", "21", { late: "1" }),
		change("revenue", "3000.00", "2500.00", { late: "100.00", refunds: "-600.00" }),
		change("cac", null, "12.00", null),
		change("roas", "3.0000", "2.5000", { late: "0.1000", refunds: "-0.6000" }),
		change("roi_percent", "200.00", "150.00", { late: "10.00", refunds: "-60.00" }),
	],
};
const told: Changes = {
	by: "campaign",
	from: "2026-11-01",
	to: "2026-11-30",
	since: "2026-11-20T12:00:00Z",
	until: null,
	attribution_then: {} as Changes["attribution"],
	attribution: {} as Changes["attribution"],
	causes,
	groups: [dollars],
	exchanged: null,
	missing_then: [],
	rates: [],
};

const SYNC = "2026-11-24T08:00:00.5Z";
const runs = () => ({
	rows: [
		{ kind: "ads_import", started_at: "2026-11-25T08:00:00Z" },
		{ kind: "sync", started_at: SYNC },
		{ kind: "sync", started_at: "2026-11-23T08:00:00Z" },
	],
});
const show = (
	changes: Changes | (() => never) = told,
	options: Parameters<typeof showPage>[2] = {},
	more: Answers = {},
) =>
	showPage(
		ChangesPage,
		{
			list_sync_runs: runs,
			get_changes: typeof changes === "function" ? changes : () => changes,
			...more,
		},
		options,
	);

withPages();
beforeEach(() => {
	vi.useFakeTimers({ now: Date.parse("2026-11-26T10:00:30Z"), toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

test("a metric goes from what it was to what it is, by each cause that moved it", async () => {
	const { of } = show();
	const table = await screen.findByTestId("waterfall");
	expect(of("get_changes")).toMatchObject([
		{ since: SYNC, report: { by: "campaign", as_of: null, attribution: null } },
	]);
	expect(cellsOf(table).slice(1)).toEqual([
		["20 Nov, 12:00", "", "3,000.00"],
		["Known later", "", "+100.00"],
		["Refunds", "", "−600.00"],
		["Now", "", "2,500.00"],
	]);
	expect(screen.getByTestId("change-sum").textContent).toBe("US$\u00a02,500.00, −500.00 (▼ 16.7%)");
	within(table).getByRole("button", {
		name: "Refunds",
		description: "Money given back since.",
	});
});

test("what it was and what it is can both be opened, each as of its moment", async () => {
	const { of } = show();
	const table = await screen.findByTestId("waterfall");
	await userEvent.click(within(table).getByRole("button", { name: "3,000.00" }));
	await waitFor(() =>
		expect(of("explain_number").at(-1)).toMatchObject({
			row: "total",
			metric: "revenue",
			report: { by: "campaign", as_of: "2026-11-20T12:00:00Z" },
		}),
	);
	await userEvent.click(within(table).getByRole("button", { name: "2,500.00" }));
	await waitFor(() =>
		expect(of("explain_number").at(-1)).toMatchObject({ report: { as_of: null } }),
	);
});

test("a part opens its formula, what it stands on and the campaigns it fell on, and leads to the rows", async () => {
	const { of } = show();
	const person = userEvent.setup({ delay: null });
	const table = await screen.findByTestId("waterfall");
	// One stop of the Tab key; the arrows go from figure to figure.
	within(table).getByRole("button", { name: "3,000.00" }).focus();
	await person.keyboard("{ArrowDown}{ArrowDown}");
	const door = within(table).getByRole("button", { name: "−600.00" });
	expect(document.activeElement).toBe(door);
	await person.keyboard("{Enter}");
	const passport = await screen.findByTestId("part-passport");
	expect(within(passport).getByTestId("part-value").textContent).toBe("−600.00");
	expect(passport.textContent).toMatch(/Money given back since/);
	const sofas = within(passport).getByText("Sofas").closest("li") as HTMLElement;
	expect(within(passport).queryByText("Tables")).toBeNull();
	expect(within(passport).getByTestId("part-sum").textContent).toBe("Together−600.00");
	await person.click(within(sofas).getByRole("button"));
	const inner = await screen.findByTestId("part-passport");
	expect(inner.textContent).toMatch(/2,000.00/);
	await person.click(within(inner).getByLabelText(/^Back/));
	await person.keyboard("{Escape}");
	await waitFor(() => expect(screen.queryByTestId("part-passport")).toBeNull());
	expect(document.activeElement).toBe(door);

	await person.keyboard("{Enter}");
	const again = await screen.findByTestId("part-passport");
	await person.click(within(again).getByRole("button", { name: /2,500.00$/ }));
	await screen.findByTestId("passport");
	expect(screen.queryByTestId("part-passport")).toBeNull();
	expect(of("explain_number").at(-1)).toMatchObject({ row: "total", metric: "revenue" });
});

test("a part lists the rows that made it, of the row it stands in", async () => {
	const { of } = show(
		told,
		{},
		{
			explain_change: ({ row }) => ({
				cause: "refunds",
				currency: "USD",
				row,
				metric: "revenue",
				sums: [{ metric: "revenue", value: "-600.00" }],
				ad_days: [],
				ad_days_count: 0,
				outcomes: [
					{
						kind: "refund",
						id: "r1",
						contact_id: "c1",
						contact: "Ana Souza",
						reference: "S-000138",
						day: "2026-11-22",
						happened_at: "2026-11-22T15:00:00Z",
						gross: "900.00",
						refunded: "600.00",
						cost: null,
						currency: "USD",
						adds: ["-600.00"],
						original: null,
					},
				],
				outcomes_count: 3,
			}),
		},
	);
	const person = userEvent.setup({ delay: null });
	const table = await screen.findByTestId("waterfall");
	await person.click(within(table).getByRole("button", { name: "−600.00" }));
	const rows = await screen.findByTestId("part-rows");
	expect(within(rows).getByText("Ana Souza").closest("summary")?.textContent).toMatch(
		/Refund · S-000138−600.00/,
	);
	// No more are listed than were read; the others are counted.
	expect(rows.textContent).toMatch(/2 more/);
	expect(of("explain_change").at(-1)).toMatchObject({
		changes: { since: told.since, report: { by: "campaign", as_of: null } },
		cause: "refunds",
		currency: "USD",
		row: "total",
		metric: "revenue",
	});
	const passport = screen.getByTestId("part-passport");
	const sofas = within(passport).getByText("Sofas").closest("li") as HTMLElement;
	await person.click(within(sofas).getByRole("button"));
	await waitFor(() => expect(of("explain_change").at(-1)?.row).not.toBe("total"));
});

test("a part of a campaign or of another metric opens too, and of a ratio there is no sum", async () => {
	show();
	const person = userEvent.setup({ delay: null });
	const campaigns = await screen.findByTestId("changes-campaigns");
	await person.click(within(campaigns).getByRole("button", { name: "+99.99" }));
	const of = await screen.findByTestId("part-passport");
	expect(of.getAttribute("aria-label")).toBe("Re-attributed, Revenue, Sofas");
	await person.keyboard("{Escape}");
	const totals = screen.getByTestId("changes-totals");
	await person.click(within(totals).getByRole("button", { name: "−0.6000" }));
	const ratio = await screen.findByTestId("part-passport");
	expect(ratio.textContent).toMatch(/A ratio has no parts of its own/);
	expect(within(ratio).queryByTestId("part-sum")).toBeNull();
});

test("the campaigns it moved in stand with their parts, the largest first, and lead there", async () => {
	show();
	const table = await screen.findByTestId("changes-campaigns");
	expect(cellsOf(table)).toEqual([
		["Campaign", "Before", "Known later", "Refunds", "Re-attributed", "After", "Change"],
		["ActiveSofas", "2,000.00", "", "−600.00", "+99.99", "1,499.99", "−500.01"],
		["ActiveTables", "900.00", "+100.00", "", "", "1,000.00", "+100.00"],
		["Not attributed", "100.00", "", "", "−99.99", "0.01", "−99.99"],
		["Total", "3,000.00", "+100.00", "−600.00", "", "2,500.00", "−500.00"],
	]);
	const link = within(table).getByRole("link", { name: "Sofas" }).getAttribute("href") ?? "";
	expect(link).toContain("/campaigns?campaign=id-Sofas");
});

test("the file has the campaigns with their parts, and adds up", async () => {
	const { of } = show(told, {}, saving);
	await screen.findByTestId("changes-campaigns");
	const { heads, rows } = await written(of);
	expect(heads).toEqual([
		"Campaign",
		"Before",
		"Known later",
		"Refunds",
		"Re-attributed",
		"After",
		"Change",
	]);
	expect(rows.map(({ cells, sum }) => [cells[0], cells[1], cells[5], sum])).toEqual([
		["Sofas", "2000.00", "1499.99", false],
		["Tables", "900.00", "1000.00", false],
		["Not attributed", "100.00", "0.01", true],
		["Total", "3000.00", "2500.00", true],
	]);
	expect(Number(rows[0]?.cells[6])).toBe(-500.01);
});

test("every metric of the whole that changed is told, and no other", async () => {
	show();
	expect(cellsOf(await screen.findByTestId("changes-totals"))).toEqual([
		["Metric", "Before", "Known later", "Refunds", "After", "Change"],
		["Sales", "20", "+1", "", "21", "+1"],
		["Revenue", "3,000.00", "+100.00", "−600.00", "2,500.00", "−500.00"],
		["CAC", "—", "", "", "12.00", "—"],
		["ROAS", "3.0000", "+0.1000", "−0.6000", "2.5000", "−0.5000"],
		["ROI", "200.00%", "+10.00\u00a0pp", "−60.00\u00a0pp", "150.00%", "−50.00\u00a0pp"],
	]);
	// Each opens on its own causes.
	await userEvent.click(screen.getByRole("button", { name: "ROAS" }));
	await screen.findByRole("heading", { name: "ROAS" });
	expect(cellsOf(screen.getByTestId("waterfall"))[1]).toEqual(["20 Nov, 12:00", "", "3.0000"]);
});

test("another metric is chosen and kept; one that moved only inside says so", async () => {
	const { of } = show();
	await userEvent.click(await screen.findByRole("radio", { name: "Leads" }));
	await screen.findByText("Leads as a whole did not change, only in the campaigns below.");
	expect(cellsOf(screen.getByTestId("changes-campaigns"))[1]).toEqual([
		"ActiveSofas",
		"7",
		"−1",
		"6",
		"−1",
	]);
	expect(of("save_preferences").at(-1)).toMatchObject({ views: { changes: '{"metric":"leads"}' } });
	await userEvent.click(screen.getByRole("radio", { name: "Spend" }));
	await screen.findByText("Spend did not change.");
	expect(screen.queryByTestId("changes-campaigns")).toBeNull();
	screen.getByTestId("other-metrics").focus();
	await userEvent.keyboard("{Enter}");
	await userEvent.click(await screen.findByRole("menuitem", { name: "CAC" }));
	await screen.findByText(/^CAC is US\$ 12\.00\. What it was then is not known/);
});

test("what none of the causes explains is a warning", async () => {
	const total = [change("revenue", "1.00", "3.00", { late: "1.50", unexplained: "0.50" })];
	show({ ...told, groups: [{ ...dollars, rows: [], unattributed: [], total }] });
	await screen.findByTestId("unexplained");
	expect(cellsOf(screen.getByTestId("waterfall"))[3]).toEqual(["Unexplained", "", "+0.50"]);
});

test("without anything unexplained nothing is said of it", async () => {
	show();
	await screen.findByTestId("waterfall");
	expect(screen.queryByText("Unexplained")).toBeNull();
	expect(screen.queryByTestId("unexplained")).toBeNull();
});

test("money of two currencies is never in one table", async () => {
	const pesos = {
		...dollars,
		currency: "ARS",
		rows: [],
		unattributed: [],
		total: [change("revenue", "10.00", "70.00", { late: "60.00" })],
	};
	const { of } = show({ ...told, groups: [dollars, pesos] });
	await screen.findByTestId("waterfall");
	screen.getByTestId("currency-picker").focus();
	await userEvent.keyboard("{Enter}");
	await userEvent.click(await screen.findByRole("menuitem", { name: "ARS (AR$)" }));
	expect(screen.getByTestId("change-sum").textContent).toContain("AR$\u00a070.00, +60.00");
	expect(cellsOf(screen.getByTestId("changes-totals"))).toHaveLength(2);
	// Or all of it in one.
	screen.getByTestId("currency-picker").focus();
	await userEvent.keyboard("{Enter}");
	await userEvent.click(await screen.findByTestId("convert-to-USD"));
	await waitFor(() =>
		expect(of("get_changes").at(-1)).toMatchObject({ report: { convert_to: "USD" } }),
	);
});

test("in one currency the rates are a cause, and those that changed stand there", async () => {
	const used = (value: string, source: "ecb" | "hand", rate_day = "2026-11-13") => ({
		from: "BRL",
		day: "2026-11-14",
		rate_day,
		rate: value,
		source,
		legs: [],
	});
	const total = [
		change("revenue", "100.00", "130.00", { currency: "20.00", late: "10.00" }),
		change("roas", "2.0000", "2.2000", { late: "0.2000" }),
	];
	show({
		...told,
		groups: [{ ...dollars, rows: [], unattributed: [], total }],
		exchanged: { to: "USD", from: [], rates: [], missing: [], missing_before: [] },
		missing_then: [{ currency: "PEN", days: 2, first_day: "2026-11-12", last_day: "2026-11-13" }],
		rates: [
			{
				from: "BRL",
				day: "2026-11-14",
				before: used("0.2", "ecb"),
				after: used("0.25", "hand", "2026-11-14"),
			},
			{ from: "PEN", day: "2026-11-12", before: null, after: used("0.27", "ecb", "2026-11-14") },
			{ from: "PEN", day: "2026-11-13", before: null, after: used("0.27", "ecb", "2026-11-14") },
		],
	});
	expect(cellsOf(await screen.findByTestId("waterfall"))[2]).toEqual([
		"Exchange rates",
		"",
		"+20.00",
	]);
	expect(cellsOf(screen.getByTestId("changed-rates")).slice(1)).toEqual([
		["14 Nov 2026", "BRL", "0.2 (ECB, 13 Nov 2026)", "0.25 (by hand)"],
		["12 Nov – 13 Nov 2026", "PEN", "none", "0.27 (ECB)"],
	]);
	screen.getByText("PEN stood on its own then: 2 days had no rate (12 Nov – 13 Nov 2026).");
	screen.getByText(/^The same rows by other exchange rates/, { selector: "dd" });
});

test("without a conversion no rates are told of", async () => {
	show();
	await screen.findByTestId("waterfall");
	expect(screen.queryByText(/other exchange rates/)).toBeNull();
	expect(screen.queryByTestId("changed-rates")).toBeNull();
});

test("where nothing changed it says since when, and what would change it", async () => {
	const still = { ...dollars, rows: [], unattributed: [], total: [change("leads", "9", "9", {})] };
	show({ ...told, groups: [still] });
	await screen.findByText("Nothing changed");
	screen.getByText(/say the same as on 20 Nov 2026, 12:00\. A sync, an import/);
});

test("a failure stands in place of the figures", async () => {
	show(() => {
		throw { code: "internal", message: "x", field: null, params: {}, retry_after_ms: null };
	});
	await screen.findByText("This could not be read");
});

test("the earlier moment is chosen by keys, as an instant, and the last sync is one of them", async () => {
	const { of, router } = show();
	await screen.findByTestId("waterfall");
	screen.getByTestId("since-picker").focus();
	await userEvent.keyboard("{Enter}");
	const last = await screen.findByTestId("since-last-sync");
	expect(last.getAttribute("aria-current")).toBe("true");
	await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
	await waitFor(() =>
		expect(of("get_changes").at(-1)).toMatchObject({ since: "2026-11-19T10:00:00.000Z" }),
	);
	expect(router.state.location.search).toEqual({ since: "2026-11-19T10:00:00.000Z" });
	await userEvent.click(screen.getByTestId("since-picker"));
	await userEvent.click(await screen.findByTestId("since-last-sync"));
	await waitFor(() => expect(screen.getByTestId("since-picker").textContent).toContain("24 Nov"));
});

test("changes up to an earlier moment begin before it", async () => {
	const { of } = show(told, { at: "/changes?since=2026-11-25T09:00:00Z" });
	await screen.findByTestId("waterfall");
	expect(of("get_changes").at(-1)).toMatchObject({ since: "2026-11-25T09:00:00Z" });
	await userEvent.click(screen.getByTestId("as-of-picker"));
	await userEvent.click(await screen.findByTestId("as-of-picker-week"));
	// No sync came before: the end of the day before.
	await waitFor(() =>
		expect(of("get_changes").at(-1)).toMatchObject({
			since: "2026-11-19T00:00:00.000Z",
			report: { as_of: "2026-11-19T10:00:00.000Z" },
		}),
	);
	await screen.findByText("What was known on 19 Nov 2026, 10:00");
	await userEvent.click(screen.getByTestId("back-to-now"));
	expect(of("get_changes").at(-1)).toMatchObject({ report: { as_of: "2026-11-19T10:00:00.000Z" } });
	await waitFor(() => expect(screen.queryByTestId("as-of-strip")).toBeNull());
});

test("small steps of a large sum are drawn on a scale that says where it begins", () => {
	const drawn = (one: MetricChange) => waterfall(one, movedByCauses(one, causes));
	const cut = drawn(change("revenue", "1000.00", "1010.00", { late: "10.00" }));
	expect(cut).toMatchObject({ low: 990, high: 1010, cut: true });
	const whole = drawn(change("revenue", "100.00", "10.00", { refunds: "-90.00" }));
	expect(whole).toMatchObject({ low: 0, high: 100, cut: false });
	const below = drawn(change("revenue", "10.00", "-30.00", { refunds: "-40.00" }));
	expect(below).toMatchObject({ low: -30, high: 10, cut: false });
	// Of a sum that was not known, all is new.
	const first = drawn(change("spend", null, "5.00", { new_days: "5.00" }));
	expect(first).toMatchObject({ before: 0, after: 5, low: 0, high: 5 });
	expect(drawn(change("roas", null, "2.0000", null))).toBeNull();
});

const settling: SettleReport = {
	currency: "USD",
	accounts: ["Casa Alba"],
	known_on: "2026-11-26",
	nominal_percent: "80",
	tolerance_percent: "2",
	least_days: 14,
	settled_at: 29,
	metrics: [
		{
			metric: "spend",
			happened: true,
			settled_from: 1,
			held: { inside: 0, tried: 0, shown: false },
			ages: [
				{ age: 1, percent: "100.0", low: null, high: null, days: 56, settled: true },
				{ age: 2, percent: "100.0", low: null, high: null, days: 56, settled: true },
			],
		},
		{
			metric: "meta_leads",
			happened: true,
			settled_from: 14,
			held: { inside: 122, tried: 140, shown: true },
			ages: [
				{ age: 1, percent: "79.2", low: "72.0", high: "85.7", days: 56, settled: false },
				{ age: 2, percent: "86.4", low: "80.1", high: "91.0", days: 56, settled: false },
			],
		},
		{
			metric: "meta_purchases",
			happened: true,
			settled_from: null,
			held: { inside: 0, tried: 0, shown: false },
			ages: [],
		},
		{
			metric: "meta_purchase_value",
			happened: false,
			settled_from: null,
			held: { inside: 0, tried: 0, shown: false },
			ages: [],
		},
	],
};
const withCurve = (report: SettleReport) =>
	showPage(ChangesPage, {
		list_sync_runs: runs,
		get_changes: () => ({ ...told, groups: [] }),
		get_settle_curve: () => report,
	});

test("how much of a day is there stands by its age, with how often that held", async () => {
	const { of } = withCurve(settling);
	const table = await screen.findByTestId("settling");
	expect(of("get_settle_curve")[0]).toEqual({ currency: null, account: null, as_of: null });
	const [, spend, leads, purchases, ...rest] = cellsOf(table);
	// What never happened is not told of.
	expect(rest).toEqual([]);
	expect(spend?.slice(0, 3)).toEqual(["Spend", "100%", "100%"]);
	expect(spend?.slice(-2)).toEqual(["from 1 day", "—"]);
	expect(leads?.slice(0, 4)).toEqual(["Leads (Meta)", "79%72–86", "86%80–91", "—"]);
	expect(leads?.slice(-2)).toEqual(["from 14 days", "87% of 140 figures"]);
	expect(purchases?.[1]).toBe(
		"Not enough history yet: it takes 14 settled days, of leads and purchases with at least five each.",
	);
	expect(within(table).getByTitle("79% complete (72–86)")).toBeTruthy();
	expect(screen.queryByText(/no interval is shown/)).toBeNull();
});

test("intervals that did not hold are not shown, and that is said", async () => {
	const [, leads] = settling.metrics;
	if (!leads) throw new Error("no leads");
	withCurve({
		...settling,
		metrics: [
			{
				...leads,
				held: { inside: 80, tried: 140, shown: false },
				ages: leads.ages.map((age) => ({ ...age, low: null, high: null })),
			},
		],
	});
	const table = await screen.findByTestId("settling");
	expect(cellsOf(table)[1]?.slice(0, 3)).toEqual(["Leads (Meta)", "79%", "86%"]);
	expect(screen.getByText(/no interval is shown/)).toBeTruthy();
});

test("without a sync there is nothing to settle", async () => {
	const { of } = withCurve({ ...settling, known_on: null, metrics: [] });
	await waitFor(() => expect(of("get_settle_curve")).toHaveLength(1));
	await screen.findByText("Nothing changed");
	expect(screen.queryByTestId("settling")).toBeNull();
});
