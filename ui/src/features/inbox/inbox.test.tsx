import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ConversationMessage, ConversationRow } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { excerpt } from "./excerpt";
import { leftUntil, linesOf } from "./lines";
import InboxPage from "./page";

const row = (id: string, more: Partial<ConversationRow> = {}): ConversationRow => ({
	id,
	channel_id: "ch",
	channel: "Reception",
	kind: "whatsapp",
	provider: "whatsapp_cloud",
	address: "+5491123456789",
	contact_id: "c1",
	name: `Person ${id}`,
	state: "open",
	assigned_to: null,
	assignee: null,
	last_message_at: "2026-11-20T10:00:00Z",
	last_inbound_at: "2026-11-20T10:00:00Z",
	unread: 0,
	preview: `Hello from ${id}`,
	last_kind: "text",
	last_direction: "inbound",
	last_status: "received",
	last_automatic: false,
	open_until: "2026-11-21T10:00:00Z",
	automation_paused_until: null,
	...more,
});

const message = (id: string, more: Partial<ConversationMessage> = {}): ConversationMessage => ({
	id,
	direction: "inbound",
	kind: "text",
	body: `Body ${id}`,
	media: null,
	template_id: null,
	template: null,
	address: "+5491123456789",
	automatic: false,
	origin: "contact",
	origin_name: null,
	author: null,
	dispatch_id: null,
	reply_to: null,
	provider_message_id: `wamid.${id}`,
	status: "received",
	error_code: null,
	error_text: null,
	price: null,
	currency: null,
	at: "2026-11-20T10:00:00Z",
	sent_at: null,
	delivered_at: null,
	read_at: null,
	failed_at: null,
	...more,
});

const answers = (rows: ConversationRow[], messages: ConversationMessage[] = []) => ({
	list_conversations: () => ({ rows, next: null, unread: 1, mine: 0 }),
	get_conversation: ({ id }: Record<string, unknown>) => ({
		conversation: rows.find((one) => one.id === id) ?? rows[0],
		messages,
		next: null,
		notes: [{ id: "n1", body: "Call tomorrow", author: "Eva", at: "2026-11-20T11:00:00Z" }],
		chatwoot_url: id === "a" ? null : "https://chat.example/app/accounts/1/conversations/4",
	}),
	resume_automation: () => rows[0],
	mark_conversation: () => rows[0],
	close_conversation: () => rows[0],
	assign_conversation: () => rows[0],
	search_inbox: () => ({
		people: [rows[0]],
		messages: [
			{
				id: "m9",
				conversation_id: rows[1]?.id ?? "",
				kind: "whatsapp",
				name: "Person b",
				direction: "inbound",
				body: "About the invoice",
				at: "2026-11-20T10:00:00Z",
			},
		],
	}),
});

