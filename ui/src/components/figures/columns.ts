/** The columns of figures: what they show, how they are written, how they sort, how wide they are. */
import { metrics, type RoiFigures, type RoiRow } from "@/bindings";
import { amount, count, currencySign, percent, points, ratio, signOf } from "@/lib/format";

type Metric = (typeof metrics)[number];

export interface Column {
	id: string;
	kind: Metric["unit"] | "text";
	/** A ratio of mixed bases says nothing in the total. */
	ratio?: boolean;
	digits?: number;
	/** Where it comes from, when the name alone does not tell: the second line of its head. */
	from?: "crm" | "both" | "asked";
	/** Whether a rise is good or bad; of spend and what it buys it is neither. */
	rise?: Metric["rise"];
	/** Whether it depends on how opportunities and sales are credited. */
	credited?: boolean;
	/** Takes the core longer, so that it is asked for only where it is shown. */
	asks?: "new_customers" | "people";
	/** Not known as soon as it is not known what one of the sales cost. */
	needsCosts?: boolean;
}

/** How many decimals a percentage is shown with; the core tells more. */
const DIGITS: Record<string, number> = {
	ctr: 2,
	link_ctr: 2,
	roi_percent: 0,
	contribution_roi_percent: 0,
};
/** Below zero these are money lost. */
const LOSSES = new Set(["roi_percent", "contribution_roi_percent", "margin"]);
const NEW_CUSTOMERS = new Set<string>(["new_customers", "cac"]);

function columnOf({ id, unit, source, credited, rise, quotient, needs_every_row }: Metric): Column {
	const digits = DIGITS[id];
	return {
		id,
		kind: unit,
		rise,
		credited,
		...(quotient ? { ratio: true } : {}),
		...(digits === undefined ? {} : { digits }),
		...(unit === "money" || source === "meta" ? {} : { from: source }),
		...(NEW_CUSTOMERS.has(id) ? { asks: "new_customers" as const } : {}),
		...(needs_every_row ? { needsCosts: true } : {}),
		...(source === "asked" ? { asks: "people" as const } : {}),
	};
}

/** Every metric there is, after what an object lies in. */
export const COLUMNS: readonly Column[] = [
	{ id: "account_name", kind: "text" },
	{ id: "campaign_name", kind: "text" },
	...metrics.map(columnOf),
];

/** Whether a ratio sets what the CRM has against what Meta tells: in a total, all of both. */
export function isBlended(id: string): boolean {
	return metrics.some((one) => one.id === id && one.quotient && one.source === "both");
}

/** Whether a metric is people: Meta's own answer for exactly the days, and no sum of anything. */
export function isAsked(id: string): boolean {
	return COLUMNS.find((column) => column.id === id)?.asks === "people";
}

/** Whether a metric depends on how opportunities and sales are credited. */
export function isCredited(id: string): boolean {
	return COLUMNS.find((column) => column.id === id)?.credited ?? false;
}

/** 1 for a change that is good, −1 for a bad one, 0 where it is neither. */
export function goodness(id: string, sign: -1 | 0 | 1): number {
	const rise = COLUMNS.find((column) => column.id === id)?.rise;
	return rise === "good" ? sign : rise === "bad" ? -sign : 0;
}

export function columnsOf(ids: readonly string[]): Column[] {
	return ids
		.map((id) => COLUMNS.find((column) => column.id === id))
		.filter((column): column is Column => column !== undefined);
}

type Value = string | number | null;

/** What a row, or a sum of rows, has in a column. Sums have no texts. */
export function figureOf(of: RoiFigures | RoiRow, id: string): Value {
	return ((of as unknown as Record<string, Value | undefined>)[id] ?? null) as Value;
}

export function written(
	locale: string,
	column: Column,
	of: RoiFigures | RoiRow,
	currency: string,
): string {
	const value = figureOf(of, column.id);
	switch (column.kind) {
		case "money":
			return amount(locale, value as string | null, currency);
		case "count":
			// A model of several touches gives parts of a sale.
			return count(locale, value, 2);
		case "percent":
			return percent(locale, value as string | null, column.digits ?? 1);
		case "ratio":
			return ratio(locale, value as string | null);
		default:
			return (value as string | null) ?? "";
	}
}

/** How a figure moved since the period compared with. */
export interface Change {
	/** Percent, or points of a percentage, without its sign. */
	text: string;
	sign: -1 | 1;
	/** 1 for the better, −1 for the worse, 0 for neither. */
	good: number;
	/** The figure before. */
	before: string;
	/** Percent, or points of a percentage, as decimal text with its sign. */
	by: string;
}

/** Null where nothing moved, or one of the two is not known, or there was nothing before. */
export function changeOf(
	locale: string,
	column: Column,
	now: RoiFigures | RoiRow,
	before: RoiFigures | null | undefined,
	currency: string,
): Change | null {
	if (!before || column.kind === "text") return null;
	const [x, y] = [rank(now, column.id), rank(before, column.id)];
	if (x === null || y === null) return null;
	const inPoints = column.kind === "percent";
	if (!inPoints && y === 0) return null;
	const by = inPoints ? x - y : (100 * (x - y)) / Math.abs(y);
	const digits = inPoints ? (column.digits ?? 1) : 1;
	const size = Math.abs(by).toFixed(digits);
	// What rounds to nothing did not move.
	if (Number(size) === 0) return null;
	const sign = by < 0 ? -1 : 1;
	return {
		text: inPoints ? points(locale, size, digits) : percent(locale, size, digits),
		sign,
		good: goodness(column.id, sign),
		before: written(locale, column, before, currency),
		by: sign < 0 ? `-${size}` : size,
	};
}

