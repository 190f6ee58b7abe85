import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Attribution, ExportScreen, ModelComparison, ModelRow, RoiFigures } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import AttributionPage from "./page";

const attribution: Attribution = {
	model: "last_touch",
	basis: "sale_date",
	refunds: "accrual",
	window_days: null,
	view_window_days: null,
	half_life_days: 7,
};

const figures = (revenue: string, sales: number) =>
	({ spend: "10.00", revenue, sales, roas: "2.0000" }) as RoiFigures;

const row = (name: string, spend: string, of: RoiFigures[], spread: string | null): ModelRow => ({
	key: name,
	id: name,
	external_id: name,
	name,
	status: "active",
	remainder: null,
	figures: of.map((one) => ({ ...one, spend })),
	spread,
});

const compared: ModelComparison = {
	by: "campaign",
	from: "2026-11-01",
	to: "2026-11-30",
	attribution,
	models: ["last_touch", "linear"],
	learned: {
		from: "2025-12-01",
		to: "2026-11-30",
		sold: 41,
		unsold: 1204,
		enough: false,
		least_sold: 300,
		least_unsold: 1000,
		least_channels: 2,
		channels: [
			{
				campaign_id: "1",
				name: "Sofas",
				is_source: false,
				effect_percent: "61.20",
				share_percent: "75.00",
			},
			{
				campaign_id: null,
				name: "REFERRAL",
				is_source: true,
				effect_percent: "20.40",
				share_percent: "25.00",
			},
		],
	},
	groups: [
		{
			currency: "USD",
			rows: [
				row("Sofas", "90.00", [figures("100.00", 1), figures("60.00", 0.6)], "40.00"),
				row("Tables", "20.00", [figures("0.00", 0), figures("40.00", 0.4)], "100.00"),
			],
			unattributed: [figures("5.00", 1), figures("4.00", 1)],
			total: { ...figures("105.00", 2), spend: "110.00" },
			// Under another model a day may end elsewhere: each column has its own.
			totals: [
				{ ...figures("105.00", 2), spend: "110.00" },
				{ ...figures("104.00", 2), spend: "110.00" },
			],
			disagreement: [
				["0.0000", "0.3810"],
				["0.3810", "0.0000"],
			],
		},
	],
	windows: {
		sales: 50,
		with_touch: 40,
		suggested: 28,
		windows: [
			{ days: 7, kept: 20, kept_percent: "50.00", whole: 10, whole_percent: "25.00" },
			{ days: 28, kept: 39, kept_percent: "97.50", whole: 30, whole_percent: "75.00" },
		],
	},
};

const texts = (table: HTMLElement) =>
	within(table)
		.getAllByRole("row")
		.map((line) => [...line.children].map((cell) => cell.textContent));

withPages();

const settings = () => ({ timezone: "UTC", locale: "en", currency: "USD", attribution });

test("every campaign stands under every model, with what nobody takes and the total", async () => {
	showPage(AttributionPage, { get_workspace_settings: settings, compare_models: () => compared });
	const table = await screen.findByTestId("model-table");
	expect(texts(table)).toEqual([
		["Campaign", "Spend", "Last touch", "Linear", "Spread"],
		["ActiveSofas", "90.00", "100.00", "60.00", "40%"],
		["ActiveTables", "20.00", "0.00", "40.00", "100%"],
		["Not attributed", "", "5.00", "4.00", ""],
		["Total", "110.00", "105.00", "104.00", ""],
	]);
	await userEvent.click(screen.getByRole("button", { name: "Spread" }));
	expect(texts(table)[1]?.[0]).toBe("ActiveTables");
	await userEvent.click(screen.getByRole("radio", { name: "Sales" }));
	expect(texts(table)[2]).toEqual(["ActiveSofas", "90.00", "1", "0.6", "40%"]);
});

test("a figure opens as the model of its column credits it", async () => {
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => compared,
	});
	const table = await screen.findByTestId("model-table");
	await userEvent.click(within(table).getByRole("button", { name: "60.00" }));
	await waitFor(() =>
		expect(of("explain_number").at(-1)).toMatchObject({
			row: "Sofas",
			metric: "revenue",
			currency: "USD",
			report: { by: "campaign", attribution: { model: "linear" } },
		}),
	);
});

test("the disagreement names the model that differs most", async () => {
	showPage(AttributionPage, { get_workspace_settings: settings, compare_models: () => compared });
	await screen.findByText("Last touch and Linear give 38% of the revenue to different campaigns.");
	expect(texts(screen.getByTestId("disagreement"))[1]).toEqual(["Last touch", "", "38%"]);
});

