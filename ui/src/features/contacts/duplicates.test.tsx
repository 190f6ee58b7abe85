import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ContactDetail, ContactMerge, ContactRow, DuplicateGroup } from "@/bindings";
import { TOAST_MS } from "@/components/toast";
import { type Answers, showPage, withPages } from "@/testing/page";
import ContactsPage from "./page";
import { pairsOf } from "./pairs";

const contact = (id: string, name: string, part: Partial<ContactRow> = {}): ContactRow => ({
	id,
	name,
	phone: null,
	email: "ana@example.com",
	status: "lead",
	lead_source: "META_ADS",
	campaign: null,
	first_seen_at: "2026-01-05T10:00:00Z",
	updated_at: "2026-01-05T10:00:00Z",
	sales: 0,
	...part,
});
const ana = contact("c1", "Ana Ruiz");
const annie = contact("c2", "Annie", { sales: 2 });
const shop = contact("c3", "Ruiz Shop");
const groups: DuplicateGroup[] = [
	{ reason: "click", value: "fb.1", contacts: [ana, annie] },
	{ reason: "email", value: "ana@example.com", contacts: [ana, annie, shop] },
];
const detail = (row: ContactRow): ContactDetail => ({
	contact: row,
	kind: "prospect",
	owner: null,
	country: "AR",
	region: null,
	city: row.id === "c1" ? "Rosario" : null,
	language: null,
	timezone: null,
	preferred_channel: null,
	birth_date: null,
	birth_year: null,
	tags: [],
	notes: null,
	custom: row.id === "c2" ? { Size: "L" } : {},
	external_ids: [],
	timeline: [],
});
const merge = (part: Partial<ContactMerge> = {}): ContactMerge => ({
	id: "m1",
	kept_id: "c2",
	kept_name: "Annie",
	other_id: "c1",
	other_name: "Ana Ruiz",
	touchpoints: 1,
	opportunities: 0,
	sales: 2,
	merged_at: "2026-01-06T10:00:00Z",
	undone_at: null,
	...part,
});
const page = <R,>(rows: R[]) => ({ rows, next: null, total: null });

/** A core that remembers what was merged. */
function core(more: Answers = {}): Answers {
	let merges: ContactMerge[] = [];
	return {
		list_contacts: () => page([ana, annie, shop]),
		list_duplicates: () => page(merges.some((one) => !one.undone_at) ? [] : groups),
		list_merges: () => page(merges),
		get_contact: (req) => detail([ana, annie, shop].find((one) => one.id === req.id) as ContactRow),
		merge_contacts: () => {
			merges = [merge()];
			return merge();
		},
		undo_merge: () => {
			merges = [merge({ undone_at: "2026-01-06T10:01:00Z" })];
			return merges[0];
		},
		...more,
	};
}
const show = (answers: Answers, at = "/?view=duplicates") =>
	showPage(ContactsPage, answers, { at });
withPages();

test("a pair is two contacts with all they share, and who bought is kept", () => {
	const pairs = pairsOf(groups);
	expect(pairs.map((pair) => [pair.keep.id, pair.other.id])).toEqual([
		["c2", "c1"],
		["c1", "c3"],
	]);
	expect(pairs[0]?.reasons.map((one) => one.reason)).toEqual(["click", "email"]);
	expect(pairsOf([])).toEqual([]);
});

test("the list of contacts says how many pairs there are", async () => {
	show(core(), "/");
	expect((await screen.findByTestId("duplicates")).textContent).toBe("Duplicates");
	await waitFor(() => expect(screen.getByTestId("duplicates").textContent).toBe("Duplicates2"));
});

test("a pair is compared, merged the way one chooses, and taken apart by Ctrl+Z", async () => {
	const { of } = show(core());
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Annie" }));
	const table = within(await screen.findByTestId("comparison"));
	// The first is checked and has the focus; an arrow chooses the other.
	expect(document.activeElement).toBe(screen.getByTestId("merge-keep-0"));
	expect(table.getByText("Rosario, Argentina")).toBeTruthy();
	expect(table.getByText("Size")).toBeTruthy();
	expect(screen.getByRole("dialog").textContent).toContain("Came by the same click: fb.1.");
	await person.click(screen.getByTestId("merge-keep-1"));
	await person.click(screen.getByTestId("merge-keep-0"));
	await person.keyboard("{Enter}");
	await waitFor(() => expect(of("merge_contacts")).toEqual([{ keep: "c2", other: "c1" }]));
	const toast = await screen.findByTestId("toast");
	expect(toast.textContent).toContain("Ana Ruiz was merged into Annie.");
	expect(await screen.findByText("No duplicates")).toBeTruthy();
	await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("duplicates-pairs")));
	await person.keyboard("{Control>}z{/Control}");
	await waitFor(() => expect(of("undo_merge")).toEqual([{ id: "m1" }]));
	expect((await screen.findByTestId("toast")).textContent).toContain("are apart again");
	expect((await screen.findAllByTestId("pair-row")).length).toBe(2);
});

