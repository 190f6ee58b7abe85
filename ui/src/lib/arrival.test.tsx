import { render, screen, waitFor } from "@testing-library/react";
import { stayAt, useArrival } from "./arrival";

function Page({ place, title }: { place: string; title: string }) {
	const heading = useArrival(place);
	return (
		<h1 ref={heading} tabIndex={-1}>
			{title}
		</h1>
	);
}

test("the first page takes no focus, every next one does, and each titles the window", async () => {
	const { rerender } = render(<Page key="home" place="/" title="Home" />);
	expect(document.title).toBe("Home · Rumbo");
	expect(document.activeElement).toBe(document.body);
	rerender(<Page key="sync" place="/sync" title="Sync" />);
	expect(document.title).toBe("Sync · Rumbo");
	await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Sync")));
});

test("new words in the same place move no focus", async () => {
	const { rerender } = render(<Page place="/contacts" title="Contacts" />);
	await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Contacts")));
	(document.activeElement as HTMLElement).blur();
	rerender(<Page place="/contacts" title="Contactos" />);
	expect(document.title).toBe("Contactos · Rumbo");
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(document.activeElement).toBe(document.body);
});

test("a choice that stands on both pages keeps the focus, once", async () => {
	const page = (key: string, title: string) => (
		<div key={key}>
			<Page place={key} title={title} />
			<button type="button" data-testid="choice">
				Choice
			</button>
		</div>
	);
	const { rerender } = render(page("/gap", "Gap"));
	await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Gap")));
	stayAt('[data-testid="choice"]');
	rerender(page("/gap/actions", "Actions"));
	await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("choice")));
	rerender(page("/sync", "Sync"));
	await waitFor(() => expect(document.activeElement).toBe(screen.getByText("Sync")));
});
