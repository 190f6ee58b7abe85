import { emit } from "@tauri-apps/api/event";
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { AuditDifference, CsvAudit, WireError } from "@/bindings";
import { words } from "@/i18n";
import { type Answers, saving, showPage, withPages, written } from "@/testing/page";
import { union } from "@/testing/source";
import AuditPage from "./page";

const FILE = "/data/export.csv";

const cell = (more: Partial<AuditDifference>): AuditDifference => ({
	line: 2,
	level: "ad",
	names: { campaign: "Sofas", ad_set: "Set A", ad: "Video" },
	external_id: "110",
	days: { from: "2026-10-01", to: "2026-10-01" },
	figure: "spend",
	unit: "money",
	file: "10.52",
	stored: "10.51",
	difference: "0.01",
	cause: "restated",
	evidence: { run: "12", at: "2026-11-20T10:00:00Z" },
	...more,
});

const equal: CsvAudit = {
	account: "Casa Alba",
	account_id: "77",
	timezone: "America/Lima",
	currency: "USD",
	file_currency: "USD",
	level: "ad",
	days: { from: "2026-10-01", to: "2026-10-31" },
	read_at: "2026-11-20T10:00:00Z",
	rows_read: 6,
	rows_compared: 6,
	totals_rows: 1,
	duplicates: 0,
	cells_compared: 58,
	cells_equal: 58,
	cells_different: 0,
	causes: [],
	not_compared: [],
	differences: [],
	unmatched: [],
	unmatched_rows: 0,
	not_in_file: [],
	not_in_file_objects: 0,
};

const differing: CsvAudit = {
	...equal,
	cells_equal: 55,
	cells_different: 3,
	causes: [
		{ cause: "restated", cells: 2 },
		{ cause: "day_shift", cells: 1 },
	],
	not_compared: [{ figure: "reach", why: "one_answer", cells: 3 }],
	differences: [
		cell({}),
		cell({ line: 3, figure: "results", unit: "count", file: null, stored: "4", difference: "-4" }),
		cell({
			line: 7,
			level: null,
			names: { campaign: null, ad_set: null, ad: null },
			figure: "impressions",
			unit: "count",
			file: "3911",
			stored: "3910",
			difference: "1",
			cause: "day_shift",
			evidence: { day: "next" },
		}),
	],
	unmatched: [
		{
			line: 9,
			level: "campaign",
			names: { campaign: "Mesas", ad_set: null, ad: null },
			days: { from: "2026-10-02", to: "2026-10-02" },
			spend: "5.10",
			why: "shared_name",
			evidence: { count: "2" },
			cause: null,
			reason: null,
			reason_id: null,
			params: {},
		},
	],
	unmatched_rows: 1,
	not_in_file: [
		{
			level: "ad",
			names: { campaign: "Sofas", ad_set: "Set A", ad: "Foto" },
			external_id: "111",
			from: "2026-10-04",
			to: "2026-10-05",
			days: 2,
			spend: "20.00",
			impressions: "1200",
		},
	],
	not_in_file_objects: 1,
};

function show(
	answer: (req: Record<string, unknown>) => unknown,
	file: string | null = FILE,
	more: Answers = {},
) {
	Object.assign(globalThis, { isTauri: true });
	return showPage(
		AuditPage,
		{
			pick_file: () => FILE,
			audit_csv: (req) => answer(req),
			list_ad_accounts: () => [
				{ id: "a", external_id: "77", name: "Casa", currency: "USD" },
				{ id: "b", external_id: "78", name: "Otra", currency: "ARS" },
			],
			...more,
		},
		{ at: file === null ? "/audit" : `/audit?file=${encodeURIComponent(file)}` },
	);
}

withPages();

test("a file is chosen or dropped, and every cell is equal", async () => {
	const { of } = show(() => equal, null);
	await userEvent.click(await screen.findByTestId("audit-file"));
	expect((await screen.findByTestId("audit-result")).textContent).toBe("Every cell is equal");
	expect(screen.getByText("All 58 cells that were compared say what Rumbo has.")).toBeTruthy();
	expect(screen.queryByTestId("audit-cause")).toBeNull();
	await act(() => emit("tauri://drag-drop", { paths: ["/data/b.csv"], position: { x: 1, y: 1 } }));
	await waitFor(() =>
		expect(of("audit_csv")).toEqual([
			{ path: FILE, mapping: null },
			{ path: "/data/b.csv", mapping: null },
		]),
	);
});

