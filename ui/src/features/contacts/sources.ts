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

export const STATUSES = ["lead", "contacted", "customer", "churned"] as const;

export const KINDS = ["prospect", "client", "internal"] as const;

/** Where a contact may rather be reached; a business may have others. */
export const CHANNELS = [
	"whatsapp",
	"phone",
	"email",
	"sms",
	"instagram",
	"messenger",
	"telegram",
] as const;

/** Languages offered for a contact; any other code stays as it came. */
export const LANGUAGES = [
	"es",
	"es-AR",
	"es-MX",
	"pt",
	"pt-BR",
	"en",
	"fr",
	"it",
	"de",
	"zh",
] as const;
