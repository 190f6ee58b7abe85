/** What both sides count: leads, sales, or their money. */
import type { GapCause, GapGroup, GapLine, GapOf, GapReport, RoiFigures, RoiRow } from "@/bindings";
import { count, currencyDigits, decimal, signOf } from "@/lib/format";

export const SIDES = ["leads", "sales", "revenue"] as const;
export type Side = (typeof SIDES)[number];

interface Made {
	/** The metrics of Meta, of the CRM, and of how much of the one the other is. */
	meta: "meta_leads" | "meta_purchases" | "meta_purchase_value";
	crm: Side;
	ratio:
		| "leads_per_meta_lead_percent"
		| "sales_per_meta_purchase_percent"
		| "revenue_per_meta_value_percent";
	/** What one costs, or a unit of spend brings in, by Meta and by the CRM. */
	rates: ReadonlyArray<"meta_cpl" | "cpl" | "meta_roas" | "roas">;
}

export const MADE: Record<Side, Made> = {
	leads: {
		meta: "meta_leads",
		crm: "leads",
		ratio: "leads_per_meta_lead_percent",
		rates: ["meta_cpl", "cpl"],
	},
	sales: {
		meta: "meta_purchases",
		crm: "sales",
		ratio: "sales_per_meta_purchase_percent",
		rates: [],
	},
	revenue: {
		meta: "meta_purchase_value",
		crm: "revenue",
		ratio: "revenue_per_meta_value_percent",
		rates: ["meta_roas", "roas"],
	},
};

/** Everything in one currency: figures and gaps side by side. */
export interface Part {
	currency: string;
	rows: ReadonlyArray<{ row: RoiRow; line: GapLine }>;
	/** All rows, what is not attributed, and both. */
	sums: Record<"attributed" | "unattributed" | "total", { figures: RoiFigures; line: GapLine }>;
}

function part(
	group: GapGroup,
	of: { rows: RoiRow[]; attributed: RoiFigures; unattributed: RoiFigures; total: RoiFigures },
): Part {
	return {
		currency: group.currency,
		rows: of.rows.flatMap((row, at) => {
			const line = group.rows[at];
			return line ? [{ row, line }] : [];
		}),
		sums: {
			attributed: { figures: of.attributed, line: group.attributed },
			unattributed: { figures: of.unattributed, line: group.unattributed },
			total: { figures: of.total, line: group.total },
		},
	};
}

/** The report by currency, its own first. */
export function partsOf({ report, groups }: GapReport): Part[] {
	const all = [report, ...report.other_currencies];
	return groups.flatMap((group, at) => {
		const of = all[at];
		return of ? [part(group, of)] : [];
	});
}

/** Whether there is anything in it that either side counts. */
export function isSomething({ rows, sums }: Part): boolean {
	const { total } = sums;
	return (
		rows.length > 0 ||
		SIDES.some((side) => signOf(String(total.figures[MADE[side].crm])) !== 0) ||
		total.figures.meta_leads !== null
	);
}

/** A figure of one side, for drawing: nothing where it is not known. */
export function size(figures: RoiFigures, metric: Made["meta"] | Side): number {
	return Number(figures[metric] ?? 0);
}

/** An amount of a gap, as the tables write it; with its sign where it is a difference. */
export function written(
	locale: string,
	side: Side,
	currency: string,
	amount: string | null,
	signed = false,
): string {
	if (amount === null) return "—";
	const text =
		side === "revenue"
			? decimal(locale, amount, currencyDigits(currency))
			: count(locale, amount, 2);
	return signed && signOf(amount) > 0 ? `+${text}` : text;
}

/** The parts that are something, and what they come to on the way. */
export function way(
	of: GapOf,
	start: number,
): Array<{ cause: GapCause; amount: string; from: number; to: number }> {
	let level = start;
	return of.parts.map(({ cause, amount }) => {
		const from = level;
		level += Number(amount);
		return { cause, amount, from, to: level };
	});
}
