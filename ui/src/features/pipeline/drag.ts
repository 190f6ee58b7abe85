import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { OpportunityCard } from "@/bindings";

export interface Drag {
	card: OpportunityCard;
	from: string;
	/** The stage under the pointer. */
	over: string | null;
	/** Where the card's picture stood when it was taken up, in pixels of the window. */
	left: number;
	top: number;
	width: number;
}

/** How far the pointer moves before a press becomes a drag. */
const THRESHOLD = 5;
/** How near the edge of the board the pointer makes it scroll. */
const EDGE = 48;

function stageAt(x: number, y: number): string | null {
	const column = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-stage]");
	return column?.dataset.stage ?? null;
}

/**
 * Carries a card with the pointer. The drag and drop of HTML is not used: where the window takes
 * dropped files, as the import does, some systems' web views never tell the page of a drop.
 */
export function useCardDrag(onDrop: (card: OpportunityCard, from: string, to: string) => void) {
	const [drag, setDrag] = useState<Drag | null>(null);
	const drop = useRef(onDrop);
	const stop = useRef<(() => void) | null>(null);
	/** The picture follows the pointer by itself: the board is not drawn again for every pixel. */
	const picture = useRef<HTMLDivElement>(null);
	useEffect(() => {
		drop.current = onDrop;
	});
	useEffect(() => () => stop.current?.(), []);

	const start = (event: PointerEvent<HTMLElement>, card: OpportunityCard, from: string) => {
		if (event.button !== 0 || event.pointerType === "touch") return;
		if ((event.target as HTMLElement).closest("button")) return;
		const box = event.currentTarget.getBoundingClientRect();
		const board = event.currentTarget.closest<HTMLElement>("[data-board]");
		const [x, y] = [event.clientX, event.clientY];
		let carried = false;

		const move = (now: globalThis.PointerEvent) => {
			const far = Math.hypot(now.clientX - x, now.clientY - y) >= THRESHOLD;
			if (!carried && !far) return;
			carried = true;
			now.preventDefault();
			if (board) {
				const edges = board.getBoundingClientRect();
				if (now.clientX < edges.left + EDGE) board.scrollLeft -= 16;
				else if (now.clientX > edges.right - EDGE) board.scrollLeft += 16;
			}
			if (picture.current) {
				picture.current.style.transform = `translate(${now.clientX - x}px, ${now.clientY - y}px)`;
			}
			const over = stageAt(now.clientX, now.clientY);
			setDrag((before) =>
				before && before.over === over
					? before
					: { card, from, over, left: box.left, top: box.top, width: box.width },
			);
		};
		const end = () => {
			removeEventListener("pointermove", move);
			removeEventListener("pointerup", up);
			removeEventListener("pointercancel", end);
			removeEventListener("keydown", key, true);
			stop.current = null;
			setDrag(null);
		};
		const up = (now: globalThis.PointerEvent) => {
			const to = carried ? stageAt(now.clientX, now.clientY) : null;
			end();
			if (to && to !== from) drop.current(card, from, to);
		};
		const key = (pressed: KeyboardEvent) => {
			if (pressed.key !== "Escape" || !carried) return;
			pressed.preventDefault();
			pressed.stopPropagation();
			end();
		};
		addEventListener("pointermove", move);
		addEventListener("pointerup", up);
		addEventListener("pointercancel", end);
		addEventListener("keydown", key, true);
		stop.current = end;
	};
	return { drag, start, picture };
}
