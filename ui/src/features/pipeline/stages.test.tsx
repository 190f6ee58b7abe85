import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { BoardColumn, OrderStages, RemoveStage, SaveStage } from "@/bindings";
import { type Answers, showPage, withPages } from "@/testing/page";
import PipelinePage from "./page";
import { typedPercent } from "./stages-dialog";

const column = (id: string, name: string, part: Partial<BoardColumn> = {}): BoardColumn => ({
	stage_id: id,
	name,
	probability: 40,
	outcome: null,
	count: 0,
	totals: [],
	cards: [],
	...part,
});

/** A core that keeps its stages. */
async function show(more: Answers = {}) {
	let columns = [
		column("s1", "New", { count: 3 }),
		column("s2", "Talking"),
		column("s3", "Won", { outcome: "won", probability: 100, count: 1 }),
		column("s4", "Lost", { outcome: "lost", probability: 0 }),
	];
	const shown = showPage(PipelinePage, {
		get_board: () => ({ columns: structuredClone(columns) }),
		save_stage: (req) => {
			const { id, name, probability, outcome } = req as unknown as SaveStage;
			const meaning = outcome === "open" ? null : outcome;
			if (!id) columns = [...columns, column("s9", name ?? "")];
			else
				columns = columns.map((one) =>
					one.stage_id !== id
						? one
						: {
								...one,
								name: name ?? one.name,
								probability: probability ?? one.probability,
								outcome: outcome ? (meaning ?? null) : one.outcome,
							},
				);
			const now = columns.find((one) => one.stage_id === (id ?? "s9"));
			return { id: now?.stage_id, name: now?.name, probability: 0, outcome: null };
		},
		order_stages: (req) => {
			const { ids } = req as unknown as OrderStages;
			columns = ids.map((id) => columns.find((one) => one.stage_id === id) as BoardColumn);
			return [];
		},
		remove_stage: (req) => {
			const { id } = req as unknown as RemoveStage;
			columns = columns.filter((one) => one.stage_id !== id);
			return [];
		},
		...more,
	});
	const person = userEvent.setup();
	await screen.findAllByTestId("board-column");
	await person.click(screen.getByTestId("stages"));
	await screen.findAllByTestId("stage-row");
	const names = () =>
		within(screen.getByRole("dialog"))
			.getAllByRole("textbox", { name: /^Name of (?!the new)/ })
			.map((one) => (one as HTMLInputElement).value);
	return { ...shown, person, names };
}
withPages();

test("Alt with an arrow moves a stage, and the focus goes with it", async () => {
	const { of, person, names } = await show();
	await person.click(screen.getByRole("textbox", { name: "Name of Talking" }));
	await person.keyboard("{Alt>}{ArrowUp}{/Alt}");
	await waitFor(() => expect(names()).toEqual(["Talking", "New", "Won", "Lost"]));
	expect(of("order_stages")).toEqual([{ ids: ["s2", "s1", "s3", "s4"] }]);
	await waitFor(() =>
		expect(document.activeElement?.getAttribute("aria-label")).toBe("Name of Talking"),
	);
	// It is the first now: the button stays reachable, says why, and does nothing.
	const up = screen.getByRole("button", { name: "Move Talking up" });
	expect(up.getAttribute("aria-disabled")).toBe("true");
	await person.click(up);
	await person.click(screen.getByRole("button", { name: "Move Talking down" }));
	await waitFor(() => expect(names()).toEqual(["New", "Talking", "Won", "Lost"]));
	expect(of("order_stages").length).toBe(2);
	await waitFor(() =>
		expect(document.activeElement?.getAttribute("aria-label")).toBe("Move Talking down"),
	);
});

