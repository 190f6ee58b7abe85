import i18next, { type TOptions } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { AppError } from "@/lib/ipc";

export const LANGUAGES = [
	{ code: "en", name: "English" },
	{ code: "es", name: "Español" },
	{ code: "es-AR", name: "Español (Argentina)" },
	{ code: "pt", name: "Português" },
] as const;

type Words = Record<string, string>;

/** Every feature brings its own words; the shell's stand in ./words. */
function gather(files: Record<string, Words>): Words {
	return Object.assign({}, ...Object.values(files));
}

export const words = {
	en: gather({
		...import.meta.glob<Words>("./words/en.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/en.json", { eager: true, import: "default" }),
	}),
	es: gather({
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
		...import.meta.glob<Words>("./words/pt.json", { eager: true, import: "default" }),
		...import.meta.glob<Words>("../features/*/words/pt.json", { eager: true, import: "default" }),
	}),
};

export async function startI18n(language: string) {
	await i18next.use(initReactI18next).init({
		lng: language,
		load: "currentOnly",
		fallbackLng: { "es-AR": ["es", "en"], default: ["en"] },
		resources: {
			en: { translation: words.en },
			es: { translation: words.es },
			"es-AR": { translation: words["es-AR"] },
			pt: { translation: words.pt },
		},
		keySeparator: false,
		nsSeparator: false,
		interpolation: { escapeValue: false },
		returnNull: false,
	});
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

/** Words and formats of the language in use. */
export function useWords() {
	const { t, i18n } = useTranslation();
	const locale = i18n.language;
	return {
		locale,
		t: (key: Key, options?: TOptions) => t(key, options ?? {}) as string,
		/** A failure in the person's language: by its code, with what the core said as detail. */
		failure: (error: AppError): string => {
			const key = `error.${error.code}`;
			const words = t(key, { ...error.params, defaultValue: "" }) as string;
			if (!words) return error.message;
			// Input errors name the very value; English is the core's own language.
			if (
				error.code === "invalid_input" ||
				error.code === "conflict" ||
				error.code === "not_found"
			) {
				return locale.startsWith("en") ? error.message : `${words} ${error.message}`;
			}
			return words;
		},
	};
}
