/** Sums of rows that the person chose, exact: no float is made of money on the way. */
import { metrics, type RoiFigures, type RoiRow } from "@/bindings";

const SCALE = 6;
const ONE = 10n ** BigInt(SCALE);

/** Decimal text to whole millionths. */
function millionths(text: string): bigint {
	const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
	const value = BigInt(whole || "0") * ONE + BigInt(fraction.padEnd(SCALE, "0").slice(0, SCALE));
	return text.startsWith("-") ? -value : value;
}

/** Decimal text of so many 10^-digits. */
function text(value: bigint, digits: number): string {
	const sign = value < 0n ? "-" : "";
	const all = (value < 0n ? -value : value).toString().padStart(digits + 1, "0");
	return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** Amounts in one currency as one. */
export function added(amounts: readonly string[]): string {
	return text(
		amounts.reduce((sum, one) => sum + millionths(one), 0n),
		SCALE,
	);
}

/** n / d, rounded half away from zero; null where nothing can be divided. */
function quotient(n: bigint | null, d: bigint | null, digits: number): string | null {
	if (n === null || d === null || d === 0n) return null;
	const shifted = n * 10n ** BigInt(digits);
	const [top, bottom] = d < 0n ? [-shifted, -d] : [shifted, d];
	const half = top < 0n ? -(bottom / 2n) : bottom / 2n;
	return text((top + half) / bottom, digits);
}

/** How many decimals a quotient in money has here: more than any currency. */
const MONEY_DIGITS = 4;

type Metric = (typeof metrics)[number];

/**
 * The rows as one, with the ratios of the sums, by the formulas of the one list of metrics
 * (docs/metrics.md). Null where no row knows the figure; what needs every row, where one does not.
 */
export function sumOf(rows: ReadonlyArray<RoiFigures | RoiRow>): RoiFigures {
	/** Everything in millionths: a count may be a part of one. */
	const sums = new Map<string, bigint | null>();
	for (const { id, quotient: made, needs_every_row, source } of metrics) {
		// Nobody knows how many people two rows reached together.
		if (made || source === "asked") continue;
		const values = rows.map((row) => row[id] ?? null);
		const known = values.filter((value) => value !== null);
		const whole = needs_every_row ? known.length === values.length : known.length > 0;
		sums.set(id, whole ? known.reduce((sum, value) => sum + millionths(String(value)), 0n) : null);
	}
	const ratio = ({ times, of, less, by, decimals }: NonNullable<Metric["quotient"]>) => {
		let n = sums.get(of) ?? null;
		if (n === null) return null;
		if (less) {
			const taken = sums.get(less) ?? null;
			if (taken === null) return null;
			n -= taken;
		}
		const d = sums.get(by) ?? null;
		return quotient(n * BigInt(times), d, decimals ?? MONEY_DIGITS);
	};
	const figures = Object.fromEntries(
		metrics.map(({ id, unit, quotient: made }) => {
			if (made) return [id, ratio(made)];
			const sum = sums.get(id) ?? null;
			const known = sum ?? (ALWAYS_KNOWN.has(id) ? 0n : null);
			if (known === null) return [id, null];
			const shown = text(known, SCALE);
			return [id, unit === "money" ? shown : Number(shown)];
		}),
	);
	return figures as unknown as RoiFigures;
}

/** What the CRM counts is 0 where there is none of it, and never unknown. */
const ALWAYS_KNOWN = new Set<string>([
	"leads",
	"opportunities",
	"sales",
	"sales_with_cost",
	"revenue",
]);
