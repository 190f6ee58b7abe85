import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ContactDetail, ContactRow, SaleRow, TimelineEntry } from "@/bindings";
import { setLanguage } from "@/i18n";
import { type Answers, showPage, withPages } from "@/testing/page";
import { ownFields } from "./contact-dialog";
import ContactsPage from "./page";

const contact = (id: string, name: string): ContactRow => ({
	id,
	name,
	phone: "+5491155550100",
	email: null,
	status: "lead",
	lead_source: "META_ADS",
	campaign: null,
	first_seen_at: "2026-01-05T10:00:00Z",
	updated_at: "2026-01-05T10:00:00Z",
	sales: 2,
});
const people = [contact("p1", "Ana Ruiz"), contact("p2", "Bruno Sosa"), contact("p3", "Carla Paz")];
const entry = (part: Partial<TimelineEntry>): TimelineEntry => ({
	at: "2026-01-06T10:00:00Z",
	kind: "touchpoint",
	id: "t1",
	title: "lead_ad",
	detail: null,
	amount: null,
	currency: null,
	source: null,
	medium: null,
	ad_body: null,
	form: null,
	campaign: null,
	ad: null,
	waiting_for_sync: false,
	answers: [],
	status: null,
	...part,
});
const detail = (row: ContactRow): ContactDetail => ({
	contact: row,
	kind: "client",
	country: "AR",
	region: null,
	city: "Rosario",
	language: "pt-BR",
	timezone: null,
	preferred_channel: null,
	owner: { id: "u1", name: "Marta" },
	birth_date: null,
	birth_year: 1987,
	tags: ["vip"],
	notes: null,
	custom: { Size: "L" },
	external_ids: [],
	timeline: [
		entry({ kind: "refund", id: "r1", title: "S-1", amount: "5.00", currency: "USD" }),
		entry({ kind: "sale", id: "s2", title: "S-2", amount: "80.00", currency: "USD" }),
		entry({ kind: "sale", id: "s1", title: "S-1", amount: "1250.50", currency: "USD" }),
		entry({ kind: "opportunity", id: "o1", title: "Kitchen", status: "open" }),
		entry({ source: "META_ADS", campaign: "Spring", ad: "Sofa" }),
	],
});
const sale = (id: string, reference: string, status: string, net: string): SaleRow => ({
	id,
	reference,
	contact_id: "p1",
	contact_name: "Ana Ruiz",
	gross: "1250.50",
	refunded: "0.00",
	net,
	cost: null,
	currency: "USD",
	quantity: null,
	status,
	occurred_at: "2026-01-06T10:00:00Z",
	completed_at: status === "pending" ? null : "2026-01-06T10:00:00Z",
	campaign: "Spring",
});

async function show(answers: Answers = {}) {
	const shown = showPage(ContactsPage, {
		list_contacts: () => ({ rows: people, next: null, total: null }),
		get_contact: ({ id }) => detail(people.find((one) => one.id === id) ?? contact("p9", "Nobody")),
		list_sales: () => ({
			rows: [sale("s1", "S-1", "completed", "1245.50"), sale("s2", "S-2", "pending", "80.00")],
			next: null,
			total: null,
		}),
		...answers,
	});
	await screen.findByRole("table");
	return shown;
}
const timeline = () => screen.findByTestId("timeline");

// Runs after the page is taken down: the last that is asked for runs first.
afterEach(() => setLanguage("en"));
withPages();

test("the arrows go along the list; the inspector takes the focus, and Esc gives it back", async () => {
	await show();
	const keys = userEvent.setup();
	(await screen.findByRole("button", { name: "Ana Ruiz" })).focus();
	await keys.keyboard("{ArrowDown}");
	const row = screen.getByRole("button", { name: "Bruno Sosa" });
	expect(document.activeElement).toBe(row);
	await keys.keyboard("{Enter}");
	expect(document.activeElement).toBe(await screen.findByTestId("inspector"));
	await timeline();
	// What lies on top closes first, and the inspector stays.
	await keys.click(screen.getByTestId("contact-edit"));
	await screen.findByRole("dialog");
	await keys.keyboard("{Escape}");
	await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
	expect(screen.getByTestId("inspector")).toBeTruthy();
	await keys.keyboard("{Escape}");
	expect(screen.queryByTestId("inspector")).toBeNull();
	await waitFor(() => expect(document.activeElement).toBe(row));
});

test("everything that happened stands in one list, with its money and signs", async () => {
	await show();
	await userEvent.setup().click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	const list = within(await timeline());
	expect(list.getAllByRole("listitem").length).toBe(5);
	expect(list.getByText("US$ −5.00")).toBeTruthy();
	expect(list.getByText("Meta ads")).toBeTruthy();
	expect(list.getByText("Spring · Sofa")).toBeTruthy();
	expect(list.getByText("Kitchen")).toBeTruthy();
	expect(screen.getByText("Rosario, Argentina")).toBeTruthy();
	expect(screen.getByText("Size")).toBeTruthy();
});

