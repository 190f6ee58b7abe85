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
