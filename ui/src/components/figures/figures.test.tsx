import { QueryClientProvider } from "@tanstack/react-query";
import { clearMocks, mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import type { GetRoi, RoiFigures, RoiReport, RoiRow, ScreenTable } from "@/bindings";
import { makeClient } from "@/lib/ipc";
import { columnsOf, columnWidth, sorted } from "./columns";
import { filtered } from "./filters";
import { sumOf } from "./sums";
import { type FiguresChoice, FiguresView } from "./view";

const none: RoiFigures = {
	spend: null,
	impressions: null,
	clicks: null,
	link_clicks: null,
	meta_leads: null,
	meta_purchases: null,
	meta_purchase_value: null,
	leads: 0,
	opportunities: 0,
	sales: 0,
	revenue: "0.00",
	ctr: null,
	link_ctr: null,
	cpc: null,
	cpm: null,
	cpl: null,
	meta_cpl: null,
	cpa: null,
	cost_per_sale: null,
	roas: null,
	roi_percent: null,
};

function row(key: string, figures: Partial<RoiRow> = {}): RoiRow {
	return {
		...none,
		key,
		id: key,
		external_id: `ext-${key}`,
		name: key,
		status: "active",
		account_id: "acc1",
		account_name: "Casa Alba",
		campaign_id: null,
		campaign_name: null,
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
		currency: "USD",
		previous: null,
		spark: [],
		...figures,
	};
}

const CAMPAIGNS = [
	row("Alpha", { spend: "100.00", revenue: "450.50", leads: 10, roas: "4.5050" }),
	row("Beta", { spend: "50.10", revenue: "20.00", leads: 0, roas: "0.3992", status: "paused" }),
	row("Gamma", { spend: null, revenue: "10.00", leads: 2, roas: null, account_id: "acc2" }),
];

function answer(rows: RoiRow[]): RoiReport {
	return {
		by: "campaign",
		from: "2026-11-01",
		to: "2026-11-30",
		attribution: {
			model: "last_touch",
			basis: "sale_date",
			refunds: "accrual",
			window_days: null,
			view_window_days: null,
			half_life_days: 7,
		},
		currency: "USD",
		rows,
		attributed: { ...none, spend: "150.10", revenue: "480.50", leads: 12, roas: "3.2012" },
		unattributed: { ...none, revenue: "19.50", leads: 3 },
		total: { ...none, spend: "150.10", revenue: "500.00", leads: 15, roas: "3.3311" },
		previous_unattributed: null,
		previous_total: null,
		other_currencies: [],
	};
}

type Asked = { command: string; req: Record<string, unknown> };

function show(
	choice: Partial<FiguresChoice> = {},
	answers: Record<string, (req: GetRoi) => unknown> = {},
) {
	const asked: Asked[] = [];
	mockWindows("main");
	mockIPC((command, args) => {
		const req = (args as { req: never }).req;
		asked.push({ command, req });
		const given = answers[command];
		if (given) return given(req);
		if (command === "get_roi") return answer(CAMPAIGNS);
		if (command === "list_ad_accounts") return [];
		if (command === "save_file") return "/tmp/out.csv";
		if (command === "export_screen") return { path: "/tmp/out.csv", rows: 3 };
		return null;
	});
	const kept: { last: FiguresChoice | null } = { last: null };
	function Held() {
		const [view, setView] = useState<Partial<FiguresChoice>>({
			columns: ["spend", "leads", "revenue", "roas"],
			...choice,
		});
		return (
			<FiguresView
				name="campaign"
				label="Campaigns"
				base={{
					by: "campaign",
					from: "2026-11-01",
					to: "2026-11-30",
					accounts: [],
					campaign: null,
					ad_set: null,
				}}
				comparison={choice.changes ? "year" : "previous"}
				usual={["spend", "revenue"]}
				choice={view}
				onChoice={(next) => {
					kept.last = next;
					setView(next);
				}}
				nameHead="Campaign"
				nameCell={(one) => <span>{one.name}</span>}
				nothing={<p>No figures here</p>}
			/>
		);
	}
	render(
		<QueryClientProvider client={makeClient()}>
			<Held />
		</QueryClientProvider>,
	);
	return { asked, kept };
}

const table = () => screen.findByRole("treegrid", { name: "Campaigns" });
const names = (within_: HTMLElement) =>
	[...within_.querySelectorAll("tbody th[scope=row]")].map((one) => one.textContent);
const foot = (within_: HTMLElement) =>
	[...within_.querySelectorAll("tfoot tr")].map((line) =>
		[...line.children].map((one) => one.textContent),
	);

beforeEach(() => {
	// jsdom draws nothing: the window of a table is as high as it is told.
	vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
	vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1000);
	HTMLElement.prototype.scrollTo = () => {};
});
afterEach(() => {
	cleanup();
	clearMocks();
	vi.restoreAllMocks();
});

