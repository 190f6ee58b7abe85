import { emit } from "@tauri-apps/api/event";
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ImportMapping, ImportPreview, ImportReport, SavedMapping } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { fitting, nameOf, placeOf, withColumn, withHeader } from "./mapping";
import ImportPage from "./page";

const PATH = "/data/ventas.csv";
const suggested: ImportMapping = { header: true, columns: { amount: "Total" }, constants: {} };

function previewOf(mapping: ImportMapping | null): ImportPreview {
	const used = mapping ?? suggested;
	const missing = used.columns?.date === undefined;
	return {
		encoding: "utf-8",
		delimiter: ";",
		sheet: null,
		rows: 9432,
		columns: ["Total", "Fecha", "Fecha"],
		sample: [["10,50", "2026-01-05", "x"]],
		fields: [
			{ field: "currency", required: false },
			{ field: "date", required: true },
			{ field: "amount", required: true },
		],
		mapping: used,
		problems: missing
			? [
					{
						code: "invalid_input",
						message: "No column fills date.",
						field: "date",
						params: {},
						retry_after_ms: null,
					},
				]
			: [],
	};
}
const report = (dry_run: boolean): ImportReport => ({
	kind: "sales",
	dry_run,
	rows_read: 9432,
	added: 9430,
	changed: 0,
	unchanged: 0,
	rejected: 2,
	contacts_added: 12,
	totals: [{ currency: "USD", amount: "56293.80" }],
	rejections: [
		{ line: 7, reason: "The date cannot be read." },
		{ line: 9, reason: "The amount cannot be read." },
	],
	rejected_file: dry_run ? null : "/data/ventas.rejected.csv",
	ads: null,
});

const shop: SavedMapping = {
	name: "Shop",
	mapping: { ...suggested, columns: { amount: "Total", date: "#2" } },
	updated_at: "2026-01-05T10:00:00Z",
};

async function show(saved: readonly SavedMapping[] = [], kind = "sales") {
	Object.assign(globalThis, { isTauri: true });
	const shown = showPage(
		ImportPage,
		{
			pick_file: () => PATH,
			preview_import: (req) => previewOf(req.mapping as ImportMapping | null),
			run_import: (req) => report(req.dry_run as boolean),
			list_mappings: () => saved,
			list_ad_accounts: () => [{ id: "a1", external_id: "77", name: "Casa", currency: "USD" }],
			save_mapping: (req) => ({
				name: req.name,
				mapping: req.mapping,
				updated_at: "2026-01-06T10:00:00Z",
			}),
		},
		{ views: { "import-kind": JSON.stringify(kind) } },
	);
	await screen.findByTestId("import-file");
	return shown;
}
const able = (id: string) => screen.getByTestId(id).getAttribute("aria-disabled") === null;

withPages();

test("a file is mapped, tried and imported", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(screen.getByTestId("import-file"));
	expect((await screen.findByTestId("import-rows")).textContent).toBe("Rows: 9,432");
	expect(screen.getByTestId("import-problems").textContent).toContain("No column fills date.");
	expect(able("import-run")).toBe(false);
	expect(able("import-dry-run")).toBe(false);
	// What the file must have comes before what it may have.
	const selects = screen.getAllByTestId(/^import-field-/).map((one) => one.dataset.testid);
	expect(selects).toEqual(["import-field-date", "import-field-amount", "import-field-currency"]);

	await person.selectOptions(screen.getByTestId("import-field-date"), "1");
	await waitFor(() => expect(screen.queryByTestId("import-problems")).toBeNull());
	const mapping = { ...suggested, columns: { amount: "Total", date: "#2" } };
	expect(of("preview_import")).toEqual([
		{ kind: "sales", path: PATH, mapping: null },
		{ kind: "sales", path: PATH, mapping },
	]);

	await person.click(screen.getByTestId("import-dry-run"));
	expect((await screen.findByTestId("import-added")).textContent).toBe("9,430");
	expect(screen.getByText("What the import would do")).toBeTruthy();
	expect(screen.getByText("US$ 56,293.80")).toBeTruthy();
	expect(screen.getByText("The date cannot be read.")).toBeTruthy();

	await person.click(screen.getByTestId("import-run"));
	await screen.findByText(/ventas\.rejected\.csv/);
	expect(of("run_import")).toEqual([
		{ kind: "sales", path: PATH, mapping, dry_run: true, rejected_path: null },
		{ kind: "sales", path: PATH, mapping, dry_run: false, rejected_path: null },
	]);
});

