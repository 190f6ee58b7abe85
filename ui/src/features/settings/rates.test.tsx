import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { RatePair, RateRow } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { Rates } from "./rates";
import { typedRate } from "./typed-rate";

withPages();

const row = (edit: Partial<RateRow> = {}): RateRow => ({
	base: "USD",
	quote: "ARS",
	day: "2026-11-24",
	rate: "1435.5",
	source: "hand",
	changed_at: "2026-11-24T10:00:00Z",
	changed_by: "Ana",
	replaced: [
		{
			rate: "1420",
			changed_at: "2026-11-23T10:00:00Z",
			replaced_at: "2026-11-24T10:00:00Z",
			replaced_by: "Ana",
		},
	],
	...edit,
});
const pair: RatePair = {
	base: "EUR",
	quote: "BRL",
	source: "ecb",
	days: 39,
	first_day: "2026-02-16",
	last_day: "2026-04-13",
};
const kept = {
	list_rate_pairs: () => [pair, { ...pair, base: "USD", quote: "ARS", source: "hand", days: 5 }],
	list_rates: () => ({
		rows: [row(), row({ base: "EUR", quote: "BRL", rate: "5.874", source: "ecb", replaced: [] })],
		next: null,
		total: null,
	}),
};

describe("rates of exchange", () => {
	test("each says its day, source and what it was before; those by hand can be removed", async () => {
		const { of } = showPage(Rates, { ...kept, remove_rates: () => ({ removed: 1 }) });
		const table = await screen.findByTestId("rates-table");
		const hand = (await within(table).findByText("USD → ARS")).closest("tr");
		expect(hand?.textContent).toContain("1,435.5by hand");
		expect(hand?.textContent).toContain("before: 1,420");
		expect(within(table).getAllByRole("button", { name: /^Remove the rate/ })).toHaveLength(1);
		await userEvent.click(within(table).getByRole("button", { name: /^Remove the rate/ }));
		await waitFor(() =>
			expect(of("remove_rates")).toEqual([
				{ base: "USD", quote: "ARS", from: "2026-11-24", to: null },
			]),
		);
	});

	test("the list is narrowed to a currency or a source", async () => {
		const { of } = showPage(Rates, kept);
		await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Currency" }), "BRL");
		await userEvent.selectOptions(screen.getByRole("combobox", { name: "Source" }), "ecb");
		await waitFor(() =>
			expect(of("list_rates").at(-1)).toMatchObject({ currency: "BRL", source: "ecb" }),
		);
	});

	test("a rate is entered, and what is wrong stands at its field", async () => {
		const wrong = {
			code: "invalid_input",
			message: "",
			field: "rate",
			reason: "rate_unreadable",
			params: { value: "x", digits: "12" },
			retry_after_ms: null,
		};
		const { of } = showPage(Rates, {
			...kept,
			set_rate: () => {
				throw wrong;
			},
		});
		await userEvent.click(await screen.findByTestId("rates-enter"));
		await userEvent.type(screen.getByLabelText("One unit of"), "usd");
		await userEvent.type(screen.getByLabelText("is so many of"), "pen");
		expect(screen.getByText("1 USD = this many PEN.")).toBeTruthy();
		await userEvent.type(screen.getByLabelText("Rate"), "3.7{Enter}");
		expect(await screen.findByText(/“x” is not a rate/)).toBeTruthy();
		expect(of("set_rate")[0]).toMatchObject({ base: "USD", quote: "PEN", rate: "3.7" });
	});

	test("the ECB's file comes in, and what was left out is told with why", async () => {
		showPage(Rates, {
			list_rate_pairs: () => [],
			list_rates: () => ({ rows: [], next: null, total: null }),
			pick_file: () => "/tmp/eurofxref-hist.zip",
			import_rates: () => ({
				days: 2,
				first_day: "2026-04-10",
				last_day: "2026-04-13",
				currencies: 1,
				added: 2,
				changed: 1,
				unchanged: 0,
				rejected: 1,
				rejections: [
					{
						line: 3,
						reason: "no",
						reason_id: "day_unreadable",
						params: { value: "yesterday" },
					},
				],
			}),
		});
		expect(await screen.findByText("No rates yet")).toBeTruthy();
		await userEvent.click(screen.getByTestId("rates-import"));
		const done = await screen.findByTestId("rates-imported");
		expect(done.textContent).toContain("Rates added: 2, changed: 1");
		expect(done.textContent).toContain("Line 3: “yesterday” is not a day");
	});

	test("a rate is read as the language writes it", () => {
		for (const [typed, locale, read] of [
			["5.874", "en", "5.874"],
			["1,435.5", "en", "1435.5"],
			["5,874", "es-AR", "5.874"],
			["1.435,5", "pt", "1435.5"],
			["5.874", "es", "5.874"],
			["5,8", "en", "5.8"],
		] as const) {
			expect(typedRate(typed, locale)).toBe(read);
		}
	});
});