test("Enter keeps a name, Esc takes it back before it closes anything", async () => {
	const { of, person } = await show();
	const name = screen.getByRole("textbox", { name: "Name of New" }) as HTMLInputElement;
	await person.clear(name);
	await person.type(name, "Fresh");
	await person.keyboard("{Escape}");
	expect(name.value).toBe("New");
	expect(screen.getByRole("dialog")).toBeTruthy();
	await person.clear(name);
	await person.keyboard("{Enter}");
	expect(screen.getByRole("alert").textContent).toBe("A stage needs a name.");
	await person.type(name, "Fresh{Enter}");
	await waitFor(() =>
		expect(of("save_stage")).toEqual([
			{ id: "s1", name: "Fresh", probability: null, outcome: null },
		]),
	);
	await person.keyboard("{Escape}");
	await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a chance is a number from 0 to 100", async () => {
	expect([typedPercent(" 35 % "), typedPercent("100"), typedPercent("101")]).toEqual([
		35,
		100,
		null,
	]);
	expect([typedPercent(""), typedPercent("-1"), typedPercent("1.5")]).toEqual([null, null, null]);
	const { of, person } = await show();
	const chance = screen.getByRole("textbox", { name: /^Chance of winning in Talking/ });
	await person.clear(chance);
	await person.type(chance, "140{Enter}");
	expect(screen.getByRole("alert").textContent).toBe("Write a number from 0 to 100.");
	await person.clear(chance);
	await person.type(chance, "70{Enter}");
	await waitFor(() => expect(of("save_stage")).toMatchObject([{ id: "s2", probability: 70 }]));
});

test("a new meaning that changes opportunities is asked about, and a refusal is told", async () => {
	const { of, person } = await show({
		save_stage: () => {
			throw {
				code: "conflict",
				message: "At least one stage that means won has to remain.",
				field: "outcome",
				params: {},
				retry_after_ms: null,
			};
		},
	});
	await person.selectOptions(screen.getByRole("combobox", { name: "Meaning of Won" }), "lost");
	expect(screen.getByTestId("stage-question").textContent).toContain(
		"Its 1 opportunity becomes lost.",
	);
	expect(of("save_stage")).toEqual([]);
	await person.click(screen.getByTestId("stage-answer"));
	expect((await screen.findByRole("alert")).textContent).toBe(
		"At least one stage that means won has to remain.",
	);
	expect(of("save_stage")).toMatchObject([{ id: "s3", outcome: "lost" }]);
	await person.keyboard("{Escape}");
	expect(screen.queryByTestId("stage-question")).toBeNull();
	expect(screen.queryByRole("alert")).toBeNull();
});

test("a stage is removed with the stage its opportunities move to", async () => {
	const { of, person, names } = await show();
	await person.click(screen.getByRole("button", { name: "Remove New" }));
	const to = screen.getByTestId("stage-move-to") as HTMLSelectElement;
	expect(document.activeElement).toBe(to);
	// Proposed: another of the same meaning.
	expect(to.value).toBe("s2");
	expect([...to.options].map((one) => one.value)).toEqual(["", "s2", "s3", "s4"]);
	await person.selectOptions(to, "s3");
	await person.click(screen.getByTestId("stage-answer"));
	await waitFor(() => expect(names()).toEqual(["Talking", "Won", "Lost"]));
	expect(of("remove_stage")).toEqual([{ id: "s1", move_to: "s3" }]);
	await waitFor(() =>
		expect(document.activeElement?.getAttribute("aria-label")).toBe("Name of Talking"),
	);
	await person.click(screen.getByRole("button", { name: "Remove Talking" }));
	await person.click(screen.getByTestId("stage-answer"));
	await waitFor(() => expect(of("remove_stage").at(-1)).toEqual({ id: "s2", move_to: null }));
});

test("a stage is added, and the next one can be typed at once", async () => {
	const { of, person, names } = await show();
	const name = screen.getByTestId("stage-new-name") as HTMLInputElement;
	await person.type(name, "{Enter}");
	expect(screen.getByRole("alert").textContent).toBe("A stage needs a name.");
	await person.type(name, " Visit {Enter}");
	await waitFor(() => expect(names()).toContain("Visit"));
	expect(of("save_stage")).toEqual([{ id: null, name: "Visit", outcome: "open", probability: 50 }]);
	expect(name.value).toBe("");
	expect(document.activeElement).toBe(name);
});
