import { emit } from "@tauri-apps/api/event";
import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type {
	AdsImportChecks,
	ImportMapping,
	ImportPreview,
	ImportReport,
	SavedMapping,
} from "@/bindings";
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
						reason: null,
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
		{
			line: 7,
			reason: 'Fecha: "ayer" is not a date',
			reason_id: "cell_not_date",
			params: { column: "Fecha", value: "ayer" },
		},
		{ line: 9, reason: "The amount cannot be read.", reason_id: null, params: {} },
	],
	rejected_file: dry_run ? null : "/data/ventas.rejected.csv",
	ads: null,
});

const shop: SavedMapping = {
	name: "Shop",
	mapping: { ...suggested, columns: { amount: "Total", date: "#2" } },
	updated_at: "2026-01-05T10:00:00Z",
};

async function show(
	saved: readonly SavedMapping[] = [],
	kind = "sales",
	ads: AdsImportChecks | null = null,
) {
	Object.assign(globalThis, { isTauri: true });
	const shown = showPage(
		ImportPage,
		{
			pick_file: () => PATH,
			preview_import: (req) => previewOf(req.mapping as ImportMapping | null),
			run_import: (req) => ({ ...report(req.dry_run as boolean), ads }),
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
	expect(of("preview_import").filter((req) => req.kind === "sales")).toEqual([
		{ kind: "sales", path: PATH, mapping: null },
		{ kind: "sales", path: PATH, mapping },
	]);
	// It was looked at as an export of Ads Manager too, and is none.
	expect(of("preview_import").some((req) => req.kind === "ads")).toBe(true);
	expect(screen.queryByTestId("import-export")).toBeNull();

	await person.click(screen.getByTestId("import-dry-run"));
	expect((await screen.findByTestId("import-added")).textContent).toBe("9,430");
	expect(screen.getByText("What the import would do")).toBeTruthy();
	expect(screen.getByText("US$ 56,293.80")).toBeTruthy();
	expect(screen.getByText("Fecha: “ayer” is not a date.")).toBeTruthy();

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

const checks: AdsImportChecks = {
	account: "Casa Alba",
	account_made: true,
	days: { from: "2026-01-01", to: "2026-01-31" },
	removed: 1,
	totals_rows: 1,
	duplicates: 2,
	covered: 3,
	differences: [
		{ day: null, figure: "spend", file: "1250.50", other: "1200.00" },
		{ day: "2026-01-02", figure: "impressions", file: "10500", other: "10400" },
	],
};

async function tried(ads: AdsImportChecks) {
	await show([], "ads", ads);
	const person = userEvent.setup();
	await person.click(screen.getByTestId("import-file"));
	await person.selectOptions(await screen.findByTestId("import-field-date"), "1");
	await waitFor(() => expect(able("import-dry-run")).toBe(true));
	await person.click(screen.getByTestId("import-dry-run"));
	return { panel: within(await screen.findByTestId("import-ads")), person };
}

test("an Ads Manager file tells its account and days, and what does not agree", async () => {
	const { panel, person } = await tried(checks);
	expect(panel.getByText("would be new here")).toBeTruthy();
	expect(panel.getByText("1 Jan 2026 to 31 Jan 2026")).toBeTruthy();
	expect(panel.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
		"1 row of totals, left out",
		"2 rows stand twice and count once",
		"3 rows of days that Meta's sync has: compared, not written",
		"1 row of an earlier file, which this one does not have, would be removed",
	]);
	const [, total, second] = panel.getAllByRole("row").map((row) => row.textContent);
	expect(total).toBe("The whole fileAmount spent1,250.501,200.00");
	expect(second).toBe("2 Jan 2026Impressions10,50010,400");
	await person.click(screen.getByTestId("import-run"));
	expect(await panel.findByText(/was removed$/)).toBeTruthy();
	expect(panel.getByText("new here")).toBeTruthy();
});

test("it says that all agrees only where something was compared", async () => {
	const { panel } = await tried({ ...checks, differences: [] });
	expect(panel.getByText("All that could be compared agrees.")).toBeTruthy();
	cleanup();
	const bare = await tried({ ...checks, differences: [], totals_rows: 0, covered: 0 });
	expect(bare.panel.queryByText("All that could be compared agrees.")).toBeNull();
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

test("an export of Ads Manager can be compared, whatever it was opened as", async () => {
	const columns = { campaign_name: "Campaign name", spend: "Amount spent (USD)" };
	Object.assign(globalThis, { isTauri: true });
	const { of, router } = showPage(
		ImportPage,
		{
			preview_import: (req) => {
				const preview = previewOf(null);
				return req.kind === "ads" ? { ...preview, mapping: { columns } } : preview;
			},
			list_mappings: () => [],
			list_ad_accounts: () => [],
		},
		{ views: { "import-kind": JSON.stringify("sales") }, at: `/import?file=${PATH}` },
	);
	const person = userEvent.setup();
	// Dropped on another page, it is open already.
	const banner = within(await screen.findByTestId("import-export"));
	expect(of("preview_import")[0]?.path).toBe(PATH);
	expect(banner.getByText("This looks like an export of Ads Manager.")).toBeTruthy();
	await person.click(banner.getByRole("button", { name: "Import as ads" }));
	expect(await screen.findByText(/compare this export, cell by cell/)).toBeTruthy();
	await person.click(screen.getByTestId("import-compare"));
	expect(router.state.location.href).toBe(`/audit?file=${encodeURIComponent(PATH)}`);
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
