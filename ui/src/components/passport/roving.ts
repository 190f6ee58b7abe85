import { type KeyboardEvent, useCallback, useEffect, useRef } from "react";

const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/**
 * Makes what can be opened in a table or a list one stop of the Tab key: the arrow keys go from one
 * to the next, by rows and by columns.
 */
export function useRoving<T extends HTMLElement>(selector: string) {
	const ref = useRef<T>(null);
	const current = useRef<HTMLElement | null>(null);
	const all = useCallback(
		() => [...(ref.current?.querySelectorAll<HTMLElement>(selector) ?? [])],
		[selector],
	);
	const choose = useCallback(
		(one: HTMLElement | undefined) => {
			current.current = one ?? null;
			for (const other of all()) other.tabIndex = other === one ? 0 : -1;
		},
		[all],
	);
	// Rows come and go: one of those that are there is always the stop.
	useEffect(() => {
		const here = all();
		choose(here.find((one) => one === current.current) ?? here[0]);
	});
	return {
		ref,
		onFocus: (event: { target: EventTarget }) => {
			const one = (event.target as Element).closest<HTMLElement>(selector);
			if (one && one !== current.current) choose(one);
		},
		onKeyDown: (event: KeyboardEvent) => {
			if (!MOVES.includes(event.key)) return;
			if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
			const here = (event.target as Element).closest<HTMLElement>(selector);
			if (!here) return;
			const lineOf = (one: Element) => one.closest("tr, li");
			const columnOf = (one: Element) => one.closest("td")?.cellIndex ?? 0;
			const doors = all();
			const lines = [...new Set(doors.map(lineOf))];
			const row = lines.indexOf(lineOf(here));
			const beside = (nth: number) => doors.filter((one) => lineOf(one) === lines[nth]);
			const line = beside(row);
			const at = line.indexOf(here);
			const under = (nth: number) => {
				const found = nth < 0 ? [] : beside(nth);
				return found.find((one) => columnOf(one) >= columnOf(here)) ?? found.at(-1);
			};
			const next = {
				ArrowLeft: line[at - 1],
				ArrowRight: line[at + 1],
				ArrowUp: under(row - 1),
				ArrowDown: under(row + 1),
				Home: line[0],
				End: line.at(-1),
			}[event.key as "Home"];
			event.preventDefault();
			if (!next) return;
			next.focus();
			next.scrollIntoView?.({ block: "nearest", inline: "nearest" });
		},
	};
}