describe("the inbox", () => {
	withPages();

	test("leads to Chatwoot, and lets automatic messages go on that wait for an agent", async () => {
		const { of } = showPage(
			InboxPage,
			answers([row("a"), row("b", { automation_paused_until: "2099-01-01T00:00:00Z" })]),
		);
		await userEvent.click((await screen.findAllByTestId("conversation"))[0] as HTMLElement);
		await screen.findByTestId("end");
		expect(screen.queryByTestId("chatwoot")).toBeNull();
		expect(screen.queryByTestId("paused")).toBeNull();
		await userEvent.click(screen.getAllByTestId("conversation")[1] as HTMLElement);
		expect(await screen.findByTestId("chatwoot")).toBeTruthy();
		await userEvent.click(screen.getByRole("button", { name: "Resume automation" }));
		await waitFor(() => expect(of("resume_automation")).toEqual([{ id: "b" }]));
	});

	test("goes through conversations by keys, reads what it opens, and ends and assigns them", async () => {
		const { of } = showPage(
			InboxPage,
			answers([row("a", { unread: 2 }), row("b")], [message("1"), message("2")]),
		);
		expect(await screen.findAllByTestId("conversation")).toHaveLength(2);
		await userEvent.keyboard("j");
		await waitFor(() => expect(of("get_conversation")[0]?.id).toBe("a"));
		await waitFor(() => expect(of("mark_conversation")).toEqual([{ id: "a", read: true }]));
		await userEvent.keyboard("j");
		await waitFor(() => expect(of("get_conversation").at(-1)?.id).toBe("b"));
		await userEvent.keyboard("e");
		await waitFor(() => expect(of("close_conversation")).toEqual([{ id: "b", closed: true }]));
		await userEvent.keyboard("a");
		await waitFor(() => expect(of("assign_conversation")).toEqual([{ id: "b", to: "me" }]));
		await userEvent.keyboard("k");
		await waitFor(() =>
			expect(screen.getAllByTestId("conversation")[0]?.getAttribute("aria-current")).toBe("true"),
		);
		await userEvent.keyboard("r");
		// The window has closed: a note is all that can be written here.
		expect(document.activeElement).toBe(screen.getByTestId("note"));
	});

	test("shows how messages fared, and what sent those that no person did", async () => {
		showPage(
			InboxPage,
			answers(
				[row("a")],
				[
					message("1"),
					message("2", {
						direction: "outbound",
						origin: "rule",
						origin_name: "Follow-up",
						automatic: true,
						kind: "template",
						template: "lead_followup",
						status: "read",
					}),
					message("3", {
						direction: "outbound",
						origin: "person",
						status: "failed",
						error_text: "Message undeliverable",
					}),
				],
			),
			{ at: "/?open=a" },
		);
		const all = await screen.findAllByTestId("message");
		const of = (id: string) => {
			const found = all.find((one) => within(one).queryByText(`Body ${id}`));
			if (!found) throw new Error(id);
			return within(found);
		};
		expect(of("2").getByText(/Follow-up/)).toBeTruthy();
		expect(of("2").getByText(/lead_followup/)).toBeTruthy();
		expect(of("2").getByText("Read")).toBeTruthy();
		expect(of("3").getByText(/Message undeliverable/)).toBeTruthy();
		expect(screen.getByText("Call tomorrow")).toBeTruthy();
		// The last message is long ago here.
		expect(screen.getByTestId("window").textContent).toContain("24");
	});

	test("answers once, and says why one was not sent", async () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString();
		const { of } = showPage(
			InboxPage,
			{
				...answers([row("a", { open_until: soon })], [message("1")]),
				reply_to_conversation: () => ({
					dispatch_id: "d1",
					state: "skipped",
					reason: "opted_out",
				}),
			},
			{ at: "/?open=a" },
		);
		await userEvent.type(await screen.findByTestId("answer"), "Hello");
		await userEvent.keyboard("{Control>}{Enter}{/Control}");
		await waitFor(() => expect(of("reply_to_conversation")).toHaveLength(1));
		expect(of("reply_to_conversation")[0]).toMatchObject({ id: "a", body: "Hello" });
		expect((await screen.findByTestId("reply-state")).textContent).toContain("does not want");
		// What was not sent is still there.
		expect((screen.getByTestId("answer") as HTMLTextAreaElement).value).toBe("Hello");
		await userEvent.click(screen.getByTestId("write-note"));
		expect(screen.getByTestId("note")).toBeTruthy();
	});

	/** A core whose unread list loses what is read, as the real one's does. */
	const untilRead = (all: ConversationRow[]) => {
		const now = new Map(all.map((one) => [one.id as string, one]));
		const change = (id: unknown, more: Partial<ConversationRow>) => {
			const next = { ...(now.get(String(id)) as ConversationRow), ...more };
			now.set(String(id), next);
			return next;
		};
		return {
			...answers(all, [message("1")]),
			list_conversations: ({ unread, state }: Record<string, unknown>) => ({
				rows: [...now.values()].filter(
					(one) => (!unread || one.unread > 0) && (!state || one.state === state),
				),
				next: null,
				unread: [...now.values()].filter((one) => one.unread > 0).length,
				mine: 0,
			}),
			get_conversation: ({ id }: Record<string, unknown>) => ({
				conversation: now.get(String(id)),
				messages: [message(`of-${id}`)],
				next: null,
				notes: [],
				chatwoot_url: null,
			}),
			mark_conversation: ({ id, read }: Record<string, unknown>) =>
				change(id, { unread: read ? 0 : 1 }),
			close_conversation: ({ id, closed }: Record<string, unknown>) =>
				change(id, { state: closed ? "closed" : "open" }),
			assign_conversation: ({ id, to }: Record<string, unknown>) =>
				change(id, { assigned_to: to === "nobody" ? null : "u1" }),
		};
	};
	const shown = () => screen.queryAllByTestId("conversation").map((one) => one.dataset.id);
	const current = () =>
		screen
			.queryAllByTestId("conversation")
			.find((one) => one.getAttribute("aria-current") === "true")?.dataset.id;

	test("what is read stays among the unread ones while it stands open, and the keys go on from there", async () => {
		const { of } = showPage(
			InboxPage,
			untilRead(["a", "b", "c"].map((id) => row(id, { unread: 1 }))),
		);
		await userEvent.click(await screen.findByTestId("which-unread"));
		await waitFor(() => expect(shown()).toEqual(["a", "b", "c"]));
		await userEvent.keyboard("j");
		await waitFor(() => expect(of("mark_conversation")).toEqual([{ id: "a", read: true }]));
		await waitFor(() => expect(screen.getByTestId("which-unread").textContent).toBe("Unread 2"));
		expect(shown()).toEqual(["a", "b", "c"]);
		expect(current()).toBe("a");
		// Its keys work although the list is no longer of it.
		await userEvent.keyboard("a");
		await waitFor(() => expect(of("assign_conversation")).toEqual([{ id: "a", to: "me" }]));
		await userEvent.keyboard("j");
		// The one that was read goes, the next one stands where it stood.
		await waitFor(() => expect(current()).toBe("b"));
		await waitFor(() => expect(shown()).toEqual(["b", "c"]));
		await waitFor(() => expect(screen.getByTestId("which-unread").textContent).toBe("Unread 1"));
		await userEvent.keyboard("j");
		await waitFor(() => expect(current()).toBe("c"));
		await waitFor(() => expect(shown()).toEqual(["c"]));
		await userEvent.keyboard("u");
		await waitFor(() => expect(of("mark_conversation").at(-1)).toEqual({ id: "c", read: false }));
	});

	test("what is closed stays among the open ones until another one is opened, and is opened again by the same key", async () => {
		const { of } = showPage(InboxPage, untilRead(["a", "b"].map((id) => row(id))));
		await waitFor(() => expect(shown()).toEqual(["a", "b"]));
		await userEvent.keyboard("jj");
		await waitFor(() => expect(current()).toBe("b"));
		await screen.findByTestId("end");
		await userEvent.keyboard("e");
		await waitFor(() => expect(screen.getByTestId("end").textContent).toBe("Reopen"));
		expect(shown()).toEqual(["a", "b"]);
		await userEvent.keyboard("e");
		await waitFor(() =>
			expect(of("close_conversation").at(-1)).toEqual({ id: "b", closed: false }),
		);
		await waitFor(() => expect(screen.getByTestId("end").textContent).toBe("Close"));
		await userEvent.keyboard("e");
		await waitFor(() => expect(screen.getByTestId("end").textContent).toBe("Reopen"));
		await userEvent.keyboard("k");
		await waitFor(() => expect(current()).toBe("a"));
		await waitFor(() => expect(shown()).toEqual(["a"]));
	});

	test("what was closed by a key, and a note that was deleted, are taken back", async () => {
		const { of } = showPage(
			InboxPage,
			{
				...answers([row("a")], [message("1")]),
				close_conversation: ({ closed }) => row("a", { state: closed ? "closed" : "open" }),
				remove_conversation_note: () => ({}),
				add_conversation_note: () => ({}),
			},
			{ at: "/?open=a" },
		);
		await screen.findByTestId("end");
		await userEvent.keyboard("e");
		expect(await screen.findByText("Person a: closed")).toBeTruthy();
		await userEvent.keyboard("{Control>}z{/Control}");
		await waitFor(() =>
			expect(of("close_conversation").map(({ closed }) => closed)).toEqual([true, false]),
		);
		await userEvent.click(screen.getByRole("button", { name: "Delete note" }));
		expect(await screen.findByText("Note deleted")).toBeTruthy();
		await userEvent.keyboard("{Control>}z{/Control}");
		await waitFor(() =>
			expect(of("add_conversation_note")).toEqual([{ id: "a", body: "Call tomorrow" }]),
		);
	});

	test("another list does not keep it", async () => {
		showPage(InboxPage, untilRead([row("a", { unread: 1 }), row("b")]));
		await userEvent.click(await screen.findByTestId("which-unread"));
		await waitFor(() => expect(shown()).toEqual(["a"]));
		await userEvent.keyboard("j");
		await waitFor(() => expect(current()).toBe("a"));
		await userEvent.click(screen.getByTestId("which-closed"));
		await waitFor(() => expect(shown()).toEqual([]));
	});

	test("keys that are pressed while the list is read are not lost", async () => {
		let tell: (value: unknown) => void = () => undefined;
		const list = new Promise((resolve) => {
			tell = resolve;
		});
		const all = ["a", "b", "c"].map((id) => row(id));
		showPage(InboxPage, { ...answers(all), list_conversations: () => list });
		await screen.findByTestId("which-open");
		await userEvent.keyboard("jj");
		expect(current()).toBeUndefined();
		tell({ rows: all, next: null, unread: 0, mine: 0 });
		await waitFor(() => expect(current()).toBe("b"));
	});

	test("the keys work on a conversation that no list has", async () => {
		const { of } = showPage(
			InboxPage,
			{ ...untilRead([row("a"), row("z", { state: "closed" })]) },
			{ at: "/?open=z" },
		);
		await waitFor(() => expect(screen.getByTestId("end").textContent).toBe("Reopen"));
		expect(shown()).toEqual(["a"]);
		await userEvent.keyboard("e");
		await waitFor(() => expect(of("close_conversation")).toEqual([{ id: "z", closed: false }]));
	});

	test("the arrows go through the list, which is one stop of Tab", async () => {
		const { of } = showPage(InboxPage, answers(["a", "b", "c"].map((id) => row(id))));
		const [a, b, c] = await screen.findAllByTestId("conversation");
		expect([a, b, c].map((one) => one?.tabIndex)).toEqual([0, -1, -1]);
		a?.focus();
		await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
		expect(document.activeElement).toBe(b);
		expect(b?.tabIndex).toBe(0);
		await userEvent.keyboard("{Enter}");
		await waitFor(() => expect(of("get_conversation").at(-1)?.id).toBe("b"));
		await userEvent.keyboard("{End}");
		expect(document.activeElement).toBe(c);
	});

	test("what was begun in a conversation is there again when one comes back to it", async () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString();
		showPage(
			InboxPage,
			answers([row("a", { open_until: soon }), row("b", { open_until: soon })], [message("1")]),
			{ at: "/?open=a" },
		);
		await userEvent.type(await screen.findByTestId("answer"), "Half an ans");
		await userEvent.keyboard("{Escape}j");
		await waitFor(() => expect(current()).toBe("b"));
		expect((screen.getByTestId("answer") as HTMLTextAreaElement).value).toBe("");
		await userEvent.keyboard("k");
		await waitFor(() => expect(current()).toBe("a"));
		expect((screen.getByTestId("answer") as HTMLTextAreaElement).value).toBe("Half an ans");
	});

	test("says that somebody never wrote, not that a day has passed since", async () => {
		showPage(
			InboxPage,
			answers(
				[row("a", { last_inbound_at: null, open_until: "1970-01-01T00:00:00Z" })],
				[message("1", { direction: "outbound", origin: "bulk_send", status: "read" })],
			),
			{ at: "/?open=a" },
		);
		expect((await screen.findByTestId("window")).textContent).toContain("has not written here yet");
	});

	test("a text that did not go out is sent again, once for each time it is asked for", async () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString();
		const failed = (id: string, more: Partial<ConversationMessage>) =>
			message(id, { direction: "outbound", origin: "person", status: "failed", ...more });
		const { of } = showPage(
			InboxPage,
			{
				...answers(
					[row("a", { open_until: soon })],
					[failed("1", {}), failed("2", { origin: "bulk_send", kind: "template" })],
				),
				reply_to_conversation: () => ({ dispatch_id: "d7", state: "queued", reason: null }),
			},
			{ at: "/?open=a" },
		);
		// What a bulk send sent is not sent again from here.
		await userEvent.click(await screen.findByTestId("send-again"));
		await waitFor(() => expect(of("reply_to_conversation")).toHaveLength(1));
		expect(of("reply_to_conversation")[0]).toMatchObject({ id: "a", body: "Body 1" });
		await waitFor(() => expect(screen.queryByTestId("send-again")).toBeNull());
	});

	test("a conversation is given to another of the team", async () => {
		const { of } = showPage(
			InboxPage,
			{
				...answers([row("a")], [message("1")]),
				list_owners: () => [
					{ id: "u1", name: "Eva" },
					{ id: "u2", name: "Bruno" },
				],
			},
			{ at: "/?open=a" },
		);
		await userEvent.click(await screen.findByTestId("assign"));
		await userEvent.click(await screen.findByRole("menuitem", { name: /Bruno/ }));
		await waitFor(() => expect(of("assign_conversation")).toEqual([{ id: "a", to: "u2" }]));
	});

	const offered = {
		sends_templates: true,
		fields: ["first_name"],
		templates: [
			{
				id: "t1",
				name: "lead_followup",
				language: "es",
				category: "marketing",
				body: "Hola {{1}}, gracias por {{2}}.",
				buttons: ["Sí"],
				variables: [
					{ key: "body.1", sample: "Ana", value: "Eva" },
					{ key: "body.2", sample: "la mesa", value: "" },
				],
			},
			{
				id: "t2",
				name: "hello_world",
				language: "en_US",
				category: "utility",
				body: "Welcome!",
				buttons: [],
				variables: [],
			},
		],
	};

	test("offers a template when free text may not be sent: chosen, filled, seen and sent once by keys", async () => {
		const { of } = showPage(
			InboxPage,
			{
				...answers([row("a", { open_until: "2020-01-01T00:00:00Z" })], [message("1")]),
				list_reply_templates: () => offered,
				preview_template_reply: () => ({
					text: "Hola Eva, gracias por la silla.",
					state: "queued",
					reason: null,
				}),
				reply_with_template: () => ({ dispatch_id: "d9", state: "queued", reason: null }),
			},
			{ at: "/?open=a" },
		);
		await screen.findByTestId("pick-template");
		await userEvent.keyboard("t");
		const find = await screen.findByTestId("template-find");
		expect(document.activeElement).toBe(find);
		await userEvent.keyboard("lead");
		expect(screen.getAllByTestId("reply-template")).toHaveLength(1);
		const values = screen.getAllByTestId("template-value") as HTMLInputElement[];
		expect(values.map((one) => one.value)).toEqual(["Eva", ""]);
		expect(screen.getByTestId("send-template").getAttribute("aria-disabled")).toBe("true");
		await userEvent.keyboard("{Enter}");
		expect(document.activeElement).toBe(values[0]);
		await userEvent.type(values[1] as HTMLInputElement, "la silla");
		expect((await screen.findByTestId("template-preview")).textContent).toContain("la silla.");
		await userEvent.keyboard("{Enter}");
		await waitFor(() => expect(of("reply_with_template")).toHaveLength(1));
		expect(of("reply_with_template")[0]?.draft).toEqual({
			id: "a",
			template_id: "t1",
			values: { "body.1": "Eva", "body.2": "la silla" },
		});
		await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
		expect(screen.getByTestId("reply-state").textContent).toContain("Waiting");
		// It is no note, and no answer by text.
		expect(of("add_conversation_note")).toEqual([]);
		expect(of("reply_to_conversation")).toEqual([]);
	});

	test("a slash as the first character asks for a template, and elsewhere is a slash", async () => {
		const soon = new Date(Date.now() + 3_600_000).toISOString();
		showPage(
			InboxPage,
			{
				...answers([row("a", { open_until: soon })], [message("1")]),
				list_reply_templates: () => ({ ...offered, templates: [] }),
			},
			{ at: "/?open=a" },
		);
		const box = (await screen.findByTestId("answer")) as HTMLTextAreaElement;
		await userEvent.type(box, "1/2");
		expect(box.value).toBe("1/2");
		await userEvent.clear(box);
		await userEvent.type(box, "/");
		expect(await screen.findByText("No approved template for this channel")).toBeTruthy();
		expect(box.value).toBe("");
	});

	test("shows files that are here, and tells of those that are not", async () => {
		URL.createObjectURL = () => "blob:here";
		URL.revokeObjectURL = () => undefined;
		const file = (state: string, reason: string | null = null) => ({
			file_name: "Quote.pdf",
			mime_type: "application/pdf",
			bytes: "2048",
			url: null,
			state,
			reason,
		});
		const { of } = showPage(
			InboxPage,
			{
				...answers(
					[row("a")],
					[
						message("1", {
							kind: "image",
							media: { ...file("here"), file_name: null, mime_type: "image/png" },
						}),
						message("2", { kind: "document", media: file("waiting") }),
						message("3", { kind: "document", media: file("refused", "executable") }),
						message("4", { kind: "document", media: file("gone") }),
					],
				),
				get_message_file: () => ({ mime_type: "image/png", base64: "iVBORw0=" }),
				fetch_message_file: () => file("here"),
			},
			{ at: "/?open=a" },
		);
		expect((await screen.findByTestId("message-image")).getAttribute("src")).toBe("blob:here");
		expect(of("get_message_file")).toEqual([{ id: "1" }]);
		const told = screen.getAllByTestId("file-state").map((one) => one.textContent);
		expect(told).toEqual([
			"Not fetched yet.",
			"It is not kept. It is a program.",
			"The provider keeps it no more.",
		]);
		await userEvent.click(screen.getByTestId("fetch-file"));
		await waitFor(() => expect(of("fetch_message_file")).toEqual([{ id: "2" }]));
	});

	test("finds people and messages", async () => {
		const { of } = showPage(InboxPage, answers([row("a"), row("b")]));
		await screen.findAllByTestId("conversation");
		await userEvent.keyboard("/");
		await userEvent.keyboard("invoice");
		await userEvent.click(await screen.findByTestId("hit"));
		await waitFor(() => expect(of("get_conversation").at(-1)?.id).toBe("b"));
	});

	test("a message that was found is shown in its conversation, however far back", async () => {
		const { of } = showPage(InboxPage, {
			...answers([row("a"), row("b")]),
			get_conversation: ({ id, page }: Record<string, unknown>) => {
				const { cursor } = page as { cursor: string | null };
				return {
					conversation: row(String(id)),
					messages:
						cursor === null
							? [message("new")]
							: [message("m9", { body: "About the invoice", at: "2026-11-18T10:00:00Z" })],
					next: cursor === null ? "older" : null,
					notes: [],
					chatwoot_url: null,
				};
			},
		});
		await screen.findAllByTestId("conversation");
		await userEvent.keyboard("/invoice");
		await userEvent.click(await screen.findByTestId("hit"));
		await waitFor(() =>
			expect(of("get_conversation").map(({ page }) => page)).toContainEqual({
				limit: 60,
				cursor: "older",
			}),
		);
		const marked = await waitFor(() => {
			const found = screen.getAllByTestId("message").filter((one) => one.dataset.marked);
			expect(found).toHaveLength(1);
			return found[0];
		});
		expect(marked?.textContent).toContain("About the invoice");
	});

	test("says what it is for while nothing came in", async () => {
		showPage(InboxPage, answers([]));
		expect(await screen.findByText("No conversations yet")).toBeTruthy();
	});
});

