import i18next, { type TOptions } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { attributionChoices, changeCauses, metrics } from "@/bindings";
import { count, day, money, percent } from "@/lib/format";
import type { AppError } from "@/lib/ipc";

export const LANGUAGES = [
	{ code: "en", name: "English" },
	{ code: "es", name: "Español" },
	{ code: "es-AR", name: "Español (Argentina)" },
	{ code: "pt", name: "Português" },
] as const;

type Words = Record<string, string>;

/** The names of what can be chosen of attribution: `model.linear`, `basis.lead_date`. */
function attributionNames(language: "en" | "es" | "pt"): Words {
	const { models, bases, refunds } = attributionChoices;
	return Object.fromEntries([
		...models.map(({ id, names }) => [`model.${id}`, names[language]]),
		...bases.map(({ id, names }) => [`basis.${id}`, names[language]]),
		...refunds.map(({ id, names }) => [`refunds.${id}`, names[language]]),
	]);
}

/** The names of the metrics, from their one list: `metric.spend`, and `metricShort.spend` for heads. */
function metricNames(language: "en" | "es" | "pt"): Words {
	return Object.fromEntries(
		metrics.flatMap(({ id, names, short }) => [
			[`metric.${id}`, names[language]],
			[`metricShort.${id}`, short[language]],
		]),
	);
}

/** The names of the causes of a change: `cause.refunds`. */
function causeNames(language: "en" | "es" | "pt"): Words {
	return Object.fromEntries(changeCauses.map(({ id, names }) => [`cause.${id}`, names[language]]));
}

/** Every feature brings its own words; the shell's stand in ./words. */
function gather(files: Record<string, Words>): Words {
	return Object.assign({}, ...Object.values(files));
}

export const words = {
	en: gather({
		metrics: metricNames("en"),
		attribution: attributionNames("en"),
		causes: causeNames("en"),
		...import.meta.glob<Words>("./words/en.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/en.json", { eager: true, import: "default" }),
	}),
	es: gather({
		metrics: metricNames("es"),
		attribution: attributionNames("es"),
		causes: causeNames("es"),
		...import.meta.glob<Words>("./words/es.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/es.json", { eager: true, import: "default" }),
	}),
	/** What Argentina says with vos; everything else it shares with Spanish. */
	"es-AR": gather({
		...import.meta.glob<Words>("./words/es-AR.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/es-AR.json", {
			eager: true,
			import: "default",
		}),
	}),
	pt: gather({
		metrics: metricNames("pt"),
		attribution: attributionNames("pt"),
		causes: causeNames("pt"),
		...import.meta.glob<Words>("./words/pt.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/pt.json", { eager: true, import: "default" }),
	}),
};

/**
 * Spanish and Portuguese have a form of their own for whole millions, and Portuguese counts 0 with
 * 1 where people write the plural: the words write the plural once, and it stands for these too.
 */
function withPlurals(language: string, list: Words): Words {
	const all = { ...list };
	for (const [key, text] of Object.entries(list)) {
		if (!key.endsWith("_other")) continue;
		const stem = key.slice(0, -"other".length);
		if (language !== "en") all[`${stem}many`] ??= text;
		if (language === "pt") all[`${stem}zero`] ??= text;
	}
	return all;
}

export async function startI18n(language: string) {
	await i18next.use(initReactI18next).init({
		lng: language,
		load: "currentOnly",
		fallbackLng: { "es-AR": ["es", "en"], default: ["en"] },
		resources: Object.fromEntries(
			Object.entries(words).map(([code, list]) => [code, { translation: withPlurals(code, list) }]),
		),
		keySeparator: false,
		nsSeparator: false,
		interpolation: { escapeValue: false },
		returnNull: false,
	});
	// {{share, percent}} in the words: figures are written as everywhere else in the interface.
	const formatter = i18next.services.formatter;
	formatter?.add("percent", (value, lng) => percent(lng ?? language, value, 0));
	formatter?.add("number", (value, lng) => count(lng ?? language, value));
	formatter?.add("day", (value, lng) => day(lng ?? language, String(value).slice(0, 10), "long"));
	formatter?.add("money", (value, lng, options) =>
		money(lng ?? language, value, String(options?.currency ?? "")),
	);
	document.documentElement.lang = language;
}

export async function setLanguage(language: string) {
	await i18next.changeLanguage(language);
	document.documentElement.lang = language;
}

/** The closest language there is to what the system asks for. */
export function systemLanguage(): string {
	for (const wanted of navigator.languages ?? [navigator.language]) {
		if (wanted === "es-AR") return "es-AR";
		const short = wanted.slice(0, 2);
		if (short === "en" || short === "es" || short === "pt") return short;
	}
	return "en";
}

/** A key of the words; a test compares the languages and looks for keys that no language has. */
export type Key = string;

/** An error as screens see it, or as it comes inside an answer of the core. */
type Failed = Pick<AppError, "code" | "message" | "params"> & Partial<AppError>;

/** A number in the parameters of the core, which come as text, chooses between one and many. */
function counted(params: Readonly<Record<string, string>>): TOptions {
	const number = params.count !== undefined && /^\d+$/.test(params.count);
	return number ? { ...params, count: Number(params.count) } : { ...params };
}

/** Params of the core that are words of the program, such as `ad_set`. */
const TERMS = ["what", "list", "status", "needed", "outcome", "vault"];

/** Words and formats of the language in use. */
export function useWords() {
	const { t, i18n } = useTranslation();
	const locale = i18n.language;
	/** What a field of the core or of a file is called, such as `customer_id`. */
	const field = (name: string) => {
		const id = name.replaceAll(" ", "_");
		return t([`field.${id}`, `import.field.${id}`], { defaultValue: name }) as string;
	};
	const term = (value: string) => t(`term.${value}`, { defaultValue: value }) as string;
	const inWords = ([name, value]: [string, string]) => {
		if (name === "field") return [name, field(value)];
		if (name === "fields") return [name, value.split(", ").map(field).join(", ")];
		if (name === "choices") return [name, value.split(", ").map(term).join(", ")];
		if (TERMS.includes(name)) return [name, term(value)];
		return [name, value];
	};
	/** The words for what the core gives as reason; null when there are none for it. */
	const reason = (
		id: string | null | undefined,
		params: Readonly<Record<string, string>> = {},
	): string | null => {
		if (!id) return null;
		const named = Object.fromEntries(Object.entries(params).map(inWords)) as typeof params;
		return (t(`reason.${id}`, { ...counted(named), defaultValue: "" }) as string) || null;
	};
	return {
		locale,
		t: (key: Key, options?: TOptions) => t(key, options ?? {}) as string,
		reason,
		/** A failure in the person's language: by its reason, or else by its code. */
		failure: (error: Failed): string => {
			const exact = reason(error.reason, {
				...(error.field ? { field: error.field } : {}),
				...error.params,
			});
			if (exact) return exact;
			// The core speaks English, and its sentence names the very value.
			if (locale.startsWith("en") && EXACT.has(error.code)) return error.message;
			return t(`error.${error.code}`, { ...error.params, defaultValue: "" }) || error.message;
		},
		/** What a person copies for support, or opens when the words alone do not help. */
		details: (error: Pick<AppError, "code" | "message">): string =>
			`${error.code}: ${error.message}`,
	};
}

/** Codes that say little without the value they are about. */
const EXACT: ReadonlySet<string> = new Set(["invalid_input", "conflict", "not_found"]);
