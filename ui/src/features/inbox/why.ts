/** Why an answer waits or is not sent, as a key of words. */
import type { Key } from "@/i18n";

const WHY = [
	"opted_out",
	"no_consent",
	"no_address",
	"address_invalid",
	"address_bounced",
	"too_long",
	"not_carried",
	"window_closed",
	"us_marketing",
	"frequency_cap",
	"tier_limit",
	"quiet_hours",
	"business_hours",
	"switched_off",
	"template_category",
	"template_not_approved",
	"template_paused",
];

export function whyWord(reason: string | null | undefined): Key {
	return `inbox.why.${reason && WHY.includes(reason) ? reason : "other"}` as Key;
}
