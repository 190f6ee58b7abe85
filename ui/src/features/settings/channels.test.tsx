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
	state_detail: null,
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
			state_reason: "session_lost",
			state_detail: "close (401)",
		});
		const { of } = showPage(Channels, {
			list_channels: () => list([lost]),
			test_channel: () => ({ channel: lost, name: null, sender: null, pairing_code: "2@y8eK" }),
		});
		const line = await screen.findByTestId("channel");
		expect(line.textContent).toContain("Disconnected");
		expect(line.textContent).toContain("The phone ended the session");
		expect(line.textContent).toContain("close (401)");
		await userEvent.click(within(line).getByTestId("channel-test"));
		const code = await within(line).findByRole("img", { name: /QR code/ });
		// No theme and no style may take its ground away: dark on dark no phone reads it.
		expect(code.querySelector("rect")?.getAttribute("fill")).toBe("#fff");
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

	test("a price is entered in the list's own currency, and its error stands at its field", async () => {
		const line = {
			country: "BR",
			purpose: "marketing",
			valid_from: "2026-10-01",
			price: "0.0625",
			currency: "USD",
		};
		let wrong = true;
		const { of } = showPage(Channels, {
			list_channels: () => list([row()]),
			get_channel_prices: () => ({ channel_id: "1", currency: "USD", lines: [line] }),
			set_channel_price: () => {
				if (!wrong) return { channel_id: "1", currency: "USD", lines: [line] };
				wrong = false;
				throw {
					code: "invalid_input",
					message: "",
					field: "country",
					reason: "country_unknown",
					params: { value: "XX" },
					retry_after_ms: null,
				};
			},
			remove_channel_price: () => ({ channel_id: "1", currency: null, lines: [] }),
		});
		await userEvent.click(await screen.findByRole("button", { name: "Prices of Bot" }));
		expect((await screen.findByTestId("price")).textContent).toContain("Brazil");
		await userEvent.type(screen.getByLabelText("Country"), "XX");
		await userEvent.type(screen.getByLabelText("Price of a message"), "0,05{Enter}");
		await waitFor(() =>
			expect(screen.getByLabelText("Country").getAttribute("aria-invalid")).toBe("true"),
		);
		await userEvent.clear(screen.getByLabelText("Country"));
		await userEvent.click(screen.getByTestId("price-add"));
		await waitFor(() => expect(of("set_channel_price")).toHaveLength(2));
		expect(of("set_channel_price")[1]).toMatchObject({
			channel_id: "1",
			country: "",
			price: "0.05",
			currency: "USD",
		});
		await userEvent.click(screen.getByRole("button", { name: /Remove the price/ }));
		await waitFor(() =>
			expect(of("remove_channel_price")).toEqual([
				{ channel_id: "1", country: "BR", purpose: "marketing", valid_from: "2026-10-01" },
			]),
		);
	});

	test("a test goes to an address of one's own, and what becomes of it is told", async () => {
		const { of } = showPage(Channels, {
			list_channels: () => list([row()]),
			get_send_options: () => ({ channels: [], templates: [], fields: [] }),
			send_test_message: () => ({ dispatch_id: "d1", state: "queued", reason: null }),
			get_dispatch: () => ({
				dispatch: { id: "d1", state: "skipped", reason: "window_closed", error_text: null },
				history: [],
			}),
		});
		await userEvent.click(await screen.findByRole("button", { name: "Send a test through Bot" }));
		await userEvent.type(screen.getByLabelText("To"), "99");
		await userEvent.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(of("send_test_message")).toHaveLength(1));
		expect(of("send_test_message")[0]).toMatchObject({
			channel_id: "1",
			address: "99",
			template_id: null,
			text: "This is a test.",
		});
		expect((await screen.findByTestId("trial-fate")).textContent).toContain("Left out");
	});
});
