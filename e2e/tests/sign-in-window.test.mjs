// Signing in in a window of Rumbo's own, for apps that send people to Meta's login_success page.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { startSandbox } from "../lib/sandbox.mjs";
import { finishWizard, landing, openWindow, until, workspaceAt } from "../lib/window.mjs";

let sandbox;
let window;
let place;
let dialog;
const asked = [];

before(async () => {
	sandbox = await startSandbox();
	// No driver reaches a second window: this page answers for the person, as soon as it is shown,
	// and the window does the rest. Before that it tries to call Rumbo.
	place = createServer(async (request, reply) => {
		asked.push(request.url.split("?")[0]);
		if (!request.url.includes("/dialog/oauth")) {
			reply.end("the page itself is not to be shown");
			return;
		}
		const back = await landing(new URL(request.url, sandbox.dialog_url).href);
		reply.setHeader("content-type", "text/html");
		reply.end(`<script>
			window.__TAURI_INTERNALS__.invoke("list_workspaces", { req: {} })
				.then(() => "answered", () => "refused")
				.then((how) => fetch("/core-" + how))
				.then(() => { location.href = ${JSON.stringify(back)}; });
		</script>`);
	});
	await new Promise((resolve) => place.listen(0, "localhost", resolve));
	dialog = `http://localhost:${place.address().port}`;
	window = await openWindow();
	await window.test("connect-meta");
});
after(async () => {
	await window?.close();
	place?.close();
	await sandbox?.stop();
});

test("the window shows the dialog, is watched for the answer, and closes", async () => {
	await workspaceAt(window, sandbox, { dialog_url: dialog, redirect_mode: "login_success" });
	await until("the wizard", async () => {
		if ((await window.run("return location.hash")).startsWith("#/connect")) return true;
		await window.click(await window.test("connect-meta"));
		return false;
	});
	await until("the wizard's own button", async () => {
		await window.click(await window.test("connect-meta"));
		return true;
	});
	await until("the sign-in", async () => (await window.call("get_connection")).state === "connected", 30_000);
	assert.ok(asked.some((path) => path.endsWith("/dialog/oauth")), "the window asked for the dialog");
	assert.ok(asked.includes("/core-refused") && !asked.includes("/core-answered"), "it cannot call Rumbo");
	assert.ok(!asked.includes("/connect/login_success.html"), "the code went to no server");
	await finishWizard(window);
	await window.shot("30-signed-in-by-window");
});
