import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import type {
	ExplainNumber,
	NumberPassport,
	PassportOriginal,
	RoiFigures,
	RoiReport,
	RoiRow,
} from "@/bindings";
import { type FiguresChoice, FiguresView } from "@/components/figures/view";
import { type Answers, showPage, withPages } from "@/testing/page";
import { Figure, FigureTable } from "./figure";
import { together } from "./number";
import { indented } from "./rows";

withPages();

const attribution = {
	model: "linear",
	basis: "sale_date",
	refunds: "accrual",
	window_days: 28,
	view_window_days: null,
	half_life_days: 7,
} as const;

const figures = (spend: string, revenue: string, roas: string) =>
	({ spend, revenue, roas, leads: 0, opportunities: 0, sales: 0 }) as unknown as RoiFigures;
const row = (key: string, of: RoiFigures) =>
	({
		...of,
		key,
		id: key,
		name: key,
		external_id: key,
		status: "active",
		remainder: null,
		currency: "USD",
		previous: null,
		spark: [],
	}) as unknown as RoiRow;

const report = {
	by: "campaign",
	from: "2026-11-01",
	to: "2026-11-30",
	attribution,
	currency: "USD",
	rows: [
		row("Alpha", figures("100.00", "450.50", "4.5050")),
		row("Beta", figures("50.10", "20.00", "0.3992")),
	],
	attributed: figures("150.10", "470.50", "3.1346"),
	unattributed: { ...figures("0", "19.50", "0"), spend: null, roas: null },
	total: figures("150.10", "490.00", "3.2645"),
	previous_unattributed: null,
	previous_total: null,
	other_currencies: [],
} as unknown as RoiReport;

const adDay = (at: number, spend: string) => ({
	day: "2026-11-02",
	account_id: "acc",
	ad_external_id: `ad${at}`,
	ad_name: `Ad ${at}`,
	campaign_name: "Alpha",
	adds: ["0.00", spend],
	original: null as PassportOriginal | null,
	told: [
		{ metric: "spend", value: spend },
		{ metric: "impressions", value: "5210" },
	],
	currency: "USD",
	reach: 4870,
	frequency: "1.069815",
	attribution_setting: "7d_click",
	run: 4,
	run_started_at: "2026-11-03T03:00:00Z",
	actions: '{"a":[["lead","2"],["link_click","31"]]}',
	rest: null,
});
const sale = (id: string, revenue: string) => ({
	kind: "sale" as const,
	id,
	contact_id: "p1",
	contact: "Ana Souza",
	reference: "S-1",
	day: "2026-11-04",
	happened_at: "2026-11-04T15:10:00Z",
	gross: "900.00",
	refunded: "0.00",
	currency: "USD",
	adds: [revenue, null],
	original: null as PassportOriginal | null,
});

/** A ROAS of 450.50 / 100.00, from three rows. */
const passport = (of: ExplainNumber, edit: Partial<NumberPassport> = {}): NumberPassport => ({
	id: `${of.metric}/campaign/…/${of.row}`,
	metric: of.metric,
	value: "4.5050",
	formula: "revenue / spend",
	by: "campaign",
	row: of.row,
	from: "2026-11-01",
	to: "2026-11-30",
	currency: of.currency,
	attribution,
	as_of: null,
	sums: [
		{ metric: "revenue", value: "450.50" },
		{ metric: "spend", value: "100.00" },
	],
	ad_days: [adDay(1, "60.00"), adDay(2, "40.00")],
	ad_days_count: 2,
	outcomes: [sale("s1", "450.50")],
	outcomes_count: 1,
	exchanged: null,
	without_rate: { ad_days: [], ad_days_count: 0, outcomes: [], outcomes_count: 0 },
	...edit,
});

function Campaigns() {
	const [choice, setChoice] = useState<Partial<FiguresChoice>>({
		columns: ["spend", "revenue", "roas"],
	});
	return (
		<FiguresView
			name="campaign"
			label="Campaigns"
			base={{
				by: "campaign",
				from: "2026-11-01",
				to: "2026-11-30",
				accounts: [],
				campaign: null,
				ad_set: null,
			}}
			comparison="none"
			usual={["spend"]}
			choice={choice}
			onChoice={setChoice}
			nameHead="Campaign"
			nameCell={(of) => of.name}
			nothing="nothing"
		/>
	);
}

const show = (answers: Answers = {}) =>
	showPage(Campaigns, {
		get_roi: () => report,
		list_ad_accounts: () => [],
		explain_number: (of) => passport(of as unknown as ExplainNumber),
		...answers,
	});