/** The same of one figure that stands on its own. */
export function changeBetween(
	locale: string,
	column: Column,
	now: Value,
	before: Value,
	currency: string,
): Change | null {
	const of = (value: Value) => ({ [column.id]: value }) as unknown as RoiFigures;
	return changeOf(locale, column, of(now), of(before), currency);
}

/** The colour of what is good or bad; the other one where it is neither. */
export function toneOf(good: number, neither: string): string {
	return good > 0 ? "text-positive" : good < 0 ? "text-negative" : neither;
}

/** Which way it moved, and how far. */
export function movedText({ sign, text }: Change): string {
	return `${sign > 0 ? "▲" : "▼"} ${text}`;
}

/** Of how many of its sales it is known what they cost, where a figure is blank for the others. */
export function costsKnown(
	locale: string,
	column: Column,
	of: RoiFigures | RoiRow,
): { known: string; all: string; count: number } | null {
	const { sales, sales_with_cost: known = 0 } = of;
	if (!column.needsCosts || known === sales) return null;
	return { known: count(locale, known, 2), all: count(locale, sales, 2), count: Math.ceil(sales) };
}

/** For comparing only: null for what is not known. */
export function rank(of: RoiFigures | RoiRow, id: string): number | null {
	const value = figureOf(of, id);
	return value === null ? null : Number(value);
}

/** A creative goes by its headline, everything else by its name. Empty for a remainder. */
export function nameOf(row: RoiRow): string {
	return row.creative?.headline || row.name || (row.remainder ? "" : (row.external_id ?? ""));
}

export interface Sort {
	id: string;
	down: boolean;
}

/** In the order asked for; what is not known comes last either way, and names settle a tie. */
export function sorted(rows: readonly RoiRow[], sort: Sort): RoiRow[] {
	const way = sort.down ? -1 : 1;
	const text =
		sort.id === "name" || COLUMNS.some((one) => one.id === sort.id && one.kind === "text");
	return [...rows].sort((a, b) => {
		const tie = nameOf(a).localeCompare(nameOf(b)) || a.key.localeCompare(b.key);
		if (text) {
			const of = (row: RoiRow) =>
				sort.id === "name" ? nameOf(row) : (figureOf(row, sort.id) as string | null);
			const [x, y] = [of(a), of(b)];
			if (!x || !y) return x === y ? tie : x ? -1 : 1;
			return way * x.localeCompare(y) || tie;
		}
		const [x, y] = [rank(a, sort.id), rank(b, sort.id)];
		if (x === null || y === null) return x === y ? tie : x === null ? 1 : -1;
		return way * (x - y) || tie;
	});
}

export function isLoss(column: Column, of: RoiFigures | RoiRow): boolean {
	return LOSSES.has(column.id) && signOf(figureOf(of, column.id) as string | null) < 0;
}

/** The second line of a head: the unit, or where the figure comes from. */
export function unitOf(
	column: Column,
	currency: string,
	words: (from: "crm" | "both" | "asked" | "perLead") => string,
): string {
	// A cost per conversion names the conversion: the lead, here.
	if (column.id === "cpa") return `${currencySign(currency)} ${words("perLead")}`;
	if (column.kind === "money") return currencySign(currency);
	return column.from ? words(column.from) : "";
}

/** About how wide a text is, in pixels at 13 px: figures are all of one width. */
function textWidth(text: string): number {
	let width = 0;
	for (const letter of text) {
		if (/[0-9\u2212]/.test(letter)) width += 8.4;
		else if (/[.,\s\u00a0\u202f]/.test(letter)) width += 4;
		else if (letter === "%" || letter === "—") width += 13;
		else width += 7.4;
	}
	return width;
}

const PADDING = 20;

/** Wide enough for its head and for every figure in it: money is never cut off. */
export function columnWidth(
	locale: string,
	column: Column,
	of: ReadonlyArray<RoiFigures | RoiRow>,
	currency: string,
	head: string,
	/** At least so many pixels for the figures, for what stands under them. */
	least = 0,
): number {
	// At 11 px, with room for the arrow.
	let width = textWidth(head) * 0.86 + 14;
	if (column.kind === "text") return Math.max(140, Math.ceil(width + PADDING));
	// The longest text is the one furthest from zero, on either side.
	let low: RoiFigures | RoiRow | null = null;
	let high: RoiFigures | RoiRow | null = null;
	for (const one of of) {
		const value = rank(one, column.id);
		if (value === null) continue;
		if (low === null || value < (rank(low, column.id) ?? 0)) low = one;
		if (high === null || value > (rank(high, column.id) ?? 0)) high = one;
	}
	for (const one of [low, high])
		if (one) width = Math.max(width, textWidth(written(locale, column, one, currency)));
	return Math.ceil(Math.max(width, least) + PADDING);
}
