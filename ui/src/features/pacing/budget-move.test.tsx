import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { BudgetMove, MoveCampaign, Pace, PacingReport } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { BudgetMoveTool } from "./budget-move";

const pace = { status: "active", account_id: "a", account_name: "Casa Alba" } as unknown as Pace;

const row = (name: string) => ({ ...pace, id: name, external_id: name, name }) as never;

const report = {
	by: "campaign",
	groups: [{ currency: "USD", rows: [row("Sofas"), row("Tables"), row("Lamps")], total: pace }],
} as unknown as PacingReport;

const campaign = (name: string, of: Partial<MoveCampaign> = {}): MoveCampaign => ({
	id: name,
	external_id: name,
	name,
	account_id: "a",
	account_name: "Casa Alba",
	currency: "USD",
	settled_until: "2026-11-16",
	now_daily: "50.00",
	new_daily: null,
	least_daily: "30.00",
	most_daily: "90.00",
	elasticity: "0.60",
	past: { tried: 50, held: 41 },
	stays: { expected: "42.0", low: "31.0", high: "53.4" },
	becomes: null,
	now_beyond: null,
	new_beyond: null,
	curve: [
		{ daily: "30.00", expected: "2.0", low: "1.5", high: "2.6" },
		{ daily: "90.00", expected: "4.1", low: "3.2", high: "5.0" },
	],
	seen: [{ day: "2026-11-16", spend: "50.00", outcome: "3.0" }],
	refused: null,
	...of,
});

const open: BudgetMove = {
	metric: "leads",
	days: 14,
	currency: "USD",
	campaigns: [campaign("Sofas"), campaign("Tables")],
	change: null,
	better_percent: null,
	no_change: null,
	published: { tried: 185, held: 153 },
};

const answered = (amount: string): BudgetMove => ({
	...open,
	campaigns: [
		campaign("Sofas", {
			new_daily: String(50 - Number(amount)),
			becomes: { expected: "38.1", low: "28.0", high: "49.0" },
		}),
		campaign("Tables", {
			new_daily: String(50 + Number(amount)),
			becomes: { expected: "47.9", low: "36.2", high: "60.0" },
		}),
	],
	change: { expected: "2.1", low: "-3.0", high: "9.0" },
	better_percent: "71",
});

const play = (req: Record<string, unknown>) => (req.amount ? answered(String(req.amount)) : open);

withPages();

test("the answer stands in one sentence, with how often such answers held", async () => {
	const { of } = showPage(BudgetMoveTool, {
		get_pacing: () => report,
		simulate_budget_move: play,
	});
	const said = await screen.findByTestId("move-said");
	expect(said.textContent).toContain("Choose how much to move.");
	expect(of("simulate_budget_move").at(-1)).toEqual({
		from: "Sofas",
		to: "Tables",
		amount: null,
		metric: "leads",
		days: 14,
	});
	const field = screen.getByRole("textbox", { name: "USD a day" });
	await userEvent.type(field, "10");
	await waitFor(() =>
		expect(said.textContent).toContain(
			"Moving US$\u00a010.00 a day from Sofas to Tables for 14 days: Leads +2.1 expected, 8 in 10 between −3.0 and +9.0.",
		),
	);
	expect(said.textContent).toContain("71% probable");
	expect(said.textContent).toContain("held 83% of 185 times");
	const from = screen.getByTestId("move-from");
	expect(from.textContent).toContain("US$\u00a050.00 → 40.00 a day");
	expect(from.textContent).toContain("Leads in 14 days: 42 (31 – 53) → 38 (28 – 49)");
	expect(from.textContent).toContain("Of 50 past weeks of its own, 41 ended inside");
	const table = within(from).getByTestId("chart-table");
	expect(within(table).getAllByRole("row")).toHaveLength(3);
});

test("the slider goes as far as was observed, and the field says so beyond", async () => {
	showPage(BudgetMoveTool, { get_pacing: () => report, simulate_budget_move: play });
	const slider = await screen.findByRole("slider", { name: "How much a day" });
	expect(slider.getAttribute("max")).toBe("20");
	fireEvent.change(slider, { target: { value: "12" } });
	const field = screen.getByRole<HTMLInputElement>("textbox", { name: "USD a day" });
	expect(field.value).toBe("12.00");
	await userEvent.clear(field);
	await userEvent.type(field, "25");
	await screen.findByText("Beyond US$ 20.00 nothing was observed.");
	await userEvent.clear(field);
	await userEvent.type(field, "much");
	await screen.findByText("Write it like 40.00.");
});

test("a campaign of which nothing can be said says why, and nothing can move", async () => {
	const refused = campaign("Tables", {
		least_daily: null,
		most_daily: null,
		stays: null,
		curve: [],
		past: { tried: 10, held: 5 },
		refused: { reason: "missed", has: null, needs: null, least_daily: null, most_daily: null },
	});
	showPage(BudgetMoveTool, {
		get_pacing: () => report,
		simulate_budget_move: () => ({ ...open, campaigns: [campaign("Sofas"), refused] }),
	});
	const to = await screen.findByTestId("move-to");
	expect(to.textContent).toContain("Only 5 of 10 past weeks ended inside");
	expect(screen.getByRole("slider").hasAttribute("disabled")).toBe(true);
	expect(screen.getByTestId("move-said").textContent).toContain("Nothing is said of this move");
});

test("the other way round by keyboard, and what is counted is a choice", async () => {
	const { of } = showPage(BudgetMoveTool, {
		get_pacing: () => report,
		simulate_budget_move: play,
	});
	(await screen.findByRole("button", { name: "Swap the campaigns" })).focus();
	await userEvent.keyboard("{Enter}");
	await waitFor(() =>
		expect(of("simulate_budget_move").at(-1)).toMatchObject({ from: "Tables", to: "Sofas" }),
	);
	await userEvent.click(screen.getByRole("radio", { name: "Revenue" }));
	await userEvent.click(screen.getByRole("radio", { name: "28 days" }));
	await waitFor(() =>
		expect(of("simulate_budget_move").at(-1)).toMatchObject({ metric: "revenue", days: 28 }),
	);
});

test("with one campaign there is nothing to move between", async () => {
	showPage(BudgetMoveTool, {
		get_pacing: () => ({ ...report, groups: [{ ...report.groups[0], rows: [row("Sofas")] }] }),
	});
	await screen.findByText(/It takes two campaigns/);
});
