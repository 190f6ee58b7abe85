import type { Attribution } from "@/bindings";
import { query } from "@/lib/ipc";
import type { Comparison } from "@/lib/period";

/** What the home page asks of the core. The trend has days before it also where none are chosen. */
export function homeQuestion(
	range: { from: string; to: string },
	comparison: Comparison,
	attribution: Attribution | null,
	currency: string | null,
) {
	return query("getHome", {
		...range,
		currency,
		attribution,
		compare_with: comparison === "year" ? "year" : "previous",
	});
}
