import type { ContactDetail } from "@/bindings";

/** The name of a country in the language in use; its code where it has none there. */
export function countryName(locale: string, code: string | null): string | null {
	if (!code) return null;
	try {
		return new Intl.DisplayNames([locale], { type: "region" }).of(code) ?? code;
	} catch {
		return code;
	}
}

/** The name of a language in the language in use, such as "Brazilian Portuguese". */
export function languageName(locale: string, code: string): string {
	try {
		return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
	} catch {
		return code;
	}
}

/** City, region and country in one line. */
export function placeOf(
	locale: string,
	{ city, region, country }: Pick<ContactDetail, "city" | "region" | "country">,
): string {
	return [city, region, countryName(locale, country)].filter(Boolean).join(", ");
}
