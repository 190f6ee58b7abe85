/**
 * Every shortcut of the program, in one place: what listens for keys asks here, and the list that
 * "?" opens is drawn from here. A test refuses one that nothing listens for.
 */
import { useEffect, useRef } from "react";
import type { Key } from "@/i18n";

interface Shortcut {
	/** As `Mod+K`: Mod is Ctrl, or ⌘ on a Mac. Any of them will do. */
	keys: readonly string[];
	/** Those that the list shows, where it does not show all. */
	shown?: readonly string[];
	/** What it does. */
	words: Key;
	where: Place;
	/** Where it means something else: in a text, or in a text and under a dialog. */
	not?: "typing" | "dialog";
}

/** Where shortcuts work, in the order of the list. */
export const PLACES = ["everywhere", "table", "chart", "order", "inbox"] as const;
type Place = (typeof PLACES)[number];

export const SHORTCUTS = {
	palette: { keys: ["Mod+K"], words: "keys.palette", where: "everywhere" },
	help: { keys: ["?"], words: "keys.help", where: "everywhere", not: "typing" },
	regions: { keys: ["F6"], words: "keys.regions", where: "everywhere" },
	regionsBack: { keys: ["Shift+F6"], words: "keys.regionsBack", where: "everywhere" },
	save: { keys: ["Mod+S"], words: "keys.save", where: "everywhere" },
	undo: { keys: ["Mod+Z"], words: "keys.undo", where: "everywhere", not: "dialog" },
	zoomIn: {
		keys: ["Mod++", "Mod+="],
		shown: ["Mod++"],
		words: "palette.zoom.+",
		where: "everywhere",
	},
	zoomOut: {
		keys: ["Mod+-", "Mod+_"],
		shown: ["Mod+-"],
		words: "palette.zoom.-",
		where: "everywhere",
	},
	zoomUsual: { keys: ["Mod+0"], words: "palette.zoom.0", where: "everywhere" },
	close: { keys: ["Escape"], words: "keys.close", where: "everywhere" },
	filter: { keys: ["F"], words: "keys.filter", where: "table", not: "dialog" },
	cells: {
		keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
		words: "keys.table",
		where: "table",
	},
	open: { keys: ["Enter", " "], shown: ["Enter"], words: "keys.open", where: "table" },
	into: { keys: ["Shift+Enter"], words: "keys.into", where: "table" },
	parts: { keys: ["B"], words: "keys.parts", where: "table" },
	pinRow: { keys: ["P"], words: "keys.pinRow", where: "table" },
	copyCell: { keys: ["Mod+C"], words: "keys.copyCell", where: "table" },
	width: { keys: ["Shift+ArrowLeft", "Shift+ArrowRight"], words: "keys.width", where: "table" },
	alongChart: { keys: ["ArrowLeft", "ArrowRight"], words: "keys.chart", where: "chart" },
	chartTable: { keys: ["T"], words: "keys.chartTable", where: "chart" },
	openDay: { keys: ["Enter"], words: "keys.openDay", where: "chart" },
	move: {
		keys: ["Alt+ArrowLeft", "Alt+ArrowRight", "Alt+ArrowUp", "Alt+ArrowDown"],
		words: "keys.move",
		where: "order",
	},
	nextConversation: { keys: ["J"], words: "keys.nextConversation", where: "inbox", not: "dialog" },
	previousConversation: {
		keys: ["K"],
		words: "keys.previousConversation",
		where: "inbox",
		not: "dialog",
	},
	findMessage: { keys: ["/"], words: "keys.findMessage", where: "inbox", not: "dialog" },
	reply: { keys: ["R"], words: "keys.reply", where: "inbox", not: "dialog" },
	template: { keys: ["T"], words: "keys.template", where: "inbox", not: "dialog" },
	endConversation: { keys: ["E"], words: "keys.endConversation", where: "inbox", not: "dialog" },
	assign: { keys: ["A"], words: "keys.assign", where: "inbox", not: "dialog" },
	markUnread: { keys: ["U"], words: "keys.markUnread", where: "inbox", not: "dialog" },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;

const of = (id: ShortcutId): Shortcut => SHORTCUTS[id];
const isMac = () => navigator.platform.startsWith("Mac");

interface Pressed {
	key: string;
	ctrlKey: boolean;
	metaKey: boolean;
	altKey: boolean;
	shiftKey: boolean;
}

function parts(combo: string): { key: string; with: readonly string[] } {
	// The last "+" may be the key itself.
	const at = combo.lastIndexOf("+", combo.length - 2);
	return at < 0
		? { key: combo, with: [] }
		: { key: combo.slice(at + 1), with: combo.slice(0, at).split("+") };
}

/** Whether it is this shortcut that was pressed. */
export function pressed(event: Pressed, id: ShortcutId): boolean {
	return of(id).keys.some((combo) => {
		const { key, with: held } = parts(combo);
		const sign = key.length === 1 && !/[a-z ]/i.test(key);
		return (
			event.key.toLowerCase() === key.toLowerCase() &&
			(event.ctrlKey || event.metaKey) === held.includes("Mod") &&
			event.altKey === held.includes("Alt") &&
			// Which signs need Shift is the keyboard's affair.
			(sign || event.shiftKey === held.includes("Shift"))
		);
	});
}

const TEXTS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** Whether the shortcut means something else where the keys go now. */
function elsewhere(id: ShortcutId, target: EventTarget | null): boolean {
	const at = target instanceof Element ? target : null;
	const { not } = of(id);
	if (!not || !at) return false;
	return Boolean(at.closest(not === "dialog" ? `${TEXTS}, [role=dialog]` : TEXTS));
}

/** Listens in the whole window. What is run may answer false: then the keys go on. */
export function useShortcut(id: ShortcutId, run: (event: KeyboardEvent) => unknown) {
	const latest = useRef(run);
	useEffect(() => {
		latest.current = run;
	});
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.defaultPrevented || !pressed(event, id) || elsewhere(id, event.target)) return;
			if (latest.current(event) !== false) event.preventDefault();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, [id]);
}

const SIGNS: Record<string, string> = {
	ArrowLeft: "←",
	ArrowRight: "→",
	ArrowUp: "↑",
	ArrowDown: "↓",
	Escape: "Esc",
	"-": "−",
};

/** As it is written on the keys: "Ctrl K", "⌘ K", "Alt ← → ↑ ↓". */
export function keysOf(id: ShortcutId): string {
	const { keys, shown } = of(id);
	let before = "";
	return (shown ?? keys)
		.map((combo) => {
			const { key, with: held } = parts(combo);
			const mod = held
				.map((one) =>
					one === "Mod" ? (isMac() ? "⌘" : "Ctrl") : one === "Alt" && isMac() ? "⌥" : one,
				)
				.join(" ");
			const name = SIGNS[key] ?? key;
			// Said once for keys that are pressed with the same one.
			const text = mod && mod !== before ? `${mod} ${name}` : name;
			before = mod;
			return text;
		})
		.join(" ");
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(id: ShortcutId): string {
	return of(id)
		.keys.map((combo) => combo.replace("Mod", isMac() ? "Meta" : "Control"))
		.join(" ");
}
