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
