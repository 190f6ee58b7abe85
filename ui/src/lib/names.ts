/** What countries and languages are called in the language of the interface. */

/** The name of a country; its code where it has none. */
export function countryName(locale: string, code: string | null): string | null {
	if (!code) return null;
	try {
		return new Intl.DisplayNames([locale], { type: "region" }).of(code) ?? code;
	} catch {
		return code;
	}
}

/** The name of a language by Meta's code or any other: Spanish (Argentina). */
export function languageName(locale: string, code: string): string {
	try {
		const name = new Intl.DisplayNames([locale], {
			type: "language",
			languageDisplay: "standard",
		}).of(code.replace("_", "-"));
		return name ? name.charAt(0).toLocaleUpperCase(locale) + name.slice(1) : code;
	} catch {
		return code;
	}
}
