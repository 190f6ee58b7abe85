import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Board, ContactRow, OpportunityCard } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import PipelinePage from "./page";

const card = (id: string, name: string): OpportunityCard => ({
	id,
	name,
	contact_id: "p1",
	contact_name: "Ana Ruiz",
	value: "1500.50",
	currency: "USD",
	state: "open",
	deadline_at: null,
	expected_close: null,
	opened_at: "2026-01-05T10:00:00Z",
	owner: null,
	lost_reason: null,
	campaign: null,
});
const contact: ContactRow = {
	id: "p1",
	name: "Ana Ruiz",
	phone: "+5491155550100",
	email: null,
	status: "lead",
	lead_source: "META_ADS",
	campaign: null,
	first_seen_at: "2026-01-05T10:00:00Z",
	updated_at: "2026-01-05T10:00:00Z",
	sales: 0,
};

function freshBoard(): Board {
	const column = (stage_id: string, name: string, outcome: string | null) => ({
		stage_id,
		name,
		probability: 40,
		outcome,
		count: 0,
		totals: [],
		cards: [] as OpportunityCard[],
	});
	const board = {
		columns: [
			column("s1", "New", null),
			column("s2", "Talking", null),
			column("s3", "Lost", "lost"),
		],
	};
	const first = board.columns[0];
	if (first) {
		first.cards = [card("o1", "Kitchen"), card("o2", "Bathroom")];
		first.count = 1234;
		first.totals = [
			{ currency: "USD", amount: "3001.00" },
			{ currency: "ARS", amount: "10.00" },
		] as never;
	}
	return board;
}

async function show() {
	const board = freshBoard();
	const shown = showPage(PipelinePage, {
		get_board: () => structuredClone(board),
		move_opportunity: (req) => {
			const from = board.columns.find((one) => one.cards.some((it) => it.id === req.id));
			const to = board.columns.find((one) => one.stage_id === req.stage_id);
			const moved = from?.cards.find((it) => it.id === req.id);
			if (!from || !to || !moved) throw new Error("no such card");
			from.cards = from.cards.filter((it) => it.id !== req.id);
			to.cards = [moved, ...to.cards];
			return moved;
		},
		save_opportunity: () => card("o9", "Roof"),
		list_contacts: () => ({ rows: [contact], next: null, total: 1 }),
		list_owners: () => [
			{ id: "u1", name: "Marta" },
			{ id: "u2", name: "Nico" },
		],
	});
	await screen.findAllByTestId("board-column");
	return shown;
}
const columnOf = (name: string) =>
	screen.getByRole("button", { name: new RegExp(`^${name},`) }).closest("[data-stage]");

withPages();

test("columns say their count and one sum per currency", async () => {
	await show();
	const first = screen.getAllByTestId("board-column")[0] as HTMLElement;
	expect(within(first).getByText("1,234")).toBeTruthy();
	expect(within(first).getByText("US$ 3,001.00")).toBeTruthy();
	expect(within(first).getByText("AR$ 10.00")).toBeTruthy();
});

test("Alt and an arrow move the focused card, and the focus goes with it", async () => {
	const { of } = await show();
	const keys = userEvent.setup();
	act(() => screen.getByRole("button", { name: /^Kitchen,/ }).focus());
	await keys.keyboard("{ArrowDown}");
	expect(document.activeElement?.getAttribute("data-card")).toBe("o2");
	await keys.keyboard("{Alt>}{ArrowRight}{/Alt}");
	await waitFor(() => expect(columnOf("Bathroom")?.getAttribute("data-stage")).toBe("s2"));
	expect(of("move_opportunity")).toEqual([{ id: "o2", stage_id: "s2", lost_reason: null }]);
	await waitFor(() => expect(document.activeElement?.getAttribute("data-card")).toBe("o2"));
	await keys.keyboard("{Alt>}{ArrowLeft}{/Alt}");
	await waitFor(() => expect(columnOf("Bathroom")?.getAttribute("data-stage")).toBe("s1"));
});

test("a move is taken back by Ctrl Z, or by the button beside what was said", async () => {
	const { of } = await show();
	const keys = userEvent.setup();
	act(() => screen.getByRole("button", { name: /^Kitchen,/ }).focus());
	await keys.keyboard("{Alt>}{ArrowRight}{/Alt}");
	expect((await screen.findByTestId("toast")).textContent).toContain("Kitchen");
	await keys.keyboard("{Control>}z{/Control}");
	await waitFor(() => expect(columnOf("Kitchen")?.getAttribute("data-stage")).toBe("s1"));
	expect(of("move_opportunity").at(-1)).toEqual({ id: "o1", stage_id: "s1", lost_reason: null });
	// It was taken back once; there is nothing more to take back.
	await keys.keyboard("{Control>}z{/Control}");
	expect(of("move_opportunity")).toHaveLength(2);
});

