/** The columns of figures: what they show, how they are written, how they sort. */
import type { RoiFigures } from "@/bindings";
import { amount, count, percent, ratio, signOf } from "@/lib/format";

type Kind = "money" | "count" | "percent" | "ratio";
export interface Column {
	id: keyof RoiFigures & string;
	kind: Kind;
	/** A ratio of mixed bases says nothing in the total. */
	ratio?: boolean;
	digits?: number;
}

export const COLUMNS: readonly Column[] = [
	{ id: "spend", kind: "money" },
	{ id: "impressions", kind: "count" },
	{ id: "clicks", kind: "count" },
	{ id: "link_clicks", kind: "count" },
	{ id: "ctr", kind: "percent", ratio: true, digits: 2 },
	{ id: "link_ctr", kind: "percent", ratio: true, digits: 2 },
	{ id: "cpc", kind: "money", ratio: true },
	{ id: "cpm", kind: "money", ratio: true },
	{ id: "meta_leads", kind: "count" },
	{ id: "meta_cpl", kind: "money", ratio: true },
	{ id: "meta_purchases", kind: "count" },
	{ id: "meta_purchase_value", kind: "money" },
	{ id: "leads", kind: "count" },
	{ id: "cpl", kind: "money", ratio: true },
	{ id: "opportunities", kind: "count" },
	{ id: "sales", kind: "count" },
	{ id: "cost_per_sale", kind: "money", ratio: true },
	{ id: "revenue", kind: "money" },
	{ id: "roas", kind: "ratio", ratio: true },
	{ id: "roi_percent", kind: "percent", ratio: true, digits: 0 },
];

export const USUAL = [
	"spend",
	"impressions",
	"link_ctr",
	"leads",
	"cpl",
	"opportunities",
	"sales",
	"revenue",
	"roas",
	"roi_percent",
];

export function written(locale: string, column: Column, f: RoiFigures, currency: string): string {
	const value = f[column.id] as string | number | null;
	switch (column.kind) {
		case "money":
			return amount(locale, value as string | null, currency);
		case "count":
			return count(locale, value);
		case "percent":
			return percent(locale, value as string | null, column.digits ?? 1);
		default:
			return ratio(locale, value as string | null);
	}
}

/** For sorting only: what is not known comes last either way. */
export function rank(f: RoiFigures, id: string): number | null {
	const value = f[id as keyof RoiFigures];
	return value === null || value === undefined ? null : Number(value);
}

export function isLoss(column: Column, f: RoiFigures): boolean {
	return column.id === "roi_percent" && signOf(f.roi_percent) < 0;
}
