/** Parts as rows of the table of figures, which they share with campaigns and ads. */
import type {
	Breakdown,
	BreakdownFigures,
	BreakdownGroup,
	MetaFigures,
	RoiFigures,
	RoiRow,
} from "@/bindings";
import { metrics } from "@/bindings";
import { signOf } from "@/lib/format";
import { partName } from "./names";

/** What is known of a part: Meta's figures and no others. */
export const KNOWN: readonly string[] = metrics
	.filter((metric) => metric.source === "meta")
	.map((metric) => metric.id);
/** Those of which parts add up to the whole. */
export const SUMS: readonly string[] = metrics
	.filter((metric) => metric.source === "meta" && metric.quotient === null)
	.map((metric) => metric.id);

export interface NamedPart {
	name: string;
	/** What is in no part. */
	rest?: boolean;
	row: RoiRow;
}

/** Columns that the CRM fills are never shown of parts: they stay empty. */
function figures(of: MetaFigures): RoiFigures {
	return of as unknown as RoiFigures;
}

function rowOf(key: string, name: string, of: BreakdownFigures): RoiRow {
	return {
		...of,
		key,
		name,
		id: null,
		external_id: key,
		remainder: null,
		creative: null,
		previous: of.previous && figures(of.previous),
	} as unknown as RoiRow;
}

/** Whether there is anything in it. */
export function isSomething(of: MetaFigures | RoiRow): boolean {
	return SUMS.some((id) => {
		const value = of[id as keyof MetaFigures];
		return value !== null && signOf(String(value)) !== 0;
	});
}

export interface Parts {
	parts: NamedPart[];
	rest: NamedPart[];
	total: RoiFigures;
	before: RoiFigures | null;
}

/** A group with the names of its parts. What was there only before is there where it is compared. */
export function named(
	by: Breakdown,
	group: BreakdownGroup,
	compared: boolean,
	locale: string,
	words: (key: string) => string,
): Parts {
	const part = (key: string, name: string, of: BreakdownFigures, rest?: boolean): NamedPart => ({
		name,
		row: rowOf(key, name, of),
		...(rest && { rest }),
	});
	const beside = (of: BreakdownFigures) =>
		isSomething(of) || (compared && of.previous !== null && isSomething(of.previous));
	return {
		parts: group.rows
			.filter(beside)
			.map((row) => part(row.value, partName(by, row.value, locale, words), row)),
		rest: [
			...(beside(group.left_out)
				? [part(" left_out", words("breakdowns.leftOut"), group.left_out, true)]
				: []),
			...(beside(group.unread)
				? [part(" unread", words("breakdowns.unread"), group.unread, true)]
				: []),
		],
		total: figures(group.total),
		before: group.total.previous && figures(group.total.previous),
	};
}
