// The real window, driven over WebDriver: tauri-driver speaks to WebKitWebDriver, which speaks to
// the program's own WebKit. Plain HTTP, no client library.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** A port of this computer that nobody listens at. */
export function freePort() {
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
		// A group of its own: what it started ends with it, also when the program does not.
		detached: true,
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
		/** Calls a command of the core from inside the page, as the interface does. */
		call: async (command, req = {}) => {
			const { ok, error } = await send("POST", `${at}/execute/async`, {
				script: `const done = arguments[arguments.length - 1];
					window.__TAURI_INTERNALS__.invoke(arguments[0], { req: arguments[1] })
						.then((ok) => done({ ok }), (error) => done({ error }));`,
				args: [command, req],
			});
			if (error) throw new Error(`${command}: ${JSON.stringify(error)}`);
			return ok;
		},
		/** Answers the system's own file dialogs, which no driver reaches. */
		answerDialogs: (path) =>
			window.run(
				`const path = arguments[0];
				window.realFetch ??= window.fetch;
				window.fetch = (url, options) => /\\/(pick|save)_file$/.test(decodeURIComponent(String(url)))
					? Promise.resolve(new Response(JSON.stringify(path), {
						headers: { "content-type": "application/json", "Tauri-Response": "ok" },
					}))
					: window.realFetch(url, options);`,
				path,
			),
		/** Chooses in a drop-down list, as a person does: React hears of it. */
		choose: (element, value) =>
			window.run(
				`const set = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set;
				set.call(arguments[0], arguments[1]);
				arguments[0].dispatchEvent(new Event("change", { bubbles: true }));`,
				{ [ELEMENT]: element },
				value,
			),
		attribute: (element, name) => send("GET", `${at}/element/${element}/attribute/${name}`),
		go: async (page) => window.click(await window.test(`nav-${page}`)),
		/** What can be pressed and lies outside of the window, where nothing scrolls to it. */
		outside: () =>
			window.run(`
				const scrolls = (element) => {
					for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
						if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
					return false;
				};
				const lost = [...document.querySelectorAll("button, a, input, select, h1, [role=option]")]
					.filter((element) => {
						const { left, right, width } = element.getBoundingClientRect();
						return width > 1 && (left < -1 || right > innerWidth + 1) && !scrolls(element);
					})
					.map((element) => element.outerHTML.slice(0, 120));
				if (document.documentElement.scrollWidth > innerWidth) lost.push("the page scrolls sideways");
				for (const pane of document.querySelectorAll("main"))
					if (/auto|scroll/.test(getComputedStyle(pane).overflowX) && pane.scrollWidth > pane.clientWidth)
						lost.push("what the page shows scrolls sideways");
				return lost;
			`),
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
			const gone = new Promise((resolve) => driver.once("exit", resolve));
			process.kill(-driver.pid, "SIGKILL");
			await gone;
		},
	};
	return window;
}

/** Makes a workspace that signs in at this sandbox, and puts it on screen. */
export async function workspaceAt(window, sandbox, { name = "Casa Roble", ...app } = {}) {
	await window.call("create_workspace", { name, currency: "USD", timezone: "UTC", locale: "en" });
	await window.call("save_meta_app", {
		app_id: sandbox.app_id,
		app_secret: sandbox.app_secret,
		graph_url: sandbox.graph_url,
		dialog_url: sandbox.dialog_url,
		redirect_mode: "loopback",
		...app,
	});
}

/** Begins a sign-in in the wizard and gives the address of Meta's dialog. */
export async function beginSignIn(window) {
	return until("the address of the dialog", async () => {
		const [shown] = await window.all('[data-testid="sign-in-url"]');
		if (shown) return (await window.text(shown)).trim();
		const [start] = await window.all('[data-testid="connect-meta"]');
		if (start) await window.click(start);
		return null;
	});
}

/** Goes through the rest of the wizard, to the end of the first sync. */
export async function finishWizard(window) {
	await until(
		"the sync page",
		async () => {
			if ((await window.run("return location.hash")).startsWith("#/sync")) return true;
			const [next] = await window.all('[data-testid="wizard-continue"]:not([disabled]):not([aria-disabled])');
			if (next) await window.click(next);
			return false;
		},
		60_000,
	);
	await until(
		"the end of the sync",
		async () => (await window.attribute(await window.test("sync-state"), "data-state")) === "done",
		180_000,
	);
}

/** Says no in Meta's dialog. */
export const deny = (url) => answer(url, "cancel");
/** Does in Meta's dialog what a person does in the browser: reads the page, approves, goes back. */
export const approve = (url) => answer(url, "approve_all");

async function answer(url, decision) {
	const back = await landing(url, decision);
	return fetch(back);
}

/** Where Meta's dialog sends the person after this decision. */
export async function landing(url, decision = "approve_all") {
	const page = await (await fetch(url)).text();
	const form = page.match(/<form[^>]*action="([^"]+)"/);
	const fields = new URLSearchParams();
	for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
		const name = tag.match(/name="([^"]+)"/)?.[1];
		const value = tag.match(/value="([^"]*)"/)?.[1] ?? "";
		const box = tag.includes('type="checkbox"');
		if (name && (!box || tag.includes("checked"))) fields.append(name, unescape(value));
	}
	fields.set("decision", decision);
	const answer = await fetch(new URL(unescape(form?.[1] ?? ""), url), {
		method: "POST",
		body: fields,
		redirect: "manual",
	});
	const back = answer.headers.get("location");
	if (!back) throw new Error(`the dialog did not send back: ${answer.status} ${await answer.text()}`);
	return back;
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
