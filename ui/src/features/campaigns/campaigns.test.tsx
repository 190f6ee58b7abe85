import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ExportScreen } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import CampaignsPage from "./page";

const none = { spend: "1.00", leads: 0, opportunities: 0, sales: 0, revenue: "0.00" };
const report = (by: unknown) => ({
	by,
	currency: "USD",
	attribution: { model: "last_touch", window_days: null, view_window_days: null },
	rows: [{ ...none, key: `${by}-1`, id: `${by}-1`, name: `One ${by}`, status: "active" }],
	attributed: none,
	unattributed: none,
	total: none,
	previous_total: null,
	other_currencies: [],
});

withPages();

test("as of an earlier moment, so are what lies under a row, the file and the accounts", async () => {
	const { of } = showPage(CampaignsPage, {
		get_roi: ({ by }) => report(by),
		list_ad_accounts: () => [],
		check_accounts: () => [],
		save_file: () => "/tmp/out.csv",
		export_screen: () => ({ path: "/tmp/out.csv", rows: 1 }),
	});
	await screen.findByText("One campaign");
	expect(of("get_roi").at(-1)).toMatchObject({ as_of: null });
	await userEvent.click(screen.getByTestId("as-of-picker"));
	await userEvent.click(await screen.findByTestId("as-of-picker-yesterday"));
	await screen.findByText(/^What was known on /);
	await waitFor(() => expect(of("get_roi").at(-1)?.as_of).toMatch(/T00:00:00\.000Z$/));
	const then = of("get_roi").at(-1)?.as_of;

	await userEvent.click(await screen.findByRole("button", { name: "Open One campaign" }));
	await screen.findByText("One adset");
	expect(of("get_roi").at(-1)).toMatchObject({ by: "adset", as_of: then });

	await userEvent.click(screen.getByTestId("export"));
	await userEvent.click(await screen.findByTestId("export-csv"));
	await waitFor(() => {
		const { table } = of("export_screen").at(-1) as unknown as ExportScreen;
		expect(table.facts.map(({ label }) => label)).toContain("What was known");
	});

	await userEvent.click(screen.getByRole("button", { name: "Accounts" }));
	await waitFor(() => expect(of("check_accounts").at(-1)).toEqual({ as_of: then }));
});

test("channels have names, all that was spent in the total, and what was entered behind a number", async () => {
	const spent = { ...none, spend: "50.00", cac: "25.00", new_customers: 2 };
	const { of } = showPage(
		CampaignsPage,
		{
			get_roi: ({ by }) => ({
				...report(by),
				rows: [
					{ ...spent, key: "channel:google_ads", id: null, name: "google_ads", status: null },
					{ ...spent, key: "channel:radio_mitre", id: null, name: "radio_mitre", status: null },
				],
				attributed: { ...spent, spend: "100.00" },
				total: { ...spent, spend: "100.00", cac: "12.34" },
			}),
			explain_number: (req) => ({
				id: "spend/channel/…",
				metric: req.metric,
				value: "50.00",
				formula: "spend",
				by: "channel",
				row: req.row,
				from: "2026-01-01",
				to: "2026-01-31",
				currency: "USD",
				attribution: report("channel").attribution,
				as_of: null,
				sums: [{ metric: "spend", value: "50.00" }],
				costs: null,
				ad_days: [],
				ad_days_count: 0,
				outcomes: [],
				outcomes_count: 0,
				spend: [
					{
						id: "s1",
						day: "2026-01-06",
						channel: "google_ads",
						campaign: "Brand",
						note: "invoice 7",
						amount: "50.00",
						currency: "USD",
						adds: ["50.00"],
						original: null,
					},
				],
				spend_count: 1,
				exchanged: null,
				without_rate: { ad_days: [], ad_days_count: 0, outcomes: [], outcomes_count: 0 },
			}),
			list_ad_accounts: () => [],
		},
		{ at: "/?by=channel" },
	);
	await screen.findByText("Google Ads");
	expect(screen.getByText("Radio mitre")).toBeTruthy();
	expect(of("get_roi").at(-1)).toMatchObject({ by: "channel", people: false, new_customers: true });
	expect(screen.getByTestId("channel-note").textContent).toContain("Meta’s alone");
	// The total of all other levels has no ratio: here it is what a new customer costs in all.
	expect(screen.getByText("12.34")).toBeTruthy();
	await userEvent.click(screen.getAllByText("50.00")[0] as Element);
	const passport = await screen.findByTestId("passport");
	await waitFor(() => expect(passport.textContent).toContain("invoice 7"));
	expect(passport.textContent).toContain("This row adds up to");
	expect(of("explain_number").at(-1)).toMatchObject({ row: "channel:google_ads", metric: "spend" });
});
