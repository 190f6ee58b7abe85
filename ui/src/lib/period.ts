/** Periods of whole days, both ends included. The last day is today. */

export type Period =
	| { kind: "7" | "30" | "90" | "month" }
	| { kind: "custom"; from: string; to: string };

/** What a period is compared with: the days right before it, the same days a year before, nothing. */
export type Comparison = "previous" | "year" | "none";

/** The day so many days later. */
export function shift(iso: string, days: number): string {
	const date = new Date(`${iso}T00:00:00Z`);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}

export function periodDays(period: Period, today: string): { from: string; to: string } {
	switch (period.kind) {
		case "custom":
			return { from: period.from, to: period.to };
		case "month":
			return { from: `${today.slice(0, 8)}01`, to: today };
		default:
			return { from: shift(today, 1 - Number(period.kind)), to: today };
	}
}

export function lengthInDays(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** The day it is now in a time zone. Put together from parts: no locale writes ISO everywhere. */
export function today(zone: string, now: number): string {
	const parts = new Intl.DateTimeFormat("en-US", {
		timeZone: zone,
		year: "numeric",
		month: "2-digit",
		day: "2-digit",
	}).formatToParts(new Date(now));
	const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "01";
	return `${part("year")}-${part("month")}-${part("day")}`;
}

/** The moment kept for a day a person names: midday here, or now while that is still to come. */
export function momentOf(iso: string, now: number): string {
	const noon = new Date(`${iso}T12:00:00`);
	const late = noon.getTime() > now && noon.toDateString() === new Date(now).toDateString();
	return (late ? new Date(now) : noon).toISOString();
}
