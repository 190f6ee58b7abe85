import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Pace, PacingReport, PacingRow } from "@/bindings";
import { saving, showPage, withPages, written } from "@/testing/page";
import PacingPage from "./page";

const pace: Pace = {
	known_until: "2026-11-19",
	spent: "240.00",
	recent_per_day: "12.86",
	days_left: 11,
	budget: "390.00",
	budget_source: "daily",
	budget_set: "13.00",
	no_budget: null,
	pace_percent: "99.6",
	needed_per_day: "13.64",
	expected: "391.20",
	low: "380.00",
	high: "402.00",
	no_forecast: null,
	days_known: null,
	verdict: "on_track",
};

const row = (name: string, of: Partial<Pace> = {}): PacingRow => ({
	...pace,
	...of,
	id: name,
	external_id: name,
	name,
	status: "active",
	account_id: "a",
	account_name: "Casa Alba",
	past: { tried: 3, inside: 2 },
});

const nothing = { expected: null, low: null, high: null, verdict: null } as const;

const report: PacingReport = {
	by: "campaign",
	from: "2026-11-01",
	to: "2026-11-30",
	past: { tried: 6, inside: 5 },
	published: { tried: 1580, inside: 1270 },
	groups: [
		{
			currency: "USD",
			rows: [
				row("Sofas"),
				row("Tables", { ...nothing, no_forecast: "too_young", days_known: 7 }),
				row("Lamps", {
					...nothing,
					budget: null,
					budget_source: null,
					budget_set: null,
					needed_per_day: null,
					pace_percent: null,
					no_budget: "not_set",
					days_left: 0,
				}),
			],
			total: { ...pace, budget_source: "sum", budget_set: null, verdict: "under" },
		},
	],
};

const texts = (table: HTMLElement) =>
	within(table)
		.getAllByRole("row")
		.map((line) => [...line.children].map((cell) => cell.textContent));

withPages();

test("every campaign stands with its budget, its end and what is needed per day", async () => {
	showPage(PacingPage, { get_pacing: () => report });
	const table = await screen.findByTestId("pace-table");
	const [, sofas, tables, lamps, total] = texts(table);
	expect(sofas).toEqual([
		"ActiveSofasCasa Alba",
		"390.00US$\u00a013.00 a day",
		"240.00100% of plan",
		"",
		"391.20380.00 – 402.00",
		"13.64lately 12.86",
		"On track",
	]);
	expect(tables?.slice(4)).toEqual([
		"—",
		"13.64lately 12.86",
		"7 days old: too young for a forecast",
	]);
	expect(lamps?.[1]).toBe("—");
	expect(lamps?.[6]).toBe("no budget at Meta");
	expect(total?.[0]).toBe("Total");
	expect(total?.[6]).toBe("Under");
	const bar = within(table).getAllByRole("img", { name: /^Spent/ })[0];
	expect(bar?.getAttribute("aria-label")).toBe(
		"Spent US$\u00a0240.00. Expected at month end US$\u00a0391.20, 8 in 10 between US$\u00a0380.00 and US$\u00a0402.00. Budget US$\u00a0390.00.",
	);
});

test("the file has what stands in two lines, and the verdict in words", async () => {
	const { of } = showPage(PacingPage, { get_pacing: () => report, ...saving });
	await screen.findByTestId("pace-table");
	const { heads, rows } = await written(of);
	expect(heads.slice(0, 5)).toEqual([
		"Campaign",
		"Account",
		"Budget of the month",
		"Spent so far",
		"Of plan",
	]);
	expect(rows[0]?.cells).toEqual([
		"Sofas",
		"Casa Alba",
		"390.00",
		"240.00",
		"99.6",
		"391.20",
		"380.00",
		"402.00",
		"13.64",
		"12.86",
		"On track",
	]);
	expect(rows[1]?.cells.at(-1)).toBe("7 days old: too young for a forecast");
	expect(rows.at(-1)).toMatchObject({ sum: true, cells: expect.arrayContaining(["Total"]) });
});

test("how often it was right stands below, of these rows and of public series", async () => {
	showPage(PacingPage, { get_pacing: () => report });
	const sure = await screen.findByTestId("pacing-sure");
	expect(sure.textContent).toBe(
		"Counted are whole days, up to 19 Nov 2026. Of 6 earlier months of these rows, 5 ended within the interval that would have been shown. On public series of other businesses it was 80% of 1,580.",
	);
});

test("a campaign opens to its ad sets by keyboard, and accounts are a choice", async () => {
	const sets: PacingReport = {
		...report,
		by: "adset",
		groups: [{ currency: "USD", rows: [row("Prospects")], total: pace }],
	};
	const { of } = showPage(PacingPage, {
		get_pacing: (req) => (req.by === "adset" ? sets : { ...report, by: req.by }),
	});
	const table = await screen.findByTestId("pace-table");
	within(table).getByRole("button", { name: "Ad sets of Sofas" }).focus();
	await userEvent.keyboard("{Enter}");
	await within(table).findByText("Prospects");
	expect(of("get_pacing").at(-1)).toMatchObject({ by: "adset", campaign: "Sofas" });
	await userEvent.click(screen.getByRole("radio", { name: "Ad accounts" }));
	await waitFor(() => expect(of("get_pacing").at(-1)).toMatchObject({ by: "account" }));
	await waitFor(() => expect(screen.queryByRole("button", { name: /^Ad sets of/ })).toBeNull());
});

test("where nothing runs the page says what to do", async () => {
	showPage(PacingPage, {
		get_pacing: () => ({ ...report, groups: [] }),
		get_setup_state: () => ({ connected: true, ad_accounts: 2 }),
	});
	await screen.findByText("Nothing runs this month");
	const next = await screen.findByRole("link", { name: "Sync" });
	expect(next.getAttribute("href")).toBe("/sync");
});
