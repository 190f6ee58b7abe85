import type { ContactRow, DuplicateGroup } from "@/bindings";

/** Two contacts that may be the same person, and everything that says so. */
export interface Pair {
	id: string;
	/** The one to keep unless somebody says otherwise. */
	keep: ContactRow;
	other: ContactRow;
	reasons: ReadonlyArray<{ reason: string; value: string }>;
}

/**
 * Each contact of a group beside the first of it, so that merging them one after the other leaves
 * one. Two contacts that share several things are one pair.
 */
export function pairsOf(groups: readonly DuplicateGroup[]): Pair[] {
	const pairs = new Map<string, Pair>();
	for (const { reason, value, contacts } of groups) {
		const [first, ...others] = contacts;
		if (!first) continue;
		for (const second of others) {
			// Who bought has the longer story; else the one who was here first, as the core has them.
			const [keep, other] = second.sales > first.sales ? [second, first] : [first, second];
			const id = [first.id, second.id].toSorted().join("+");
			const before = pairs.get(id);
			if (!before) pairs.set(id, { id, keep, other, reasons: [{ reason, value }] });
			else pairs.set(id, { ...before, reasons: [...before.reasons, { reason, value }] });
		}
	}
	return [...pairs.values()];
}

/** What a person reads of a contact that may have no name. */
export function called(contact: Pick<ContactRow, "name" | "phone" | "email">): string {
	return contact.name || contact.phone || contact.email || "—";
}
