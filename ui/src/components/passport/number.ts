/** Which number it is that stands on screen, so that the core can be asked what it is made of. */
import type { Attribution, Exchanged, ExplainNumber, GetRoi, RoiBy } from "@/bindings";

/** A row of a report, a sum of its rows, or all of it. */
export interface RowOf {
	/** The report it stands in. */
	report: GetRoi;
	currency: string;
	/** As the core names it: `total`, `unattributed`, `attributed`, the key of a row, or several. */
	row: string;
	/** What the row is called. */
	name: string;
	/** What it lies in, from the outside in. */
	within?: readonly string[];
	/** Whose people it has at Meta; absent where Meta was not asked, or cannot tell. */
	people?: { by: RoiBy; external_id: string };
}

/** The whole report of which this was told, as of a moment. */
export function reportTold(
	told: {
		by: RoiBy;
		from: string;
		to: string;
		attribution: Attribution;
		exchanged?: Exchanged | null;
	},
	as_of: string | null,
): GetRoi {
	const { by, from, to, attribution, exchanged } = told;
	return {
		by,
		from,
		to,
		campaign: null,
		ad_set: null,
		attribution,
		convert_to: exchanged?.to ?? null,
		as_of,
	};
}

/** One figure of a row. */
export interface FigureOf extends RowOf {
	/** The id of a metric. */
	metric: string;
	/** As the page has it: decimal text or a number; null for what is not known. */
	shown: string | number | null;
}

const list = (keys: readonly string[]) => keys.map(encodeURIComponent).join(",");

/** Every row of a report together, but for these. */
export function allBut(keys: readonly string[]): string {
	return keys.length === 0 ? "attributed" : `but:${list(keys)}`;
}

/** These rows of a report together, where `others` are all that it has besides; by the shorter list. */
export function together(keys: readonly string[], others: readonly string[]): string {
	return others.length > 0 && keys.length <= others.length ? `rows:${list(keys)}` : allBut(others);
}

/** What the core is asked. How a report compares periods makes no number another one. */
export function question({ report, currency, row, metric }: FigureOf): ExplainNumber {
	const { by, from, to, accounts, campaign, ad_set, attribution, convert_to, as_of } = report;
	return {
		report: {
			by,
			from,
			to,
			accounts: accounts ?? [],
			campaign,
			ad_set,
			attribution: attribution ?? null,
			convert_to: convert_to ?? null,
			as_of: as_of ?? null,
		},
		currency,
		row,
		metric,
	};
}
