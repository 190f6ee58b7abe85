/** How large the window is drawn: Ctrl +, Ctrl − and Ctrl 0, kept between starts. */
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { useCallback } from "react";
import { useShortcut } from "@/lib/shortcuts";

/** In percent. */
export const STEPS = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** The size that a key asks for, in percent; null for keys that ask for none. */
export function zoomed(percent: number, key: string): number | null {
	if (key === "0") return 100;
	if (key === "+" || key === "=")
		return STEPS.find((step) => step > percent) ?? (STEPS.at(-1) as number);
	if (key === "-" || key === "_")
		return STEPS.findLast((step) => step < percent) ?? (STEPS[0] as number);
	return null;
}

/** Does what the key does, for those who choose it from a list. */
export function pressZoom(key: "+" | "-" | "0") {
	dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: true }));
}

/** Draws the window as the keys ask, and says what is to be kept. The answer draws it as wanted. */
export function useZoom(
	percent: number,
	keep: (percent: number) => void,
): (percent: number) => void {
	const draw = useCallback(
		(next: number) => {
			if (next === percent) return;
			void getCurrentWebview()
				.setZoom(next / 100)
				.then(() => keep(next));
		},
		[percent, keep],
	);
	const press = (key: string) => {
		const next = zoomed(percent, key);
		if (next !== null) draw(next);
	};
	useShortcut("zoomIn", () => press("+"));
	useShortcut("zoomOut", () => press("-"));
	useShortcut("zoomUsual", () => press("0"));
	return draw;
}
