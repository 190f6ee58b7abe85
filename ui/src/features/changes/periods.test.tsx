import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Contribution, ContributionGroup, Contributions, GetContributions } from "@/bindings";
import { cellsOf, saving, showPage, withPages, written } from "@/testing/page";
import PeriodsPage from "./periods-page";

const one = (
	before: string | null,
	after: string | null,
	contribution: string | null,
	more: Partial<Contribution> = {},
): Contribution => ({
	before,
	after,
	weight_before: null,
	weight_after: null,
	mix: null,
	rate: null,
	contribution,
	...more,
});

const row = (name: string, told: Contribution) => ({
	...told,
	key: name,
	id: `id-${name}`,
	external_id: name,
	name,
	status: "active",
	remainder: null,
});

const roas: ContributionGroup = {
	currency: "USD",
	whole: one("3.0000", "2.5000", "-0.5000", { mix: "-0.7000", rate: "0.2000" }),
	rows: [
		row(
			"Sofas",
			one("1.0000", "1.2500", "-0.4500", {
				weight_before: "20.00",
				weight_after: "60.00",
				mix: "-0.6500",
				rate: "0.2000",
			}),
		),
		row(
			"Tables",
			one(null, "2.0000", "-0.0500", {
				weight_before: "0.00",
				weight_after: "5.00",
				mix: "-0.0500",
				rate: "0.0000",
			}),
		),
		// It moved nothing, and does not stand there.
		row("Beds", one("3.0000", "3.0000", "0.0000", { mix: "0.0000", rate: "0.0000" })),
	],
	unattributed: null,
};
const revenue: ContributionGroup = {
	currency: "USD",
	whole: one("300.00", "500.00", "200.00"),
	rows: Array.from({ length: 10 }, (_, nth) =>
		row(`C${nth}`, one("10.00", `${30 - nth}.00`, `${20 - nth}.00`)),
	),
	unattributed: one("200.00", "245.00", "45.00"),
};

const told = (req: GetContributions, edit: Partial<Contributions> = {}): Contributions => ({
	by: req.report.by,
	from: req.report.from,
	to: req.report.to,
	compared: { from: "2026-09-27", to: "2026-10-26" },
	since: null,
	as_of: null,
	attribution: {
		model: "last_touch",
		basis: "sale_date",
		refunds: "accrual",
		window_days: null,
		view_window_days: null,
		half_life_days: 7,
	},
	metric: req.metric,
	groups: [req.metric === "revenue" ? revenue : roas],
	exchanged: null,
	...edit,
});

const show = (views: Record<string, string> = {}, edit: Partial<Contributions> = {}) =>
	showPage(
		PeriodsPage,
		{
			...saving,
			list_ad_accounts: () => [],
			get_contributions: (req) => told(req as unknown as GetContributions, edit),
		},
		{ views },
	);

withPages();
beforeEach(() => {
	vi.useFakeTimers({ now: Date.parse("2026-11-25T10:00:30Z"), toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

test("a sum goes from period to period by its rows, the rest of them together", async () => {
	const { of } = show();
	const table = await screen.findByTestId("waterfall");
	expect(of("get_contributions")).toMatchObject([
		{ metric: "revenue", report: { by: "campaign", compare_with: "previous", as_of: null } },
	]);
	const lines = cellsOf(table).slice(1);
	expect(lines[0]).toEqual(["27 Sept – 26 Oct 2026", "", "300.00"]);
	expect(lines[1]).toEqual(["C0", "", "+20.00"]);
	expect(lines.slice(-3)).toEqual([
		["2 others", "", "+23.00"],
		["Not attributed", "", "+45.00"],
		["27 Oct – 25 Nov 2026", "", "500.00"],
	]);
	expect(screen.getByTestId("change-sum").textContent).toBe("US$\u00a0500.00, +200.00 (▲ 66.7%)");
});

test("a ratio moves by mix and by rate, of the whole and of every row", async () => {
	const { of } = show({ changes: JSON.stringify({ metric: "roas" }) });
	expect(cellsOf(await screen.findByTestId("waterfall")).slice(2, 4)).toEqual([
		["Mix effect", "", "−0.7000"],
		["Rate effect", "", "+0.2000"],
	]);
	const table = screen.getByTestId("contributions");
	expect(cellsOf(table)).toEqual([
		[
			"Campaign",
			"Before",
			"After",
			"Weight before",
			"Weight",
			"Mix effect",
			"Rate effect",
			"Moved it by",
		],
		["ActiveSofas", "1.0000", "1.2500", "20.0%", "60.0%", "−0.6500", "+0.2000", "−0.4500"],
		["ActiveTables", "—", "2.0000", "0.0%", "5.0%", "−0.0500", "", "−0.0500"],
		["Attributed", "3.0000", "2.5000", "", "", "−0.7000", "+0.2000", "−0.5000"],
	]);
	// What was not there has nothing to open.
	expect(within(table).queryByRole("button", { name: "—" })).toBeNull();
	await userEvent.click(within(table).getByRole("button", { name: "3.0000" }));
	await waitFor(() =>
		expect(of("explain_number").at(-1)).toMatchObject({
			row: "attributed",
			metric: "roas",
			report: { from: "2026-09-27", to: "2026-10-26" },
		}),
	);
});

test("the file has the weights and both effects, and is of what is on screen", async () => {
	const { of } = show({ changes: JSON.stringify({ metric: "roas" }) });
	await screen.findByTestId("contributions");
	const { heads, rows } = await written(of);
	expect(heads.slice(3)).toEqual([
		"Weight before",
		"Weight",
		"Mix effect",
		"Rate effect",
		"Moved it by",
	]);
	expect(rows.map(({ cells, sum }) => [cells[0], cells[4], cells[7], sum])).toEqual([
		["Sofas", "60.00", "-0.4500", false],
		["Tables", "5.00", "-0.0500", false],
		["Attributed", null, "-0.5000", true],
	]);
});

test("rows and last year are chosen, and kept", async () => {
	const { of } = show({ comparison: JSON.stringify("year") });
	await screen.findByTestId("waterfall");
	await userEvent.selectOptions(screen.getByTestId("contributions-by"), "ad");
	await waitFor(() =>
		expect(of("get_contributions").at(-1)).toMatchObject({
			report: { by: "ad", compare_with: "year" },
		}),
	);
	await userEvent.click(screen.getByRole("radio", { name: "ROAS" }));
	await waitFor(() =>
		expect(of("get_contributions").at(-1)).toMatchObject({ metric: "roas", report: { by: "ad" } }),
	);
});

test("what is not known in one of the periods is said, and periods without figures lead on", async () => {
	const group = { ...revenue, whole: one(null, "2.00", null), rows: [], unattributed: null };
	show({}, { groups: [group] });
	expect((await screen.findByTestId("change-sum")).textContent).toBe(
		"Revenue: before —, now 2.00. One of the two is not known, so there is nothing to split.",
	);
	expect(screen.queryByTestId("waterfall")).toBeNull();
});

test("nothing in both periods is an empty page that says what to do", async () => {
	show({}, { groups: [] });
	await screen.findByText("Nothing to compare");
});
