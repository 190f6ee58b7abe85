const NBSP = "\u00a0";

/** How long from one instant to another: 6 s, 4 min 10 s, 2 h 5 min. Units need no translation. */
export function duration(from: string, to: string | null): string {
	if (to === null) return "—";
	const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
	const minutes = Math.floor(seconds / 60);
	if (seconds < 60) return `${seconds}${NBSP}s`;
	if (minutes < 60) return `${minutes}${NBSP}min ${seconds % 60}${NBSP}s`;
	return `${Math.floor(minutes / 60)}${NBSP}h ${minutes % 60}${NBSP}min`;
}