test("cells that differ are told with their cause, and filtered by it", async () => {
	show(() => differing);
	const person = userEvent.setup();
	expect((await screen.findByTestId("audit-result")).textContent).toBe("3 of 58 cells differ");
	expect(screen.getByText(/3 cells are not compared\. They cannot be added up/)).toBeTruthy();
	const rows = () => screen.getAllByTestId("audit-cell").map((row) => row.textContent);
	expect(rows()).toEqual([
		"Video21 Oct 2026Spend10.5210.51+0.01Restated by Meta",
		"Video31 Oct 2026Results—4−4Restated by Meta",
		"Totals row71 Oct 2026Impressions3,9113,910+1Other time zone",
	]);
	await person.selectOptions(screen.getByTestId("audit-cause"), "day_shift");
	expect(rows().length).toBe(1);
	await person.selectOptions(screen.getByTestId("audit-cause"), "");

	const [first] = screen.getAllByTestId("audit-cell");
	await person.click(within(first as HTMLElement).getByRole("button"));
	expect(screen.getByTestId("audit-why").textContent).toMatch(
		/^Before sync 12 of .* Meta restated it/,
	);
	expect(screen.getByText("Sofas › Set A › Video")).toBeTruthy();
	await person.keyboard("{Escape}");
	expect(screen.queryByTestId("inspector")).toBeNull();
});

test("the cells that are shown go into a file, each with why", async () => {
	const { of } = show(() => differing, FILE, saving);
	await userEvent.selectOptions(await screen.findByTestId("audit-cause"), "restated");
	const { heads, rows } = await written(of);
	expect(heads.slice(5)).toEqual(["Figure", "File", "Rumbo", "Difference", "Cause", "Why"]);
	expect(rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
		["2", "Sofas › Set A › Video"],
		["3", "Sofas › Set A › Video"],
	]);
	expect(rows[0]?.cells.slice(6, 10)).toEqual(["10.52", "10.51", "0.01", "Restated by Meta"]);
	expect(rows[0]?.cells[10]).toMatch(/^Before sync 12 of .* Meta restated it/);
});

test("what stands on one side only has its lists", async () => {
	show(() => ({ ...differing, cells_different: 0, differences: [], causes: [] }));
	const person = userEvent.setup();
	// Equal as far as it goes is not equal.
	expect((await screen.findByTestId("audit-result")).textContent).toBe(
		"Every cell that could be compared is equal",
	);
	await person.click(screen.getByTestId("audit-list-unmatched"));
	const row = screen.getByTestId("audit-unmatched");
	expect(row.textContent).toBe(
		"Mesas92 Oct 20265.102 objects here have this name. Export again with IDs.",
	);
	await person.click(within(row).getByRole("button"));
	expect(screen.getByTestId("audit-why").textContent).toContain("Export again with IDs.");
	await person.click(screen.getByTestId("audit-list-missing"));
	expect(screen.queryByTestId("inspector")).toBeNull();
	expect(screen.getByTestId("audit-missing").textContent).toBe(
		"FotoSofas › Set A1114 Oct – 5 Oct 202620.001,200",
	);
});

test("one question settles which account a file is of", async () => {
	const needed: WireError = {
		code: "invalid_input",
		message: "Choose the account.",
		field: "account",
		reason: "account_needed",
		params: {},
		retry_after_ms: null,
	};
	const { of } = show((req) => {
		if (req.mapping === null) throw needed;
		return equal;
	});
	await userEvent.selectOptions(await screen.findByTestId("audit-ask-account"), "78");
	await screen.findByTestId("audit-result");
	expect(of("audit_csv").at(-1)).toEqual({
		path: FILE,
		mapping: { constants: { account: "78" } },
	});
});

test("every cause and reason of the core has its words in every language", () => {
	for (const language of ["en", "es", "pt"] as const) {
		const has = (key: string) =>
			words[language][key] !== undefined || words[language][`${key}_other`] !== undefined;
		for (const cause of union("AuditCause")) {
			expect(has(`audit.cause.${cause}`), `${language} ${cause}`).toBe(true);
			const sentence = cause === "day_shift" ? "day_shift.next" : cause;
			expect(has(`audit.why.${sentence}`), `${language} ${sentence}`).toBe(true);
		}
		for (const why of union("AuditUnmatchedWhy")) {
			// The core says itself why a row cannot be read.
			if (why !== "unreadable")
				expect(has(`audit.unmatched.${why}`), `${language} ${why}`).toBe(true);
		}
		for (const why of union("AuditNotComparedWhy")) {
			expect(has(`audit.notCompared.${why}`), `${language} ${why}`).toBe(true);
		}
	}
});
