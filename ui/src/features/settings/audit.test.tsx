import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { AuditRow } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { Audit } from "./audit";

const row = (part: Partial<AuditRow> = {}): AuditRow => ({
	seq: "2",
	at: "2026-01-07T10:00:00Z",
	actor: "Ana",
	action: "submit_template",
	object_kind: "template",
	object_id: "0199",
	before: '{"state":"draft","name":"pedido"}',
	after: '{"state":"pending","name":"pedido"}',
	hash: "9f2c",
	...part,
});
withPages();

test("who did what is told with what is otherwise after, and of one kind where that is asked for", async () => {
	const { of } = showPage(Audit, {
		verify_audit: () => ({ entries: "2", broken_at: null }),
		list_audit: () => ({
			rows: [
				row(),
				row({ seq: "1", actor: null, action: "of_tomorrow", before: null, after: null }),
				row({
					seq: "0",
					action: "set_consent",
					object_kind: "contact",
					object_id: "0200",
					before: null,
					after: '{"wants":true,"deleted":false}',
				}),
			],
			next: null,
			total: null,
		}),
	});
	const list = within(await screen.findByTestId("audit-list"));
	const first = (await list.findAllByRole("listitem"))[0];
	expect(first?.textContent).toContain("Ana");
	expect(first?.textContent).toContain("draft → pending");
	expect(first?.textContent).not.toContain("pedido");
	// What this version has no words for is told by its name, and what nobody did by Rumbo's.
	expect(list.getAllByRole("listitem")[1]?.textContent).toContain("of_tomorrow");
	expect(list.getAllByRole("listitem")[1]?.textContent).toContain("Rumbo");
	// In words, and a press away from what it was done to; an id is only for who asks for it.
	const wish = list.getAllByRole("listitem")[2];
	expect(wish?.textContent).toMatch(/: (sí|yes|sim)$/);
	expect(wish?.textContent).not.toContain("0200");
	expect(
		within(wish as HTMLElement)
			.getByRole("link")
			.getAttribute("href"),
	).toContain("open=0200");
	await userEvent.selectOptions(screen.getByTestId("audit-kind"), "bulk_send");
	const asked = of("list_audit").at(-1) as { wanted: { object_kind: string } };
	expect(asked.wanted.object_kind).toBe("bulk_send");
	expect((await screen.findByTestId("audit-whole")).textContent).toContain("2");
});

test("what is missing or was changed is told", async () => {
	showPage(Audit, {
		verify_audit: () => ({ entries: "4", broken_at: "5" }),
		list_audit: () => ({ rows: [], next: null, total: null }),
	});
	expect((await screen.findByTestId("audit-whole")).textContent).toContain("5");
});
