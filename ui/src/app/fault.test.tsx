import {
	createMemoryHistory,
	createRootRoute,
	createRoute,
	createRouter,
	RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { setLanguage } from "@/i18n";
import { Fault, NotFound } from "./fault";

let broken = true;

function Page() {
	if (broken) throw new Error("undefined is not an object");
	return <p>All is well</p>;
}

function show(path: string) {
	const root = createRootRoute();
	const routeTree = root.addChildren([
		createRoute({ getParentRoute: () => root, path: "/", component: () => <p>Home</p> }),
		createRoute({ getParentRoute: () => root, path: "/broken", component: Page }),
	]);
	const router = createRouter({
		routeTree,
		history: createMemoryHistory({ initialEntries: [path] }),
		defaultErrorComponent: Fault,
		defaultNotFoundComponent: NotFound,
	});
	// biome-ignore lint/suspicious/noExplicitAny: another router than the one that is registered
	render(<RouterProvider router={router as any} />);
}

afterEach(() => setLanguage("en"));

test("a fault speaks the person's language, shows its code, and can be tried again", async () => {
	await setLanguage("es");
	vi.spyOn(console, "error").mockImplementation(() => {});
	show("/broken");
	await screen.findByRole("alert");
	screen.getByText("Una falla detuvo esta página");
	screen.getByText("internal");
	// The core's or the browser's English is inside the details, and said to be English.
	expect(screen.getByText("undefined is not an object").closest("details[open]")).toBeNull();
	expect(screen.getByText("undefined is not an object").lang).toBe("en");
	broken = false;
	await userEvent.click(screen.getByRole("button", { name: "Reintentar" }));
	await screen.findByText("All is well");
});

test("a place that is not there leads home", async () => {
	show("/nowhere");
	await screen.findByRole("heading", { level: 1 });
	expect(document.title).toBe("There is no such page · Rumbo");
	await userEvent.click(await screen.findByRole("link", { name: "Go to Home" }));
	await screen.findByText("Home");
});
