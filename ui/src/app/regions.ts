/** The regions of the window: sidebar, content, inspector. F6 and Shift+F6 go from one to the next. */
import { useShortcut } from "@/lib/shortcuts";

function step(back: boolean) {
	// A dialog keeps the focus; so does an open menu.
	if (document.querySelector('[role="dialog"], [role="menu"]')) return;
	const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
	const here = document.activeElement;
	const at = regions.findIndex((region) => region.contains(here));
	if (at >= 0) {
		regions[(at + (back ? -1 : 1) + regions.length) % regions.length]?.focus();
		return;
	}
	// Outside of all, such as in the head of a page: the next one, as the page is written.
	const after = regions.findIndex(
		(region) => here && here.compareDocumentPosition(region) & Node.DOCUMENT_POSITION_FOLLOWING,
	);
	const next = here === document.body || after < 0 ? 0 : after;
	regions[(next - (back ? 1 : 0) + regions.length) % regions.length]?.focus();
}

/** The keys of the window as a whole. Stands once, around all pages. */
export function useRegionKeys() {
	useShortcut("regions", () => step(false));
	useShortcut("regionsBack", () => step(true));
}
