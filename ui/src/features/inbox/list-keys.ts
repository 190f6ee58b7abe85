import type { KeyboardEvent } from "react";

const STEPS: Record<string, (at: number, last: number) => number> = {
	ArrowDown: (at, last) => Math.min(last, at + 1),
	ArrowUp: (at) => Math.max(0, at - 1),
	Home: () => 0,
	End: (_, last) => last,
};

/** The arrows go through the rows that are drawn, which are marked `data-item`; Enter opens one. */
export function listKeys(event: KeyboardEvent<HTMLElement>) {
	const step = STEPS[event.key];
	if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
	const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-item]")];
	const at = items.indexOf(document.activeElement as HTMLElement);
	if (at < 0) return;
	event.preventDefault();
	items[step(at, items.length - 1)]?.focus();
}