test("a refund offers what is left and reads the amount in the language in use", async () => {
	await setLanguage("es");
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	await timeline();
	await person.click(await screen.findByTestId("sale-refund"));
	const box = (await screen.findByTestId("refund-amount")) as HTMLInputElement;
	expect(box.value).toBe("1.245,50");
	await person.clear(box);
	await person.type(box, "-20{Enter}");
	expect((await screen.findByRole("alert")).textContent).toBe("Escribe el importe como 1.250,50.");
	expect(of("refund_sale")).toEqual([]);
	await person.clear(box);
	await person.type(box, "1.250{Enter}");
	await waitFor(() =>
		expect(of("refund_sale")).toEqual([
			{ id: "s1", amount: "1250", refunded_at: null, reason: null },
		]),
	);
});

test("a pending sale is completed from the timeline", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	await timeline();
	await person.click(await screen.findByTestId("sale-complete"));
	expect(of("set_sale_status")).toEqual([]);
	await person.click(await screen.findByTestId("dialog-save"));
	await waitFor(() => expect(of("set_sale_status")).toEqual([{ id: "s2", status: "completed" }]));
});

test("a sale is entered as typed, in another currency and not yet paid", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	await timeline();
	await person.click(screen.getByTestId("add-sale"));
	await person.type(await screen.findByTestId("sale-amount"), "1.250,50");
	await person.type(screen.getByLabelText("Currency"), "ars");
	await person.selectOptions(screen.getByLabelText("Payment"), "pending");
	await person.type(screen.getByTestId("sale-cost"), "1000,25");
	await person.type(screen.getByTestId("sale-quantity"), "2,5");
	await person.click(screen.getByTestId("dialog-save"));
	expect(screen.getByRole("alert").textContent).toBe("Write a whole number.");
	await person.clear(screen.getByTestId("sale-quantity"));
	await person.type(screen.getByTestId("sale-quantity"), "3");
	await person.selectOptions(screen.getByLabelText("Opportunity"), "Kitchen");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("add_sale")).toEqual([
			{
				contact_id: "p1",
				opportunity_id: "o1",
				amount: "1250.50",
				currency: "ARS",
				reference: null,
				completed_at: null,
				pending: true,
				cost: "1000.25",
				quantity: 3,
			},
		]),
	);
});

test("a phone number that cannot be kept is told beside its field", async () => {
	const wrong = {
		code: "invalid_input",
		message: "“12” is no phone number.",
		field: "phone",
		params: {},
		retry_after_ms: null,
	};
	const { of } = await show({
		save_contact: () => {
			throw wrong;
		},
	});
	const person = userEvent.setup();
	await person.click(screen.getByTestId("new-contact"));
	await person.type(await screen.findByTestId("contact-name"), "Dora");
	await person.type(screen.getByTestId("contact-phone"), "12");
	await person.type(screen.getByTestId("contact-tags"), "vip, , big");
	await person.click(screen.getByRole("button", { name: "Add a field" }));
	await person.keyboard("Size");
	await person.type(screen.getByLabelText("Value of field 1"), "L");
	await person.click(screen.getByTestId("dialog-save"));
	const phone = screen.getByTestId("contact-phone");
	await waitFor(() => expect(phone.getAttribute("aria-invalid")).toBe("true"));
	const note = document.getElementById(phone.getAttribute("aria-describedby") ?? "");
	expect(note?.textContent).toBe("“12” is no phone number.");
	expect(screen.getAllByRole("alert").length).toBe(1);
	await waitFor(() => expect(document.activeElement).toBe(phone));
	expect(of("save_contact")[0]).toMatchObject({
		id: null,
		name: "Dora",
		phone: "12",
		lead_source: "MANUAL",
		tags: ["vip", "big"],
		custom: { Size: "L" },
	});
});

test("own fields that were taken away or renamed are emptied", () => {
	const before = { Size: "L", Seller: "Marta" };
	expect(ownFields(before, [{ name: " Size ", value: "M" }])).toEqual({ Seller: "", Size: "M" });
	expect(ownFields({}, [{ name: " ", value: "x" }])).toEqual({});
});

test("what somebody wants is told by channel, and said for them with how they said it", async () => {
	let lines = [
		{
			kind: "whatsapp",
			consent: "opted_out",
			source: "keyword",
			note: "BAJA",
			at: "2026-01-06T10:00:00Z",
		},
	];
	const { of } = await show({
		get_consent: () => lines,
		set_consent: ({ kind, wants, note }) => {
			const said = { kind: String(kind), consent: wants ? "opted_in" : "opted_out" };
			lines = [
				{ ...said, source: "person", note: String(note), at: "2026-01-07T10:00:00Z" },
				...lines,
			];
			return lines;
		},
	});
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	const list = await screen.findByTestId("consent");
	expect(list.textContent).toContain("Opted out");
	expect(list.textContent).toContain("The person wrote it · BAJA");
	// By text message nothing was said yet.
	await person.click(screen.getByTestId("consent-sms"));
	await person.type(await screen.findByTestId("consent-note"), "On the phone");
	await person.keyboard("{Enter}");
	await waitFor(() =>
		expect(of("set_consent")).toEqual([
			{ contact_id: people[0]?.id, kind: "sms", wants: false, note: "On the phone" },
		]),
	);
	await waitFor(() => expect(screen.getByTestId("consent").textContent).toContain("On the phone"));
	await person.click(screen.getByTestId("consent-whatsapp"));
	await person.click(await screen.findByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("set_consent").at(-1)).toMatchObject({ kind: "whatsapp", wants: true }),
	);
});

