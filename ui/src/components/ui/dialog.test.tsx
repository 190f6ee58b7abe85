import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog";
import { Button, TextField } from "./kit";
import { Menu, MenuItem } from "./menu";

function Page({ children }: { children?: ReactNode }) {
	const [open, setOpen] = useState(false);
	const close = () => setOpen(false);
	return (
		<>
			<Button onClick={() => setOpen(true)}>Ask</Button>
			<Dialog
				open={open}
				onClose={close}
				title="Sure?"
				footer={
					<>
						<Button onClick={close}>Cancel</Button>
						<Button variant="danger">Delete</Button>
					</>
				}
			>
				{children}
			</Dialog>
		</>
	);
}

test("a dialog begins at its first field, and gives the focus back when it closes", async () => {
	render(
		<Page>
			<input type="submit" hidden />
			<TextField label="Name" />
		</Page>,
	);
	await userEvent.click(screen.getByRole("button", { name: "Ask" }));
	await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
	await userEvent.keyboard("{Escape}");
	await waitFor(() =>
		expect(document.activeElement).toBe(screen.getByRole("button", { name: "Ask" })),
	);
});

test("without fields it begins at the answer that changes nothing", async () => {
	render(<Page />);
	await userEvent.click(screen.getByRole("button", { name: "Ask" }));
	await waitFor(() =>
		expect(document.activeElement).toBe(screen.getByRole("button", { name: "Cancel" })),
	);
});

test("opened from a menu, it gives the focus back to the menu's button", async () => {
	function FromMenu() {
		const [open, setOpen] = useState(false);
		return (
			<>
				<Menu trigger={<Button>More</Button>}>
					<MenuItem onSelect={() => setOpen(true)}>Rename</MenuItem>
				</Menu>
				<Dialog open={open} onClose={() => setOpen(false)} title="Rename">
					<TextField label="Name" autoFocus />
				</Dialog>
			</>
		);
	}
	render(<FromMenu />);
	await userEvent.click(screen.getByRole("button", { name: "More" }));
	await userEvent.click(await screen.findByRole("menuitem", { name: "Rename" }));
	await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
	await userEvent.keyboard("{Escape}");
	await waitFor(() =>
		expect(document.activeElement).toBe(screen.getByRole("button", { name: "More" })),
	);
});