describe("what rows come to", () => {
	test("money is added to the cent and ratios are made of the sums", () => {
		const sum = sumOf([
			row("a", { spend: "0.10", revenue: "1.00", leads: 1, impressions: 1000, link_clicks: 7 }),
			row("b", { spend: "0.20", revenue: "2.00", leads: 2, impressions: 2000, link_clicks: 8 }),
		]);
		expect(Number(sum.spend)).toBe(0.3);
		expect(sum.spend).toBe("0.300000");
		expect(sum.cpl).toBe("0.1000");
		expect(sum.roas).toBe("10.0000");
		expect(sum.roi_percent).toBe("900.00");
		expect(sum.link_ctr).toBe("0.5000");
		expect(sum.cpm).toBe("0.1000");
	});

	test("parts of sales are one again, to the millionth", () => {
		const third = (sales: number) => row("a", { sales, spend: "1.00", revenue: "2.00", leads: 1 });
		const sum = sumOf([third(0.333334), third(0.333333), third(0.333333)]);
		expect(sum.sales).toBe(1);
		expect(sum.cost_per_sale).toBe("3.0000");
		expect(sum.sales_per_lead_percent).toBe("33.33");
	});

	test("there is no margin without the cost of a sale", () => {
		const sold = (cost: string | null, margin: string | null, known: number) =>
			row("a", {
				sales: 2,
				sales_with_cost: known,
				spend: "10.00",
				revenue: "50.00",
				cost,
				margin,
			});
		const whole = sumOf([
			sold("20.00", "30.00", 2),
			sold("25.00", "25.00", 2),
			row("b", { margin: "0.00" }),
		]);
		expect([whole.cost, whole.margin, whole.sales_with_cost]).toEqual([
			"45.000000",
			"55.000000",
			4,
		]);
		expect([whole.poas, whole.contribution_roi_percent]).toEqual(["2.7500", "175.00"]);
		const part = sumOf([sold("20.00", "30.00", 2), sold("25.00", null, 1)]);
		expect([part.cost, part.margin, part.poas, part.sales_with_cost]).toEqual([
			"45.000000",
			null,
			null,
			3,
		]);
		expect(sumOf([sold(null, null, 0)]).cost).toBeNull();
	});

	test("what nobody knows stays unknown, and nothing is divided by zero", () => {
		const sum = sumOf([row("a", { revenue: "5.00" }), row("b")]);
		expect(sum.spend).toBeNull();
		expect(sum.roas).toBeNull();
		expect(sum.cpl).toBeNull();
		expect(sumOf([row("a", { spend: "0.00", revenue: "5.00" })]).roas).toBeNull();
		expect(sumOf([row("a", { spend: "10.00", revenue: "0.00" })]).roi_percent).toBe("-100.00");
		expect(sumOf([row("a", { spend: "9007199254740993.01", revenue: "0.00" })]).spend).toBe(
			"9007199254740993.010000",
		);
	});
});

