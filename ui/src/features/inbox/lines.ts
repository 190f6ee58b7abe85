/** A conversation as it is read: days, messages and notes, oldest first. */
import type { ConversationMessage, ConversationNote } from "@/bindings";

export type Line =
	| { kind: "day"; key: string; day: string }
	| { kind: "message"; key: string; message: ConversationMessage }
	| { kind: "note"; key: string; note: ConversationNote };

/** The day of a moment on the clocks here. */
function dayOf(at: string): string {
	const date = new Date(at);
	const two = (number: number) => String(number).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Puts notes between messages by their time, and a line before each day. */
export function linesOf(
	messages: readonly ConversationMessage[],
	notes: readonly ConversationNote[],
): Line[] {
	const all: Array<{ at: string; line: Line }> = [
		...messages.map((message) => ({
			at: message.at,
			line: { kind: "message", key: message.id, message } as const,
		})),
		...notes.map((note) => ({
			at: note.at,
			line: { kind: "note", key: note.id, note } as const,
		})),
	].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
	let before = "";
	return all.flatMap(({ at, line }) => {
		const day = dayOf(at);
		if (day === before) return [line];
		before = day;
		return [{ kind: "day", key: `day-${day}`, day } as const, line];
	});
}

/** How long until a moment, in hours and minutes: 3 h 05 min. Null when it has passed. */
export function leftUntil(at: string, now: number): string | null {
	const minutes = Math.floor((Date.parse(at) - now) / 60_000);
	if (minutes <= 0) return null;
	const hours = Math.floor(minutes / 60);
	const rest = minutes % 60;
	return hours > 0
		? `${hours}\u00a0h ${String(rest).padStart(2, "0")}\u00a0min`
		: `${rest}\u00a0min`;
}
