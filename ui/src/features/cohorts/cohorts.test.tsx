import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type {
	CohortCell,
	CohortGroup,
	CohortReport,
	CohortRow,
	CohortSums,
	NotPredictedReason,
} from "@/bindings";
import { saving, showPage, withPages, written } from "@/testing/page";
import { firstDay } from "./choice";
import CohortsPage from "./page";

const sums = (orders: number, revenue: string): CohortSums => ({
	orders,
	revenue,
	refunds: "0.00",
	cost: "0.00",
	margin: revenue,
	orders_without_cost: orders,
});

const cell = (mature: boolean, active: number, each: string, retention: string): CohortCell => ({
	mature,
	people: 4,
	active,
	retention_percent: retention,
	...sums(active, "40.00"),
	cumulative_revenue_per_person: each,
	cumulative_margin_per_person: each,
});

const row = (key: string, edit: Partial<CohortRow>): CohortRow => ({
	key,
	month: null,
	campaign: null,
	people: 4,
	spend: "80.00",
	cac: "20.00",
	cells: [],
	mature_months: 1,
	to_date: sums(5, "140.00"),
	value: null,
	value_per_cac: null,
	payback: { day: null, earliest: null, latest: null, observed_days: 41 },
	predicted: null,
	...edit,
});

const group: CohortGroup = {
	currency: "USD",
	rows: [
		row("2026-09", {
			month: "2026-09-01",
			cells: [cell(true, 4, "30.00", "100.00"), cell(false, 1, "35.00", "25.00")],
			value: "30.00",
			value_per_cac: "1.5000",
			payback: { day: 12, earliest: 5, latest: 30, observed_days: 41 },
		}),
		row("2026-10", { month: "2026-10-01", cells: [cell(false, 4, "1234.00", "100.00")] }),
	],
	average: row("average", { cells: [cell(true, 4, "30.00", "100.00")] }),
	other_currency_sales: 2,
	prediction: null,
	not_predicted: null,
};

const report = (edit: Partial<CohortGroup>): CohortReport => ({
	by: "month",
	from: "2025-12-01",
	to: "2026-11-30",
	today: "2026-11-11",
	start: "sale",
	acquired_by: "last_touch",
	value_months: 3,
	groups: [{ ...group, ...edit }],
});

const prediction: CohortGroup["prediction"] = {
	months: 12,
	monthly_discount_percent: "1",
	customers: 838,
	purchases: "1486.9",
	value: "58175.09",
	value_per_customer: "69.42",
	best: [
		{
			contact_id: "c1",
			name: "Ana",
			bought: 6,
			last_bought: "2026-11-20",
			alive_percent: "87.2",
			purchases: "8.6",
			value: "612.68",
		},
	],
	backtest: {
		split: "2026-05-03",
		end: "2026-11-25",
		customers: 368,
		predicted: "505.2",
		real: 444,
		error_percent: "13.8",
		classes: [
			{ customers: 171, predicted: "180.7", real: 100 },
			{ customers: 8, predicted: "47.2", real: 45 },
		],
	},
	parameters: {},
};

withPages();

/** What the core answers with and without a prediction. */
const core = (foreseen: Partial<CohortGroup>) => ({
	get_cohorts: (req: Record<string, unknown>) =>
		report(req.predict ? foreseen : { rows: group.rows }),
});

const lines = () =>
	within(screen.getByTestId("cohort-table"))
		.getAllByRole("row")
		.map((line) => [...line.children].map((one) => one.textContent));

test("months stand by age, what is not over is marked and out of the average", async () => {
	showPage(CohortsPage, core({}));
	await screen.findByTestId("cohort-table");
	const [, first, second, average] = lines();
	expect(first?.slice(0, 7)).toEqual([
		"Sept 2026",
		"4",
		"80.00",
		"20.00",
		"30.00",
		"1.50",
		"12\u00a0d5–30",
	]);
	expect(first?.slice(7)).toEqual(["30.00", "35.00 (not over)"]);
	expect(second?.slice(6, 8)).toEqual([">\u00a041\u00a0d", "1,234 (not over)"]);
	expect(average?.slice(7)).toEqual(["30.00", "—"]);
	await screen.findByText(/No cost is entered for these sales/);
	await screen.findByText(/2 sales of these people are in another currency/);
});

test("the file has every month of age, and says how many are over", async () => {
	const { of } = showPage(CohortsPage, { ...core({}), ...saving });
	await screen.findByTestId("cohort-table");
	const { heads, rows } = await written(of);
	expect(heads.slice(6)).toEqual(["Payback", "Months over for everybody", "M0", "M1"]);
	expect(rows.map(({ cells, sum }) => [cells[0], ...cells.slice(6), sum])).toEqual([
		["Sept 2026", "12\u00a0d (5–30)", "1", "30.00", "35.00", false],
		["Oct 2026", ">\u00a041\u00a0d", "1", "1234.00", null, false],
		["Average", ">\u00a041\u00a0d", null, "30.00", null, true],
	]);
});

