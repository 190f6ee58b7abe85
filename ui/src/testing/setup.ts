import i18next, { type InitOptions } from "i18next";
import { startI18n } from "@/i18n";

await startI18n("en");

type MissingKey = Parameters<Exclude<InitOptions["missingKeyHandler"], false | undefined>>;

// What has no words would be shown by its key. What a test leaves out of an answer has none either.
const wordless = new Set<string>();
Object.assign(i18next.options, {
	saveMissing: true,
	missingKeyHandler: (...[, , key, , , options]: MissingKey) => {
		const otherwise = (options as { defaultValue?: unknown }).defaultValue;
		if (otherwise === undefined && !/\.(undefined|null|)$/.test(key)) wordless.add(key);
	},
});
afterEach(() => {
	const keys = [...wordless];
	wordless.clear();
	expect(keys, "shown without words").toEqual([]);
});

// jsdom draws nothing, so nothing ever changes its size.
globalThis.ResizeObserver ??= class {
	observe() {}
	unobserve() {}
	disconnect() {}
};
