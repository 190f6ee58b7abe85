import { useEffect, useRef } from "react";
import type { ConversationRow } from "@/bindings";

/**
 * A list with one row more at the place where it stood: after the nearest of those that stood
 * before it, and first where none of them is left. Exported for the test of it.
 */
export function withRow<R extends { id: string }>(
	rows: readonly R[],
	row: R,
	before: readonly string[],
): R[] {
	const above = new Set(before);
	const at = rows.findLastIndex((one) => above.has(one.id));
	return rows.toSpliced(at + 1, 0, row);
}

/**
 * What is listed, and the conversation that stands open also when it is no longer what the list is
 * of: read among the unread ones, or closed among the open ones. It keeps its place until another
 * one is opened, as in a mail program, so that the keys go on from there.
 */
export function useStaying(
	list: string,
	rows: readonly ConversationRow[],
	open: ConversationRow | undefined,
): readonly ConversationRow[] {
	/** Where it was seen last: in which list, after which others. */
	const seen = useRef<{ list: string; id: string; before: readonly string[] } | null>(null);
	const at = open ? rows.findIndex((one) => one.id === open.id) : -1;
	useEffect(() => {
		if (open && at >= 0) {
			seen.current = { list, id: open.id, before: rows.slice(0, at).map((one) => one.id) };
		}
	});
	const place = seen.current;
	if (!open || at >= 0 || place?.list !== list || place.id !== open.id) return rows;
	return withRow(rows, open, place.before);
}