test("with nothing in the list it says what to do", async () => {
	await show({ list_contacts: () => ({ rows: [], next: null, total: null }) });
	expect(await screen.findByText("No contacts yet")).toBeTruthy();
	expect(screen.getByRole("button", { name: "Import a file" })).toBeTruthy();
});

test("only what was changed is sent, and the rare fields stand under More", async () => {
	const { of } = await show({
		list_owners: () => [
			{ id: "u1", name: "Marta" },
			{ id: "u2", name: "Nico" },
		],
	});
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	await timeline();
	expect(screen.getByText("Portuguese (Brazil)")).toBeTruthy();
	await person.click(screen.getByTestId("contact-edit"));
	const more = await screen.findByTestId("contact-more");
	// Something rare is filled, so it stands open.
	expect(more.getAttribute("aria-expanded")).toBe("true");
	await person.selectOptions(screen.getByTestId("contact-kind"), "internal");
	await person.selectOptions(screen.getByTestId("contact-owner"), "u2");
	await person.selectOptions(screen.getByTestId("contact-preferred_channel"), "whatsapp");
	await person.selectOptions(screen.getByTestId("contact-language"), "");
	const year = screen.getByTestId("contact-birth_year");
	await person.clear(year);
	await person.type(year, "87");
	await person.type(screen.getByTestId("contact-notes"), "One{Enter}two");
	await person.click(screen.getByTestId("dialog-save"));
	expect(screen.getByRole("alert").textContent).toBe("Write the year with four digits.");
	// It may stand out of sight, under More.
	expect(document.activeElement).toBe(year);
	await person.clear(year);
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("save_contact")).toEqual([
			{
				id: "p1",
				name: null,
				phone: null,
				email: null,
				city: null,
				region: null,
				country: null,
				notes: "One\ntwo",
				language: "",
				timezone: null,
				preferred_channel: "whatsapp",
				birth_date: null,
				status: "lead",
				lead_source: "META_ADS",
				kind: "internal",
				owner_id: "u2",
				birth_year: 0,
				tags: ["vip"],
				custom: { Size: "L" },
			},
		]),
	);
});

test("a touchpoint is entered with its ad and what it cost", async () => {
	const { of } = await show();
	const person = userEvent.setup();
	await person.click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	await timeline();
	await person.click(screen.getByTestId("add-touch"));
	await person.type(await screen.findByTestId("touch-cost"), "-3");
	await person.type(screen.getByTestId("touch-cost_currency"), "ars");
	await person.type(screen.getByTestId("touch-form_external_id"), "778");
	await person.type(screen.getByTestId("touch-ad_headline"), "Sofas");
	await person.type(screen.getByTestId("touch-ad_body"), "Made to measure");
	await person.click(screen.getByTestId("dialog-save"));
	expect(screen.getByRole("alert").textContent).toContain("Write the amount like");
	await person.clear(screen.getByTestId("touch-cost"));
	await person.type(screen.getByTestId("touch-cost"), "3.20");
	await person.click(screen.getByTestId("dialog-save"));
	await waitFor(() =>
		expect(of("add_touchpoint")).toMatchObject([
			{
				contact_id: "p1",
				cost: "3.20",
				cost_currency: "ARS",
				form_external_id: "778",
				ad_headline: "Sofas",
				ad_body: "Made to measure",
				campaign_external_id: null,
			},
		]),
	);
});

test("what a touchpoint cost and its ad said stand in the timeline", async () => {
	await show({
		get_contact: () => ({
			...detail(people[0] as ContactRow),
			tags: [],
			timeline: [
				entry({
					source: "META_ADS",
					amount: "3.20",
					currency: "USD",
					detail: "Sofas",
					ad_body: "Made to measure",
					medium: "cpc",
					form: "778",
				}),
			],
		}),
	});
	await userEvent.setup().click(await screen.findByRole("button", { name: "Ana Ruiz" }));
	const list = within(await timeline());
	expect(list.getByText("cost US$ 3.20")).toBeTruthy();
	expect(list.getByText("Made to measure")).toBeTruthy();
	expect(list.getByText("cpc · form 778")).toBeTruthy();
	// What is not known has no line of its own.
	expect(screen.queryByText("Notes")).toBeNull();
	expect(screen.queryByText("Tags")).toBeNull();
});
