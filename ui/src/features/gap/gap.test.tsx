import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type {
	ActionMapReport,
	ActionTypeRow,
	GapOf,
	GapReport,
	GetGap,
	RoiFigures,
	RoiRow,
	WorkspaceSettings,
} from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import ActionsPage from "./actions-page";
import { first, without } from "./lists";
import GapPage from "./page";

const figures = (of: Partial<RoiFigures>) =>
	({
		spend: null,
		meta_leads: null,
		meta_purchases: null,
		meta_purchase_value: null,
		leads: 0,
		sales: 0,
		revenue: "0.00",
		meta_cpl: null,
		cpl: null,
		...of,
	}) as RoiFigures;
const row = (key: string, of: Partial<RoiFigures>) =>
	({
		...figures(of),
		key,
		id: key,
		external_id: key,
		name: key,
		status: "active",
		remainder: null,
		currency: "USD",
	}) as unknown as RoiRow;
const nothing: GapOf = { gap: "0", parts: [], no_ratio: "meta_none" };
const line = (key: string, leads: GapOf) => ({ key, leads, sales: nothing, revenue: nothing });

const forms = row("Forms", {
	spend: "50.00",
	meta_leads: 5,
	leads: 3,
	leads_per_meta_lead_percent: "60.00",
	meta_cpl: "10.00",
	cpl: "16.67",
});
const quiet = row("Quiet", { spend: "10.00", meta_leads: 0, leads: 1 });
const report: GapReport = {
	report: {
		by: "campaign",
		from: "2026-11-01",
		to: "2026-11-30",
		attribution: {
			model: "last_touch",
			basis: "sale_date",
			refunds: "accrual",
			window_days: null,
			view_window_days: null,
			half_life_days: 7,
		},
		currency: "USD",
		rows: [forms, quiet],
		attributed: figures({ meta_leads: 5, leads: 4 }),
		unattributed: figures({ leads: 2 }),
		total: figures({ meta_leads: 5, leads: 6 }),
		previous_unattributed: null,
		previous_total: null,
		other_currencies: [],
	} as GapReport["report"],
	groups: [
		{
			currency: "USD",
			rows: [
				line("Forms", {
					gap: "-2",
					parts: [
						{ cause: "forms_not_arrived", amount: "-3" },
						{ cause: "messages", amount: "1" },
					],
					no_ratio: null,
				}),
				line("Quiet", {
					gap: "1",
					parts: [{ cause: "without_claim", amount: "1" }],
					no_ratio: "meta_none",
				}),
			],
			attributed: line("attributed", { gap: "-1", parts: [], no_ratio: null }),
			unattributed: line("unattributed", {
				gap: "2",
				parts: [{ cause: "not_attributed", amount: "2" }],
				no_ratio: "meta_unknown",
			}),
			total: line("total", {
				gap: "1",
				parts: [
					{ cause: "forms_not_arrived", amount: "-3" },
					{ cause: "messages", amount: "1" },
					{ cause: "without_claim", amount: "1" },
					{ cause: "not_attributed", amount: "2" },
				],
				no_ratio: null,
			}),
		},
	],
	meta_settings: [
		{ setting: "7d_click_1d_view", ad_days: 30, click_days: 7, view_days: 1 },
		{ setting: "1d_click", ad_days: 2, click_days: 1, view_days: 0 },
	],
	meta_window: { setting: "7d_click_1d_view", ad_days: 30, click_days: 7, view_days: 1 },
	tells_views: false,
};

const cells = (table: HTMLElement) =>
	within(table)
		.getAllByRole("row")
		.map((one) =>
			[...one.children].map((cell) => cell.textContent ?? "").filter((text) => text !== ""),
		);

withPages();

test("both sides stand beside each other, and the causes lead from one to the other", async () => {
	showPage(GapPage, { get_gap: () => report });
	const table = await screen.findByTestId("gap-table");
	expect(cells(table).slice(1)).toEqual([
		["ActiveForms", "50.00", "5", "3", "−2", "60.0%", "10.00", "16.67"],
		["ActiveQuiet", "10.00", "0", "1", "+1", "Meta: 0", "—", "—"],
		["All rows", "—", "5", "4", "−1", "—", "—", "—"],
		["Not attributed", "—", "—", "2", "+2", "—", "—", "—"],
		["Total", "—", "5", "6", "+1", "—", "—", "—"],
	]);
	const steps = () =>
		within(screen.getByTestId("gap-steps"))
			.getAllByRole("row")
			.slice(1)
			.map((step) => {
				const [name, , by] = step.children;
				// What a cause means stands beside its name, hidden.
				return [(name?.querySelector("button") ?? name)?.textContent, by?.textContent];
			});
	expect(steps()).toEqual([
		["Meta claims", "5"],
		["Forms that did not arrive", "−3"],
		["Came by a message", "+1"],
		["In the CRM, not claimed", "+1"],
		["Not attributed", "+2"],
		["CRM holds", "6"],
	]);
	expect(screen.getByTestId("gap-settings").textContent).toContain("7 days after a click");
	expect(screen.getByTestId("gap-settings").textContent).toContain("1d_click (2)");
	// One row alone, and back.
	await userEvent.click(screen.getByRole("button", { name: "Forms" }));
	expect(steps()).toEqual([
		["Meta claims", "5"],
		["Forms that did not arrive", "−3"],
		["Came by a message", "+1"],
		["CRM holds", "3"],
	]);
	expect(screen.getByTestId("gap-sum").textContent).toContain("60%");
	screen.getByTestId("gap-all").focus();
	await userEvent.keyboard("{Enter}");
	await waitFor(() =>
		expect(document.activeElement).toBe(screen.getByRole("button", { name: "Forms" })),
	);
	// The ratio of all rows is of what is attributed: the sentence says so before it says it.
	expect(screen.getByTestId("gap-sum").textContent).toMatch(
		/^\S+ Of what is attributed, the CRM holds/,
	);
	expect(steps()).toHaveLength(6);
});