test("the arrow keys go from cell to cell, and the line below tells all of one", async () => {
	showPage(CohortsPage, core({}));
	const table = await screen.findByTestId("cohort-table");
	const cells = () => within(table).getAllByRole("button");
	expect(cells().filter((one) => one.tabIndex === 0)).toHaveLength(1);
	cells()[0]?.focus();
	await userEvent.keyboard("{ArrowRight}");
	expect(document.activeElement?.getAttribute("data-place")).toBe("0-1");
	const line = screen.getByTestId("cohort-cell");
	expect(line.textContent).toContain("Sept 2026, M1: 1 of 4 bought (25.0%)");
	expect(line.textContent).toContain("in no average");
	await userEvent.keyboard("{ArrowDown}{Home}");
	expect(document.activeElement?.getAttribute("data-place")).toBe("1-0");
});

test("rows and figures are chosen, and kept", async () => {
	const { of } = showPage(CohortsPage, core({}));
	await screen.findByTestId("cohort-table");
	await userEvent.click(screen.getByRole("radio", { name: "Retention" }));
	await waitFor(() => expect(lines()[1]?.slice(7)).toEqual(["100%", "25% (not over)"]));
	await userEvent.click(screen.getByRole("radio", { name: "Campaign" }));
	await waitFor(() =>
		expect(of("get_cohorts").at(-1)).toMatchObject({ by: "campaign", start: "sale" }),
	);
	expect(of("save_preferences").length).toBeGreaterThan(0);
});

test("a prediction stands beside its check on the past", async () => {
	const { router } = showPage(CohortsPage, core({ rows: group.rows, prediction }));
	await screen.findByText("US$ 58,175.09");
	await screen.findByText(
		"Knowing the purchases up to 3 May 2026, the model expects 505 from then to 25 Nov 2026. There were 444: it was off by 13.8%.",
	);
	const backtest = within(screen.getByTestId("backtest"));
	expect(backtest.getAllByRole("row")).toHaveLength(3);
	backtest.getByText("2 times or more");
	await userEvent.click(screen.getByRole("button", { name: "Ana" }));
	await waitFor(() => expect(router.state.location.search).toEqual({ open: "c1" }));
});

test("the page follows the moment that every page shows", async () => {
	const { of } = showPage(CohortsPage, core({}));
	await screen.findByTestId("cohort-table");
	expect(of("get_cohorts")[0]).toMatchObject({ as_of: null });
	await userEvent.click(screen.getByTestId("as-of-picker"));
	await userEvent.click(await screen.findByText("A week ago"));
	await screen.findByTestId("as-of-strip");
	await waitFor(() => expect(of("get_cohorts").at(-1)?.as_of).toBeTruthy());
	const asked = of("get_cohorts").at(-1) as unknown as { as_of: string; to: string };
	expect(asked.to).toBe(asked.as_of.slice(0, 10));
	await userEvent.click(screen.getByTestId("back-to-now"));
	await waitFor(() => expect(screen.queryByTestId("as-of-strip")).toBeNull());
	// What is known now was read before, and is not asked for again.
	expect(of("get_cohorts").at(-1)).toMatchObject({ as_of: asked.as_of });
	await screen.findByTestId("cohort-table");
});

test("where nothing can be predicted the page says what is missing", async () => {
	const refused = (reason: NotPredictedReason, params: Record<string, string>) => ({
		not_predicted: { reason, params, message: "" },
	});
	showPage(
		CohortsPage,
		core({ rows: group.rows, ...refused("too_few_repeat_buyers", { found: "1", needed: "100" }) }),
	);
	await screen.findByText(
		"1 customer has bought again. From 100 on there is enough to predict from.",
	);
});

test("without customers the page leads to the import, and further back", async () => {
	const { of } = showPage(CohortsPage, { get_cohorts: () => report({ rows: [] }) });
	await screen.findByText("No customers in these months");
	expect(screen.getByRole("link", { name: "Import" }).getAttribute("href")).toBe("/import");
	await userEvent.click(screen.getByRole("button", { name: "36 months" }));
	await waitFor(() => expect(of("get_cohorts").length).toBeGreaterThan(1));
});

test("months are counted with the one that is now", () => {
	expect(firstDay("2026-11-25", 12)).toBe("2025-12-01");
	expect(firstDay("2026-03-31", 1)).toBe("2026-03-01");
	expect(firstDay("2026-03-31", 6)).toBe("2025-10-01");
});
