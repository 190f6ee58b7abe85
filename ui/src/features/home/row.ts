import { useSession } from "@/app/session";
import type { Home, RoiBy } from "@/bindings";
import { type RowOf, reportTold } from "@/components/passport/number";

/** Where the figures of this page come from: they stand in the report by campaign or creative. */
export function useHomeRow(home: Home) {
	const { asOf } = useSession();
	return (row: string, name: string, by: RoiBy = "campaign"): RowOf => ({
		report: reportTold({ ...home, by }, asOf),
		currency: home.currency,
		row,
		name,
	});
}
