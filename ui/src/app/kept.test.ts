import type { Preferences } from "@/bindings";
import { keptConvertTo, keptView } from "./kept";

const preferences = (views: Record<string, string>) =>
	({ language: null, theme: "light", density: null, views }) as Preferences;

test("what was kept is read; what cannot be a view is as if nothing were kept", () => {
	const read = (kept: string) =>
		keptView(preferences({ changes: kept }), "changes", { metric: "" });
	expect(read('{"metric":"roas"}')).toEqual({ metric: "roas" });
	for (const wrong of ["null", "5", '"roas"', "[]", "{", ""]) {
		expect(read(wrong)).toEqual({ metric: "" });
	}
	expect(keptView(preferences({}), "changes", { metric: "" })).toEqual({ metric: "" });
	// Where nothing is a choice of its own, anything may be kept.
	expect(keptConvertTo(preferences({ convert_to: '"EUR"' }))).toBe("EUR");
	expect(keptConvertTo(preferences({ convert_to: "null" }))).toBeNull();
});
