import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { SpendRow } from "@/bindings";
import { type Answers, showPage, withPages } from "@/testing/page";
import SpendPage from "./page";

const spend = (id: string, part: Partial<SpendRow> = {}): SpendRow => ({
	id,
	day: "2026-01-06",
	platform: "google_ads",
	campaign: "Brand",
	note: null,
	amount: "1234.50",
	currency: "USD",
	file_name: null,
	removed_at: null,
	created_at: "2026-01-07T10:00:00Z",
	updated_at: "2026-01-07T10:00:00Z",
	changed_by: "Ana",
	replaced: [],
	...part,
});
const google = spend("1", {
	replaced: [
		{
			day: "2026-01-05",
			platform: "google_ads",
			campaign: "Brand",
			note: null,
			amount: "1300.00",
			currency: "USD",
			removed_at: null,
			replaced_at: "2026-01-07T10:00:00Z",
			replaced_by: "Ana",
		},
	],
});
const radio = spend("2", {
	platform: "radio_mitre",
	campaign: null,
	amount: "0.125",
	file_name: "radio.csv",
});
const sum = (platform: string, amount: string) => ({
	platform,
	campaign: null,
	currency: "USD",
	amount,
	entries: 1,
	first_day: "2026-01-06",
	last_day: "2026-01-06",
});

async function show(answers: Answers = {}, at = "/") {
	const shown = showPage(
		SpendPage,
		{
			list_spend: (req) => ({
				rows: [google, radio].filter((row) => !req.platform || row.platform === req.platform),
				next: null,
				total: null,
			}),
			sum_spend: () => [sum("google_ads", "1234.50"), sum("radio_mitre", "0.125")],
			...answers,
		},
		{ at },
	);
	await screen.findByRole("table");
	return shown;
}
withPages();

test("rows say where they come from and add up; a platform of one's own goes by its word", async () => {
	await show();
	const [first, second] = await screen.findAllByTestId("spend-row");
	expect(first?.textContent).toContain("Google Ads");
	expect(first?.textContent).toContain("by hand");
	expect(second?.textContent).toContain("Radio mitre");
	expect(second?.textContent).toContain("radio.csv");
	// 1,234.50 and an eighth of a dollar, added exactly.
	expect((await screen.findByTestId("spend-total")).textContent).toContain("1,234.63");
	await userEvent.selectOptions(screen.getByTestId("spend-filter"), "radio_mitre");
	await waitFor(() => expect(screen.getAllByTestId("spend-row")).toHaveLength(1));
});

test("an amount is entered by keyboard for several days, and what is refused is said at its field", async () => {
	let refuse = true;
	const { of } = await show({
		add_spend: () => {
			if (refuse) {
				throw {
					code: "invalid_input",
					message: "no",
					field: "platform",
					reason: "spend_of_meta",
					params: {},
				};
			}
			return [spend("3")];
		},
	});
	await userEvent.click(screen.getByTestId("new-spend"));
	const dialog = await screen.findByRole("dialog");
	const in_ = within(dialog);
	await userEvent.selectOptions(in_.getByTestId("spend-platform"), "Another…");
	await userEvent.type(in_.getByTestId("spend-own"), "Facebook");
	await userEvent.type(in_.getByTestId("spend-amount"), "abc{Enter}");
	expect(in_.getByTestId("spend-amount").getAttribute("aria-invalid")).toBe("true");
	expect(of("add_spend")).toEqual([]);
	await userEvent.clear(in_.getByTestId("spend-amount"));
	await userEvent.type(in_.getByTestId("spend-amount"), "1,500.5{Enter}");
	expect(await in_.findByText(/comes from Meta’s own figures/)).toBeTruthy();
	refuse = false;
	await userEvent.selectOptions(in_.getByTestId("spend-platform"), "agency");
	await userEvent.type(in_.getByLabelText("Day"), "2026-01-01");
	await userEvent.type(in_.getByLabelText("Last day"), "2026-01-31");
	await userEvent.click(in_.getByRole("button", { name: "Enter spend" }));
	await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	expect(of("add_spend").at(-1)).toEqual({
		platform: "agency",
		campaign: "",
		note: "",
		currency: null,
		from: "2026-01-01",
		to: "2026-01-31",
		amount: "1500.5",
	});
});

test("a row is corrected without touching its exact amount, taken away, and brought back", async () => {
	let rows = [google, radio];
	const { of } = await show({
		list_spend: () => ({ rows, next: null, total: null }),
		change_spend: () => radio,
		remove_spend: ({ id }) => {
			rows = rows.filter((row) => row.id !== id);
			return radio;
		},
		restore_spend: () => radio,
	});
	await userEvent.click(await screen.findByRole("button", { name: "Google Ads" }));
	expect(screen.getByTestId("inspector").textContent).toContain("What it said before");
	expect(screen.getByTestId("inspector").textContent).toContain("1,300.00");
	await userEvent.click(screen.getByRole("button", { name: "Radio mitre" }));
	await userEvent.click(screen.getByTestId("spend-correct"));
	const dialog = within(await screen.findByRole("dialog"));
	await userEvent.type(dialog.getByLabelText("Campaign"), "Mornings{Enter}");
	await waitFor(() => expect(of("change_spend")).toHaveLength(1));
	expect(of("change_spend")[0]).toMatchObject({ id: "2", campaign: "Mornings", amount: null });
	await userEvent.click(await screen.findByTestId("spend-remove"));
	await waitFor(() => expect(of("remove_spend")).toEqual([{ id: "2" }]));
	await userEvent.click(await screen.findByTestId("toast-undo"));
	await waitFor(() => expect(of("restore_spend")).toEqual([{ id: "2" }]));
});

test("where nothing was entered it is said what it is for", async () => {
	await show({
		list_spend: () => ({ rows: [], next: null, total: null }),
		sum_spend: () => [],
	});
	expect(screen.getByText("Nothing was entered yet")).toBeTruthy();
	await userEvent.click(screen.getAllByRole("button", { name: "Enter spend" }).at(-1) as Element);
	expect(await screen.findByRole("dialog")).toBeTruthy();
});
