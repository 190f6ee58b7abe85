import { screen, waitFor } from "@testing-library/react";
import { showPage, withPages } from "@/testing/page";
import { BringFigures } from "./bring-figures";

withPages();

test.each([
	[{ connected: false, ad_accounts: 0 }, "Connect Meta", "/connect"],
	[{ connected: true, ad_accounts: 0 }, "Choose ad accounts", "/connect"],
	[{ connected: true, ad_accounts: 3 }, "Sync", "/sync"],
])("the step that is next is the one offered: %o", async (setup, name, to) => {
	showPage(BringFigures, { get_setup_state: () => setup });
	const link = await screen.findByRole("link", { name });
	await waitFor(() => expect(link.getAttribute("href")).toBe(to));
	expect(screen.getAllByRole("link")).toHaveLength(1);
});
