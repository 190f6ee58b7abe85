import type { SettingChange } from "@/bindings";
import { type Key, type useWords, words } from "@/i18n";
import { moment, money } from "@/lib/format";

type Translate = ReturnType<typeof useWords>["t"];

const named = (key: string) => (key in words.en ? (key as Key) : null);

/** A name of Meta's, as words: `CLICK_THROUGH`, `image_touchups`. Codes such as `AR` stay. */
const plain = (name: string) =>
	name.includes("_") && !/[a-z].*[A-Z]|[^\w]/.test(name)
		? name.replaceAll("_", " ").toLowerCase()
		: name;

/** What a setting is called: by its words where it has them, else as Meta names it. */
export function settingName(t: Translate, field: string): string {
	// What a creative that took another's place is set to otherwise.
	const path = field.replace(/^creative\./, "");
	const enhancement = /^degrees_of_freedom_spec\.creative_features_spec\.([^.]+)/.exec(path);
	if (enhancement?.[1]) return t("setting.enhancement", { name: plain(enhancement[1]) });
	const whole = named(`setting.${path}`);
	if (whole) return t(whole);
	const [first = "", ...rest] = path.split(".");
	const known = named(`setting.${first}`);
	const deeper = rest
		.filter((part) => part !== "enroll_status")
		.map(plain)
		.join(" › ");
	const head = known ? t(known) : plain(first);
	return deeper ? `${head} › ${deeper}` : head;
}

const SWITCHES: Record<string, "on" | "off"> = {
	OPT_IN: "on",
	OPT_OUT: "off",
	true: "on",
	false: "off",
};

/** A value as it is read. */
function value(t: Translate, locale: string, zone: string, change: SettingChange, text: string) {
	if (change.currency) return money(locale, text, change.currency);
	const state = change.field.endsWith("advantage_audience")
		? { "1": "on" as const, "0": "off" as const }[text]
		: SWITCHES[text];
	if (state) return t(`drift.${state}`);
	if (/^\d{4}-\d\d-\d\dT/.test(text)) return moment(locale, text, zone);
	const status = change.field === "status" ? named(`drift.status.${text.toLowerCase()}`) : null;
	return status ? t(status) : /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) ? plain(text) : text;
}

/** What it was and what it is: of a list what went and what came. */
export function told(t: Translate, locale: string, zone: string, change: SettingChange) {
	const written = (texts: readonly string[]) =>
		texts.map((text) => value(t, locale, zone, change, text));
	const [before, after] = [written(change.before), written(change.after)];
	if (change.list) {
		return {
			before: before.map((text) => `\u2212 ${text}`),
			after: after.map((text) => `+ ${text}`),
		};
	}
	const nothing = [t("drift.notSet")];
	return {
		before: before.length > 0 ? before : nothing,
		after: after.length > 0 ? after : nothing,
	};
}