describe("a text that was found", () => {
	const told = (body: string, search: string) =>
		excerpt(body, search)
			.map((part) => (part.found ? `[${part.text}]` : part.text))
			.join("");
	test("shows the words that were looked for, whatever their accents and capitals", () => {
		expect(told("¿Tenés una MESA de roble?", "mesa róble")).toBe("¿Tenés una [MESA] de [roble]?");
		expect(told("Hola", "factura")).toBe("Hola");
	});
	test("begins a little before the first of them", () => {
		const long = `${"palabra ".repeat(30)}la factura de mayo`;
		expect(told(long, "factura")).toMatch(/^…(palabra )+la \[factura\] de mayo$/);
		expect(told(long, "factura").length).toBeLessThan(70);
	});
	test("overlapping words are marked once", () => {
		expect(told("mesas", "mesa mesas")).toBe("[mesas]");
	});
});

describe("lines of a conversation", () => {
	test("are in order, with a line before each day", () => {
		const lines = linesOf(
			[message("2", { at: "2026-11-20T12:00:00" }), message("1", { at: "2026-11-19T12:00:00" })],
			[{ id: "n", body: "x", author: null, at: "2026-11-19T13:00:00" }],
		);
		expect(lines.map(({ key }) => key)).toEqual([
			"day-2026-11-19",
			"1",
			"n",
			"day-2026-11-20",
			"2",
		]);
	});

	test("a window that has passed has nothing left", () => {
		const now = Date.parse("2026-11-20T10:00:00Z");
		expect(leftUntil("2026-11-20T13:05:30Z", now)).toBe("3\u00a0h 05\u00a0min");
		expect(leftUntil("2026-11-20T10:05:00Z", now)).toBe("5\u00a0min");
		expect(leftUntil("2026-11-20T10:00:00Z", now)).toBeNull();
		expect(leftUntil("1970-01-01T00:00:00Z", now)).toBeNull();
	});
});
