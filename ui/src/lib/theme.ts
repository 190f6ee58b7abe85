/** The theme in use stands on the document; the person's choice goes before the system's. */
export function applyTheme(theme: string | null | undefined) {
	const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
	document.documentElement.dataset.theme = dark ? "dark" : "light";
}
