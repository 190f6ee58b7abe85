import { emit } from "@tauri-apps/api/event";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { CoreEvent } from "@/bindings";
import { showPage, withPages } from "@/testing/page";
import { AsOfPicker, AsOfStrip } from "./as-of";
import { useSession } from "./session";
import { Page } from "./shell";

function Probe() {
	const { asOf } = useSession();
	return (
		<Page title="Probe" tools={<AsOfPicker />} strip={<AsOfStrip />}>
			<output>{asOf ?? "now"}</output>
		</Page>
	);
}

const show = () =>
	showPage(Probe, {
		get_workspace_settings: () => ({ timezone: "America/Argentina/Buenos_Aires" }),
	});
const shown = () => screen.getByText(/^now$|^2026-/).textContent;
const picker = () => screen.findByTestId("as-of-picker");
const tell = (event: CoreEvent) => act(() => emit("core-event-message", event));

withPages();
beforeEach(() => {
	vi.useFakeTimers({ now: Date.parse("2026-11-26T01:30:20Z"), toFake: ["Date"] });
});
afterEach(() => {
	vi.useRealTimers();
});

test("what is chosen by how long ago it is becomes an instant, by keys alone", async () => {
	show();
	(await picker()).focus();
	expect(screen.queryByTestId("as-of-strip")).toBeNull();
	await userEvent.keyboard("{Enter}");
	// Now, then the end of yesterday: it is still the 25th there.
	expect((await screen.findByTestId("as-of-now")).getAttribute("aria-current")).toBe("true");
	await userEvent.keyboard("{ArrowDown}{Enter}");
	await waitFor(() => expect(shown()).toBe("2026-11-25T03:00:00.000Z"));
	expect((await picker()).textContent).toBe("As of 25 Nov, 00:00");
	expect(screen.getByTestId("as-of-strip").textContent).toContain(
		"What was known on 25 Nov 2026, 00:00",
	);
	await userEvent.keyboard("{Enter}");
	expect((await screen.findByTestId("as-of-picker-yesterday")).getAttribute("aria-current")).toBe(
		"true",
	);
	await userEvent.keyboard("{Escape}");
	expect(screen.queryByRole("menu")).toBeNull();
	await waitFor(async () => expect(document.activeElement).toBe(await picker()));
});

test("another moment is a day and a time there, and one that has passed", async () => {
	show();
	await userEvent.click(await picker());
	await userEvent.click(await screen.findByTestId("as-of-picker-other"));
	const fill = (label: string, value: string) =>
		fireEvent.change(screen.getByLabelText(label), { target: { value } });
	await screen.findByText("Time zone: America/Argentina/Buenos Aires");
	fill("Day", "2026-11-26");
	fill("Time", "21:00");
	await userEvent.click(screen.getByRole("button", { name: "Apply" }));
	screen.getByText("Choose a moment before 25 Nov 2026, 22:30.");
	fill("Time", "");
	screen.getByText("Choose a day and a time.");
	fill("Time", "21:00");
	fill("Day", "2026-11-18");
	screen.getByLabelText("Day").focus();
	await userEvent.keyboard("{Enter}");
	await waitFor(() => expect(shown()).toBe("2026-11-19T00:00:00.000Z"));
	expect(screen.queryByRole("dialog")).toBeNull();
});

test("the strip leads to what changed since then, and back to now", async () => {
	const { router } = show();
	const weekAgo = async () => {
		await userEvent.click(await picker());
		await userEvent.click(await screen.findByTestId("as-of-picker-week"));
		await waitFor(() => expect(shown()).toBe("2026-11-19T01:30:00.000Z"));
	};
	await weekAgo();
	await userEvent.click(screen.getByRole("button", { name: "Back to now" }));
	expect(shown()).toBe("now");
	expect(screen.queryByTestId("as-of-strip")).toBeNull();
	expect(document.activeElement).toBe(screen.getByRole("main"));
	await weekAgo();
	await userEvent.click(screen.getByRole("button", { name: "What changed since" }));
	await waitFor(() => expect(router.state.location.pathname).toBe("/changes"));
	expect(router.state.location.search).toEqual({ since: "2026-11-19T01:30:00.000Z" });
});

test("another workspace is seen as it is now", async () => {
	show();
	await userEvent.click(await picker());
	await userEvent.click(await screen.findByTestId("as-of-picker-month"));
	await waitFor(() => expect(shown()).toBe("2026-10-26T01:30:00.000Z"));
	await tell({ kind: "switched", workspace: "w2" });
	await waitFor(() => expect(shown()).toBe("now"));
});