test("too little to learn from is told with its numbers, and cannot be chosen", async () => {
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => compared,
		get_learned: () => compared.learned,
	});
	const little = "Too little to learn from: 41 of the 300 sales it takes.";
	await screen.findByText(little);
	expect(screen.queryByTestId("learned")).toBeNull();
	await userEvent.click(screen.getByTestId("attribution-picker"));
	const item = await screen.findByTestId("model-markov");
	await waitFor(() => expect(item.getAttribute("aria-disabled")).toBe("true"));
	expect(item.textContent).toBe(`Data-driven${little}`);
	expect(of("get_learned").at(-1)).toMatchObject({ attribution: { model: "last_touch" } });
});

test("with enough, what was learned stands there and can be chosen", async () => {
	const learned = { ...compared.learned, sold: 412, enough: true };
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => ({ ...compared, learned }),
		get_learned: () => learned,
	});
	expect(texts(await screen.findByTestId("learned"))).toEqual([
		["Campaign or source", "Sales that would be lost without it", "Of all effects"],
		["Sofas", "", "61.2%", "75.0%"],
		["Referral", "", "20.4%", "25.0%"],
	]);
	await userEvent.click(screen.getByTestId("attribution-picker"));
	await userEvent.click(await screen.findByTestId("model-markov"));
	await waitFor(() =>
		expect(of("compare_models").at(-1)).toMatchObject({ attribution: { model: "markov" } }),
	);
});

test("the window that keeps enough is used at a click", async () => {
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => compared,
	});
	await screen.findByText("28 days keep 98% of the sales that came by a touch.");
	await userEvent.click(screen.getByRole("button", { name: "Use 28 days" }));
	await waitFor(() =>
		expect(of("compare_models").at(-1)).toMatchObject({
			by: "campaign",
			attribution: { ...attribution, window_days: 28 },
		}),
	);
});

test("too few sales give no advice, and no sales lead to the import", async () => {
	const few = { ...compared.windows, with_touch: 3, suggested: null };
	showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => ({ ...compared, windows: few }),
	});
	await screen.findByText("3 sales with a touch in this period: no window is advised.");
	expect(screen.queryByRole("button", { name: /^Use / })).toBeNull();
});

test("without a sale the page says what to do", async () => {
	showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => ({ ...compared, groups: [] }),
	});
	await screen.findByText("No sales in these days");
	expect(screen.getByRole("link", { name: "Import" }).getAttribute("href")).toBe("/import");
});

test("as of an earlier moment, and what is known now does not stand there meanwhile", async () => {
	let release = () => {};
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: async ({ as_of }) => {
			if (as_of !== null) await new Promise<void>((done) => (release = done));
			return compared;
		},
	});
	await screen.findByTestId("model-table");
	await userEvent.click(screen.getByTestId("as-of-picker"));
	await userEvent.click(await screen.findByTestId("as-of-picker-week"));
	await screen.findByText(/^What was known on /);
	await waitFor(() =>
		expect(of("compare_models").at(-1)).toMatchObject({ as_of: expect.stringMatching(/Z$/) }),
	);
	expect(screen.queryByTestId("model-table")).toBeNull();
	release();
	await screen.findByTestId("model-table");
});

test("the file has every model as a column, with what nobody takes and the total", async () => {
	const { of } = showPage(AttributionPage, {
		get_workspace_settings: settings,
		compare_models: () => compared,
		save_file: () => "/tmp/models.csv",
		export_screen: () => ({ path: "/tmp/models.csv", rows: 4 }),
	});
	await screen.findByTestId("model-table");
	await userEvent.click(screen.getByTestId("export"));
	await userEvent.click(await screen.findByTestId("export-csv"));
	await screen.findByText("Saved: /tmp/models.csv");
	const { table } = of("export_screen")[0] as unknown as ExportScreen;
	expect(table.columns.map(({ head, kind }) => [head, kind])).toEqual([
		["Campaign", "text"],
		["Spend", "money"],
		["Last touch", "money"],
		["Linear", "money"],
		["Spread", "percent"],
	]);
	expect(table.rows.map(({ cells, sum }) => [cells[0], cells[2], sum])).toEqual([
		["Sofas", "100.00", false],
		["Tables", "0.00", false],
		["Not attributed", "5.00", true],
		["Total", "105.00", true],
	]);
});
