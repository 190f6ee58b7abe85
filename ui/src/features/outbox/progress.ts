import type { SendRow, SendStanding } from "@/bindings";

/** How many messages of a bulk send stand in some states. */
export function counted(row: { standing: readonly SendStanding[] }, ...states: string[]): number {
	return row.standing
		.filter((line) => states.includes(line.state))
		.reduce((sum, line) => sum + line.count, 0);
}

/** Everything that is over, whatever came of it, of what the bulk send reaches. */
export function progress(row: SendRow): { over: number; all: number; percent: number } {
	const over = counted(row, "sent", "delivered", "read", "failed", "bounced", "unknown");
	const all = over + counted(row, "planned", "held", "queued", "claimed");
	return { over, all, percent: all === 0 ? 100 : (over / all) * 100 };
}