const cell = (at: string) => document.querySelector(`[data-cell="${at}"]`) as HTMLElement;
const opened = () => screen.findByTestId("passport");

test("a number that is pressed tells its formula, its rows and that they add up to it", async () => {
	const { of } = show();
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const box = await opened();
	expect(of("explain_number")[0]).toMatchObject({
		currency: "USD",
		row: "Alpha",
		metric: "roas",
		report: { by: "campaign", from: "2026-11-01", to: "2026-11-30", as_of: null },
	});
	await within(box).findByText("ROAS (CRM, Linear, 28 d)");
	expect(within(box).getByText("Revenue ÷ Spend")).toBeTruthy();
	expect(screen.getByTestId("passport-value").textContent).toBe("4.51");
	const fits = await screen.findByTestId("added-up");
	expect(fits.textContent).toBe(
		"These 3 rows, added up, give 4.51 by the formula, the number shown.",
	);
	await userEvent.click(within(box).getByText("Ad 1"));
	await within(box).findByText(/sync no\. 4, 3 Nov 2026/);
	expect(box.textContent).toContain('["lead", "2"]');
	// What cannot be added up is of its day alone.
	expect(box.textContent).toContain("Impressions5,210Reach that day4,870Frequency that day1.07");
	await userEvent.click(within(box).getByText("Ana Souza"));
	const link = await within(box).findByRole("link", { name: "Open contact" });
	expect(link.getAttribute("href")).toContain("open=p1");
	await userEvent.keyboard("{Escape}");
	expect(screen.queryByTestId("passport")).toBeNull();
	expect(document.activeElement).toBe(cell("0:3"));
});

test("a number says what it was in the days before and a week ago, and leads to why", async () => {
	const moved = (before: string | null) => ({ before, after: "4.5050", contribution: null });
	const { of } = show({
		get_contributions: ({ since }) => ({
			compared: { from: "2026-10-02", to: "2026-10-31" },
			groups: [
				{
					currency: "USD",
					whole: moved("9.0000"),
					rows: [{ key: "Alpha", ...moved(since ? null : "4.0000") }],
					unattributed: null,
				},
			],
		}),
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const box = await screen.findByTestId("passport-earlier");
	await waitFor(() => expect(box.textContent).toMatch(/2 Oct – 31 Oct 20264\.00▲ 12\.6%/));
	// A week ago there was no such row.
	expect(box.textContent).toMatch(/As of .*—$/);
	expect(of("get_contributions")).toMatchObject([
		{ metric: "roas", report: { by: "campaign", compare_with: "previous" } },
		{ metric: "roas", since: expect.stringMatching(/Z$/) },
	]);
	// These days are not those that the pages of changes would show.
	expect(within(box).queryByRole("link")).toBeNull();
});

test("of the days that are chosen, what it was leads to the pages that say why", async () => {
	vi.useFakeTimers({ now: Date.parse("2026-11-30T10:00:00Z"), toFake: ["Date"] });
	try {
		show({ get_contributions: () => ({ compared: report, groups: [] }) });
		await screen.findByText("Alpha");
		await userEvent.click(cell("0:3"));
		const box = await screen.findByTestId("passport-earlier");
		const links = await within(box).findAllByRole("link");
		expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
			["What moved it", "/changes/periods"],
			["What changed since", expect.stringMatching(/^\/changes\?since=.*2026-11-23T10/)],
		]);
	} finally {
		vi.useRealTimers();
	}
});

test("the keyboard alone opens a number, goes on to a sum under it, and comes back", async () => {
	const { of } = show();
	await screen.findByText("Alpha");
	act(() => cell("0:0").focus());
	await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
	await waitFor(() => expect(document.activeElement).toBe(cell("0:3")));
	await userEvent.keyboard("{Enter}");
	const box = await opened();
	expect(document.activeElement).toBe(box);
	await within(box).findByTestId("added-up");
	await userEvent.tab({ shift: true });
	// Round from the first to the last: the rows are one stop.
	expect(document.activeElement?.tagName).toBe("SUMMARY");
	await userEvent.tab();
	await userEvent.tab();
	expect(document.activeElement?.textContent).toBe("US$\u00a0450.50");
	await userEvent.keyboard("{Enter}");
	await within(await opened()).findByText("Revenue (CRM, Linear, 28 d)");
	expect(of("explain_number").at(-1)).toMatchObject({ row: "Alpha", metric: "revenue" });
	await userEvent.click(screen.getByRole("button", { name: "Back to ROAS" }));
	await within(await opened()).findByText("ROAS (CRM, Linear, 28 d)");
	await userEvent.keyboard("{Escape}");
	expect(document.activeElement).toBe(cell("0:3"));
});

