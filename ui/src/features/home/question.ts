import { query } from "@/lib/ipc";
import type { Comparison } from "@/lib/period";

/** What the home page asks of the core. The trend has days before it also where none are chosen. */
export function homeQuestion(
	range: { from: string; to: string },
	comparison: Comparison,
	currency: string | null,
) {
	return query("getHome", {
		...range,
		currency,
		compare_with: comparison === "year" ? "year" : "previous",
	});
}
