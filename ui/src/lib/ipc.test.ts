import { MutationObserver, QueryObserver } from "@tanstack/react-query";
import { commands } from "@/bindings";
import { call, makeClient, query, refresh } from "./ipc";

vi.mock("@/bindings", async (original) => {
	const real = await original<typeof import("@/bindings")>();
	return {
		...real,
		commands: {
			...real.commands,
			getBoard: vi.fn(async () => ({})),
			listMappings: vi.fn(async () => []),
			moveOpportunity: vi.fn(async () => ({})),
			saveContact: vi.fn(async () => {
				throw { code: "conflict", message: "no" };
			}),
		},
	};
});

const board = vi.mocked(commands.getBoard);
const mappings = vi.mocked(commands.listMappings);

async function shown() {
	const client = makeClient();
	const stops = [query("getBoard", {} as never), query("listMappings", {} as never)].map((one) =>
		new QueryObserver(client, one as never).subscribe(() => {}),
	);
	await vi.waitFor(() => expect(client.isFetching()).toBe(0));
	board.mockClear();
	mappings.mockClear();
	return {
		client,
		stop: () => {
			for (const stop of stops) stop();
		},
	};
}

test("a write reads again what its command declares, without any event, and nothing else", async () => {
	const { client, stop } = await shown();
	const mutationFn = () => call("moveOpportunity", {} as never);
	await new MutationObserver(client, { mutationFn }).mutate();
	await vi.waitFor(() => expect(board).toHaveBeenCalledOnce());
	expect(mappings).not.toHaveBeenCalled();
	stop();
});

test("what was written before a later step failed is read again too", async () => {
	const { client, stop } = await shown();
	const mutationFn = async () => {
		await call("moveOpportunity", {} as never);
		await call("saveContact", {} as never);
	};
	await expect(new MutationObserver(client, { mutationFn }).mutate()).rejects.toMatchObject({
		code: "conflict",
	});
	await vi.waitFor(() => expect(board).toHaveBeenCalledOnce());
	stop();
});

test("the answer of a write and its event together read once", async () => {
	const { client, stop } = await shown();
	refresh(client, ["opportunities"]);
	refresh(client, ["opportunities", "imports"]);
	await vi.waitFor(() => expect(mappings).toHaveBeenCalledOnce());
	expect(board).toHaveBeenCalledOnce();
	stop();
});
