/** Amounts of money as people type them. */
import { amount, currencyDigits } from "./format";

const GROUPED = {
	".": /^[1-9]\d{0,2}(\.\d{3})+$/,
	",": /^[1-9]\d{0,2}(,\d{3})+$/,
	" ": /^[1-9]\d{0,2}( \d{3})+$/,
};
type Mark = keyof typeof GROUPED;

/** The digits of a whole number that may part its thousands; null when they are parted wrongly. */
function whole(text: string, thousands: readonly Mark[]): string | null {
	if (/^\d+$/.test(text)) return text;
	const mark = thousands.find((one) => GROUPED[one].test(text));
	return mark ? text.replaceAll(mark, "") : null;
}

/**
 * An amount as the core takes it: digits and at most one point; null when the text is no amount
 * or can be read two ways.
 *
 * 1.250 is a thousand and more in Spanish and Portuguese and one and a quarter in English. The
 * language decides where the text alone does not; an amount finer than the currency's smallest
 * coin is never rounded, and a negative one never taken.
 */
export function typedAmount(text: string, currency: string, locale: string): string | null {
	const typed = text.trim().replace(/\s/g, " ");
	if (!/^\d[\d., ]*$/.test(typed)) return null;
	const digits = currencyDigits(currency);
	const marks: Array<"." | ","> = [...typed].filter((one) => one === "." || one === ",");
	const last = marks.at(-1);
	if (last === undefined) return whole(typed, [" "]);
	const other = last === "." ? "," : ".";
	const own = locale.startsWith("en") ? "." : ",";
	const onlyOne = marks.filter((mark) => mark === last).length === 1;
	const mixed = marks.includes(other);
	// A currency without coins has nothing after a decimal mark: 1.250 can only part thousands.
	if (!mixed && (!onlyOne || last !== own || digits === 0)) {
		const parted = whole(typed, [last]);
		if (parted !== null) return parted;
	}
	if (!onlyOne) return null;
	const at = typed.indexOf(last);
	const coins = typed.slice(at + 1);
	const integer = whole(typed.slice(0, at), [other, " "]);
	if (integer === null || !/^\d+$/.test(coins) || coins.length > digits) return null;
	return `${integer}.${coins}`;
}

/** What an amount in this currency looks like, for a hint. */
export function amountExample(currency: string, locale: string): string {
	return amount(locale, "1250.5", currency);
}
