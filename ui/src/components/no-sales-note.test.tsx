import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { showPage, withPages } from "@/testing/page";
import { NoSalesNote } from "./no-sales-note";

describe("without a sale", () => {
	withPages();
	const show = (as_of: string | null) =>
		showPage(() => <main>{<NoSalesNote />}</main>, {
			get_data_ages: () => [{ source: "sales", as_of, failing: false }],
			save_preferences: (req) => req,
		});

	test("figures made of sales say so, and lead to where they come in", async () => {
		const { of, router } = show(null);
		expect((await screen.findByTestId("no-sales-note")).textContent).toContain(
			"No sale is here yet, so these say nothing: Revenue, ROAS, ROI.",
		);
		await userEvent.click(screen.getByRole("button", { name: "Bring in sales" }));
		await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
		const kept = of("save_preferences").at(-1) as { views: Record<string, string> };
		expect(kept.views["import-kind"]).toBe('"sales"');
	});

	test("with one there is nothing to say", async () => {
		const { of } = show("2026-11-20T00:00:00Z");
		await waitFor(() => expect(of("get_data_ages").length).toBeGreaterThan(0));
		expect(screen.queryByTestId("no-sales-note")).toBeNull();
	});
});
