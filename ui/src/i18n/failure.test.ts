import { renderHook } from "@testing-library/react";
import i18next from "i18next";
import { startI18n, useWords } from ".";

const error = {
	code: "invalid_input",
	message: '"12" is not a phone number in AR',
	reason: "phone_for_test",
	params: { value: "12", count: "1" },
} as const;

async function speak(language: string) {
	await startI18n(language);
	i18next.addResources("en", "translation", {
		"reason.phone_for_test_one": "{{value}} has {{count}} digit.",
		"reason.phone_for_test_other": "{{value}} has {{count}} digits.",
	});
	i18next.addResources("es", "translation", {
		"reason.phone_for_test_one": "{{value}} tiene {{count}} cifra.",
		"reason.phone_for_test_other": "{{value}} tiene {{count}} cifras.",
	});
	return renderHook(() => useWords()).result.current;
}

afterEach(() => startI18n("en"));

test("a reason is told in the person's language, with its numbers counted", async () => {
	const { failure, reason } = await speak("es-AR");
	expect(failure(error)).toBe("12 tiene 1 cifra.");
	expect(reason("phone_for_test", { value: "5", count: "3" })).toBe("5 tiene 3 cifras.");
	expect(reason("never_heard_of")).toBeNull();
	expect(reason(null)).toBeNull();
});

test("without words for the reason nobody reads the core's English but in the details", async () => {
	const { failure, details } = await speak("pt");
	const unknown = { ...error, reason: "never_heard_of" };
	expect(failure(unknown)).toBe(i18next.t("error.invalid_input"));
	expect(failure(unknown)).not.toContain("phone");
	expect(details(unknown)).toContain("is not a phone number");
});

test("in English the core's own sentence says which value it is", async () => {
	const { failure } = await speak("en");
	expect(failure({ ...error, reason: null })).toBe(error.message);
	expect(failure(error)).toBe("12 has 1 digit.");
	expect(failure({ ...error, reason: null, code: "offline" })).toBe(i18next.t("error.offline"));
});
