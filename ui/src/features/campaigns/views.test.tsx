import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { SavedView, SaveView } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import CampaignsPage from "./page";

const figures = { spend: "10.00", leads: 1, opportunities: 1, sales: 1, revenue: "30.00" };
const row = (name: string, more: Record<string, unknown> = {}) => ({
	...figures,
	key: name,
	id: `id-${name}`,
	external_id: name,
	name,
	status: "active",
	account_id: "acc",
	account_name: "Casa Alba",
	campaign_id: null,
	campaign_name: null,
	creative: null,
	remainder: null,
	previous: null,
	currency: "USD",
	...more,
});
const attribution = {
	model: "last_touch",
	window_days: null,
	view_window_days: null,
	half_life_days: 7,
	basis: "sale_date",
	refunds: "accrual",
};
const report = (rows: unknown[]) => ({
	attribution,
	currency: "USD",
	rows,
	attributed: figures,
	unattributed: figures,
	total: figures,
	other_currencies: [],
});

/** A core that keeps views, as the real one does. */
function core() {
	let views: SavedView[] = [];
	let made = 0;
	return {
		get_workspace_settings: () => ({ timezone: "UTC", attribution }),
		list_ad_accounts: () => [],
		save_preferences: (req: unknown) => req,
		list_saved_views: () => views,
		save_view: (req: Record<string, unknown>) => {
			const { id, screen: of, name, state } = req as unknown as SaveView;
			made += 1;
			const view = { id: id ?? `v${made}`, screen: of, name, state, updated_at: "" };
			views = [...views.filter((one) => one.id !== id), view];
			return view;
		},
		remove_view: ({ id }: Record<string, unknown>) => {
			const gone = views.find((one) => one.id === id);
			views = views.filter((one) => one !== gone);
			return gone;
		},
		get_roi: ({ by }: Record<string, unknown>) =>
			report(
				by === "campaign"
					? [row("Summer"), row("Winter")]
					: by === "adset"
						? [row("Set", { campaign_id: "id-Summer", campaign_name: "Summer" })]
						: [row("Banner")],
			),
	};
}

withPages();

test("a row is gone into, level by level, and the way back is named", async () => {
	const { of } = showPage(CampaignsPage, core(), { at: "/campaigns" });
	const person = userEvent.setup({ delay: null });
	await person.click(await screen.findByLabelText("Show only what lies under Summer"));
	await screen.findByText("Set");
	expect(document.querySelector("h1")?.textContent).toBe("Summer");
	expect(of("get_roi").at(-1)).toMatchObject({ by: "adset", campaign: "id-Summer" });
	const set = screen.getByText("Set").closest("th") as HTMLElement;
	set.focus();
	await person.keyboard("{Shift>}{Enter}{/Shift}");
	await screen.findByText("Banner");
	expect(of("get_roi").at(-1)).toMatchObject({ by: "ad", ad_set: "id-Set" });
});

test("the way back out is named, step by step", async () => {
	const path = [
		{ by: "account", id: "acc", name: "Casa Alba" },
		{ by: "campaign", id: "id-Summer", name: "Summer" },
		{ by: "adset", id: "id-Set", name: "Set" },
	];
	const { of, router } = showPage(CampaignsPage, core(), {
		at: `/campaigns?path=${encodeURIComponent(JSON.stringify(path))}`,
	});
	const person = userEvent.setup({ delay: null });
	await screen.findByText("Banner");
	const crumbs = screen.getByLabelText("Where you are");
	expect(
		within(crumbs)
			.getAllByRole("button")
			.map((one) => one.textContent),
	).toEqual(["Campaigns", "Casa Alba", "Summer"]);
	await person.click(within(crumbs).getByText("Casa Alba"));
	await screen.findByText("Winter");
	expect(of("get_roi").at(-1)).toMatchObject({ by: "campaign", accounts: ["acc"], campaign: null });
	await person.click(within(screen.getByLabelText("Level")).getByText("Campaigns"));
	await waitFor(() => expect(router.state.location.search).toEqual({}));
});

test("a view keeps all that is chosen, brings it back, and its removal is taken back", async () => {
	const { of } = showPage(CampaignsPage, core(), {
		at: "/campaigns",
		views: {
			period: JSON.stringify({ kind: "90" }),
			comparison: JSON.stringify("year"),
			campaigns: JSON.stringify({ columns: ["spend", "roas"], pinned: ["roas"] }),
		},
	});
	const person = userEvent.setup({ delay: null });
	await screen.findByText("Winter");
	const menu = () => person.click(screen.getByTestId("views"));
	await menu();
	await person.click(await screen.findByTestId("view-save-as"));
	await person.type(await screen.findByTestId("view-name"), "Quarter");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(screen.getByTestId("views").textContent).toBe("Quarter"));
	expect(of("save_view")[0]).toMatchObject({
		id: null,
		screen: "campaigns",
		name: "Quarter",
		state: {
			by: "campaign",
			period: { kind: "90" },
			comparison: "year",
			attribution: null,
			columns: { shown: ["spend", "roas"], pinned: ["roas"], widths: {} },
		},
	});
	// What is changed afterwards is told, and opening the view takes it back.
	await person.click(screen.getByRole("button", { name: /^ROAS/ }));
	await waitFor(() => expect(screen.getByTestId("views").textContent).toContain("changed since"));
	await menu();
	await person.click(await screen.findByTestId("saved-view"));
	await waitFor(() => expect(screen.getByTestId("views").textContent).toBe("Quarter"));
	await menu();
	await person.click(await screen.findByTestId("view-remove"));
	expect((await screen.findByTestId("toast")).textContent).toContain("“Quarter” was removed.");
	await waitFor(() => expect(screen.getByTestId("views").textContent).toBe("Views"));
	await person.keyboard("{Control>}z{/Control}");
	await screen.findByText("“Quarter” is back.");
	await menu();
	await screen.findByTestId("saved-view");
});

test("filters that were cleared come back", async () => {
	const filters = [{ field: "spend", op: "least", values: ["500"] }];
	showPage(CampaignsPage, core(), {
		at: "/campaigns",
		views: { campaigns: JSON.stringify({ filters }) },
	});
	const person = userEvent.setup({ delay: null });
	await screen.findByText("No campaign matches these filters");
	await person.click(screen.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
	await screen.findByText("Winter");
	await person.keyboard("{Control>}z{/Control}");
	await screen.findByText("No campaign matches these filters");
});

test("a column that another page asks for is shown, whatever is chosen here", async () => {
	showPage(CampaignsPage, core(), {
		at: "/campaigns?sort=cpl",
		views: { campaigns: JSON.stringify({ columns: ["spend"] }) },
	});
	await screen.findByText("Winter");
	const heads = screen.getAllByRole("columnheader").map((one) => one.textContent);
	expect(heads.slice(1).map((text) => text?.slice(0, 3))).toEqual(["CPL", "Spe"]);
});
