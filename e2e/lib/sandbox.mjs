// The sandbox as a program of its own, which can be stopped like a network.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts it and gives what it announces, with `stop`. A port makes it the same as one before. */
export async function startSandbox({ port = 0 } = {}) {
	const program = spawn(
		process.env.RUMBO_SANDBOX_BIN,
		["sandbox", "--listen", `127.0.0.1:${port}`, "--seed", "7", "--profile", "small"],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const line = await new Promise((resolve, reject) => {
		createInterface({ input: program.stdout }).once("line", resolve);
		program.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
	});
	const announced = JSON.parse(line);
	return {
		...announced,
		port: Number(new URL(announced.graph_url).port),
		stop: () =>
			new Promise((resolve) => {
				program.once("exit", resolve);
				program.kill("SIGKILL");
			}),
	};
}
