/** What the parts of a breakdown are called. What nobody has a word for stays as Meta writes it. */
import type { Breakdown } from "@/bindings";

/** The name of a country or a territory; its code where the language has no name for it. */
function country(locale: string, code: string): string {
	try {
		return new Intl.DisplayNames([locale], { type: "region", fallback: "code" }).of(code) ?? code;
	} catch {
		return code;
	}
}

/** `t` gives the words of a key, or nothing where there are none. */
export function partName(
	by: Breakdown,
	value: string,
	locale: string,
	t: (key: string) => string,
): string {
	if (value.toLowerCase() === "unknown" || value === "unknown/unknown")
		return t("breakdowns.unknown") || value;
	switch (by) {
		case "age":
			return value.replace("-", "–");
		case "country":
			return country(locale, value);
		case "placement": {
			const [platform = "", position = ""] = value.split("/");
			const names = [
				t(`breakdowns.platform.${platform}`) || platform,
				position === "unknown"
					? t("breakdowns.unknownPlace")
					: t(`breakdowns.position.${position}`) || position,
			];
			return names.filter(Boolean).join(" · ");
		}
		default:
			return t(`breakdowns.${by}.${value}`) || value;
	}
}
