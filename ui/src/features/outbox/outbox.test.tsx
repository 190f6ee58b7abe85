import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { DispatchRow, SendPreview, SendRow } from "@/bindings";
import { type Answers, showPage, withPages } from "@/testing/page";
import { took } from "./channels-tab";
import OutboxPage from "./page";
import SendPage from "./send-page";

const row: SendRow = {
	id: "s1",
	name: "Spring",
	channel_id: "c1",
	channel: "Shop",
	template: "spring",
	state: "running",
	expected: 10,
	standing: [
		{ state: "sent", reason: null, count: 4 },
		{ state: "planned", reason: null, count: 4 },
		{ state: "skipped", reason: "opted_out", count: 3 },
	],
	rest: null,
	not_before: null,
	not_after: null,
	started_at: null,
	ended_at: null,
	created_at: "2026-01-07T10:00:00Z",
	created_by: "Ana",
};
const lost: DispatchRow = {
	id: "d1",
	origin: "bulk_send",
	origin_name: "Spring",
	contact_id: "k1",
	contact: "Bia",
	channel_id: "c1",
	channel: "Shop",
	address: "+5511987654321",
	template: null,
	text: "Hi Bia",
	state: "unknown",
	reason: "answer_lost",
	error_code: null,
	error_text: null,
	attempts: 1,
	due_at: "2026-01-07T10:00:00Z",
	created_at: "2026-01-07T10:00:00Z",
	sent_at: null,
	delivered_at: null,
	read_at: null,
	failed_at: null,
	updated_at: "2026-01-07T10:00:00Z",
};
const preview: SendPreview = {
	people: 12,
	go: 8,
	reached: 9,
	waiting: [{ reason: "quiet_hours", count: 1 }],
	left_out: [{ reason: "opted_out", count: 3 }],
	lines: [
		{
			contact_id: "k1",
			contact: "Bia",
			address: "+5511987654321",
			text: "Hi Bia, 20%",
			state: "planned",
			reason: null,
			detail: null,
			due_at: "2026-01-07T10:00:00Z",
		},
	],
	unknown: [],
	cost: { all: "0.5625", currency: "USD" },
	ends_at: "2026-01-08T10:00:00Z",
};
const page = (rows: unknown[]) => ({ rows, next: null, total: null });
withPages();

test("a bulk send tells how far it is, is paused, and is withdrawn only after a question", async () => {
	const { of } = showPage(OutboxPage, {
		list_sends: () => page([row]),
		pause_send: () => ({ ...row, state: "paused" }),
		cancel_send: () => ({ ...row, state: "cancelled" }),
	});
	expect(await screen.findByRole("progressbar", { name: "4 of 8" })).toBeTruthy();
	expect(screen.getByText(/Opted out 3/)).toBeTruthy();
	await userEvent.click(screen.getByTestId("send-pause"));
	await waitFor(() => expect(of("pause_send").length > 0).toBe(true));
	await userEvent.click(screen.getByTestId("send-withdraw"));
	expect(await screen.findByText(/4 messages have not left/)).toBeTruthy();
	expect(of("cancel_send").length > 0).toBe(false);
	await userEvent.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(of("cancel_send").length > 0).toBe(true));
});

test("a bulk send tells why messages did not arrive, and of a withdrawn one how many never left", async () => {
	showPage(OutboxPage, {
		list_sends: () =>
			page([
				{
					...row,
					state: "done",
					standing: [
						{ state: "sent", reason: null, count: 4 },
						{ state: "failed", reason: "refused", count: 3 },
						{ state: "bounced", reason: "address_bounced", count: 2 },
					],
				},
				{
					...row,
					id: "s2",
					name: "Called off",
					state: "cancelled",
					standing: [{ state: "cancelled", reason: "withdrawn", count: 40 }],
				},
			]),
	});
	expect(await screen.findByText(/Refused by the provider 3/)).toBeTruthy();
	expect(screen.getByText(/cannot be reached 2/)).toBeTruthy();
	const bars = screen.getAllByRole("progressbar");
	expect(bars.map((one) => one.getAttribute("aria-valuenow"))).toEqual(["100", "0"]);
	expect(screen.getByText("40")).toBeTruthy();
});

