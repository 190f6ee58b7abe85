/** The lead sources that Rumbo knows; a business may have others of its own. */
export const SOURCES = [
	"META_ADS",
	"CLICK_TO_WHATSAPP",
	"ORGANIC",
	"GOOGLE_ADS",
	"TIKTOK_ADS",
	"WEB",
	"REFERRAL",
	"IMPORT",
	"MANUAL",
	"UNKNOWN",
] as const;
