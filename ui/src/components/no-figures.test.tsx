import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Scale } from "lucide-react";
import { useSession } from "@/app/session";
import { showPage, withPages } from "@/testing/page";
import { BringFigures, NoFigures } from "./no-figures";

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

function Compared() {
	const { setAsOf } = useSession();
	return (
		<main tabIndex={-1}>
			<button type="button" onClick={() => setAsOf("2026-11-19T10:00:00Z")}>
				Then
			</button>
			<NoFigures icon={Scale} title="Nothing to compare">
				Sync an ad account.
			</NoFigures>
		</main>
	);
}

test("of an earlier moment nothing can be brought: it leads back to now", async () => {
	showPage(Compared, { get_setup_state: () => ({ connected: true, ad_accounts: 1 }) });
	await screen.findByRole("link", { name: "Sync" });
	await userEvent.click(screen.getByRole("button", { name: "Then" }));
	await screen.findByText("On 19 Nov 2026, 10:00 nothing of this was known here.");
	expect(screen.queryByRole("link", { name: "Sync" })).toBeNull();
	screen.getByRole("button", { name: "Back to now" }).focus();
	await userEvent.keyboard("{Enter}");
	await screen.findByText("Sync an ad account.");
	expect(document.activeElement).toBe(screen.getByRole("main"));
});