test("the menu moves a card, and a lost stage asks why first", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(screen.getByRole("button", { name: "Actions for Kitchen" }));
	await person.click(await screen.findByRole("menuitem", { name: /Lost/ }));
	await person.type(await screen.findByTestId("lost-reason"), "Too dear");
	expect(of("move_opportunity")).toEqual([]);
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(columnOf("Kitchen")?.getAttribute("data-stage")).toBe("s3"));
	expect(of("move_opportunity")).toEqual([{ id: "o1", stage_id: "s3", lost_reason: "Too dear" }]);
});

test("a card carried over another stage is moved there; Esc puts it back", async () => {
	const { of } = await show();
	const stage = document.querySelector('[data-stage="s2"]');
	document.elementFromPoint = () => stage;
	const carried = () => screen.getByRole("button", { name: /^Kitchen,/ });
	fireEvent.pointerDown(carried(), { button: 0, clientX: 10, clientY: 10 });
	fireEvent.pointerMove(window, { clientX: 300, clientY: 20 });
	fireEvent.keyDown(window, { key: "Escape" });
	fireEvent.pointerUp(window, { clientX: 300, clientY: 20 });
	await act(() => new Promise((done) => setTimeout(done)));
	expect(of("move_opportunity")).toEqual([]);
	fireEvent.pointerDown(carried(), { button: 0, clientX: 10, clientY: 10 });
	fireEvent.pointerMove(window, { clientX: 300, clientY: 20 });
	fireEvent.pointerUp(window, { clientX: 300, clientY: 20 });
	await waitFor(() => expect(columnOf("Kitchen")?.getAttribute("data-stage")).toBe("s2"));
});

test("a new opportunity belongs to a contact that was searched for", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(screen.getByTestId("new-opportunity"));
	await person.click(screen.getByTestId("dialog-save"));
	expect(screen.getByRole("alert").textContent).toBe("Choose the contact it belongs to.");
	await person.type(screen.getByTestId("contact-picker"), "ana");
	await screen.findAllByTestId("contact-option");
	await person.keyboard("{Enter}");
	await person.type(screen.getByTestId("opportunity-value"), "2500.5");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(screen.queryByTestId("dialog-save")).toBeNull());
	expect(of("list_contacts").at(-1)?.search).toBe("ana");
	expect(of("save_opportunity")).toMatchObject([
		{ id: null, contact_id: "p1", value: "2500.5", currency: null, stage_id: "s1" },
	]);
});

test("what was won is entered as a sale of its contact, with its value", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(screen.getByRole("button", { name: "Actions for Kitchen" }));
	await person.click(await screen.findByRole("menuitem", { name: "Add sale" }));
	expect(((await screen.findByTestId("sale-amount")) as HTMLInputElement).value).toBe("1,500.50");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("add_sale")).toMatchObject([
			{ contact_id: "p1", opportunity_id: "o1", amount: "1500.50", currency: "USD" },
		]),
	);
});

test("a value is changed as its language writes it, or taken away", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	const edit = async (text: string) => {
		await person.click(screen.getByRole("button", { name: "Actions for Kitchen" }));
		await person.click(await screen.findByRole("menuitem", { name: "Edit opportunity" }));
		const value = (await screen.findByTestId("opportunity-value")) as HTMLInputElement;
		expect(value.value).toBe("1,500.50");
		await person.clear(value);
		if (text) await person.type(value, text);
		await person.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(screen.queryByTestId("dialog-save")).toBeNull());
	};
	await edit("1.250,75");
	await edit("");
	expect(of("save_opportunity").map((req) => req.value)).toEqual(["1250.75", ""]);
});

test("an opportunity is of whoever makes it unless somebody else is chosen, or no one", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	const owner = () => screen.getByTestId("opportunity-owner") as HTMLSelectElement;
	await person.click(screen.getByTestId("new-opportunity"));
	await waitFor(() => expect(owner().selectedOptions[0]?.text).toBe("Me"));
	await person.type(screen.getByTestId("contact-picker"), "ana");
	await screen.findAllByTestId("contact-option");
	await person.keyboard("{Enter}");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(of("save_opportunity")).toMatchObject([{ owner_id: null }]));
	for (const [chosen, place] of [
		["u2", 1],
		["", 2],
	] as const) {
		await person.click(screen.getByRole("button", { name: "Actions for Kitchen" }));
		await person.click(await screen.findByRole("menuitem", { name: "Edit opportunity" }));
		await screen.findByRole("option", { name: "Nico" });
		await person.selectOptions(owner(), chosen);
		await person.click(screen.getByTestId("dialog-save"));
		await waitFor(() => expect(of("save_opportunity")[place]).toMatchObject({ owner_id: chosen }));
	}
});
