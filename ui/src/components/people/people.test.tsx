import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReachAccount, ReachReport, RoiBy, RoiRow, WireError } from "@/bindings";
import { sumOf } from "@/components/figures/sums";
import { FiguresView } from "@/components/figures/view";
import { showPage, withPages } from "@/testing/page";

withPages();

const figures = {
	spend: "10.00",
	impressions: 900,
	leads: 1,
	opportunities: 1,
	sales: 1,
	revenue: "30.00",
};
const people = { reach: 400, frequency: "2.2500", unique_clicks: 31, unique_link_clicks: null };
const row = (name: string, more: Record<string, unknown> = {}) => ({
	...figures,
	key: name,
	id: `id-${name}`,
	external_id: `12${name}`,
	name,
	status: "active",
	currency: "USD",
	remainder: null,
	previous: null,
	...more,
});
const account = (more: Partial<ReachAccount> = {}): ReachAccount => ({
	id: "acc",
	external_id: "77",
	name: "Casa Alba",
	state: "not_asked",
	asked_at: null,
	answered_at: null,
	moving: false,
	restated: false,
	not_before: null,
	error: null,
	...more,
});
const offline: WireError = {
	code: "offline",
	message: "Meta cannot be reached.",
	field: null,
	reason: null,
	params: {},
	retry_after_ms: null,
};

/** A core that has Meta asked, and answers a moment later. */
function core(of: () => { account: ReachAccount; several?: boolean }) {
	const known = () => of().account.answered_at !== null;
	return {
		list_ad_accounts: () => [],
		list_saved_views: () => [],
		save_preferences: (req: unknown) => req,
		get_roi: ({ by, people: asked }: Record<string, unknown>) => {
			const told = asked === true && known() ? people : {};
			return {
				by,
				attribution: { model: "last_touch" },
				currency: "USD",
				rows: [row("Summer", told), row("Winter", known() ? { ...told, reach: 350 } : {})],
				attributed: figures,
				unattributed: figures,
				total: { ...figures, ...told, ...(asked === true && known() ? { reach: 610 } : {}) },
				other_currencies: [],
			};
		},
		get_reach: ({ by, from, to }: Record<string, unknown>): ReachReport => ({
			by: by as never,
			from: from as string,
			to: to as string,
			as_of: null,
			rows: [],
			whole: {
				state: of().several ? "several_accounts" : known() ? "answered" : "unknown",
				accounts: of().several ? 2 : 1,
				row:
					known() && !of().several
						? ({ ...people, reach: 610, by: "account", external_id: "77" } as never)
						: null,
			},
			accounts: [of().account],
		}),
		explain_reach: () => ({
			answers: [
				{
					...people,
					impressions: 900,
					answered_at: "2026-11-26T07:12:00Z",
					raw: '{"reach":"400","campaign_id":"12Summer"}',
				},
				{ ...people, reach: 380, impressions: 850, answered_at: "2026-11-25T09:00:00Z", raw: "{}" },
			],
		}),
	};
}

/** A table of three columns. */
const table = (by: RoiBy) => () => (
	<FiguresView
		name={by}
		label={by}
		base={{
			by,
			from: "2026-11-01",
			to: "2026-11-25",
			accounts: [],
			campaign: null,
			ad_set: null,
			attribution: null,
			convert_to: null,
			as_of: null,
		}}
		comparison="none"
		usual={by === "creative" ? ["impressions"] : ["impressions", "reach", "frequency"]}
		choice={{}}
		onChoice={() => undefined}
		nameHead="Name"
		nameCell={(row) => <span>{row.name}</span>}
		nothing={null}
	/>
);
const CampaignsPage = table("campaign");
const CreativesPage = table("creative");
const bar = () => screen.findByTestId("people-bar");

test("what was not asked is asked once for the table, waited for and shown with its time", async () => {
	let now = account();
	const { of } = showPage(CampaignsPage, {
		...core(() => ({ account: now })),
		ask_reach: () => {
			now = account({ state: "waiting", asked_at: "2026-11-26T07:11:00Z" });
			return null;
		},
	});
	const person = userEvent.setup({ delay: null });
	await waitFor(async () => expect((await bar()).textContent).toMatch(/only Meta can count them/));
	expect(of("get_roi").at(-1)).toMatchObject({ people: true });
	await person.click(screen.getByTestId("people-ask"));
	await waitFor(() => expect(of("ask_reach")).toHaveLength(1));
	expect(of("ask_reach")[0]).toMatchObject({ by: "campaign", currency: "USD", campaign: null });
	await waitFor(async () =>
		expect((await bar()).textContent).toMatch(/^Waiting for Meta: Casa Alba/),
	);
	expect(screen.queryByTestId("people-ask")).toBeNull();
});

test("without a network asking is still offered, in whole sentences", async () => {
	showPage(CampaignsPage, {
		...core(() => ({ account: account() })),
		get_app_info: () => ({ online: false, network_since: null, next_try_at: null }),
	});
	await waitFor(async () =>
		expect((await bar()).textContent).toMatch(/can count them\. There is no network now/),
	);
	screen.getByTestId("people-ask");
});

