/** Moments, which a person names by day and time of day in the workspace's zone. */
import { shift, today } from "./period";

/** The time of day in a zone: 21:00. */
export function timeOf(zone: string, at: number): string {
	return new Intl.DateTimeFormat("en-GB", {
		timeZone: zone,
		hour: "2-digit",
		minute: "2-digit",
		hourCycle: "h23",
	}).format(new Date(at));
}

/**
 * The instant at which the clocks of a zone show this day and time, in ISO. Of two (clocks that are
 * set back) the earlier or the later; where there is none (clocks that are set ahead) one beside it.
 */
export function momentAt(zone: string, day: string, time: string): string {
	const wanted = Date.parse(`${day}T${time}:00Z`);
	let at = wanted;
	// The difference to UTC is that of the instant itself: the second round has it.
	for (let round = 0; round < 2; round += 1) {
		at += wanted - Date.parse(`${today(zone, at)}T${timeOf(zone, at)}:00Z`);
	}
	return new Date(at).toISOString();
}

/** The end of the day before, which is the beginning of the day. */
export const endOfDayBefore = (zone: string, at: number) =>
	momentAt(zone, today(zone, at), "00:00");

/** The same day of the month before, or the last one there is. */
function monthBefore(day: string): string {
	const last = shift(`${day.slice(0, 8)}01`, -1);
	const same = `${last.slice(0, 8)}${day.slice(8)}`;
	return same < last ? same : last;
}

export const AGO = ["yesterday", "week", "month"] as const;

/** An instant that is spoken of by how long ago it is; to the minute. */
export function momentAgo(zone: string, now: number, ago: (typeof AGO)[number]): string {
	const [day, time] = [today(zone, now), timeOf(zone, now)];
	switch (ago) {
		case "yesterday":
			return endOfDayBefore(zone, now);
		case "week":
			return momentAt(zone, shift(day, -7), time);
		case "month":
			return momentAt(zone, monthBefore(day), time);
	}
}
