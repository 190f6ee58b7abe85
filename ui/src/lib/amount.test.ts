import { amountExample, typedAmount } from "./amount";
import { amount } from "./format";

describe("an amount typed in", () => {
	test.each([
		["en", "1250", "1250"],
		["es", "1250", "1250"],
		["pt", "1250", "1250"],
		["es", "1.250", "1250"],
		["es-AR", "1.250", "1250"],
		["pt", "1.250", "1250"],
		["en", "1,250", "1250"],
		["en", "1.250,50", "1250.50"],
		["es", "1.250,50", "1250.50"],
		["pt", "1.250,50", "1250.50"],
		["en", "1,250.50", "1250.50"],
		["es", "1,250.50", "1250.50"],
		["pt", "1,250.50", "1250.50"],
		["en", "1500.5", "1500.5"],
		["es", "1500,5", "1500.5"],
		["es", "12.50", "12.50"],
		["en", "12,50", "12.50"],
		["en", "1.250.000", "1250000"],
		["es", "1 250 000,75", "1250000.75"],
		["pt", "  80\u00a0", "80"],
	])("%s %s is %s", (locale, text, read) => {
		expect(typedAmount(text, "USD", locale)).toBe(read);
	});

	test.each([
		["en", "1.250"],
		["es", "1,250"],
		["es", "0.250"],
		["en", "12.345,6.7"],
		["en", "1.25.000"],
		["en", "12 50"],
		["en", "-5"],
		["es", "\u22125,00"],
		["en", "1e3"],
		["en", "US$ 5"],
		["en", "5."],
		["en", ".5"],
		["en", ""],
	])("%s %s is asked again", (locale, text) => {
		expect(typedAmount(text, "USD", locale)).toBeNull();
	});

	test("the currency says how fine an amount may be", () => {
		expect(typedAmount("1.250", "CLP", "en")).toBe("1250");
		expect(typedAmount("10.5", "CLP", "en")).toBeNull();
		expect(typedAmount("1.250", "BHD", "en")).toBe("1.250");
		expect(typedAmount("1.2505", "BHD", "en")).toBeNull();
	});

	test("what is shown is read back as it was", () => {
		for (const locale of ["en", "es", "es-AR", "pt"]) {
			for (const [currency, stored] of [
				["USD", "1234567.50"],
				["USD", "0.05"],
				["CLP", "1250000"],
				["BHD", "1250.125"],
			] as const) {
				expect(typedAmount(amount(locale, stored, currency), currency, locale)).toBe(stored);
			}
			const example = amountExample("USD", locale);
			expect(typedAmount(example, "USD", locale)).toBe("1250.50");
		}
	});
});
