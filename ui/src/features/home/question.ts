import type { Attribution, SetupState } from "@/bindings";
import { query } from "@/lib/ipc";
import type { Comparison } from "@/lib/period";

/** What the home page asks of the core. The trend has days before it also where none are chosen. */
export function homeQuestion(
	range: { from: string; to: string },
	comparison: Comparison,
	attribution: Attribution | null,
	currency: string | null,
	asOf: string | null,
	convertTo: string | null,
) {
	return query("getHome", {
		...range,
		// What is converted is in one currency: there is none to choose.
		currency: convertTo ? null : currency,
		convert_to: convertTo,
		attribution,
		as_of: asOf,
		compare_with: comparison === "year" ? "year" : "previous",
	});
}

/** Whether there is anything for the home page to show. */
export const hasFigures = (setup: SetupState) =>
	setup.has_insights || setup.has_contacts || setup.has_sales;