test("Enter on a name opens the row as before, and no word is a number", async () => {
	const { of } = show();
	await screen.findByText("Alpha");
	act(() => cell("0:0").focus());
	await userEvent.keyboard("{Enter}");
	await waitFor(() => expect(of("get_roi").some((one) => one.by === "adset")).toBe(true));
	expect(screen.queryByTestId("passport")).toBeNull();
});

test("rows that do not add up, and a page that shows something else, are told", async () => {
	show({
		explain_number: (of) =>
			passport(of as unknown as ExplainNumber, { ad_days: [adDay(1, "60.00")], ad_days_count: 1 }),
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const wrong = await screen.findByTestId("added-up");
	expect(wrong.dataset.fits).toBe("false");
	expect(wrong.textContent).toContain("come to 7.51 and not to 4.51");
	// Beta has 0.40 on the page, and the core says what Alpha has.
	await userEvent.click(cell("1:3"));
	await waitFor(() => expect(screen.getByTestId("passport").textContent).toContain("Beta"));
});

test("what the page showed and what the rows are now are told apart", async () => {
	show();
	await screen.findByText("Beta");
	await userEvent.click(cell("1:3"));
	const moved = await screen.findByTestId("added-up");
	expect(moved.dataset.fits).toBe("false");
	expect(moved.textContent).toContain("give 4.51. The page had 0.40 when this was opened");
});

test("many rows are read in pages and all of them added up", async () => {
	const all = Array.from({ length: 250 }, (_, at) => adDay(at, "0.10"));
	const { of } = show({
		explain_number: (asked) => {
			const { limit, ad_days_from, outcomes_from } = asked as unknown as ExplainNumber;
			const from = ad_days_from ?? 0;
			return passport(asked as unknown as ExplainNumber, {
				metric: "spend",
				value: "25.00",
				sums: [{ metric: "spend", value: "25.00" }],
				ad_days: outcomes_from
					? []
					: all
							.slice(from, from + (limit ?? 0))
							.map((one) => ({ ...one, adds: [one.adds[1] ?? null] })),
				ad_days_count: 250,
				outcomes: [],
				outcomes_count: 0,
			});
		},
		get_roi: () => ({ ...report, rows: [row("Alpha", figures("25.00", "0", "0"))] }),
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:1"));
	const box = await opened();
	const fits = await screen.findByTestId("added-up");
	expect(fits.textContent).toBe("These 250 rows add up to US$\u00a025.00, the number shown.");
	expect(box.querySelectorAll("summary").length).toBe(200);
	await userEvent.click(within(box).getByText("50 more"));
	await waitFor(() => expect(box.querySelectorAll("summary").length).toBe(250));
	expect(of("explain_number").at(-1)).toMatchObject({ ad_days_from: 200, limit: 200 });
	expect(within(box).queryByText(/ more$/)).toBeNull();
}, 20_000);

test("sums of rows and what is not attributed open too", async () => {
	const { of } = show();
	await screen.findByText("Alpha");
	const row = () => of("explain_number").at(-1)?.row;
	for (const [at, expected] of [
		["2:1", "attributed"],
		["3:2", "unattributed"],
		["4:2", "total"],
	] as const) {
		await userEvent.click(cell(at));
		await waitFor(() => expect(row()).toBe(expected));
	}
	// A ratio of mixed bases is none, and opens nothing.
	const before = of("explain_number").length;
	await userEvent.click(cell("4:3"));
	expect(of("explain_number").length).toBe(before);
	await userEvent.type(screen.getByRole("searchbox"), "Alpha");
	await waitFor(() => expect(screen.queryByText("Beta")).toBeNull());
	await userEvent.click(cell("1:1"));
	await waitFor(() => expect(row()).toBe("rows:Alpha"));
});

test("a converted row tells what it was and by which rate, and what has none is listed apart", async () => {
	const original: PassportOriginal = {
		currency: "BRL",
		adds: ["0.00", "314.16"],
		day: "2026-11-02",
		rate: {
			from: "BRL",
			day: "2026-11-02",
			rate_day: "2026-10-30",
			rate: "0.190985",
			source: "ecb",
			legs: [
				{ base: "EUR", quote: "BRL", rate: "5.8740" },
				{ base: "EUR", quote: "USD", rate: "1.1218" },
			],
		} as PassportOriginal["rate"],
	};
	const lacking = { ...sale("s2", "0"), contact: "Rui Lima", adds: [null, null] };
	show({
		explain_number: (of) =>
			passport(of as unknown as ExplainNumber, {
				ad_days: [{ ...adDay(1, "60.00"), original }, adDay(2, "40.00")],
				without_rate: {
					ad_days: [],
					ad_days_count: 0,
					outcomes: [{ ...lacking, currency: "CLP", original: { ...original, rate: null } }],
					outcomes_count: 1,
				},
			}),
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const box = await opened();
	await screen.findByTestId("added-up");
	await userEvent.click(within(box).getByText("Ad 1"));
	await within(box).findByText(/^Spend R\$.314\.16$/);
	expect(box.textContent).toContain("at 0.190985 (ECB, 30 Oct 2026)");
	expect(box.textContent).toContain("1 EUR = 5.874 BRL · 1 EUR = 1.1218 USD");
	await userEvent.click(within(box).getByText("Rui Lima"));
	await within(box).findByText("None for 2 Nov 2026");
	expect(box.textContent).toContain("CLP$\u00a0900");
});

test("what cannot be read is told, with a way to try again", async () => {
	let broken = true;
	show({
		explain_number: (of) => {
			if (broken) throw { code: "internal", message: "disk", params: {} };
			return passport(of as unknown as ExplainNumber);
		},
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const box = await opened();
	const again = await within(box).findByRole("button", { name: "Try again" });
	broken = false;
	await userEvent.click(again);
	await within(box).findByTestId("added-up");
});

test("figures of a plain table are one stop of the Tab key", async () => {
	const of = (metric: string) => ({
		report: { by: "campaign", from: "2026-11-01", to: "2026-11-30", campaign: null, ad_set: null },
		currency: "USD",
		row: "total",
		name: "Total",
		metric,
		shown: "1",
	});
	showPage(
		() => (
			<FigureTable>
				<tbody>
					{["spend", "revenue"].map((metric) => (
						<tr key={metric}>
							<td>{metric}</td>
							<td>
								<Figure of={of(metric) as never}>{`${metric} 1`}</Figure>
							</td>
							<td>
								<Figure of={of("roas") as never}>{`${metric} 2`}</Figure>
							</td>
						</tr>
					))}
				</tbody>
			</FigureTable>
		),
		{},
	);
	const first = await screen.findByRole("button", { name: "spend 1" });
	await userEvent.tab();
	expect(document.activeElement).toBe(first);
	await userEvent.keyboard("{ArrowRight}{ArrowDown}");
	expect(document.activeElement?.textContent).toBe("revenue 2");
	await userEvent.keyboard("{ArrowLeft}{ArrowUp}");
	expect(document.activeElement).toBe(first);
	await userEvent.keyboard("{End}");
	await userEvent.tab();
	expect(document.activeElement).toBe(document.body);
});

test("several rows are named by the shorter list, each key by itself", () => {
	expect(together(["a", "b,c"], ["d", "e", "f"])).toBe("rows:a,b%2Cc");
	expect(together(["a", "b", "c"], ["d e"])).toBe("but:d%20e");
	expect(together(["a"], [])).toBe("attributed");
});

test("JSON stands as people read it", () => {
	expect(indented('{"a":[["lead","2"]]}')).toBe('{\n  "a": [\n    ["lead", "2"]\n  ]\n}');
	expect(indented("no JSON")).toBe("no JSON");
});

test("a margin that lacks the cost of a sale says so, and which sale it is", async () => {
	const bought = (id: string, cost: string | null, margin: string | null) => ({
		...sale(id, margin ?? ""),
		cost,
		adds: [margin, null],
	});
	show({
		get_roi: () => ({
			...report,
			rows: [row("Alpha", { ...figures("100.00", "450.50", "4.5050"), margin: null } as never)],
		}),
		explain_number: (of) =>
			passport(of as unknown as ExplainNumber, {
				value: null,
				sums: [
					{ metric: "margin", value: null },
					{ metric: "spend", value: "100.00" },
				],
				costs: { known: 1, sales: 2 },
				outcomes: [bought("s1", "40.00", "410.50"), bought("s2", null, null)],
				outcomes_count: 2,
			}),
	});
	await screen.findByText("Alpha");
	await userEvent.click(cell("0:3"));
	const box = within(await opened());
	expect((await box.findByTestId("missing-costs")).textContent).toContain(
		"Cost known for 1 of 2 sales. Without the cost of every sale there is no margin.",
	);
	// It is not the divisor that is missing, and nothing is said to add up.
	expect(box.queryByText(/Nothing can be divided/)).toBeNull();
	expect(screen.queryByTestId("added-up")).toBeNull();
	for (const name of box.getAllByText("Ana Souza")) await userEvent.click(name);
	await box.findByText(/^US\$.40\.00$/);
	await box.findByText("not known");
});
