/** Sums of rows that the person chose, exact: no float is made of money on the way. */
import type { RoiFigures, RoiRow } from "@/bindings";

const SCALE = 6;
const ONE = 10n ** BigInt(SCALE);

/** Decimal text to whole millionths. */
function millionths(text: string): bigint {
	const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
	const value = BigInt(whole || "0") * ONE + BigInt(fraction.padEnd(SCALE, "0").slice(0, SCALE));
	return text.startsWith("-") ? -value : value;
}

/** Decimal text of so many 10^-digits. */
function text(value: bigint, digits: number): string {
	const sign = value < 0n ? "-" : "";
	const all = (value < 0n ? -value : value).toString().padStart(digits + 1, "0");
	return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** Amounts in one currency as one. */
export function added(amounts: readonly string[]): string {
	return text(
		amounts.reduce((sum, one) => sum + millionths(one), 0n),
		SCALE,
	);
}

/** n / d, rounded half away from zero; null where nothing can be divided. */
function quotient(n: bigint | null, d: bigint | null, digits: number): string | null {
	if (n === null || d === null || d === 0n) return null;
	const shifted = n * 10n ** BigInt(digits);
	const [top, bottom] = d < 0n ? [-shifted, -d] : [shifted, d];
	const half = top < 0n ? -(bottom / 2n) : bottom / 2n;
	return text((top + half) / bottom, digits);
}

type Money = "spend" | "meta_purchase_value" | "revenue";
type Count =
	| "impressions"
	| "clicks"
	| "link_clicks"
	| "meta_leads"
	| "meta_purchases"
	| "leads"
	| "opportunities"
	| "sales"
	| "new_customers";

/**
 * The rows as one, with the ratios of the sums (docs/metrics.md). Null where no row knows the
 * figure.
 */
export function sumOf(rows: ReadonlyArray<RoiFigures | RoiRow>): RoiFigures {
	const money = (id: Money): bigint | null =>
		rows.reduce<bigint | null>((sum, row) => {
			const value = row[id];
			return value === null ? sum : (sum ?? 0n) + millionths(value);
		}, null);
	const count = (id: Count): number | null =>
		rows.reduce<number | null>((sum, row) => {
			const value = row[id] ?? null;
			return value === null ? sum : (sum ?? 0) + value;
		}, null);
	const spend = money("spend");
	const revenue = money("revenue") ?? 0n;
	const value = money("meta_purchase_value");
	const [impressions, clicks, linkClicks, metaLeads] = [
		count("impressions"),
		count("clicks"),
		count("link_clicks"),
		count("meta_leads"),
	];
	const [leads, sales] = [count("leads") ?? 0, count("sales") ?? 0];
	const customers = count("new_customers");
	const whole = (n: number | null) => (n === null ? null : BigInt(n));
	const things = (n: number | null) => (n === null ? null : BigInt(n) * ONE);
	const hundred = (n: bigint | null) => (n === null ? null : n * 100n);
	return {
		spend: spend === null ? null : text(spend, SCALE),
		impressions,
		clicks,
		link_clicks: linkClicks,
		meta_leads: metaLeads,
		meta_purchases: count("meta_purchases"),
		meta_purchase_value: value === null ? null : text(value, SCALE),
		leads,
		opportunities: count("opportunities") ?? 0,
		sales,
		revenue: text(revenue, SCALE),
		ctr: quotient(hundred(whole(clicks)), whole(impressions), 4),
		link_ctr: quotient(hundred(whole(linkClicks)), whole(impressions), 4),
		cpc: quotient(spend, things(clicks), 4),
		cpm: quotient(spend === null ? null : spend * 1000n, things(impressions), 4),
		cpl: quotient(spend, things(leads), 4),
		meta_cpl: quotient(spend, things(metaLeads), 4),
		cpa: quotient(spend, things(leads), 4),
		cost_per_sale: quotient(spend, things(sales), 4),
		new_customers: customers,
		cac: quotient(spend, things(customers), 4),
		roas: quotient(revenue, spend, 4),
		roi_percent: quotient(spend === null ? null : hundred(revenue - spend), spend, 2),
	};
}