test("another thing is compared, by another level", async () => {
	const asked: GetGap[] = [];
	showPage(GapPage, {
		get_gap: (req: unknown) => {
			asked.push(req as GetGap);
			return report;
		},
	});
	await screen.findByTestId("gap-table");
	await userEvent.click(screen.getByTestId("side-revenue"));
	const head = within(screen.getByTestId("gap-table")).getAllByRole("columnheader");
	expect(head.map((one) => one.textContent)).toEqual([
		"Campaign",
		"SpendUS$",
		"MetaUS$",
		"CRMUS$",
		"GapUS$",
		"CRM / Meta",
		"ROAS (Meta)",
		"ROAS",
	]);
	await userEvent.click(screen.getByTestId("by-ad"));
	await waitFor(() => expect(asked.at(-1)?.report.by).toBe("ad"));
});

test("without anything to compare the page says what comes here", async () => {
	const empty = {
		...report,
		report: { ...report.report, rows: [], total: figures({}) },
		groups: [{ ...report.groups[0], rows: [] }],
		meta_settings: [],
		meta_window: null,
	};
	showPage(GapPage, { get_gap: () => empty });
	expect(await screen.findByText("Nothing to compare yet")).toBeTruthy();
});

const type = (of: Partial<ActionTypeRow>): ActionTypeRow => ({
	action_type: "lead",
	kind: "lead",
	event: "lead",
	places: ["on_meta", "website"],
	count: 5,
	values: [],
	ad_days: 1,
	ads: 1,
	days: 1,
	accounts: 1,
	windows: [],
	as_leads: null,
	as_purchases: null,
	overlaps: [],
	within: null,
	...of,
});
const pixel = "offsite_conversion.fb_pixel_lead";
const map: ActionMapReport = {
	from: "2026-11-01",
	to: "2026-11-30",
	leads: {
		list: ["lead", `onsite_conversion.lead_grouped+${pixel}`],
		is_default: true,
		figure: 5,
		counted: { count: 5, values: [], ad_days: 1 },
		summed: { count: 10, values: [], ad_days: 2 },
		types: 2,
		fallbacks: [
			{ account_id: "a", account_name: "Casa Alba", taken: [pixel], ad_days: 8, count: 19 },
			{ account_id: "b", account_name: "Alba Deco", taken: [], ad_days: 1, count: 4 },
		],
		added_twice: [],
	},
	purchases: {
		list: ["omni_purchase"],
		is_default: false,
		figure: 0,
		counted: { count: 0, values: [], ad_days: 0 },
		summed: { count: 0, values: [], ad_days: 0 },
		types: 0,
		fallbacks: [],
		added_twice: [],
	},
	types: [
		type({ as_leads: { count: 5, values: [], ad_days: 1 }, overlaps: [pixel] }),
		type({ action_type: pixel, places: ["website"], overlaps: ["lead"], within: "lead" }),
		type({
			action_type: "offsite_conversion.custom.77",
			kind: "custom",
			count: 1.5,
			values: [{ currency: "USD", amount: "12.50" }],
		}),
	],
};

test("types show what counts and what is the same again, and another one can count", async () => {
	let settings = {
		lead_actions: [],
		purchase_actions: ["omni_purchase"],
	} as unknown as WorkspaceSettings;
	showPage(ActionsPage, {
		get_action_map: () => map,
		get_workspace_settings: () => settings,
		save_workspace_settings: (req: unknown) => {
			settings = req as WorkspaceSettings;
			return settings;
		},
	});
	const table = await screen.findByTestId("action-table");
	const lines = cells(table)
		.slice(1)
		.map((line) => line.slice(0, -1));
	expect(lines).toEqual([
		["lead", expect.stringContaining("Lead"), "5", "—", "1", "1", "5 leads", "holds 1 other"],
		[`${pixel}same events`, expect.stringContaining("Lead"), "5", "—", "1", "1", "—", "lead"],
		[
			"offsite_conversion.custom.77",
			expect.stringContaining("Custom conversion"),
			"1.5",
			"US$\u00a012.50",
			"1",
			"1",
			"—",
			"—",
		],
	]);
	const leads = screen.getByTestId("event-leads").textContent ?? "";
	expect(leads).toContain("All 2 types added up would be10");
	expect(leads).toContain(`on 8 ad-days Meta did not tell lead. Taken was ${pixel}: 19`);
	expect(leads).toContain("on 1 ad-day Meta told only types that are not in the list, up to 4");
	expect(screen.queryByTestId("default-leads")).toBeNull();
	await userEvent.click(screen.getByRole("button", { name: `Change what ${pixel} counts as` }));
	await userEvent.click(await screen.findByTestId("first-leads"));
	await waitFor(() =>
		expect(settings.lead_actions).toEqual([pixel, "lead", "onsite_conversion.lead_grouped"]),
	);
	await userEvent.click(screen.getByTestId("default-purchases"));
	await waitFor(() => expect(settings.purchase_actions).toEqual([]));
});

test("a type stands in a list once", () => {
	expect(first(["a+b", "c"], "b")).toEqual(["b", "a", "c"]);
	expect(first(["a", "b"], "a")).toEqual(["a", "b"]);
	expect(without(["a+b", "c"], "c")).toEqual(["a+b"]);
	expect(without(["a"], "a")).toEqual([]);
});
