import { useCallback } from "react";
import { useWords } from "@/i18n";

/** The channels that have a name in every language; a business may have others of its own. */
const NAMED = new Set([
	"meta",
	"google_ads",
	"tiktok_ads",
	"sms",
	"email",
	"agency",
	"fee",
	"other",
	"organic",
	"web",
	"referral",
]);

/** The platforms that are offered where something was spent. */
export const PLATFORMS = [
	"google_ads",
	"tiktok_ads",
	"sms",
	"email",
	"agency",
	"fee",
	"other",
] as const;

/** What a channel is called; one of the business's own goes by its word, as people write it. */
export function useChannel(): (code: string) => string {
	const { t } = useWords();
	return useCallback(
		(code) => {
			if (NAMED.has(code)) return t(`channel.${code}` as "channel.meta");
			const words = code.replaceAll("_", " ");
			return words.charAt(0).toUpperCase() + words.slice(1);
		},
		[t],
	);
}
