import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { SaleRow } from "@/bindings";
import { fitting, widest } from "@/components/record-table";
import { type Answers, showPage, withPages } from "@/testing/page";
import SalesPage from "./page";

const sale = (id: string, part: Partial<SaleRow> = {}): SaleRow => ({
	id,
	reference: `S-${id}`,
	contact_id: "p1",
	contact_name: `Buyer ${id}`,
	gross: "100.00",
	refunded: "0.00",
	net: "100.00",
	cost: null,
	currency: "USD",
	quantity: null,
	status: "completed",
	occurred_at: "2026-01-06T10:00:00Z",
	completed_at: "2026-01-06T10:00:00Z",
	campaign: "Spring",
	...part,
});
const pending = sale("1", { status: "pending", completed_at: null, net: "1250000.50" });
const paid = sale("2", { refunded: "20.00", net: "80.00" });

async function show(answers: Answers = {}, at = "/") {
	const shown = showPage(
		SalesPage,
		{
			list_sales: (req) => ({
				rows: [pending, paid].filter((row) => !req.status || row.status === req.status),
				next: null,
				total: null,
			}),
			get_contact: () => ({ contact: { id: "p1", name: "Ana Ruiz" } }),
			...answers,
		},
		{ at },
	);
	await screen.findByRole("table");
	return shown;
}
withPages();

test("pending sales are found, and marked as paid or cancelled only after a question", async () => {
	let rows = [pending, paid];
	const { of } = await show({
		list_sales: ({ status }) => ({
			rows: rows.filter((row) => !status || row.status === status),
			next: null,
			total: null,
		}),
		set_sale_status: ({ status }) => {
			if (status === "cancelled") throw { code: "internal", message: "no" };
			const done = { ...pending, status: "completed" };
			rows = [done, paid];
			return done;
		},
	});
	const person = userEvent.setup();
	expect((await screen.findAllByTestId("sale-row")).length).toBe(2);
	await person.selectOptions(screen.getByTestId("sales-status"), "pending");
	await waitFor(() => expect(screen.getAllByTestId("sale-row").length).toBe(1));
	expect(of("list_sales").at(-1)).toMatchObject({ contact_id: null, status: "pending" });

	await person.click(screen.getByRole("button", { name: "Buyer 1" }));
	const aside = within(await screen.findByTestId("inspector"));
	expect(aside.queryByTestId("sale-refund")).toBeNull();
	await person.click(aside.getByTestId("sale-cancel"));
	expect((await screen.findByRole("dialog")).textContent).toContain("US$\u00a0100.00 of Buyer 1");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(of("set_sale_status")).toEqual([{ id: "1", status: "cancelled" }]));
	expect(await screen.findByRole("alert")).toBeTruthy();
	await person.keyboard("{Escape}");
	await person.click(aside.getByTestId("sale-complete"));
	await person.click(await screen.findByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("set_sale_status").at(-1)).toEqual({ id: "1", status: "completed" }),
	);
	// It leaves the list of pending ones, stays open as paid, and keeps the focus.
	await waitFor(() => expect(screen.queryAllByTestId("sale-row").length).toBe(0));
	expect(screen.getByTestId("inspector").textContent).toContain("Completed");
	await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("inspector")));
});

test("a refund starts at what is left, and a refusal of the core is told beside it", async () => {
	const { of } = await show({
		refund_sale: () => {
			throw {
				code: "invalid_input",
				message: "Up to 80.00 USD of this sale can be given back.",
				field: "amount",
				params: {},
				retry_after_ms: null,
			};
		},
	});
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Buyer 2" }));
	await person.click(await screen.findByTestId("sale-refund"));
	const box = (await screen.findByTestId("refund-amount")) as HTMLInputElement;
	expect(box.value).toBe("80.00");
	await person.clear(box);
	await person.type(box, "1,250{Enter}");
	expect((await screen.findByRole("alert")).textContent).toBe(
		"Up to 80.00 USD of this sale can be given back.",
	);
	expect(of("refund_sale")).toEqual([{ id: "2", amount: "1250", refunded_at: null, reason: null }]);
});