describe("order and filters", () => {
	test("what is not known comes last either way", () => {
		const order = (down: boolean) =>
			sorted(CAMPAIGNS, { id: "spend", down }).map((one) => one.name);
		expect(order(true)).toEqual(["Alpha", "Beta", "Gamma"]);
		expect(order(false)).toEqual(["Beta", "Alpha", "Gamma"]);
	});

	test("filters hold together, and an unknown figure is neither more nor less", () => {
		const by = (...filters: Parameters<typeof filtered>[1]) =>
			filtered(CAMPAIGNS, filters, "").map((one) => one.name);
		expect(by({ field: "spend", op: "most", values: ["60"] })).toEqual(["Beta"]);
		expect(by({ field: "leads", op: "least", values: ["1"] })).toEqual(["Alpha", "Gamma"]);
		expect(by({ field: "status", op: "any", values: ["paused"] })).toEqual(["Beta"]);
		expect(
			by(
				{ field: "account", op: "any", values: ["acc1"] },
				{ field: "leads", op: "least", values: ["1"] },
			),
		).toEqual(["Alpha"]);
		expect(filtered([row("Sillón ámbar")], [], "AMBAR sillon")).toHaveLength(1);
	});

	test("a column is as wide as its longest figure", () => {
		const [spend] = columnsOf(["spend"]);
		if (!spend) throw new Error("no such column");
		const of = (value: string) =>
			columnWidth("es", spend, [row("a", { spend: value })], "ARS", "Inversión");
		expect(of("123456789.10") - of("9.10")).toBeGreaterThan(20);
	});
});

