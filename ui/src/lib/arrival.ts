import { isTauri } from "@tauri-apps/api/core";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { useEffect, useRef } from "react";

/** The place whose heading was last arrived at; null until the window shows its first page. */
let arrived: string | null = null;

/** What takes the focus on the next page in place of its heading. */
let staying: string | null = null;

/**
 * For a choice that stands on both pages between which it leads: on the next one the focus stays at
 * what `selector` finds there, so that the arrows go on from it.
 */
export function stayAt(selector: string): void {
	staying = selector;
}

/**
 * For the heading of a page or step: the window is titled by it, and on the way to another `place`
 * the focus goes to it, so that a screen reader says where one is and Tab goes on from there.
 * What the heading is set on needs `tabIndex={-1}`.
 */
export function useArrival<E extends HTMLElement = HTMLHeadingElement>(place: string) {
	const heading = useRef<E>(null);
	useEffect(() => {
		// The words change with the language and the data, not only with the place.
		const text = heading.current?.textContent?.trim();
		const title = text ? `${text} · Rumbo` : "Rumbo";
		if (document.title === title) return;
		document.title = title;
		// The system's list of windows does not follow the document.
		if (isTauri()) void getCurrentWindow().setTitle(title);
	});
	useEffect(() => {
		const first = arrived === null;
		const moved = arrived !== place;
		arrived = place;
		if (first || !moved) return;
		// A menu or dialog that led here first gives the focus back to where it was opened from.
		const timer = setTimeout(() => {
			const stay = staying ? document.querySelector<HTMLElement>(staying) : null;
			staying = null;
			(stay ?? heading.current)?.focus({ preventScroll: true });
		});
		return () => clearTimeout(timer);
	}, [place]);
	return heading;
}