test("another category is agreed to knowing what it costs and for how many the budget suffices", async () => {
	const rest = {
		category: "utility",
		people: 30,
		fits: 8,
		cost: { all: "7.50", currency: "USD" },
		budget_left: "2.00",
	};
	const { of } = showPage(OutboxPage, {
		list_sends: () => page([{ ...row, rest }]),
		resume_send: () => row,
	});
	const told = await screen.findByTestId("send-rest");
	expect(told.textContent).toMatch(/Utility now.*30.*7\.50.*2\.00.*enough for 8/);
	await userEvent.click(screen.getByTestId("send-resume"));
	await waitFor(() => expect(of("resume_send")).toEqual([{ id: "s1", within_budget: true }]));
});

test("how long answers take is told with its units", () => {
	const nbsp = (text: string) => text.replaceAll(" ", "\u00a0");
	expect([null, 40, 720, 11_100, 187_200].map(took)).toEqual(
		["—", "40 s", "12 min", "3 h 05 min", "2 d 4 h"].map(nbsp),
	);
});

test("what nobody knows the end of is settled by a person", async () => {
	const { of } = showPage(
		OutboxPage,
		{
			list_dispatches: () => page([lost]),
			get_outbox: () => ({ standing: [{ state: "unknown", reason: null, count: 1 }] }),
			get_dispatch: () => ({ dispatch: lost, history: [] }),
			settle_dispatch: () => ({ dispatch: { ...lost, state: "sent" }, history: [] }),
		},
		{ at: "/?tab=messages" },
	);
	await userEvent.click(await screen.findByRole("button", { name: /Bia/ }));
	await userEvent.click(await screen.findByTestId("settle-sent"));
	await waitFor(() =>
		expect(of("settle_dispatch")[0]).toEqual({
			id: "d1",
			was_sent: true,
		}),
	);
});

const options: Answers = {
	get_send_options: () => ({
		channels: [
			{
				id: "c1",
				name: "Shop",
				kind: "whatsapp",
				ready: true,
				state_reason: null,
				state_detail: null,
				sends_templates: true,
				account: "109",
			},
		],
		templates: [
			{
				id: "t1",
				account: "109",
				name: "spring",
				language: "en",
				category: "marketing",
				state: "approved",
				body: "Hi {{1}}, 20%",
				variables: [{ key: "body.1", sample: "Ana" }],
			},
			{
				id: "t3",
				account: "118",
				name: "of_others",
				language: "en",
				category: "marketing",
				state: "approved",
				body: "x",
				variables: [],
			},
			{
				id: "t2",
				account: "109",
				name: "paused_one",
				language: "en",
				category: "marketing",
				state: "paused",
				body: "x",
				variables: [],
			},
		],
		fields: ["first_name"],
	}),
	preview_send: () => preview,
	start_send: () => row,
};

test("nothing leaves before everybody was seen and their number typed", async () => {
	const { of } = showPage(SendPage, options);
	const template = await screen.findByTestId("send-template");
	expect(screen.queryByText(/paused_one/)).toBeNull();
	expect(screen.queryByText(/of_others/)).toBeNull();
	await userEvent.selectOptions(template, "t1");
	expect(screen.getByTestId("send-preview").textContent).toContain("Choose a message");
	await userEvent.click(screen.getByTestId("field-menu"));
	await userEvent.click(await screen.findByRole("menuitem", { name: "First name" }));
	expect(await screen.findByText("Hi Bia, 20%")).toBeTruthy();
	expect(screen.getByTestId("send-preview").textContent).toContain("Night where the contact is");
	expect(screen.getByTestId("send-preview").textContent).toContain("0.56");
	const start = screen.getByTestId("send-start");
	await userEvent.type(screen.getByTestId("send-confirm"), "8");
	await userEvent.click(start);
	expect(of("start_send").length > 0).toBe(false);
	await userEvent.clear(screen.getByTestId("send-confirm"));
	await userEvent.type(screen.getByTestId("send-confirm"), "9{Enter}");
	await waitFor(() => expect(of("start_send").length > 0).toBe(true));
	const { draft, confirm, once } = of("start_send")[0] as {
		draft: { values: Record<string, string>; audience: unknown };
		confirm: number;
		once: { type: string; key: string };
	};
	expect(confirm).toBe(9);
	expect(once.type).toBe("key");
	expect(once.key).toMatch(/^[0-9a-f-]{36}$/);
	expect(draft.values).toEqual({ "body.1": "{first_name}" });
	expect(draft.audience).toEqual({ type: "filter", search: null, status: null, source: null });
});
