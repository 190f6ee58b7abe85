/** What the person has chosen in the wizard so far, and which step that leads to. */
import type { Assets, Portfolio } from "@/bindings";

export const STEPS = ["signIn", "portfolio", "assets", "confirm"] as const;
export type Step = (typeof STEPS)[number];

/** Leads are read page by page: with them on, pages are listed too. */
export function listsPages(features: readonly string[]): boolean {
	return features.includes("pages") || features.includes("leads");
}

/** Ids of what is ticked. */
export interface Choice {
	accounts: string[];
	pages: string[];
	whatsapp: string[];
}

/** A portfolio, or everything the person may use: then there is no id. */
export type Whose = Pick<Portfolio, "id" | "name"> | { id: null; name: null };

/** What is kept between starts, for each workspace. */
export interface Kept {
	step: Step;
	whose: Whose | null;
	/** Ticked by the person, in which portfolio. Until then the wizard proposes. */
	ticked: (Choice & { of: string | null }) | null;
}

export const NOTHING_KEPT: Kept = { step: "signIn", whose: null, ticked: null };

/** The portfolio in force: the one chosen, else the one synced so far, else the first. */
export function whoseOf(kept: Whose | null, list: Portfolio[], synced: string | null): Whose {
	const offered = kept && (kept.id === null || list.some((one) => one.id === kept.id));
	if (offered) return kept;
	return list.find((one) => one.name === synced) ?? list[0] ?? { id: null, name: null };
}

/** Whether something of it is synced already: then the wizard was here before. */
export function chosenBefore(list: Assets): boolean {
	return [...list.ad_accounts, ...list.pages, ...list.whatsapp].some((one) => one.selected);
}

/**
 * What the wizard proposes: what is synced already; on the first time, what spent in the last 28
 * days, or the only account there is.
 */
export function preselected(list: Assets): Choice {
	const again = chosenBefore(list);
	const usable = list.ad_accounts.filter((account) => account.selectable);
	const ids = (all: ReadonlyArray<{ id: string; selected: boolean }>) =>
		all.filter((one) => !again || one.selected).map((one) => one.id);
	if (again) {
		return { accounts: ids(usable), pages: ids(list.pages), whatsapp: ids(list.whatsapp) };
	}
	const spent = usable.filter((account) => Number(account.spent_28_days ?? 0) > 0);
	return {
		accounts: (usable.length === 1 ? usable : spent).map((account) => account.id),
		pages: ids(list.pages),
		whatsapp: ids(list.whatsapp),
	};
}

/** The ticks in force. Once the person ticked something the wizard proposes nothing more. */
export function choiceOf(kept: Kept, of: string | null, list: Assets | undefined): Choice | null {
	if (!list) return null;
	const ticked = kept.ticked;
	if (!ticked || ticked.of !== of) return preselected(list);
	const still = (ids: string[], all: ReadonlyArray<{ id: string }>) =>
		ids.filter((id) => all.some((one) => one.id === id));
	return {
		accounts: still(ticked.accounts, list.ad_accounts),
		pages: still(ticked.pages, list.pages),
		whatsapp: still(ticked.whatsapp, list.whatsapp),
	};
}

/** Whether there is nothing to choose: one account, and at most one page and number to go with it. */
export function onlyOne(list: Assets | undefined): boolean {
	return (
		list !== undefined &&
		list.problems.length === 0 &&
		list.ad_accounts.length === 1 &&
		list.ad_accounts[0]?.selectable === true &&
		list.pages.length <= 1 &&
		list.whatsapp.length <= 1
	);
}
