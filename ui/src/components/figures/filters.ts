/** Filters of a table of figures: a field, how to compare, with what. */
import type { RoiRow } from "@/bindings";
import { statusKind } from "@/components/status-glyph";
import { plain } from "@/lib/plain";
import { rank } from "./columns";

export interface Filter {
	/** `status`, `account`, `campaign`, or the id of a column with figures. */
	field: string;
	op: "any" | "least" | "most";
	/** For `any` the values that pass; else one decimal text. */
	values: string[];
}

/** Fields with a few values, chosen from what is in the rows. */
export const CHOICES = ["status", "account", "campaign"] as const;
export type Choice = (typeof CHOICES)[number];

export function isChoice(field: string): field is Choice {
	return (CHOICES as readonly string[]).includes(field);
}

/** What a row has in a field with choices: its value, and the name to show. */
export function choiceOf(row: RoiRow, field: Choice): { value: string; name: string } {
	switch (field) {
		case "status":
			return { value: statusKind(row.status), name: "" };
		case "account":
			return { value: row.account_id ?? "", name: row.account_name ?? "" };
		default:
			return { value: row.campaign_id ?? "", name: row.campaign_name ?? "" };
	}
}

function passes(row: RoiRow, filter: Filter): boolean {
	if (isChoice(filter.field)) return filter.values.includes(choiceOf(row, filter.field).value);
	const value = rank(row, filter.field);
	// What is not known is neither at least nor at most anything.
	if (value === null) return false;
	const bound = Number(filter.values[0]);
	return filter.op === "most" ? value <= bound : value >= bound;
}

export function filtered(
	rows: readonly RoiRow[],
	filters: readonly Filter[],
	search: string,
): RoiRow[] {
	const words = plain(search).split(/\s+/).filter(Boolean);
	return rows.filter((row) => {
		if (!filters.every((filter) => passes(row, filter))) return false;
		if (words.length === 0) return true;
		const text = plain(
			[
				row.name,
				row.creative?.headline,
				row.creative?.body,
				row.account_name,
				row.campaign_name,
				row.ad_set_name,
				row.external_id,
			]
				.filter(Boolean)
				.join(" "),
		);
		return words.every((word) => text.includes(word));
	});
}
