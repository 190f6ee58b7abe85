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
