import type { ScreenColumn } from "@/bindings";
import { currencyDigits, currencySign } from "./format";

/** Columns of a table on screen, as it is written to a file. */
const column = (kind: ScreenColumn["kind"], unit = "", decimals = 0) => {
	return (head: string): ScreenColumn => ({ head, unit, kind, decimals });
};

export const textColumn = column("text");
export const dayColumn = column("day");
export const countColumn = column("count");
/** In whole percent. */
export const percentColumn = column("percent", "%");
export const ratioColumn = column("ratio", "", 2);
/** Columns of one currency. */
export const moneyColumn = (currency: string) =>
	column("money", currencySign(currency), currencyDigits(currency));

/** Columns of a metric: its kind, and how many decimals a spreadsheet shows of what is no money. */
export function figureColumn(kind: ScreenColumn["kind"], currency: string, decimals = 2) {
	switch (kind) {
		case "money":
			return moneyColumn(currency);
		case "percent":
			return column(kind, "%", decimals);
		default:
			return column(kind, "", kind === "ratio" ? decimals : 0);
	}
}

/** By how much it moved: that of a percentage is in points, which are no percentage of anything. */
export function changeColumn(kind: ScreenColumn["kind"], currency: string, decimals = 2) {
	return kind === "percent"
		? column("ratio", "pp", decimals)
		: figureColumn(kind, currency, decimals);
}
