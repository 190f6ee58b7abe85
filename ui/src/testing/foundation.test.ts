import { type CacheTag, cacheTags, commands } from "@/bindings";
import {
	age,
	amount,
	clock,
	day,
	instant,
	meanPrice,
	money,
	percent,
	points,
	signOf,
	size,
	unitPrice,
} from "@/lib/format";
import { type CommandName, invalidates, provides, toAppError } from "@/lib/ipc";
import { periodDays, today } from "@/lib/period";

describe("numbers", () => {
	test("money keeps every digit of its text and names its currency", () => {
		expect(money("en", "56293.80", "USD")).toBe("US$\u00a056,293.80");
		expect(money("es", "56293.80", "ARS")).toBe("AR$\u00a056.293,80");
		expect(money("pt", "-12.5", "BRL")).toBe("R$\u00a0\u221212,50");
		expect(amount("en", "9007199254740993.01", "USD")).toBe("9,007,199,254,740,993.01");
		expect(amount("en", "15000", "JPY")).toBe("15,000");
		expect(amount("en", "1.234", "BHD")).toBe("1.234");
		expect(money("en", null, "USD")).toBe("—");
	});

	test("the price of one message is not rounded to cents", () => {
		expect(unitPrice("es", "0.0618", "USD")).toBe("US$\u00a00,0618");
		expect(unitPrice("en", "0.0300", "USD")).toBe("US$\u00a00.03");
		expect(unitPrice("en", "12", "USD")).toBe("US$\u00a012.00");
		expect(unitPrice("en", "15", "JPY")).toBe("JP¥\u00a015");
		expect(meanPrice("es", "0.06657", "USD")).toBe("US$\u00a00,0666");
		expect(meanPrice("en", "14.4857", "USD")).toBe("US$\u00a014.49");
	});

	test("a percentage is written as its language writes it", () => {
		expect(percent("en", "78", 0)).toBe("78%");
		expect(percent("es", "78", 0)).toBe("78\u202f%");
		expect(percent("pt", "-19.4", 0)).toBe("\u221219%");
		expect(percent("en", null)).toBe("—");
	});

	test("percentage points and sizes too", () => {
		expect(points("en", "1.24")).toBe("1.2\u00a0pp");
		expect(points("es", "-1.24")).toBe("\u22121,2\u00a0p.\u00a0p.");
		expect(points("pt", "1.24")).toBe("1,2\u00a0p.p.");
		expect(percent("es", 78, 0)).toBe("78\u202f%");
		expect(size("en", 999)).toBe("999\u00a0B");
		expect(size("es", 1_540_000)).toBe("1,5\u00a0MB");
		expect(size("en", 999_960)).toBe("1.0\u00a0MB");
		expect(size("en", null)).toBe("—");
	});

	test("an instant is as short as its day", () => {
		const at = new Date(2026, 10, 25, 13, 34).toISOString();
		expect(instant("en", at)).toBe("25 Nov, 13:34");
		expect(instant("es", at)).toBe("25 nov, 13:34");
		expect(instant("pt", at)).toBe("25 nov, 13:34");
	});

	test("midnight is 00, in every language", () => {
		const midnight = new Date(2026, 10, 20, 0, 5).toISOString();
		for (const locale of ["en", "es", "pt"]) expect(clock(locale, midnight)).toBe("00:05");
	});

	test("a small negative is no loss once it is zero", () => {
		expect(signOf("-0.00")).toBe(0);
		expect(signOf("-0.01")).toBe(-1);
		expect(signOf("3.2")).toBe(1);
	});

	test("days belong to no zone of this machine", () => {
		expect(day("en", "2026-11-20")).toBe("20 Nov");
		expect(day("es", "2026-11-20")).toBe("20 nov");
		expect(age("2026-11-20T11:56:00Z", Date.parse("2026-11-20T12:00:00Z"))).toBe("4\u00a0min");
	});

	test("today is the day of the zone", () => {
		const at = Date.parse("2026-11-21T02:00:00Z");
		expect(today("UTC", at)).toBe("2026-11-21");
		expect(today("America/New_York", at)).toBe("2026-11-20");
	});

	test("periods end today, both ends included", () => {
		expect(periodDays({ kind: "7" }, "2026-03-02")).toEqual({
			from: "2026-02-24",
			to: "2026-03-02",
		});
		expect(periodDays({ kind: "month" }, "2026-03-02")).toEqual({
			from: "2026-03-01",
			to: "2026-03-02",
		});
	});
});

describe("the way to the core", () => {
	test("a failure becomes one kind of error, whatever it was", () => {
		const wire = {
			code: "offline",
			message: "no",
			field: null,
			params: { a: "b" },
			retry_after_ms: 5,
		};
		expect(toAppError(wire)).toEqual({
			code: "offline",
			message: "no",
			field: null,
			reason: null,
			params: { a: "b" },
			retryAfterMs: 5,
		});
		expect(toAppError({ ...wire, reason: "phone_not_valid" }).reason).toBe("phone_not_valid");
		expect(toAppError("invalid args `req`").code).toBe("internal");
		expect(toAppError(new Error("x")).message).toBe("x");
	});

	test("nothing is made stale that no read is made of", () => {
		const names = Object.keys(commands) as CommandName[];
		const read = new Set<CacheTag>(names.flatMap((name) => [...provides(name)]));
		const stale = new Set<CacheTag>(names.flatMap((name) => [...invalidates(name)]));
		expect([...stale].filter((tag) => !read.has(tag))).toEqual([]);
		expect(Object.keys(cacheTags).length).toBeGreaterThan(40);
	});
});