test("a result does not outlive the mapping it was made with", async () => {
	await show();
	const person = userEvent.setup();
	await person.click(screen.getByTestId("import-file"));
	await person.selectOptions(await screen.findByTestId("import-field-date"), "1");
	await waitFor(() => expect(able("import-dry-run")).toBe(true));
	await person.click(screen.getByTestId("import-dry-run"));
	await screen.findByTestId("import-report");
	await person.selectOptions(screen.getByTestId("import-field-date"), "2");
	expect(screen.queryByTestId("import-report")).toBeNull();
});

test("a saved mapping that fits the file is used, and one can be saved", async () => {
	const { of } = await show([
		{ ...shop, name: "Other", mapping: { columns: { amount: "Importe", date: "Fecha" } } },
		shop,
	]);
	const person = userEvent.setup();
	await person.click(screen.getByTestId("import-file"));
	expect((await screen.findByTestId("import-found")).textContent).toContain("“Shop”");
	await waitFor(() => expect(able("import-run")).toBe(true));
	await person.click(screen.getByTestId("import-mappings"));
	await person.click(await screen.findByTestId("import-save-mapping"));
	await person.type(await screen.findByRole("textbox", { name: "Name" }), " 2{Enter}");
	await waitFor(() =>
		expect(of("save_mapping")).toEqual([{ kind: "sales", name: "Shop 2", mapping: shop.mapping }]),
	);
	// The person may prefer the suggestion, and then keeps it.
	expect(screen.getByTestId("import-mappings").textContent).toBe("Shop 2");
	await person.click(screen.getByTestId("import-mappings"));
	await person.click(await screen.findByRole("menuitem", { name: "Use the suggestion" }));
	await screen.findByTestId("import-problems");
	expect(screen.queryByTestId("import-found")).toBeNull();
});

test("an export of an ad account that is not here is imported by its number", async () => {
	const { of } = await show([], "ads");
	const person = userEvent.setup();
	await person.click(screen.getByTestId("import-file"));
	const account = await screen.findByTestId("import-account");
	await person.selectOptions(
		account,
		await screen.findByRole("option", { name: "Another account…" }),
	);
	await person.type(screen.getByTestId("import-account-number"), "act_990{Enter}");
	await waitFor(() =>
		expect(of("preview_import").at(-1)?.mapping).toMatchObject({
			constants: { account: "act_990" },
		}),
	);
	await person.selectOptions(account, "77");
	expect(screen.queryByTestId("import-account-number")).toBeNull();
});

test("a saved mapping is taken for a file with its columns only", () => {
	const preview = previewOf(null);
	const withColumns = (columns: Record<string, string>, more?: Partial<ImportMapping>) => ({
		...shop,
		mapping: { columns, ...more },
	});
	expect(fitting(preview, [shop])?.name).toBe("Shop");
	expect(fitting(preview, [withColumns({ amount: "Importe", date: "Fecha" })])).toBeUndefined();
	expect(fitting(preview, [withColumns({ amount: "Total" })])).toBeUndefined();
	expect(fitting(preview, [withColumns({ amount: "#1", date: "#2" })])).toBeUndefined();
	expect(
		fitting(preview, [withColumns({ amount: "Total" }, { constants: { date: "2026-01-05" } })]),
	).toBeTruthy();
	const newer = { ...shop, name: "Newer", updated_at: "2026-02-01T00:00:00Z" };
	expect(fitting(preview, [shop, newer])?.name).toBe("Newer");
});

test("a file dropped on the window is opened", async () => {
	const { of } = await show();
	await act(() => emit("tauri://drag-drop", { paths: ["/data/a.csv"], position: { x: 1, y: 1 } }));
	await screen.findByTestId("import-rows");
	expect(of("preview_import")[0]?.path).toBe("/data/a.csv");
});

test("columns of one name are told apart by their place", () => {
	const preview = previewOf(null);
	expect(nameOf(preview, 0)).toBe("Total");
	expect(nameOf(preview, 2)).toBe("#3");
	expect(placeOf(preview, "#3")).toBe(2);
	expect(placeOf(preview, " total ")).toBe(0);
	expect(placeOf(preview, "Importe")).toBeNull();
	expect(placeOf(preview, "#4")).toBeNull();
	expect(withColumn(suggested, preview, "amount", null).columns).toEqual({});
	expect(withHeader(suggested, preview, false)).toMatchObject({
		header: false,
		columns: { amount: "#1" },
	});
});
