import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Answers } from "@/testing/page";
import { showPage, withPages } from "@/testing/page";
import { useSession } from "./session";

const attribution = {
	model: "last_touch",
	window_days: 28,
	view_window_days: null,
	half_life_days: 7,
	basis: "sale_date",
	refunds: "accrual",
};
const figures = (spend: string, roas: string | null) => ({
	spend,
	roas,
	meta_roas: null,
	cpl: "2.00",
	leads: 5,
	sales: 3,
	revenue: "30.00",
});
const row = (name: string, roas: string | null) => ({
	...figures("10.00", roas),
	key: name,
	id: `id-${name}`,
	external_id: null,
	name,
	currency: "USD",
	campaign_id: null,
	creative: null,
	remainder: null,
	previous: figures("5.00", "2.0000"),
});
const report = (rows: unknown[]) => ({
	by: "campaign",
	attribution,
	currency: "USD",
	rows,
	previous_period: { from: "2026-11-09", to: "2026-11-15" },
	attributed: figures("900.00", "4.1000"),
	// With what nobody attributed: no figure of the campaigns.
	total: figures("1234.50", "9.9000"),
	previous_total: figures("1000.00", "8.0000"),
	other_currencies: [],
});

function Page() {
	const { period } = useSession();
	return <main>{JSON.stringify(period)}</main>;
}

async function ask(question: string, more: Answers = {}) {
	const shown = showPage(Page, {
		get_setup_state: () => ({ workspace: { id: "w" } }),
		get_workspace_settings: () => ({ timezone: "UTC", attribution }),
		list_workspaces: () => [],
		save_preferences: (req) => req,
		get_roi: ({ by }) =>
			report(
				by === "campaign"
					? [
							row("Sofás de verano", "3.0000"),
							row("Sofás Lima", "5.0000"),
							row("Sofás sin gasto", null),
						]
					: [],
			),
		...more,
	});
	await screen.findByRole("main");
	await userEvent.keyboard("{Control>}k{/Control}");
	await userEvent.type(await screen.findByRole("combobox"), question);
	return shown;
}
const options = () =>
	screen.findAllByRole("option").then((all) => all.map((one) => one.textContent));

describe("the palette answers", () => {
	withPages();

	test("with the figure, its days and what it stands on; Enter opens it", async () => {
		const { of, router } = await ask("roas last week");
		await screen.findByText("4.10");
		const [first, second] = await options();
		expect(first).toContain("ROAS");
		expect(first).toContain("28 d");
		// A ratio is that of the campaigns, as their table has it.
		expect(first).toContain("3 campaigns");
		expect(first).toContain("▼ 31.7%");
		expect(second).toContain("ROAS (Meta)");
		const asked = of("get_roi").at(-1);
		expect(asked).toMatchObject({ compare: true, compare_with: "previous" });
		await userEvent.keyboard("{Enter}");
		await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
		expect(router.state.location.search).toMatchObject({ sort: "roas" });
		const kept = of("save_preferences").at(-1) as { views: Record<string, string> };
		expect(JSON.parse(kept.views.period ?? "{}")).toEqual({
			kind: "custom",
			from: asked?.from,
			to: asked?.to,
		});
	});

	test("a name that several have lists them all", async () => {
		const { router } = await ask("roas sofas");
		await screen.findByText("5.00");
		const all = await options();
		// Also the one that has no such figure: it was asked for.
		expect(all.slice(0, 3).map((text) => text?.includes("Sofás"))).toEqual([true, true, true]);
		expect(all[2]).toContain("—");
		await userEvent.keyboard("{ArrowDown}{Enter}");
		await waitFor(() =>
			expect(router.state.location.search).toMatchObject({ campaign: "id-Sofás Lima" }),
		);
	});

	test("a name that nothing has is said to be unknown", async () => {
		await ask("cpl sillas");
		await screen.findByText("Nothing in these days is called “sillas”.");
	});

	test("a model that is named is asked for, and kept when the figure is opened", async () => {
		const { of } = await ask("roas linear");
		await waitFor(() =>
			expect(of("get_roi").at(-1)).toMatchObject({ attribution: { model: "linear" } }),
		);
		await screen.findByText("4.10");
		await userEvent.keyboard("{Enter}");
		await waitFor(() => {
			const kept = of("save_preferences").at(-1) as { views: Record<string, string> };
			expect(JSON.parse(kept.views.attribution ?? "{}")).toMatchObject({ model: "linear" });
		});
	});

	test("a dash says why: people are Meta's to count, a margin needs every cost", async () => {
		await ask("reach", { get_roi: () => report([row("Sofás Lima", null)]) });
		await screen.findByText(/Only Meta counts people/);
		const [reach] = await options();
		expect(reach).toMatch(/^Reach.*· Meta · Only Meta counts people/);
		await userEvent.clear(screen.getByRole("combobox"));
		await userEvent.type(screen.getByRole("combobox"), "margin");
		await screen.findByText(/Cost known for 0 of 3 sales/);
	});

	test("what could not be read is said, and is not taken for nothing", async () => {
		await ask("roas last week", {
			get_roi: () => {
				throw { code: "internal", message: "disk", field: null, params: {}, retry_after_ms: null };
			},
		});
		await screen.findByText("Something went wrong inside Rumbo. The log has the details.");
		expect(screen.queryByText("Nothing matches.")).toBeNull();
	});

	test("a page that is called so comes first", async () => {
		const { router } = await ask("sales");
		await waitFor(async () => expect((await options()).length).toBeGreaterThan(1));
		await userEvent.keyboard("{Enter}");
		await waitFor(() => expect(router.state.location.pathname).toBe("/sales"));
	});
});