test("the toast goes by itself, but not while it has the focus", async () => {
	show(core());
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Annie" }));
	await screen.findByTestId("comparison");
	vi.useFakeTimers({ shouldAdvanceTime: true });
	try {
		act(() => screen.getByTestId("dialog-save").click());
		const undo = await screen.findByTestId("toast-undo");
		act(() => undo.focus());
		await act(() => vi.advanceTimersByTimeAsync(TOAST_MS * 2));
		expect(screen.queryByTestId("toast")).toBeTruthy();
		act(() => undo.blur());
		await act(() => vi.advanceTimersByTimeAsync(TOAST_MS / 2));
		expect(screen.queryByTestId("toast")).toBeTruthy();
		await act(() => vi.advanceTimersByTimeAsync(TOAST_MS));
		expect(screen.queryByTestId("toast")).toBeNull();
	} finally {
		vi.useRealTimers();
	}
});

test("a past merge can be undone; why it cannot is told, with the way to what is in the way", async () => {
	const refused = {
		code: "conflict",
		message: "Annie was merged into Shop since. Undo that merge first.",
		field: null,
		params: { merge: "m2" },
		retry_after_ms: null,
	};
	const later = merge({ id: "m2", kept_name: "Shop", other_id: "c2", other_name: "Annie" });
	const { of } = show(
		core({
			list_merges: () => page([later, merge()]),
			undo_merge: () => {
				throw refused;
			},
		}),
	);
	const person = userEvent.setup();
	await person.click(await screen.findByTestId("duplicates-merges"));
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	const aside = within(await screen.findByTestId("inspector"));
	expect(aside.getByText("1 touchpoint, 2 sales")).toBeTruthy();
	await person.click(aside.getByTestId("undo-merge"));
	const told = await screen.findByTestId("undo-refused");
	expect(told.textContent).toContain("Annie was merged into Shop since.");
	expect(of("undo_merge")).toEqual([{ id: "m1" }]);
	await person.click(within(told).getByRole("button", { name: "Show that merge" }));
	expect(within(screen.getByTestId("inspector")).getByRole("heading").textContent).toBe("Annie");
});

test("a contact is merged with one that nothing points to, but never with itself", async () => {
	const { of } = show(core(), "/");
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ruiz Shop" }));
	await person.click(await screen.findByTestId("contact-merge"));
	await person.type(await screen.findByTestId("contact-picker"), "r");
	await person.click((await screen.findAllByTestId("contact-option"))[2] as HTMLElement);
	await person.click(screen.getByTestId("dialog-save"));
	expect(screen.getByRole("alert").textContent).toContain("the same contact");
	await person.click(screen.getByRole("button", { name: "Choose another contact" }));
	await person.click((await screen.findAllByTestId("contact-option"))[0] as HTMLElement);
	await person.click(screen.getByTestId("dialog-save"));
	await screen.findByTestId("comparison");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() => expect(of("merge_contacts")).toEqual([{ keep: "c3", other: "c1" }]));
	expect(await screen.findByTestId("toast")).toBeTruthy();
});

test("with nothing to merge it says so, and what failed can be tried again", async () => {
	let down = true;
	show(
		core({
			list_duplicates: () => {
				if (down) throw { code: "disk_full", message: "no", field: null, params: {} };
				return page([]);
			},
		}),
	);
	const again = await screen.findByRole("button", { name: "Try again" });
	down = false;
	await userEvent.setup().click(again);
	expect(await screen.findByText("No duplicates")).toBeTruthy();
	await userEvent.setup().click(screen.getByTestId("duplicates-merges"));
	expect(await screen.findByText("Nothing merged yet")).toBeTruthy();
});
