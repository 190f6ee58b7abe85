import { understood } from "./ask";

/** A Wednesday. */
const TODAY = "2026-11-25";
const asked = (text: string) => understood(text, TODAY);

describe("questions about figures", () => {
	test("each language names metrics and days", () => {
		const lastWeek = { from: "2026-11-16", to: "2026-11-22" };
		expect(asked("roas last week")).toEqual({
			metrics: ["roas", "meta_roas"],
			days: lastWeek,
			model: null,
			name: [],
		});
		expect(asked("ROAS semana pasada")?.days).toEqual(lastWeek);
		expect(asked("roas da semana passada")?.days).toEqual(lastWeek);
		expect(asked("gasto ayer")).toMatchObject({
			metrics: ["spend"],
			days: { from: "2026-11-24", to: "2026-11-24" },
		});
		expect(asked("investimento ontem")?.metrics).toEqual(["spend"]);
		expect(asked("receita este mês")).toMatchObject({
			metrics: ["revenue", "revenue_per_sale"],
			days: { from: "2026-11-01", to: "2026-11-25" },
		});
	});

	test("as it is asked aloud, in every language", () => {
		const lastWeek = { from: "2026-11-16", to: "2026-11-22" };
		const thisWeek = { from: "2026-11-23", to: TODAY };
		for (const [text, metric, days] of [
			["show me our roas last week", "roas", lastWeek],
			["what was the roas of the last week", "roas", lastWeek],
			["mostrame el roas de la semana pasada", "roas", lastWeek],
			["¿cuánto vendimos la semana pasada?", "revenue", lastWeek],
			["qual foi o roas da semana passada", "roas", lastWeek],
			["quanto vendemos nesta semana", "revenue", thisWeek],
			["roas desta semana", "roas", thisWeek],
			["roas de esta semana", "roas", thisWeek],
			["roas wtd", "roas", thisWeek],
		] as const) {
			expect(asked(text), text).toMatchObject({ days, name: [] });
			expect(asked(text)?.metrics, text).toContain(metric);
		}
		expect(asked("how much did we sell yesterday")?.metrics).toEqual(
			expect.arrayContaining(["revenue", "sales"]),
		);
	});

	test("what is left is a name, without the words around it", () => {
		expect(asked("cpl campaña Sofás de verano este mes")).toEqual({
			metrics: ["cpl", "meta_cpl"],
			days: { from: "2026-11-01", to: "2026-11-25" },
			model: null,
			name: ["sofas", "verano"],
		});
		expect(asked("how much did we spend on lima")).toMatchObject({
			metrics: ["spend"],
			days: null,
			name: ["lima"],
		});
	});

	test("days are counted, named by month and by date, and never lie ahead", () => {
		expect(asked("leads last 14 days")?.days).toEqual({ from: "2026-11-12", to: TODAY });
		expect(asked("ventas últimas 2 semanas")?.days).toEqual({ from: "2026-11-12", to: TODAY });
		expect(asked("vendas 7 dias")?.days).toEqual({ from: "2026-11-19", to: TODAY });
		expect(asked("leads last 3 months")?.days).toEqual({ from: "2026-08-26", to: TODAY });
		expect(asked("leads últimos 2 meses")?.days).toEqual({ from: "2026-09-26", to: TODAY });
		expect(understood("leads 1 month", "2026-03-31")?.days?.from).toBe("2026-03-01");
		expect(asked("leads past week")?.days).toEqual({ from: "2026-11-19", to: TODAY });
		expect(asked("gasto trimestre passado")?.days).toEqual({
			from: "2026-07-01",
			to: "2026-09-30",
		});
		expect(asked("spend qtd")?.days).toEqual({ from: "2026-10-01", to: TODAY });
		expect(asked("roi octubre")?.days).toEqual({ from: "2026-10-01", to: "2026-10-31" });
		expect(asked("roi december")?.days).toEqual({ from: "2025-12-01", to: "2025-12-31" });
		expect(asked("roi february 2024")?.days).toEqual({ from: "2024-02-01", to: "2024-02-29" });
		expect(asked("spend 2026-11-01 2026-11-30")?.days).toEqual({ from: "2026-11-01", to: TODAY });
		expect(asked("spend 2027-01-01")).toBeNull();
		expect(asked("spend last month")?.days).toEqual({ from: "2026-10-01", to: "2026-10-31" });
		expect(understood("spend this week", "2026-11-22")?.days).toEqual({
			from: "2026-11-16",
			to: "2026-11-22",
		});
	});

	test("words that fit several metrics offer them, what is meant most first", () => {
		expect(asked("leads")?.metrics).toEqual(["leads", "meta_leads", "leads_per_click_percent"]);
		expect(asked("leads (Meta)")?.metrics).toEqual(["meta_leads"]);
		expect(asked("cost per sale")?.metrics).toEqual(["cost_per_sale"]);
		expect(asked("roa")?.metrics).toEqual(["roas", "meta_roas"]);
	});

	test("a model can be named", () => {
		expect(asked("roas linear last month")).toMatchObject({ model: "linear", name: [] });
		expect(asked("ingresos primer toque")?.model).toBe("first_touch");
	});

	test("what is no question is none", () => {
		for (const text of ["", "x", "settings", "zzz last week", "2026"])
			expect(asked(text), text).toBeNull();
	});
});
