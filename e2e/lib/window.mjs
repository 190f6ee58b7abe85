// The real window, driven over WebDriver: tauri-driver speaks to WebKitWebDriver, which speaks to
// the program's own WebKit. Plain HTTP, no client library.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

export async function until(what, probe, limit = 20_000) {
	const end = Date.now() + limit;
	let last;
	while (Date.now() < end) {
		try {
			const found = await probe();
			if (found) return found;
		} catch (error) {
			last = error;
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`waited ${limit / 1000} s for ${what}${last ? `: ${last.message}` : ""}`);
}

/** Starts the program on an empty data folder (or a given one) and gives its window. */
export async function openWindow({ dataDir = mkdtempSync(join(tmpdir(), "rumbo-window-")) } = {}) {
	const [port, nativePort] = [await freePort(), await freePort()];
	const driver = spawn("tauri-driver", ["--port", String(port), "--native-port", String(nativePort)], {
		stdio: ["ignore", "ignore", "inherit"],
		env: { ...process.env, RUMBO_DATA_DIR: dataDir, RUMBO_NO_BROWSER: "1" },
	});
	const base = `http://127.0.0.1:${port}`;
	async function send(method, path, body) {
		const answer = await fetch(base + path, {
			method,
			headers: { "content-type": "application/json" },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const { value } = await answer.json();
		if (!answer.ok) throw new Error(`${value?.error}: ${value?.message}`);
		return value;
	}
	const application = process.env.RUMBO_DESKTOP;
	const session = await until("the driver", () =>
		send("POST", "/session", {
			capabilities: { alwaysMatch: { "tauri:options": { application }, browserName: "wry" } },
		}),
	);
	const at = `/session/${session.sessionId}`;
	const elements = (selector) => send("POST", `${at}/elements`, { using: "css selector", value: selector });
	const window = {
		dataDir,
		all: async (selector) => (await elements(selector)).map((found) => found[ELEMENT]),
		find: (selector, limit) => until(selector, async () => (await elements(selector))[0]?.[ELEMENT], limit),
		test: (id, limit) => window.find(`[data-testid="${id}"]`, limit),
		text: (element) => send("GET", `${at}/element/${element}/text`),
		click: async (element) => send("POST", `${at}/element/${element}/click`, {}),
		type: (element, text) => send("POST", `${at}/element/${element}/value`, { text }),
		run: (script, ...args) => send("POST", `${at}/execute/sync`, { script, args }),
		press: (...keys) =>
			send("POST", `${at}/actions`, {
				actions: [
					{
						type: "key",
						id: "keyboard",
						actions: [
							...keys.map((value) => ({ type: "keyDown", value })),
							...keys.toReversed().map((value) => ({ type: "keyUp", value })),
						],
					},
				],
			}),
		resize: (width, height) => send("POST", `${at}/window/rect`, { width, height }),
		shot: async (name) => {
			const folder = process.env.RUMBO_SCREENSHOTS;
			if (!folder) return;
			mkdirSync(folder, { recursive: true });
			// What was just put on the page is on the picture only after it was painted.
			await new Promise((resolve) => setTimeout(resolve, 400));
			writeFileSync(join(folder, `${name}.png`), Buffer.from(await send("GET", `${at}/screenshot`), "base64"));
		},
		close: async () => {
			await send("DELETE", at).catch(() => {});
			driver.kill();
			await new Promise((resolve) => driver.once("exit", resolve));
		},
	};
	return window;
}

/** Does in Meta's dialog what a person does in the browser: reads the page, approves, goes back. */
export async function approve(url) {
	const page = await (await fetch(url)).text();
	const form = page.match(/<form[^>]*action="([^"]+)"/);
	const fields = new URLSearchParams();
	for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
		const name = tag.match(/name="([^"]+)"/)?.[1];
		const value = tag.match(/value="([^"]*)"/)?.[1] ?? "";
		const box = tag.includes('type="checkbox"');
		if (name && (!box || tag.includes("checked"))) fields.append(name, unescape(value));
	}
	fields.set("decision", "approve_all");
	const answer = await fetch(new URL(unescape(form?.[1] ?? ""), url), {
		method: "POST",
		body: fields,
		redirect: "manual",
	});
	const back = answer.headers.get("location");
	if (!back) throw new Error(`the dialog did not send back: ${answer.status} ${await answer.text()}`);
	return fetch(back);
}

function unescape(text) {
	return text
		.replaceAll("&quot;", '"')
		.replaceAll("&#x27;", "'")
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&#x2F;", "/")
		.replaceAll("&amp;", "&");
}
