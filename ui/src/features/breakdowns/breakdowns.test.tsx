import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { BreakdownFigures, BreakdownReport, GetBreakdown, MetaFigures } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { partName } from "./names";
import BreakdownsPage from "./page";

const nothing: MetaFigures = {
	spend: null,
	impressions: null,
	clicks: null,
	link_clicks: null,
	ctr: null,
	link_ctr: null,
	cpc: null,
	link_cpc: null,
	cpm: null,
	meta_leads: null,
	meta_cpl: null,
	meta_purchases: null,
	meta_purchase_value: null,
	meta_roas: null,
};
const of = (spend: string, impressions: number): BreakdownFigures => ({
	...nothing,
	spend,
	impressions,
	previous: null,
});
const report: BreakdownReport = {
	by: "age",
	name: null,
	from: "2026-11-01",
	to: "2026-11-20",
	previous_period: null,
	synced: true,
	read_from: "2025-10-22",
	groups: [
		{
			currency: "USD",
			rows: [
				{ value: "25-34", ...of("60.00", 600) },
				{ value: "unknown", ...of("30.00", 300) },
			],
			left_out: of("-0.01", 0),
			unread: of("10.01", 100),
			total: of("100.00", 1_000),
		},
	],
	unread_days: ["2026-11-19", "2026-11-20"],
	zones: [],
};
const empty = (synced: boolean): BreakdownReport => ({
	...report,
	synced,
	groups: report.groups.map((group) => ({
		...group,
		rows: [],
		left_out: { ...nothing, previous: null },
		unread: group.total,
	})),
});

withPages();

test("parts, what was left out and what was not read stand beside the total", async () => {
	showPage(BreakdownsPage, { get_breakdown: () => report });
	const bars = await screen.findByTestId("breakdown-bars");
	const lines = within(bars)
		.getAllByRole("listitem")
		.map((line) => [...line.children].map((cell) => cell.textContent));
	expect(lines).toEqual([
		["25–34", "", "60.00", "60.0%"],
		["Unknown", "", "30.00", "30.0%"],
		["Not broken down", "", "−0.01", "0.0%"],
		["Days not read", "", "10.01", "10.0%"],
	]);
	const table = screen.getByTestId("breakdown-table");
	for (const name of ["25–34", "Unknown", "Not broken down", "Days not read", "Total"])
		expect(within(table).getByRole("rowheader", { name: new RegExp(name) })).toBeTruthy();
	expect(screen.getByTestId("breakdowns-unread").textContent).toContain("2 of these days");
	expect(screen.getByTestId("breakdowns-sure").textContent).toContain("CRM");
	// No figure of the CRM is offered.
	await userEvent.click(screen.getByRole("button", { name: "Columns" }));
	const menu = await screen.findByRole("dialog", { name: "Columns" });
	expect(within(menu).queryByText("ROAS")).toBeNull();
	expect(within(menu).getByText("ROAS (Meta)")).toBeTruthy();
});

test("another kind is asked for, and another figure shown as bars", async () => {
	const asked: GetBreakdown[] = [];
	showPage(BreakdownsPage, {
		get_breakdown: (req: unknown) => {
			asked.push(req as GetBreakdown);
			return { ...report, by: (req as GetBreakdown).by };
		},
	});
	await screen.findByTestId("breakdown-bars");
	await userEvent.click(screen.getByTestId("by-country"));
	await waitFor(() => expect(asked.at(-1)?.by).toBe("country"));
	await userEvent.click(screen.getByTestId("breakdown-metric"));
	await userEvent.click(await screen.findByRole("menuitem", { name: "Impressions" }));
	const [line] = within(screen.getByTestId("breakdown-bars")).getAllByRole("listitem");
	expect(line?.textContent).toContain("60060.0%");
});

test("what is off says what it costs, and one click turns it on", async () => {
	const saved: unknown[] = [];
	showPage(BreakdownsPage, {
		get_breakdown: () => empty(saved.length > 0),
		get_workspace_settings: () => ({ name: "a", breakdowns: [] }),
		save_workspace_settings: (req: unknown) => {
			saved.push(req);
			return req;
		},
	});
	expect(await screen.findByText(/twenty rows/)).toBeTruthy();
	await userEvent.click(screen.getByTestId("breakdowns-on"));
	await waitFor(() =>
		expect(saved).toMatchObject([
			{ breakdowns: ["age", "gender", "country", "placement", "device"] },
		]),
	);
});

test("parts have names, and what nobody has a word for stays as Meta writes it", () => {
	const words: Record<string, string> = {
		"breakdowns.unknown": "Desconocido",
		"breakdowns.unknownPlace": "lugar desconocido",
		"breakdowns.platform.instagram": "Instagram",
		"breakdowns.position.instagram_reels": "Reels",
		"breakdowns.device.mobile_app": "App móvil",
	};
	const name = (by: Parameters<typeof partName>[0], value: string, locale = "es") =>
		partName(by, value, locale, (key) => words[key] ?? "");
	expect(name("country", "BR")).toBe("Brasil");
	expect(name("country", "DE", "pt")).toBe("Alemanha");
	expect(name("country", "?")).toBe("?");
	expect(name("placement", "instagram/instagram_reels")).toBe("Instagram · Reels");
	expect(name("placement", "instagram/unknown")).toBe("Instagram · lugar desconocido");
	expect(name("placement", "instagram/on_the_moon")).toBe("Instagram · on_the_moon");
	expect(name("device", "mobile_app")).toBe("App móvil");
	expect(name("device", "smart_tv")).toBe("smart_tv");
	expect(name("gender", "unknown")).toBe("Desconocido");
});
