import { screens } from "@/testing/source";
import { keysOf, pressed, SHORTCUTS, type ShortcutId } from "./shortcuts";

const key = (name: string, held: Partial<KeyboardEvent> = {}) => ({
	key: name,
	ctrlKey: false,
	metaKey: false,
	altKey: false,
	shiftKey: false,
	...held,
});

describe("shortcuts", () => {
	test("are told apart by the keys that are held", () => {
		expect(pressed(key("k", { ctrlKey: true }), "palette")).toBe(true);
		expect(pressed(key("K", { metaKey: true }), "palette")).toBe(true);
		expect(pressed(key("k"), "palette")).toBe(false);
		expect(pressed(key("k", { ctrlKey: true, shiftKey: true }), "palette")).toBe(false);
		expect(pressed(key("z", { ctrlKey: true, altKey: true }), "undo")).toBe(false);
		// Which signs need Shift differs from keyboard to keyboard.
		expect(pressed(key("?", { shiftKey: true }), "help")).toBe(true);
		expect(pressed(key("+", { ctrlKey: true, shiftKey: true }), "zoomIn")).toBe(true);
		expect(pressed(key("=", { ctrlKey: true }), "zoomIn")).toBe(true);
		expect(pressed(key("F6"), "regionsBack")).toBe(false);
		expect(pressed(key("F6", { shiftKey: true }), "regionsBack")).toBe(true);
		expect(pressed(key("Enter", { shiftKey: true }), "open")).toBe(false);
	});

	test("are written as they stand on the keys", () => {
		expect(keysOf("palette")).toBe("Ctrl K");
		expect(keysOf("zoomIn")).toBe("Ctrl +");
		expect(keysOf("move")).toBe("Alt ← → ↑ ↓");
		expect(keysOf("cells")).toBe("← → ↑ ↓");
		expect(keysOf("regionsBack")).toBe("Shift F6");
	});

	test("the list names none that nothing listens for", () => {
		// Arrows move in tables and charts by place, not by name.
		const byPlace = new Set<string>(["cells", "alongChart"]);
		const source = screens
			.filter(({ path }) => path !== "lib/shortcuts.ts")
			.map(({ text }) => text)
			.join("\n");
		const unheard = Object.keys(SHORTCUTS).filter(
			(id) =>
				!byPlace.has(id) && !new RegExp(`(pressed\\(\\w+, |useShortcut\\()"${id}"`).test(source),
		);
		expect(unheard).toEqual([]);
		// Nothing listens past the list for a letter.
		const past = screens
			.filter(({ path }) => path !== "lib/shortcuts.ts")
			.filter(({ text }) => /event\.key\.toLowerCase\(\) [!=]== "\w"/.test(text))
			.map(({ path }) => path);
		expect(past).toEqual([]);
	});

	test("no two in one place share their keys", () => {
		const taken = new Map<string, ShortcutId>();
		for (const [id, { keys, where }] of Object.entries(SHORTCUTS)) {
			for (const combo of keys) {
				const at = `${where} ${combo}`;
				expect(taken.get(at), at).toBeUndefined();
				taken.set(at, id as ShortcutId);
			}
		}
	});
});
