import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Exchanged } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { CurrencyPicker } from "./currency-picker";
import { ConvertedMark, ExchangeNote } from "./exchange-note";

withPages();

const exchanged: Exchanged = {
	to: "USD",
	from: [
		{
			currency: "BRL",
			spend: "300.00",
			meta_purchase_value: "0.00",
			revenue: "1200.00",
			first_day: "2026-03-12",
			last_day: "2026-03-14",
			lowest_rate: "0.190719936183",
			highest_rate: "0.193718858523",
			source: "ecb",
		},
	],
	rates: [
		{
			from: "BRL",
			day: "2026-03-14",
			rate_day: "2026-03-13",
			rate: "0.190719936183",
			source: "ecb",
			legs: [
				{ base: "EUR", quote: "BRL", rate: "6.0172", source: "ecb" },
				{ base: "EUR", quote: "USD", rate: "1.1476", source: "ecb" },
			],
		},
	],
	missing: [{ currency: "PEN", days: 2, first_day: "2026-03-12", last_day: "2026-03-20" }],
	missing_before: [],
};

describe("a report in one currency", () => {
	test("says what was converted at which rates, and shows each rate with its day and source", async () => {
		showPage(() => <ExchangeNote exchanged={exchanged} />, {});
		const note = await screen.findByTestId("exchange-note");
		expect(note.textContent).toContain(
			"BRL → US$ at 0.19072 – 0.193719 (ECB, 12 Mar – 14 Mar 2026)",
		);
		await userEvent.click(within(note).getByRole("button", { name: "Show rates" }));
		const row = within(await screen.findByTestId("used-rates")).getAllByRole("row")[1];
		expect(row?.textContent).toContain("14 Mar 2026BRL0.1907213 Mar 2026");
		expect(row?.textContent).toContain("ECB: 1 EUR = 6.0172 BRL · 1 EUR = 1.1476 USD");
	});

	test("names what has no rate, and leads to where rates are kept", async () => {
		const { router } = showPage(() => <ExchangeNote exchanged={exchanged} />, {});
		const banner = await screen.findByTestId("exchange-missing");
		expect(banner.textContent).toContain("PEN could not be converted to US$.");
		expect(banner.textContent).toContain("2 days have no rate: 12 Mar – 20 Mar 2026.");
		await userEvent.click(within(banner).getByRole("button", { name: "Exchange rates" }));
		expect(router.state.location.pathname).toBe("/settings");
	});

	test("a period before that could not be converted is told", async () => {
		const before = { ...exchanged, missing: [], missing_before: exchanged.missing };
		showPage(() => <ExchangeNote exchanged={before} />, {});
		const banner = await screen.findByTestId("exchange-missing");
		expect(banner.textContent).toContain("The period before is blank: PEN has no rate on 2 days");
	});

	test("a row says what it was, also to whoever hears the page", async () => {
		showPage(() => <ConvertedMark of={exchanged.from} />, {});
		const mark = await screen.findByTestId("converted");
		expect(mark.title).toContain("Converted from BRL");
		expect(mark.title).toContain("R$\u00a01,200.00");
		expect(mark.textContent).toBe(mark.title);
	});

	test("days of several time zones are flagged, those of one are not", async () => {
		const zones = [
			{ zone: "Asia/Tokyo", accounts: ["Tokyo"] },
			{ zone: "America/Lima", accounts: ["Lima", "Cusco"] },
		];
		showPage(
			() => (
				<>
					<ExchangeNote exchanged={null} zones={zones} />
					<ExchangeNote exchanged={null} zones={zones.slice(1)} />
				</>
			),
			{},
		);
		await userEvent.click(await screen.findByRole("button", { name: "Days of 2 time zones" }));
		expect(screen.getByText("Lima, Cusco")).toBeTruthy();
	});
});

describe("the choice of a currency", () => {
	const accounts = { list_ad_accounts: () => [{ currency: "BRL", selected: true }] };

	test("is not there where there is one currency", async () => {
		showPage(
			() => (
				<>
					<p>page</p>
					<CurrencyPicker found={["USD"]} shown="USD" exchanged={null} />
				</>
			),
			{},
		);
		await screen.findByText("page");
		expect(screen.queryByTestId("currency-picker")).toBeNull();
	});

	test("converts everything, and is kept between starts", async () => {
		const shown: string[] = [];
		const { of } = showPage(
			() => (
				<CurrencyPicker
					found={["USD", "BRL"]}
					shown="USD"
					onShow={(code) => shown.push(code)}
					exchanged={null}
				/>
			),
			accounts,
		);
		const open = async () => {
			fireEvent.keyDown(await screen.findByTestId("currency-picker"), { key: "Enter" });
		};
		await open();
		fireEvent.click(await screen.findByRole("menuitem", { name: "BRL (R$)" }));
		expect(shown).toEqual(["BRL"]);
		await open();
		fireEvent.click(await screen.findByTestId("convert-to-BRL"));
		expect(screen.getByTestId("currency-picker").textContent).toContain("All in R$");
		await waitFor(() =>
			expect(of("save_preferences").at(-1)).toMatchObject({ views: { convert_to: '"BRL"' } }),
		);
		await open();
		fireEvent.click(await screen.findByTestId("currency-apart"));
		expect(screen.getByTestId("currency-picker").textContent).toContain("2 currencies");
	});
});
