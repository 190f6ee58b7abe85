import type { AuditDifference, AuditNames, CsvAudit } from "@/bindings";
import { amount, count, decimal, percent } from "@/lib/format";

/** How many decimals a text has, so that it is written as exactly as it came. */
function decimals(text: string): number {
	return text.split(".")[1]?.length ?? 0;
}

/** A figure of a cell, in the words of the locale and as exact as the file prints it. */
export function written(
	locale: string,
	found: Pick<AuditDifference, "unit">,
	text: string | null,
	currency: string,
): string {
	if (text === null) return "—";
	const digits = decimals(text);
	if (found.unit === "percent") return percent(locale, text, digits);
	if (found.unit === "count") return count(locale, text, digits);
	if (found.unit === "money" && digits === 0) return amount(locale, text, currency);
	return decimal(locale, text, digits);
}

/** A difference, with a sign of its own. */
export function signed(
	locale: string,
	found: Pick<AuditDifference, "unit">,
	text: string | null,
	currency: string,
): string {
	const plain = written(locale, found, text, currency);
	return text !== null && !text.startsWith("-") && /[1-9]/.test(text) ? `+${plain}` : plain;
}

/** The last of the names, which is what a row is of. */
export function lastName(names: AuditNames): string | null {
	return names.ad ?? names.ad_set ?? names.campaign;
}

/** What the last name lies under. */
export function pathOf(names: AuditNames): string {
	return [names.campaign, names.ad_set, names.ad].filter(Boolean).join(" › ");
}

/** Of the money of the file. */
export function fileCurrency(audit: CsvAudit): string {
	return audit.file_currency ?? audit.currency;
}
