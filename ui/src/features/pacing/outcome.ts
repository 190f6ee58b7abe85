import type { MoveMetric } from "@/bindings";
import { amount, decimal, money } from "@/lib/format";

/** Leads and sales with one decimal, below twenty; money as it is written in its currency. */
export function outcome(
	locale: string,
	text: string,
	metric: MoveMetric,
	currency: string,
	sign = false,
): string {
	if (metric === "revenue") {
		return sign ? money(locale, text, currency) : amount(locale, text, currency);
	}
	return decimal(locale, text, Math.abs(Number(text)) < 20 ? 1 : 0);
}

/** The same of a change: what is more has a plus. */
export function change(locale: string, text: string, metric: MoveMetric, currency: string): string {
	const plus = Number(text) > 0 ? "+" : "";
	return plus + outcome(locale, text, metric, currency);
}
