/** The lists of action types that count, and how they change. */
import type { ActionEvent, CountedActions } from "@/bindings";
import { count, money } from "@/lib/format";

export const EVENTS = ["leads", "purchases"] as const;
export type Event = (typeof EVENTS)[number];

/** The settings of the workspace that hold them. */
export const SETTING = { leads: "lead_actions", purchases: "purchase_actions" } as const;

/** What an entry is made of. */
export function typesOf(entry: string): string[] {
	return entry.split("+");
}

/** A list without a type: what is left of an entry stays, and an empty one goes. */
export function without(list: readonly string[], type: string): string[] {
	return list
		.map((entry) =>
			typesOf(entry)
				.filter((one) => one !== type)
				.join("+"),
		)
		.filter((entry) => entry !== "");
}

/** A list that takes this type before all others. */
export function first(list: readonly string[], type: string): string[] {
	return [type, ...without(list, type)];
}

/** Whether a list has a type, in any entry. */
export function has({ list }: ActionEvent, type: string): boolean {
	return list.some((entry) => typesOf(entry).includes(type));
}

/** How many, and their value in each currency. */
export function written(locale: string, of: CountedActions): string {
	return [
		count(locale, of.count, 2),
		...of.values.map(({ currency, amount }) => money(locale, amount, currency)),
	].join(" · ");
}