test("what a sale cost is entered, changed and taken away with the keyboard", async () => {
	let now = paid;
	const { of } = await show({
		list_sales: () => ({ rows: [now], next: null, total: null }),
		set_sale_cost: ({ cost }) => {
			now = { ...paid, cost: (cost as string) || null };
			return now;
		},
	});
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Buyer 2" }));
	const aside = within(await screen.findByTestId("inspector"));
	aside.getByText("not known");
	await person.click(aside.getByRole("button", { name: "Enter cost" }));
	const box = (await screen.findByTestId("cost-amount")) as HTMLInputElement;
	await person.type(box, "forty{Enter}");
	expect(await screen.findByText(/Write the amount like/)).toBeTruthy();
	expect(of("set_sale_cost")).toEqual([]);
	await person.clear(box);
	await person.type(box, "1,040.50{Enter}");
	await waitFor(() => expect(of("set_sale_cost")).toEqual([{ id: "2", cost: "1040.50" }]));
	await person.click(await aside.findByRole("button", { name: "Change cost" }));
	const again = (await screen.findByTestId("cost-amount")) as HTMLInputElement;
	expect(again.value).toBe("1,040.50");
	await person.clear(again);
	await person.keyboard("{Enter}");
	await waitFor(() => expect(of("set_sale_cost").at(-1)).toEqual({ id: "2", cost: "" }));
});

test("the sales of one contact, and back to all", async () => {
	const { of } = await show({}, "/?contact=p1");
	expect(await screen.findByText("Sales of Ana Ruiz")).toBeTruthy();
	expect(of("list_sales")[0]).toMatchObject({ contact_id: "p1", status: null });
});

test("sales without a cost are found, also of one contact", async () => {
	const { of, router } = await show({}, "/?cost=none");
	expect(of("list_sales")[0]).toMatchObject({ contact_id: null, without_cost: true });
	const select = screen.getByTestId("sales-cost") as HTMLSelectElement;
	expect(select.value).toBe("none");
	await userEvent.selectOptions(select, "");
	await waitFor(() => expect(router.state.location.search).toEqual({}));
	await waitFor(() => expect(of("list_sales").at(-1)).toMatchObject({ without_cost: false }));
});

test("the next page is read when the end comes near", async () => {
	const { of } = await show({
		list_sales: ({ page }) =>
			(page as { cursor: string | null }).cursor
				? { rows: [sale("4")], next: null, total: null }
				: { rows: [sale("3")], next: "after-3", total: null },
	});
	expect(await screen.findByRole("button", { name: "Buyer 4" })).toBeTruthy();
	expect(of("list_sales").map((req) => (req.page as { cursor: string }).cursor)).toEqual([
		null,
		"after-3",
	]);
});

test("columns go in their order, the name keeps its room, and money is never cut", () => {
	const columns = [
		{ id: "name", width: 0 },
		{ id: "status", width: 100 },
		{ id: "mail", width: 200, drop: 1 },
		{ id: "campaign", width: 200, drop: 2 },
	];
	const ids = (width: number) => fitting(columns, width).map((column) => column.id);
	expect(ids(700)).toEqual(["name", "status", "mail", "campaign"]);
	expect(ids(699)).toEqual(["name", "status", "campaign"]);
	expect(ids(499)).toEqual(["name", "status"]);
	expect(ids(100)).toEqual(["name", "status"]);
	expect(ids(0).length).toBe(4);
	expect(widest(["AR$ 1.250.000,50"], 104)).toBeGreaterThan(140);
	expect(widest([], 104)).toBe(104);
});

test("a file has every sale, or those the list is narrowed to, also the ones not scrolled to", async () => {
	const { of } = await show({
		list_sales: ({ status, page }) => {
			const { limit, cursor } = page as { limit: number; cursor: string | null };
			if (!status) return { rows: [pending, paid], next: null, total: null };
			// Only a file asks for so many at once.
			if (limit === 200) return { rows: [paid], next: cursor ? null : "more", total: null };
			return cursor === null
				? { rows: [paid], next: "more", total: null }
				: { rows: [sale("3")], next: null, total: null };
		},
		save_file: () => "/tmp/sales.xlsx",
		export_table: () => ({ path: "/tmp/sales.xlsx", rows: 2 }),
	});
	const person = userEvent.setup();
	const save = async () => {
		await person.click(screen.getByTestId("export"));
		await person.click(await screen.findByTestId("export-xlsx"));
	};
	await save();
	await waitFor(() =>
		expect(of("export_table")).toEqual([
			expect.objectContaining({ kind: "sales", format: "xlsx", row_ids: [] }),
		]),
	);
	await person.selectOptions(screen.getByTestId("sales-status"), "completed");
	await waitFor(() => expect(of("list_sales").at(-1)).toMatchObject({ status: "completed" }));
	await save();
	await waitFor(() => expect(of("export_table").at(-1)).toMatchObject({ row_ids: ["2", "3"] }));
});
