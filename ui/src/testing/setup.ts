import { startI18n } from "@/i18n";

await startI18n("en");

// jsdom draws nothing, so nothing ever changes its size.
globalThis.ResizeObserver ??= class {
	observe() {}
	unobserve() {}
	disconnect() {}
};
