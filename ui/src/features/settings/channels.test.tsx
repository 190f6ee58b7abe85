import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ChannelList, ChannelRow } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { Channels } from "./channels";

withPages();

const row = (edit: Partial<ChannelRow> = {}): ChannelRow => ({
	id: "1",
	name: "Bot",
	kind: "telegram",
	provider: "telegram",
	description: null,
	base_url: null,
	sender: "@casa_alba_bot",
	sender_id: "",
	settings: {},
	of_connection: false,
	active: true,
	state: "connected",
	state_reason: null,
	state_since: "2026-11-24T10:00:00Z",
	per_second: null,
	updated_at: "2026-11-24T10:00:00Z",
	...edit,
});
const list = (channels: ChannelRow[]): ChannelList => ({
	channels,
	providers: [
		{
			provider: "evolution",
			kind: "whatsapp",
			base_url: true,
			sender_id: true,
			settings: [],
			secrets: [{ name: "token", required: true }],
		},
		{
			provider: "telegram",
			kind: "telegram",
			base_url: false,
			sender_id: false,
			settings: [],
			secrets: [
				{ name: "token", required: true },
				{ name: "webhook_secret", required: false },
			],
		},
	],
	numbers: [],
});

describe("messaging channels", () => {
	test("a bot is added; its token is sent once and an empty secret is not", async () => {
		const { of } = showPage(Channels, {
			list_channels: () => list([]),
			save_channel: () => row(),
		});
		await userEvent.click(await screen.findByTestId("channel-add"));
		await userEvent.selectOptions(screen.getByRole("combobox", { name: "Provider" }), "telegram");
		await userEvent.type(screen.getByLabelText("Name"), "Bot");
		await userEvent.type(screen.getByLabelText("Name of the bot"), "@casa_alba_bot");
		await userEvent.type(screen.getByLabelText("Token"), "1:AA{Enter}");
		await waitFor(() => expect(of("save_channel")).toHaveLength(1));
		expect(of("save_channel")[0]).toMatchObject({
			id: null,
			provider: "telegram",
			name: "Bot",
			sender: "@casa_alba_bot",
			secrets: { token: "1:AA" },
			active: true,
		});
		await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	});

	test("what the outbox keeps with a channel stays when it is edited", async () => {
		const { of } = showPage(Channels, {
			list_channels: () => list([row({ settings: { quiet_from: "21:00" } })]),
			save_channel: () => row(),
		});
		await userEvent.click(await screen.findByRole("button", { name: "Change Bot" }));
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() =>
			expect(of("save_channel")[0]).toMatchObject({
				id: "1",
				settings: { quiet_from: "21:00" },
				secrets: {},
			}),
		);
	});

	test("what is missing stands at its field", async () => {
		showPage(Channels, {
			list_channels: () => list([row()]),
			save_channel: () => {
				throw {
					code: "invalid_input",
					message: "",
					field: "token",
					reason: "value_missing",
					params: { field: "token" },
					retry_after_ms: null,
				};
			},
		});
		await userEvent.click(await screen.findByRole("button", { name: "Change Bot" }));
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() =>
			expect(screen.getByLabelText("Token").getAttribute("aria-invalid")).toBe("true"),
		);
	});

	test("a number that lost its session says so and shows the code that pairs it", async () => {
		const lost = row({
			provider: "evolution",
			kind: "whatsapp",
			name: "Ventas",
			state: "disconnected",
			state_reason: "The number is not paired.",
		});
		const { of } = showPage(Channels, {
			list_channels: () => list([lost]),
			test_channel: () => ({ channel: lost, name: null, sender: null, pairing_code: "2@y8eK" }),
		});
		expect(await screen.findByText(/A channel cannot send/)).toBeTruthy();
		const line = await screen.findByTestId("channel");
		expect(line.textContent).toContain("Disconnected");
		expect(line.textContent).toContain("The number is not paired.");
		await userEvent.click(within(line).getByTestId("channel-test"));
		expect(await within(line).findByRole("img", { name: /QR code/ })).toBeTruthy();
		expect(of("test_channel")).toEqual([{ id: "1" }]);
	});

	test("a channel is removed only after it was asked", async () => {
		const { of } = showPage(Channels, {
			list_channels: () => list([row()]),
			remove_channel: () => ({ archived: true }),
		});
		await userEvent.click(await screen.findByRole("button", { name: "Remove Bot" }));
		expect(of("remove_channel")).toEqual([]);
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(of("remove_channel")).toEqual([{ id: "1" }]));
	});
});
