/** What a change comes to, how it is written, and how it is drawn. */
import type { ChangeCause, MetricChange } from "@/bindings";
import { type Column, goodness, toneOf } from "@/components/figures/columns";
import { added } from "@/components/figures/sums";
import { type Scale, scaleOf } from "@/components/steps";
import { count, currencyDigits, decimal, percent, points, signOf } from "@/lib/format";

/** Whether a metric moved at all: causes can also cancel one another. */
export function moved({ before, after, parts }: MetricChange): boolean {
	return before !== after || parts.some((part) => signOf(part) !== 0);
}

/** What all causes come to, exactly; null where one of the two values is not known. */
export function difference({ parts }: MetricChange): string | null {
	const known = parts.filter((part) => part !== null);
	return known.length > 0 ? added(known) : null;
}

/** The causes that moved any of these, in their order, with their places among the parts. */
export function causesOf(
	changes: readonly MetricChange[],
	causes: readonly ChangeCause[],
): Array<{ cause: ChangeCause; at: number }> {
	return causes
		.map((cause, at) => ({ cause, at }))
		.filter(({ at }) => changes.some(({ parts }) => signOf(parts[at]) !== 0));
}

/** How one metric is written here. */
export interface Writing {
	plain: (value: string | null | undefined) => string;
	/** With its sign, a true minus or a plus. Of percentages in points. */
	signed: (value: string | null | undefined) => string;
}

/** With all the decimals that the core tells, so that parts add up to what they are parts of. */
export function writing(
	locale: string,
	{ kind }: Column,
	currency: string,
	changes: ReadonlyArray<Pick<MetricChange, "before" | "after" | "parts">>,
): Writing {
	const texts = changes.flatMap(({ before, after, parts }) => [before, after, ...parts]);
	const decimals = Math.max(
		kind === "money" ? currencyDigits(currency) : 0,
		...texts.map((text) => text?.split(".")[1]?.length ?? 0),
	);
	const plain = (value: string | null | undefined): string => {
		if (value === null || value === undefined) return "—";
		if (kind === "percent") return percent(locale, value, decimals);
		// A model of several touches gives parts of a sale.
		return kind === "count" ? count(locale, value, 2) : decimal(locale, value, decimals);
	};
	const signed = (value: string | null | undefined): string => {
		if (value === null || value === undefined) return "—";
		const text = kind === "percent" ? points(locale, value, decimals) : plain(value);
		return signOf(value) > 0 ? `+${text}` : text;
	};
	return { plain, signed };
}

/** The colour of a step: better, worse, or neither. */
export function tone(metric: string, value: string | null | undefined): string {
	return toneOf(goodness(metric, signOf(value)), "");
}

/** What moved a figure, by its name. */
export interface Moved {
	key: string;
	/** By how much, as decimal text. */
	part: string;
}

export interface Step extends Moved {
	/** Where the bar begins and ends. */
	from: number;
	to: number;
}

export interface Waterfall extends Scale {
	before: number;
	after: number;
	steps: Step[];
}

/** Null where there is nothing to draw: nothing moved, or it is not known what it is. */
export function waterfall(
	{ before: was, after: is }: Pick<MetricChange, "before" | "after">,
	parts: readonly Moved[],
): Waterfall | null {
	const moving = parts.filter(({ part }) => signOf(part) !== 0);
	if (is === null || moving.length === 0) return null;
	// What was not known of a sum is nothing of it.
	const before = Number(was ?? 0);
	let level = before;
	const steps = moving.map(({ key, part }) => {
		const from = level;
		level += Number(part);
		return { key, part, from, to: level };
	});
	const after = Number(is);
	const levels = [before, after, ...steps.map(({ to }) => to)];
	return { before, after, steps, ...scaleOf(levels) };
}

/** What each cause added that added anything. */
export function movedByCauses(
	{ parts }: MetricChange,
	causes: readonly ChangeCause[],
): Array<Moved & { cause: ChangeCause; at: number }> {
	return causes.flatMap((cause, at) => {
		const part = parts[at] ?? "0";
		return signOf(part) === 0 ? [] : [{ key: cause, cause, at, part }];
	});
}