describe("the table", () => {
	test("rows and what is not attributed add up to the total, ratios of the total stay out", async () => {
		show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		expect(foot(grid)).toEqual([
			["3 campaigns", "150.10", "12", "480.50", "3.20"],
			["Not attributed", "—", "3", "19.50", "—"],
			["Total", "150.10", "15", "500.00", ""],
		]);
	});

	test("a head sorts, and says so", async () => {
		show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toEqual(["Alpha", "Beta", "Gamma"]));
		const head = within(grid).getByRole("columnheader", { name: /Leads/ });
		expect(head.getAttribute("aria-sort")).toBe("none");
		await userEvent.click(within(head).getByRole("button"));
		expect(head.getAttribute("aria-sort")).toBe("descending");
		expect(names(grid)).toEqual(["Alpha", "Gamma", "Beta"]);
		await userEvent.click(within(head).getByRole("button"));
		expect(names(grid)).toEqual(["Beta", "Gamma", "Alpha"]);
	});

	test("rows that a filter hides are a line of their own, so that all lines still add up", async () => {
		show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		await userEvent.type(screen.getByRole("searchbox"), "alpha");
		expect(names(grid)).toEqual(["Alpha"]);
		expect(foot(grid).slice(0, 2)).toEqual([
			["1 campaign shown", "100.00", "10", "450.50", "4.51"],
			["2 hidden by the filter", "50.10", "2", "30.00", "0.60"],
		]);
		expect(screen.getByText("1 of 3")).toBeTruthy();
	});

	test("filtered to nothing says so and clears", async () => {
		show();
		await table();
		await userEvent.type(screen.getByRole("searchbox"), "zzz");
		const grid = screen.getByRole("grid", { name: "Campaigns" });
		expect(within(grid).getByText("No campaign matches these filters")).toBeTruthy();
		await userEvent.click(within(grid).getByRole("button", { name: "Clear filters" }));
		expect(document.activeElement?.textContent).toBe("Filter F");
		expect(names(await table())).toHaveLength(3);
	});

	test("F opens a filter, Enter applies it, Backspace on its chip takes it away", async () => {
		const { kept } = show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		fireEvent.keyDown(document.body, { key: "f" });
		const value = await screen.findByRole("textbox", { name: "Value" });
		await userEvent.type(value, "x{Enter}");
		expect(screen.getByRole("alert").textContent).toBe("Not a number.");
		await userEvent.clear(value);
		await userEvent.type(value, "5{Enter}");
		expect(kept.last?.filters).toEqual([{ field: "leads", op: "least", values: ["5"] }]);
		expect(names(grid)).toEqual(["Alpha"]);
		screen.getByRole("button", { name: "Change filter: Leads at least 5" }).focus();
		await userEvent.keyboard("{Backspace}");
		expect(kept.last?.filters).toEqual([]);
		expect(names(grid)).toHaveLength(3);
	});

	test("one stop of the Tab key; arrows move through head, cells and sums; Ctrl+C copies a cell", async () => {
		const user = userEvent.setup();
		const copied = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
		show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		expect(grid.querySelectorAll('[data-cell][tabindex="0"]')).toHaveLength(1);
		const at = () => (document.activeElement as HTMLElement).dataset.cell;
		grid.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
		expect(at()).toBe("0:0");
		await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
		await waitFor(() => expect(at()).toBe("0:3"));
		await user.keyboard("{Control>}c{/Control}");
		expect(copied).toHaveBeenCalledWith("450.50");
		await user.keyboard("{ArrowUp}");
		await waitFor(() => expect(at()).toBe("-1:3"));
		await user.keyboard("{Control>}{End}{/Control}");
		await waitFor(() => expect(at()).toBe("5:4"));
		expect(document.activeElement?.closest("tfoot")).not.toBeNull();
		expect(grid.getAttribute("aria-rowcount")).toBe("7");
		expect(document.activeElement?.closest("tr")?.getAttribute("aria-rowindex")).toBe("7");
	});

	test("the focus comes back to a row that is there when rows go", async () => {
		show();
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		grid.querySelector<HTMLElement>('[data-cell="2:1"]')?.focus();
		await userEvent.type(screen.getByRole("searchbox"), "alpha");
		expect(grid.querySelectorAll('[data-cell][tabindex="0"]')).toHaveLength(1);
	});

	test("a campaign opens into ad sets and these into ads; what fails can be tried again", async () => {
		let fails = true;
		const { asked } = show(
			{},
			{
				get_roi: (req) => {
					if (req.by === "adset") {
						if (fails) throw { code: "internal", message: "no", params: {} };
						return answer([row("Set one", { spend: "40.00" })]);
					}
					if (req.by === "ad") return answer([row("Ad one", { spend: "40.00" })]);
					return answer(CAMPAIGNS);
				},
			},
		);
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		grid.querySelector<HTMLElement>('[data-cell="0:0"]')?.focus();
		await userEvent.keyboard("{Enter}");
		const retry = await within(grid).findByRole("button", { name: "Try again" });
		fails = false;
		await userEvent.click(retry);
		await within(grid).findByText("Set one");
		const line = within(grid).getByText("Set one").closest("tr");
		expect(line?.getAttribute("aria-level")).toBe("2");
		await userEvent.click(within(grid).getByRole("button", { name: "Open Set one" }));
		const ad = (await within(grid).findByText("Ad one")).closest("tr");
		expect(ad?.getAttribute("aria-level")).toBe("3");
		expect(asked.filter((one) => one.command === "get_roi").at(-1)?.req).toMatchObject({
			by: "ad",
			ad_set: "Set one",
		});
	});

	test("columns are chosen, moved by Alt and an arrow, and kept in view", async () => {
		const { kept } = show();
		await table();
		await userEvent.click(screen.getByRole("button", { name: "Columns" }));
		const list = await screen.findByRole("dialog", { name: "Columns" });
		await userEvent.click(within(list).getByRole("checkbox", { name: "Clicks" }));
		expect(kept.last?.columns).toEqual(["spend", "leads", "revenue", "roas", "clicks"]);
		within(list).getByRole("checkbox", { name: "Revenue" }).focus();
		await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
		expect(kept.last?.columns).toEqual(["spend", "revenue", "leads", "roas", "clicks"]);
		expect(document.activeElement).toBe(within(list).getByRole("checkbox", { name: "Revenue" }));
		await userEvent.click(within(list).getByRole("button", { name: "Keep ROAS in view" }));
		expect(kept.last?.pinned).toEqual(["roas"]);
		const heads = [...document.querySelectorAll("thead th")].map((one) => one.textContent);
		expect(heads[1]).toMatch(/^ROAS/);
	});

	test("changes since the period compared with stand under the figures, better or worse told apart", async () => {
		const rows = [
			row("Alpha", {
				spend: "100.00",
				leads: 10,
				cpl: "10.00",
				roas: "4.5050",
				roi_percent: "350.50",
				previous: { ...none, spend: "80.00", leads: 10, cpl: "8.00", roi_percent: "360.00" },
			}),
		];
		const { asked } = show(
			{ changes: true, columns: ["spend", "leads", "cpl", "roas", "roi_percent"] },
			{
				get_roi: () => ({
					...answer(rows),
					previous_total: { ...none, spend: "300.20" },
				}),
			},
		);
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(1));
		expect(asked.find((one) => one.command === "get_roi")?.req).toMatchObject({
			compare: true,
			compare_with: "year",
		});
		const cells = [...(grid.querySelector("tbody tr") as Element).querySelectorAll("td")];
		// Spend is neither good nor bad; what did not move, or was not known before, says nothing.
		expect(cells.map((one) => one.querySelector("span:last-child")?.textContent)).toEqual([
			"▲ 25.0%",
			"\u00a0",
			"▲ 25.0%",
			"\u00a0",
			"▼ 10\u00a0pp",
		]);
		expect(cells[0]?.querySelector("span:last-child")?.className).toContain("text-ink-3");
		expect(cells[2]?.querySelector("span:last-child")?.className).toContain("text-negative");
		expect(cells[4]?.querySelector("span:last-child")?.className).toContain("text-negative");
		expect(foot(grid).at(-1)?.[1]).toBe("150.10▼ 50.0%");
	});

	test("without changes the core is not asked for another period, and new customers only when shown", async () => {
		const { asked, kept } = show();
		await table();
		const questions = () => asked.filter((one) => one.command === "get_roi");
		expect(questions().at(-1)?.req).toMatchObject({ compare: false, new_customers: false });
		await userEvent.click(screen.getByRole("button", { name: "Changes" }));
		expect(kept.last?.changes).toBe(true);
		await waitFor(() => expect(questions().at(-1)?.req).toMatchObject({ compare: true }));
		await userEvent.click(screen.getByRole("button", { name: "Columns" }));
		const list = await screen.findByRole("dialog", { name: "Columns" });
		await userEvent.click(within(list).getByRole("checkbox", { name: "CAC" }));
		await waitFor(() => expect(questions().at(-1)?.req).toMatchObject({ new_customers: true }));
	});

	test("the file holds what is on screen: its order, open rows, sums, and what they stand on", async () => {
		const { asked } = show(
			{
				sort: { id: "spend", down: false },
				filters: [{ field: "spend", op: "least", values: ["20"] }],
				changes: true,
			},
			{
				get_roi: ({ by }) =>
					by === "adset"
						? answer([row("Set", { spend: "20.00" })])
						: answer(CAMPAIGNS.map((one) => ({ ...one, previous: { ...none, spend: "10.00" } }))),
			},
		);
		const grid = await table();
		await waitFor(() => expect(names(grid).length).toBeGreaterThan(0));
		const [first] = names(grid);
		await userEvent.click(within(grid).getByRole("button", { name: `Open ${first}` }));
		await within(grid).findByText("Set");
		await userEvent.click(screen.getByTestId("export"));
		await userEvent.click(await screen.findByTestId("export-xlsx"));
		await screen.findByText("Saved: /tmp/out.csv");
		const req = asked.find((one) => one.command === "export_screen")?.req as {
			format: string;
			semicolon: boolean;
			table: ScreenTable;
		};
		expect([req.format, req.semicolon]).toEqual(["xlsx", false]);
		const { columns, rows, facts } = req.table;
		expect(columns.slice(0, 4).map(({ head, unit, kind }) => [head, unit, kind])).toEqual([
			["Campaign", "", "text"],
			["Spend", "US$", "money"],
			["Spend, before", "US$", "money"],
			["Spend, change", "%", "percent"],
		]);
		expect(rows.map(({ cells, depth, sum }) => [cells[0], depth, sum])).toEqual([
			[first, 0, false],
			["Set", 1, false],
			...names(grid)
				.slice(2)
				.map((name) => [name, 0, false]),
			...foot(grid).map(([label]) => [label, 0, true]),
		]);
		// Exact numbers, however they are written on screen.
		expect(rows[1]?.cells[1]).toBe("20.00");
		const told = Object.fromEntries(facts.map(({ label, text }) => [label, text]));
		expect(told.Attribution).toContain("Last touch");
		expect(told.Filter).toBe("Spend at least US$\u00a020.00");
		expect(told.Days).toBe("1 Nov – 30 Nov 2026");
	});

	test("a row that is pinned stands first in any order, and P pins it", async () => {
		const { kept } = show({ sort: { id: "spend", down: true } });
		const grid = await table();
		await waitFor(() => expect(names(grid)).toHaveLength(3));
		const last = names(grid)[2] as string;
		const cell = within(grid).getByText(last).closest("th") as HTMLElement;
		cell.focus();
		await userEvent.keyboard("p");
		expect(kept.last?.pinnedRows).toEqual([last]);
		await waitFor(() => expect(names(grid)[0]).toBe(last));
		await userEvent.click(
			within(grid).getByRole("button", { name: `Keep ${last} on top`, pressed: true }),
		);
		await waitFor(() => expect(names(grid)[2]).toBe(last));
	});

	test("where nothing is, no line adds it up; what is not attributed alone is still there", async () => {
		const without = (unattributed: RoiFigures): RoiReport => ({
			...answer([]),
			attributed: none,
			unattributed,
			total: unattributed,
		});
		let told = without(none);
		show({}, { get_roi: () => told });
		await screen.findByText("No figures here");
		expect(screen.queryByText("Not attributed")).toBeNull();
		cleanup();
		told = without({ ...none, sales: 1, revenue: "19.50" });
		show({}, { get_roi: () => told });
		await screen.findByText("Not attributed");
	});

	test("a failing report is told with a way to try again; nothing at all is told apart", async () => {
		let fails = true;
		show(
			{},
			{
				get_roi: () => {
					if (fails) throw { code: "internal", message: "boom", params: {} };
					return answer([]);
				},
			},
		);
		const again = await screen.findByRole("button", { name: "Try again" });
		fails = false;
		await userEvent.click(again);
		expect(await screen.findByText("No figures here")).toBeTruthy();
	});

	test("accounts that could not be read are named above the figures", async () => {
		const account = (name: string, last_error: string | null) => ({
			id: name,
			external_id: name,
			name,
			currency: "USD",
			timezone: "UTC",
			status: "active",
			selected: true,
			last_synced_at: null,
			last_error,
		});
		show({}, { list_ad_accounts: () => [account("AR", null), account("BR", "throttled")] });
		const note = await screen.findByTestId("partial");
		expect(note.textContent).toContain("1 of 2 accounts are up to date.");
		expect(note.textContent).toContain("BR");
	});
});

test("a blank margin says of how many sales the cost is known", async () => {
	const of = (sales: number, sales_with_cost: number, margin: string | null) => ({
		...none,
		sales,
		sales_with_cost,
		margin,
	});
	const rows = [row("Alpha", of(3, 3, "60.00")), row("Beta", of(2, 1, null))];
	show(
		{ columns: ["sales", "margin", "poas"] },
		{
			get_roi: () => ({
				...answer(rows),
				attributed: of(5, 4, null),
				unattributed: of(0, 0, "0.00"),
				total: of(5, 4, null),
			}),
		},
	);
	const note = await screen.findByTestId("costs-note");
	expect(note.textContent).toBe(
		"Cost known for 4 of 5 sales. Blank where one is missing: Margin and POAS.",
	);
});
