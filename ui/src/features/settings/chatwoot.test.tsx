import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ChatwootFound, ChatwootLink, ChatwootStatus } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { Chatwoot } from "./chatwoot";

withPages();

const link = (edit: Partial<ChatwootLink> = {}): ChatwootLink => ({
	base_url: "https://chat.example",
	account_id: 1,
	account_name: "Casa Alba",
	inbox_id: 7,
	inbox_name: "Rumbo",
	user_name: "Marta",
	pause_hours: 24,
	state: "connected",
	state_reason: null,
	state_since: "2026-11-24T10:00:00Z",
	error: null,
	error_kind: null,
	retry_at: null,
	waiting: 0,
	mirrored: 214,
	refused: 0,
	replies: 0,
	webhook_path: "/webhook/chatwoot/1",
	webhook_url: null,
	webhook_signed: false,
	webhook_at: null,
	since: "2026-11-24T10:00:00Z",
	...edit,
});
const status = (edit: Partial<ChatwootLink> | null): ChatwootStatus => ({
	link: edit && link(edit),
	channels: [
		{ id: "c1", name: "Reception", kind: "whatsapp", mirrored: edit !== null },
		{ id: "c2", name: "Bot", kind: "telegram", mirrored: false },
	],
});
const found: ChatwootFound = {
	base_url: "https://chat.example",
	user_name: "Marta",
	accounts: [
		{
			id: 1,
			name: "Casa Alba",
			inboxes: [
				{ id: 3, name: "Website", usable: false },
				{ id: 7, name: "Rumbo", usable: true },
			],
		},
		{ id: 2, name: "Casa Bruma", inboxes: [{ id: 9, name: "Website", usable: false }] },
	],
};

describe("the link to Chatwoot", () => {
	test("is made in two steps: what the token reaches, and which inbox", async () => {
		const { of } = showPage(Chatwoot, {
			get_chatwoot: () => status(null),
			look_at_chatwoot: () => found,
			connect_chatwoot: () => status({}),
		});
		await userEvent.click(await screen.findByTestId("chatwoot-connect"));
		await userEvent.type(screen.getByLabelText("Address of Chatwoot"), "https://chat.example");
		await userEvent.type(screen.getByLabelText("Access token"), "secret{Enter}");
		await waitFor(() =>
			expect(of("look_at_chatwoot")).toEqual([
				{ base_url: "https://chat.example", token: "secret" },
			]),
		);
		// Only what can be used is offered.
		const inbox = await screen.findByRole("combobox", { name: "Inbox" });
		expect((inbox as HTMLSelectElement).value).toBe("7");
		await userEvent.selectOptions(screen.getByRole("combobox", { name: "Account" }), "2");
		expect(screen.getByRole("alert").textContent).toContain("no inbox of the kind API");
		await userEvent.selectOptions(screen.getByRole("combobox", { name: "Account" }), "1");
		await userEvent.click(screen.getByRole("checkbox", { name: "Bot" }));
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(of("connect_chatwoot")).toHaveLength(1));
		expect(of("connect_chatwoot")[0]).toMatchObject({
			token: "secret",
			account_id: 1,
			inbox_id: 7,
			channels: ["c1"],
			pause_hours: 24,
		});
		await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	});

	test("shows what waits, changes the rules without the token, and says what leaving keeps", async () => {
		const { of } = showPage(Chatwoot, {
			get_chatwoot: () => status({ waiting: 3, replies: 1 }),
			connect_chatwoot: () => status({}),
			disconnect_chatwoot: () => status(null),
		});
		expect((await screen.findByTestId("chatwoot-waiting")).textContent).toContain("4");
		await userEvent.click(screen.getByRole("checkbox", { name: "Bot" }));
		const pause = screen.getByLabelText(/Hours in which/);
		await userEvent.clear(pause);
		await userEvent.type(pause, "8{Enter}");
		await waitFor(() => expect(of("connect_chatwoot")).toHaveLength(1));
		expect(of("connect_chatwoot")[0]).toMatchObject({
			channels: ["c1", "c2"],
			pause_hours: 8,
			inbox_id: 7,
		});
		expect(of("connect_chatwoot")[0]).not.toHaveProperty("token");
		await userEvent.click(screen.getByTestId("chatwoot-disconnect"));
		expect(screen.getByRole("dialog").textContent).toContain("3 messages wait");
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(of("disconnect_chatwoot")).toHaveLength(1));
	});

	test("that stopped says why and how it goes on", async () => {
		showPage(Chatwoot, {
			get_chatwoot: () =>
				status({ state: "disconnected", state_reason: "Invalid Access Token", waiting: 2 }),
		});
		expect((await screen.findByTestId("chatwoot-stopped")).textContent).toContain(
			"Invalid Access Token",
		);
		await userEvent.click(screen.getByRole("button", { name: "Connect again" }));
		expect(screen.getByRole("dialog")).toBeTruthy();
	});
});
