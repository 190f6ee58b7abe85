import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { SettingChange } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import SettingsPage from "./settings-page";

withPages();

const change = (of: Partial<SettingChange> = {}): SettingChange => ({
	id: "1",
	run: 4,
	seen_at: "2026-11-20T12:00:00Z",
	last_read_at: "2026-11-20T08:00:00Z",
	account_id: "a",
	account_name: "Casa Alba",
	level: "ad",
	object_id: "o",
	external_id: "120",
	name: "Grey sofa",
	campaign_id: "c",
	campaign_name: "Sofas",
	shown_by: 0,
	field: "creative.degrees_of_freedom_spec.creative_features_spec.image_touchups.enroll_status",
	kind: "enhancement",
	severity: "high",
	list: false,
	before: ["OPT_OUT"],
	after: ["OPT_IN"],
	currency: null,
	expected_at: null,
	expected_by: null,
	...of,
});

const rows = [
	change(),
	change({
		id: "2",
		level: "campaign",
		name: "Sofas",
		field: "daily_budget",
		kind: "budget",
		before: ["50.00"],
		after: ["120.00"],
		currency: "USD",
	}),
	change({
		id: "3",
		level: "ad_set",
		name: "Women",
		field: "targeting.geo_locations.countries",
		kind: "audience",
		severity: "medium",
		list: true,
		before: ["UY"],
		after: ["CL", "PE"],
	}),
	change({
		id: "5",
		level: "ad_set",
		field: "attribution_spec.CLICK_THROUGH.window_days",
		kind: "measurement",
		before: ["7"],
		after: ["1"],
	}),
	change({ id: "4", field: "url_tags", kind: "measurement", before: ["utm_source=x"], after: [] }),
];

test("a change says which setting, what it was and what it is, where and when", async () => {
	showPage(SettingsPage, {
		list_setting_changes: () => ({ rows, next: null, total: null }),
		list_ad_accounts: () => [],
	});
	const cells = (await screen.findAllByTestId("setting-row")).map((row) => row.textContent);
	expect(cells[0]).toContain("Enhancement: image touchups");
	expect(cells[0]).toContain("off \u2192 on");
	expect(cells[0]).toContain("Grey sofa Ad");
	expect(cells[1]).toContain("Daily budget");
	expect(cells[1]).toContain("US$\u00a050.00 \u2192 US$\u00a0120.00");
	expect(cells[2]).toContain("Countries");
	expect(cells[2]).toContain("\u2212 UY, + CL, + PE");
	expect(cells[3]).toContain("Attribution setting \u203a click through \u203a window days");
	expect(cells[3]).toContain("7 \u2192 1");
	expect(cells[4]).toContain("utm_source=x \u2192 not set");
});

test("one is marked as meant from beside the list, and the mark is taken back by Ctrl+Z", async () => {
	const asked: unknown[] = [];
	showPage(SettingsPage, {
		list_setting_changes: () => ({ rows, next: null, total: null }),
		list_ad_accounts: () => [],
		mark_setting_change: (req) => {
			asked.push(req);
			const expected_at = req.expected ? "2026-11-20T13:00:00Z" : null;
			return { changed: 1, rows: [change({ expected_at })] };
		},
	});
	await userEvent.click(await screen.findByText("Enhancement: image touchups"));
	const beside = within(await screen.findByTestId("inspector"));
	expect(beside.getByText("Costs money or lets Meta decide")).toBeTruthy();
	expect(beside.getByText(/Rumbo changes nothing at Meta/)).toBeTruthy();
	await userEvent.click(beside.getByTestId("mark-setting"));
	expect(await beside.findByText("Not meant after all")).toBeTruthy();
	await userEvent.keyboard("{Control>}z{/Control}");
	await waitFor(() => expect(asked.length).toBe(2));
	expect(asked).toEqual([
		{ ids: ["1"], expected: true },
		{ ids: ["1"], expected: false },
	]);
	expect(await beside.findByText("This was meant")).toBeTruthy();
});

test("filters are asked of the core, and all that is shown is marked at once", async () => {
	const asked: unknown[] = [];
	const marked: unknown[] = [];
	showPage(SettingsPage, {
		list_setting_changes: (req: unknown) => {
			asked.push(req);
			return { rows, next: null, total: null };
		},
		list_ad_accounts: () => [],
		mark_setting_change: (req) => {
			marked.push(req.ids);
			return { changed: 4, rows: [] };
		},
	});
	await userEvent.selectOptions(await screen.findByTestId("settings-kind"), "budget");
	await userEvent.click(screen.getByTestId("settings-all"));
	await waitFor(() =>
		expect(asked.at(-1)).toEqual({
			kind: "budget",
			account: null,
			expected_too: true,
			page: { limit: 200, cursor: null },
		}),
	);
	await userEvent.click(await screen.findByText("Mark 5 as meant"));
	await waitFor(() => expect(marked).toEqual([["1", "2", "3", "5", "4"]]));
});

test("without changes the page says what would appear", async () => {
	showPage(SettingsPage, {
		list_setting_changes: () => ({ rows: [], next: null, total: null }),
		list_ad_accounts: () => [],
	});
	expect(await screen.findByText("Nothing to look at")).toBeTruthy();
});
