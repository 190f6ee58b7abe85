/** What the person chose to see, as it is kept between starts. */
import type { Attribution, Preferences } from "@/bindings";
import type { Comparison, Period } from "@/lib/period";

/** The kept state of a view; the fallback when none is kept, or none that can be read as one. */
export function keptView<T>(preferences: Preferences, name: string, fallback: T): T {
	const kept = preferences.views?.[name];
	if (kept === undefined) return fallback;
	try {
		const read = JSON.parse(kept) as T;
		if (fallback === null) return read;
		const isOne = read !== null && typeof read === typeof fallback;
		return isOne && Array.isArray(read) === Array.isArray(fallback) ? read : fallback;
	} catch {
		return fallback;
	}
}

export const keptPeriod = (preferences: Preferences) =>
	keptView<Period>(preferences, "period", { kind: "30" });

export const keptComparison = (preferences: Preferences) =>
	keptView<Comparison>(preferences, "comparison", "previous");

export const keptConvertTo = (preferences: Preferences) =>
	keptView<string | null>(preferences, "convert_to", null);

export const keptAttribution = (preferences: Preferences) =>
	keptView<Attribution | null>(preferences, "attribution", null);
