import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderHook } from "@testing-library/react";
import i18next from "i18next";
import { union } from "@/testing/source";
import { startI18n, useWords, words } from ".";

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

describe("every reason of the core", () => {
	const document = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
	const table = document.slice(document.indexOf("| reason | meaning |"));
	const meanings = [...table.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)]
		.map((found) => ({ id: found[1] as string, meaning: found[2] as string }))
		.filter(({ id }) => union("Reason").includes(id));

	test("is told with the values that come with it", () => {
		expect(meanings.length).toBe(union("Reason").length);
		expect(meanings.length).toBeGreaterThan(150);
		for (const { id, meaning } of meanings) {
			const values = [...meaning.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).toSorted();
			for (const language of ["en", "es", "pt"] as const) {
				const text = words[language][`reason.${id}`] ?? "";
				const holes = [...text.matchAll(/\{\{(\w+)/g)].map((found) => found[1]).toSorted();
				expect(holes, `${language} ${id}`).toEqual(values);
			}
		}
	});

	test("names fields, things and states in the person's language", async () => {
		await startI18n("es-AR");
		const { failure } = renderHook(() => useWords()).result.current;
		const of = (reason: string, params: Record<string, string>, field: string | null = null) =>
			failure({ code: "invalid_input", message: "English", reason, params, field });
		expect(of("value_missing", {}, "name")).toBe("Falta: Nombre. Completalo.");
		expect(of("value_too_long", { longest: "500" }, "lost reason")).toBe(
			"Motivo de la pérdida: más de 500 caracteres. Acortalo.",
		);
		expect(of("person_column_needed", { fields: "customer_id, phone" })).toBe(
			"Ninguna columna dice de quién se trata. Elegí una para ID de cliente, Teléfono.",
		);
		// Files are read with these words too.
		expect(of("value_unknown", { value: "x", choices: "pending, completed" }, "status")).toBe(
			"«x» no sirve para Estado. Usá uno de estos: pendiente, completada.",
		);
		expect(of("gone", { what: "ad_set" })).toContain("conjunto de anuncios");
		expect(
			of("sale_status_unfit", { reference: "S-1", status: "refunded", needed: "completed" }),
		).toBe("La venta S-1 está reembolsada. Para esto tiene que estar completada.");
		expect(of("day_in_future", { day: "2026-11-26" })).toContain("26 nov 2026");
	});
});
