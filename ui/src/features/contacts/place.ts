import type { ContactDetail } from "@/bindings";
import { countryName } from "@/lib/names";

/** City, region and country in one line. */
export function placeOf(
	locale: string,
	{ city, region, country }: Pick<ContactDetail, "city" | "region" | "country">,
): string {
	return [city, region, countryName(locale, country)].filter(Boolean).join(", ");
}
