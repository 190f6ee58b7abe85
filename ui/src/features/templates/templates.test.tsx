import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { TemplateDetail, TemplateFinding, TemplateRow } from "@/bindings";
import { type Answers, showPage, withPages } from "@/testing/page";
import { formattedAsWritten, readTemplate, variablesOf, written } from "./draft";
import TemplateEditorPage from "./editor-page";
import TemplatesPage from "./page";

const row = (part: Partial<TemplateRow> = {}): TemplateRow => ({
	id: "1",
	provider: "whatsapp_cloud",
	account: "9",
	account_name: "Casa Alba",
	name: "lead_followup",
	language: "es_AR",
	category: "utility",
	previous_category: null,
	state: "approved",
	provider_status: "APPROVED",
	rejection_reason: null,
	quality: "GREEN",
	version: 1,
	unsent_version: null,
	body: "Hola {{1}}",
	submitted_at: null,
	decided_at: null,
	synced_at: "2026-01-07T10:00:00Z",
	vanished_at: null,
	created_at: "2026-01-07T10:00:00Z",
	updated_at: "2026-01-07T10:00:00Z",
	...part,
});
const TEXT = JSON.stringify({
	name: "lead_followup",
	language: "es_AR",
	category: "UTILITY",
	parameter_format: "POSITIONAL",
	components: [
		{ type: "body", text: "Hola {{1}}, gracias.", example: { body_text: [["Ana"]] } },
		{ type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Sí" }] },
	],
});
const variable = {
	at: "body" as const,
	card: null,
	button: null,
	name: "1",
	kind: "text" as const,
	required: true,
	example: "Ana",
};
const detail = (part: Partial<TemplateDetail> = {}): TemplateDetail => ({
	row: row(),
	template: TEXT,
	at_provider: TEXT,
	variables: [variable],
	author: "Ana",
	versions: [
		{
			version: 1,
			origin: "pulled",
			note: null,
			author: null,
			created_at: "2026-01-07T10:00:00Z",
			at_provider: true,
		},
	],
	events: [],
	edits: { possible: true, possible_at: null, left: 10 },
	used_by: [],
	waiting: 0,
	review: { needed: false, open: false, approved: false, may_decide: false },
	reviews: [],
	...part,
});
const account = {
	account: "9",
	provider: "whatsapp_cloud",
	name: "Casa Alba",
	numbers: ["+54 11 5555 1234"],
	templates: 1,
	pulled_at: "2026-01-07T10:00:00Z",
	connected: true,
};
const finding = (part: Partial<TemplateFinding> = {}): TemplateFinding => ({
	rule: "variable.at-edge",
	severity: "refused",
	place: {
		part: "body",
		card: null,
		button: null,
		field: "text",
		pointer: "/components/0/text",
		from: 5,
		to: 10,
		told: "body",
	},
	message: "The text begins or ends with a variable.",
	fix: null,
	source: "https://example.com",
	meta_code: 2388299,
	...part,
});
const linted = (findings: TemplateFinding[] = []) => ({
	templates: [{ name: "x", language: "es_AR", category: "UTILITY", findings, mended: [] }],
	refused: findings.length,
	warnings: 0,
	document: null,
});
const usual: Answers = {
	list_template_accounts: () => [account],
	list_template_events: () => [],
	lint_templates: () => linted(),
	get_template: () => detail(),
	pull_templates: () => ({ accounts: [] }),
	list_audit: () => ({ rows: [], next: null, total: null }),
};
withPages();

test("samples stay with their variables while a text is written, and go where Meta wants them", () => {
	const template = readTemplate(TEXT);
	expect(template.components[0]?.type).toBe("BODY");
	const body = { ...template.components[0], type: "BODY", text: "Hola {{1}}, sale el {{2}} hoy." };
	const next = { ...template, components: [body, ...template.components.slice(1)] };
	const variables = variablesOf(next, [variable]);
	expect(variables.map((one) => [one.name, one.example])).toEqual([
		["1", "Ana"],
		["2", ""],
	]);
	const said = variables.map((one) => (one.name === "2" ? { ...one, example: "lunes" } : one));
	const out = written({ template: next, variables: said });
	expect(out.components[0]?.example).toEqual({ body_text: [["Ana", "lunes"]] });
	const named = { ...next, parameter_format: "NAMED" };
	expect(written({ template: named, variables: said }).components[0]?.example).toEqual({
		body_text_named_params: [
			{ param_name: "1", example: "Ana" },
			{ param_name: "2", example: "lunes" },
		],
	});
});

test("the format of variables is the one that they are written in", () => {
	const format = (text: string, said: string) =>
		formattedAsWritten({
			...readTemplate(TEXT),
			parameter_format: said,
			components: [{ type: "BODY", text }],
		}).parameter_format;
	expect(format("Hola {{1}}, hoy.", "NAMED")).toBe("POSITIONAL");
	expect(format("Hola {{name}}, hoy.", "POSITIONAL")).toBe("NAMED");
	// Both, none, or one that is only half written yet say nothing.
	expect(format("Hola {{1}} y {{name}}, hoy.", "NAMED")).toBe("NAMED");
	expect(format("Hola, hoy.", "POSITIONAL")).toBe("POSITIONAL");
	expect(format("Hola {{}}, hoy.", "POSITIONAL")).toBe("POSITIONAL");
});

test("what Meta asks to wait for is not promised to go on by itself", async () => {
	showPage(TemplatesPage, {
		...usual,
		list_templates: () => ({ rows: [row()], next: null, total: 1 }),
		list_template_events: () => [],
		pull_templates: () => {
			throw {
				code: "throttled",
				message: "",
				field: null,
				reason: null,
				params: {},
				retry_after_ms: 60_000,
			};
		},
	});
	await userEvent.click(await screen.findByTestId("pull-templates"));
	expect((await screen.findByRole("alert")).textContent).toContain("nothing was done");
});

test("the list filters by what is asked of the core and says what happened meanwhile", async () => {
	const { of } = showPage(TemplatesPage, {
		...usual,
		list_templates: (req) => ({
			rows: req.state === "rejected" ? [] : [row({ previous_category: "marketing" })],
			next: null,
			total: req.state === "rejected" ? 0 : 1,
		}),
		list_template_events: () => [
			{
				id: "e",
				template_id: "1",
				name: "lead_followup",
				language: "es_AR",
				kind: "category",
				before: "utility",
				after: "marketing",
				reason: null,
				occurred_at: "2026-01-07T10:00:00Z",
				seen_at: null,
			},
		],
	});
	const shown = await screen.findByTestId("template-row");
	expect(shown.textContent).toContain("Approved");
	expect(shown.textContent).toContain("was Marketing");
	expect(screen.getByTestId("template-news").textContent).toContain(
		"moved it from Utility to Marketing",
	);
	await userEvent.selectOptions(screen.getByTestId("templates-state"), "rejected");
	expect(await screen.findByText("No template matches these filters")).toBeTruthy();
	expect(of("list_templates").at(-1)).toMatchObject({ state: "rejected", search: null });
});

test("an error stands beside its field, keeps the template from Meta, and is mended at a click", async () => {
	const mended = TEXT.replace("gracias.", "gracias por escribir.");
	const broken = finding({
		fix: { says: "Add words", template: mended, unasked: false },
	});
	const { of } = showPage(
		TemplateEditorPage,
		{
			...usual,
			get_template: () => detail({ at_provider: null, row: row({ state: "draft" }) }),
			lint_templates: (req) =>
				linted(String(req.document).includes("por escribir") ? [] : [broken]),
			save_template: () => detail(),
			submit_template: () => detail({ row: row({ state: "pending" }) }),
		},
		{ at: "/?id=1" },
	);
	const checks = await screen.findByTestId("checks");
	await within(checks).findByText("The text begins or ends with a variable.");
	expect(screen.getByTestId("submit-template").getAttribute("aria-disabled")).toBe("true");
	expect(screen.getByText("1 error left")).toBeTruthy();
	expect(screen.getByTestId("phone").textContent).toContain("Hola Ana, gracias.");
	await userEvent.click(within(checks).getByTestId("fix"));
	await waitFor(() =>
		expect(screen.getByTestId("phone").textContent).toContain("gracias por escribir."),
	);
	await within(checks).findByText("Every rule passed.");
	await userEvent.click(screen.getByTestId("submit-template"));
	await waitFor(() => expect(of("submit_template")).toEqual([{ id: "1" }]));
	expect(JSON.parse(String(of("save_template")[0]?.template)).components[0].text).toContain(
		"por escribir",
	);
});

test("Ctrl+S keeps what was typed, with why; the name of what Meta has is fixed", async () => {
	const { of } = showPage(
		TemplateEditorPage,
		{ ...usual, save_template: () => detail() },
		{ at: "/?id=1" },
	);
	const body = await screen.findByTestId("body-text");
	expect((screen.getByTestId("template-name") as HTMLInputElement).disabled).toBe(true);
	await userEvent.type(body, " Hasta luego");
	await userEvent.type(screen.getByTestId("template-note"), "Friendlier");
	await userEvent.keyboard("{Control>}s{/Control}");
	await waitFor(() => expect(of("save_template")).toHaveLength(1));
	expect(of("save_template")[0]).toMatchObject({ id: "1", note: "Friendlier" });
	expect(of("see_template_events")).toEqual([]);
});

test("what a deletion breaks is said before it is done", async () => {
	const used = detail({
		used_by: [{ id: "b", name: "Spring", state: "running", version: 1 }],
		waiting: 2,
	});
	const { of } = showPage(
		TemplateEditorPage,
		{ ...usual, get_template: () => used, delete_template: () => ({}) },
		{ at: "/?id=1" },
	);
	await userEvent.click(await screen.findByTestId("delete-template"));
	const dialog = await screen.findByRole("dialog");
	expect(within(dialog).getByTestId("breaks").textContent).toContain("Spring");
	expect(within(dialog).getByTestId("breaks").textContent).toContain("2 messages");
	await userEvent.click(within(dialog).getByRole("button", { name: "Delete although it is used" }));
	await waitFor(() => expect(of("delete_template")).toEqual([{ id: "1", although_used: true }]));
});

test("what was typed is not lost by going elsewhere unasked", async () => {
	const { router } = showPage(TemplateEditorPage, usual, { at: "/?id=1" });
	await userEvent.type(await screen.findByTestId("body-text"), " Chau");
	void router.navigate({ to: "/elsewhere" });
	const dialog = await screen.findByRole("dialog");
	await userEvent.click(within(dialog).getByRole("button", { name: "Stay here" }));
	await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	expect(router.state.location.pathname).toBe("/");
	expect((screen.getByTestId("body-text") as HTMLTextAreaElement).value).toContain("Chau");
});

test("a new template tells what is wrong where somebody was, and all of it when it is submitted", async () => {
	const name = finding({
		rule: "name.missing",
		place: { ...finding().place, part: "template", field: "name", told: "template, name" },
		message: "The template has no name.",
	});
	const body = finding({ rule: "body.missing", message: "The body has no text." });
	const { of } = showPage(TemplateEditorPage, {
		...usual,
		lint_templates: () => linted([name, body]),
		save_template: () => detail(),
	});
	const checks = await screen.findByTestId("checks");
	await within(checks).findByText("What you write is checked as you go from part to part.");
	expect(screen.queryByText("The template has no name.")).toBeNull();
	expect(screen.queryByText("The body has no text.")).toBeNull();
	await userEvent.type(screen.getByTestId("template-name"), "x");
	expect(screen.queryByText("The template has no name.")).toBeNull();
	await userEvent.click(screen.getByTestId("body-text"));
	expect((await screen.findAllByText("The template has no name.")).length).toBeGreaterThan(0);
	expect(screen.queryByText("The body has no text.")).toBeNull();
	await userEvent.click(screen.getByTestId("header-TEXT"));
	expect((await within(checks).findAllByText("The body has no text.")).length).toBe(1);
	expect(of("submit_template")).toEqual([]);
});

test("a workspace that reviews asks for it first, and somebody else approves or sends back", async () => {
	const draft = { at_provider: null, row: row({ state: "draft" as const }) };
	const { of } = showPage(
		TemplateEditorPage,
		{
			...usual,
			get_template: () =>
				detail({
					...draft,
					review: { needed: true, open: false, approved: false, may_decide: false },
				}),
			ask_template_review: () => detail(draft),
		},
		{ at: "/?id=1" },
	);
	expect(screen.queryByTestId("submit-template")).toBeNull();
	await userEvent.click(await screen.findByTestId("review-template"));
	await waitFor(() => expect(of("ask_template_review")).toEqual([{ id: "1", note: null }]));
});

test("who did not write it decides, with why", async () => {
	const asked = {
		version: 1,
		note: "The tone?",
		asked_at: "2026-01-07T10:00:00Z",
		asker: "Ana",
		outcome: null,
		reason: null,
		decided_at: null,
		decider: null,
	};
	const { of } = showPage(
		TemplateEditorPage,
		{
			...usual,
			get_template: () =>
				detail({
					at_provider: null,
					row: row({ state: "in_review" }),
					review: { needed: true, open: true, approved: false, may_decide: true },
					reviews: [asked],
				}),
			decide_template_review: () => detail(),
		},
		{ at: "/?id=1" },
	);
	expect((await screen.findByTestId("review-open")).textContent).toContain("The tone?");
	expect(screen.getByTestId("submit-template").getAttribute("aria-disabled")).toBe("true");
	await userEvent.click(screen.getByTestId("decline-template"));
	await userEvent.type(await screen.findByTestId("decline-reason"), "Shorter");
	await userEvent.click(screen.getByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("decide_template_review")).toEqual([{ id: "1", approve: false, reason: "Shorter" }]),
	);
	await userEvent.click(screen.getByTestId("approve-template"));
	await waitFor(() =>
		expect(of("decide_template_review").at(-1)).toEqual({ id: "1", approve: true, reason: null }),
	);
});

test("at YCloud the sample of a header is an address", async () => {
	showPage(TemplateEditorPage, {
		...usual,
		list_template_accounts: () => [{ ...account, provider: "ycloud" }],
	});
	await userEvent.click(await screen.findByTestId("header-IMAGE"));
	const field = await screen.findByTestId("sample-address");
	await userEvent.type(field, "https://x.example/a.jpg");
	expect((screen.getByTestId("sample-address") as HTMLInputElement).value).toBe(
		"https://x.example/a.jpg",
	);
});
