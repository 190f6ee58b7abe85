import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { Button, IconButton, SearchField, Segmented, TabPanel, Tabs } from "./kit";

describe("a button that is off", () => {
	test("takes focus, says why to keys and readers, and does nothing when pressed", async () => {
		const pressed = vi.fn();
		render(
			<Button reason="Connect Meta first." onClick={pressed}>
				Sync
			</Button>,
		);
		const button = screen.getByRole("button", { name: "Sync" });
		expect(button).toHaveProperty("disabled", false);
		expect(button.getAttribute("aria-disabled")).toBe("true");
		const described = document.getElementById(button.getAttribute("aria-describedby") ?? "");
		expect(described?.textContent).toBe("Connect Meta first.");
		await userEvent.tab();
		expect(document.activeElement).toBe(button);
		expect(screen.getAllByText("Connect Meta first.").length).toBeGreaterThan(1);
		await userEvent.keyboard("{Enter}");
		await userEvent.click(button);
		expect(pressed).not.toHaveBeenCalled();
	});

	test("keeps a form from being sent by its Enter key", async () => {
		const sent = vi.fn((event: { preventDefault: () => void }) => event.preventDefault());
		render(
			<form onSubmit={sent}>
				<input aria-label="Name" />
				<Button type="submit" reason="Write a name.">
					Save
				</Button>
			</form>,
		);
		await userEvent.type(screen.getByLabelText("Name"), "{Enter}");
		expect(sent).not.toHaveBeenCalled();
	});

	test("works again once there is no reason", async () => {
		const pressed = vi.fn();
		render(<IconButton icon={() => null} label="Next" reason={undefined} onClick={pressed} />);
		await userEvent.click(screen.getByRole("button", { name: "Next" }));
		expect(pressed).toHaveBeenCalledOnce();
	});
});

describe("the search field", () => {
	function Page() {
		const [text, setText] = useState("");
		return <SearchField label="Find a contact" value={text} onChange={setText} />;
	}

	test("Esc empties it, then leaves it, and goes no further", async () => {
		const heard = vi.fn();
		addEventListener("keydown", heard);
		render(<Page />);
		const field = screen.getByRole("searchbox", { name: "Find a contact" });
		await userEvent.type(field, "ana");
		heard.mockClear();
		await userEvent.keyboard("{Escape}");
		expect(field).toHaveProperty("value", "");
		expect(document.activeElement).toBe(field);
		await userEvent.keyboard("{Escape}");
		expect(document.activeElement).not.toBe(field);
		expect(heard).not.toHaveBeenCalled();
		removeEventListener("keydown", heard);
	});
});

describe("a group of choices", () => {
	const options = ["a", "b", "c"].map((value) => ({ value, label: value.toUpperCase() }));

	function Radios() {
		const [value, setValue] = useState("a");
		return <Segmented label="Letter" value={value} options={options} onChange={setValue} />;
	}

	test("is one stop of Tab; arrows choose and go round", async () => {
		render(
			<>
				<Radios />
				<button type="button">After</button>
			</>,
		);
		const chosen = () => screen.getByRole("radio", { checked: true });
		await userEvent.tab();
		expect(document.activeElement).toBe(chosen());
		await userEvent.keyboard("{ArrowRight}");
		expect(chosen().textContent).toBe("B");
		expect(document.activeElement).toBe(chosen());
		await userEvent.keyboard("{Home}{ArrowLeft}");
		expect(chosen().textContent).toBe("C");
		await userEvent.tab();
		expect(document.activeElement?.textContent).toBe("After");
	});

	function Parts() {
		const [value, setValue] = useState("a");
		return (
			<>
				<Tabs id="parts" label="Parts" value={value} options={options} onChange={setValue} />
				<TabPanel id="parts" value={value}>
					text of {value}
				</TabPanel>
			</>
		);
	}

	test("tabs too, and each names its part", async () => {
		render(<Parts />);
		await userEvent.tab();
		await userEvent.keyboard("{End}");
		const tab = screen.getByRole("tab", { selected: true });
		expect(tab.textContent).toBe("C");
		expect(document.activeElement).toBe(tab);
		const panel = screen.getByRole("tabpanel", { name: "C" });
		expect(panel.textContent).toBe("text of c");
		expect(tab.getAttribute("aria-controls")).toBe(panel.id);
	});
});
