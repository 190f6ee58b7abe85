import { screen } from "@testing-library/react";
import type { Attention } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { NeedsAttention } from "./attention";

withPages();

/** The alert as it is shown, a link to its evidence. */
async function told(item: Omit<Attention, "at">, title: string) {
	showPage(() => <NeedsAttention items={[{ ...item, at: null }]} />, {});
	return (await screen.findByText(title)).closest("a");
}

const ctr = {
	metric: "ctr",
	unit: "percent",
	from: "2026-11-17",
	to: "2026-11-18",
	value: "2.40",
	expected: "3.35",
	change: "-28",
	cost: "45.12",
	currency: "ARS",
	better: "no",
	cause: "itself",
	campaign: "Sofás",
	campaign_id: "c1",
	share: "101",
};
const about = { about: "a1", name: "Casa Alba AR" };

test("a figure out of the ordinary is told with its cause and its cost, and opens its day", async () => {
	const alert = await told({ kind: "unusual_down", ...about, params: ctr }, "CTR: unusually low");
	expect(alert?.textContent).toBe(
		"CTR: unusually low" +
			"Casa Alba AR, 17 Nov – 18 Nov 2026: 2.40% instead of 3.35% (\u221228%). 101% of it comes from Sofás. Cost so far: AR$\u00a045.12.",
	);
	expect(alert?.getAttribute("href")).toBe("/campaigns?day=2026-11-18");
	expect(alert?.querySelector("svg")?.getAttribute("class")).toContain("text-negative");
});

test("what is better says what was saved", async () => {
	const params = { ...ctr, better: "yes", cost: "-5.00", change: "40" };
	const alert = await told({ kind: "unusual_up", ...about, params }, "CTR: unusually high");
	expect(alert?.textContent).toContain("(+40%)");
	expect(alert?.textContent).toContain("Saved so far: AR$\u00a05.00.");
	expect(alert?.querySelector("svg")?.getAttribute("class")).toContain("text-positive");
});

test("spend is neither, and may have no single campaign behind it", async () => {
	const { cause: _, ...nobody } = ctr;
	const params = { ...nobody, metric: "spend", unit: "money", better: "neither", value: "90.00" };
	const alert = await told({ kind: "unusual_up", ...about, params }, "Spend: unusually high");
	expect(alert?.textContent).toContain(
		"No single campaign stands behind it. AR$\u00a045.12 more than expected.",
	);
});

test("an ad that wears out is told with its rates, how sure that is, and the frequency of one day", async () => {
	const params = {
		from: "2026-11-12",
		to: "2026-11-18",
		now: "1.00",
		before: "2.00",
		sure: "99",
		campaign: "Sillones",
		frequency: "3.10",
	};
	const item = { kind: "ad_tired", about: "c1", name: "Sofás", params };
	const alert = await told(item, "An ad wears out");
	expect(alert?.textContent).toContain(
		"Sofás, 12 Nov – 18 Nov 2026: CTR 1.00% instead of 2.00% in the three weeks before. 99% sure that it fell by more than 15%. On 18 Nov each person saw it 3.10 times.",
	);
	expect(alert?.getAttribute("href")).toBe("/campaigns?campaign=c1&name=Sillones");
});

test("changed settings are one alert with their number, and lead to the list", async () => {
	const params = { settings: "12", high: "3", enhancements: "1" };
	const item = { kind: "settings_changed", about: null, name: null, params };
	const alert = await told(item, "12 settings at Meta changed");
	expect(alert?.textContent).toContain("Enhancements turned on: 1.");
	expect(alert?.getAttribute("href")).toBe("/changes/settings");
});