test("the key that asks leaves the focus at the answer, though the button goes", async () => {
	let now = account();
	showPage(CampaignsPage, {
		...core(() => ({ account: now })),
		ask_reach: () => {
			now = account({ state: "waiting", asked_at: "2026-11-26T07:11:00Z" });
			return null;
		},
	});
	(await screen.findByTestId("people-ask")).focus();
	await userEvent.keyboard("{Enter}");
	await waitFor(async () => expect((await bar()).textContent).toMatch(/^Waiting for Meta/));
	expect(document.activeElement).toBe(await bar());
});

test("what is stored and could not be read is read again, and Meta is not asked for it", async () => {
	let broken = true;
	const told = core(() => ({ account: account() }));
	const { of } = showPage(CampaignsPage, {
		...told,
		get_reach: (req: Record<string, unknown>) => {
			if (broken) throw { ...offline, code: "internal" };
			return told.get_reach(req);
		},
	});
	const again = await screen.findByRole("button", { name: "Try again" });
	broken = false;
	await userEvent.click(again);
	await waitFor(async () => expect((await bar()).textContent).toMatch(/only Meta can count them/));
	expect(of("ask_reach")).toHaveLength(0);
});

test("without a network the waiting says what happens, and what went wrong else", async () => {
	showPage(
		CampaignsPage,
		core(() => ({ account: account({ state: "waiting", error: offline }) })),
	);
	await waitFor(async () => expect((await bar()).textContent).toMatch(/^Waiting for Meta/));
	expect((await bar()).textContent).toMatch(/network/);
});

test("what Meta refuses is said with its reason, and may be asked again", async () => {
	const error = { ...offline, code: "meta_refused" as const, reason: "reach_too_much" as const };
	const { of } = showPage(
		CampaignsPage,
		core(() => ({ account: account({ state: "refused", error }) })),
	);
	await waitFor(async () => expect((await bar()).textContent).toMatch(/Ask for fewer days/));
	await userEvent.click(screen.getByTestId("people-ask"));
	await waitFor(() => expect(of("ask_reach")).toHaveLength(1));
});

test("people open their passport from the keyboard, and no sum of them is made", async () => {
	const done = account({
		state: "answered",
		answered_at: "2026-11-26T07:12:00Z",
		moving: true,
	});
	const { of } = showPage(
		CampaignsPage,
		core(() => ({ account: done })),
	);
	const person = userEvent.setup({ delay: null });
	await waitFor(async () => expect((await bar()).textContent).toMatch(/26 Nov 2026, 07:12/));
	expect((await bar()).textContent).toMatch(/still corrects the last days/);
	const grid = screen.getByTestId("campaign-table");
	const cells = (name: string) =>
		[...(within(grid).getByText(name).closest("tr") as HTMLElement).querySelectorAll("td")].map(
			(cell) => cell.textContent,
		);
	expect(cells("Summer")).toEqual(["900", "400", "2.25"]);
	expect(cells("2 campaigns")).toEqual(["900", "—", "—"]);
	expect(cells("Total")).toEqual(["900", "610", "2.25"]);

	// What is not there has nothing to open.
	const none = within(grid).getByText("2 campaigns").closest("tr")?.querySelectorAll("td");
	expect([...(none ?? [])].map((cell) => cell.getAttribute("aria-keyshortcuts"))).toEqual([
		"Enter",
		null,
		null,
	]);

	const reach = within(grid).getByText("400").closest("td") as HTMLElement;
	reach.focus();
	await person.keyboard("{Enter}");
	const passport = await screen.findByTestId("passport");
	await within(passport).findByText(/"campaign_id": "12Summer"/);
	expect(of("explain_reach").at(-1)).toMatchObject({ by: "campaign", external_id: "12Summer" });
	expect(passport.textContent).toMatch(/25 Nov 2026, 09:00380/);
	expect(of("explain_number")).toHaveLength(0);
	await person.keyboard("{Escape}");
	await waitFor(() => expect(document.activeElement).toBe(reach));
	await person.click(within(grid).getByText("610"));
	await waitFor(() =>
		expect(of("explain_reach").at(-1)).toMatchObject({ by: "account", external_id: "77" }),
	);
});

test("over several accounts the missing total has its reason", async () => {
	const done = account({ state: "answered", answered_at: "2026-11-26T07:12:00Z" });
	showPage(
		CampaignsPage,
		core(() => ({ account: done, several: true })),
	);
	await waitFor(async () =>
		expect((await bar()).textContent).toMatch(/No total: the people of 2 ad accounts overlap/),
	);
	expect(screen.queryByTestId("people-ask")).toBeNull();
});

test("creatives have no people at Meta, and the columns are not offered", async () => {
	const { of } = showPage(
		CreativesPage,
		core(() => ({ account: account() })),
	);
	const person = userEvent.setup({ delay: null });
	await screen.findByText("Summer");
	await person.click(screen.getByRole("button", { name: "Columns" }));
	await screen.findByLabelText("Clicks");
	expect(screen.queryByLabelText("Reach")).toBeNull();
	expect(of("get_reach")).toHaveLength(0);
});

test("two rows together have no people", () => {
	const rows = [row("a", people), row("b", people)] as unknown as RoiRow[];
	expect(sumOf(rows)).toMatchObject({ impressions: 1800, reach: null, frequency: null });
});
