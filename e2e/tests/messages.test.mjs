// Messages in the real window, from the channel to the answer, by the keyboard alone where a person
// types: Settings → Channels, a template that is mended, a bulk send that is tried, confirmed by a
// typed count, paused and gone on with, and an answer in the inbox.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startSandbox } from "../lib/sandbox.mjs";
import { freePort, openWindow, until, workspaceAt } from "../lib/window.mjs";

const ENTER = "\uE007";
const TAB = "\uE004";
const CONTROL = "\uE009";
// More than go out within a few seconds.
const PEOPLE = 400;

let sandbox;
let window;
before(async () => {
	sandbox = await startSandbox();
	window = await openWindow();
	await window.test("connect-meta");
	await workspaceAt(window, sandbox);
	await window.call("use_access_token", { token: sandbox.access_token });
	const offered = await window.call("list_assets", {});
	await window.call("select_assets", {
		portfolio_id: null,
		portfolio_name: null,
		ad_account_ids: offered.ad_accounts.slice(0, 1).map((one) => one.id),
		page_ids: [],
		whatsapp_ids: offered.whatsapp.map((one) => one.id),
		start_sync: false,
	});
	const file = join(mkdtempSync(join(tmpdir(), "rumbo-people-")), "people.csv");
	const lines = Array.from({ length: PEOPLE }, (_, n) => `Ana ${n},+5491141${String(100 + n * 7).padStart(6, "0")}`);
	writeFileSync(file, `name,phone\n${lines.join("\n")}\n`);
	await window.call("run_import", { kind: "contacts", path: file, mapping: null, dry_run: false, rejected_path: null });
	await window.run("location.reload()");
	await window.test("nav-home");
});
after(async () => {
	await window?.close();
	await sandbox?.stop();
});

const control = async (path, body) => {
	const answer = await fetch(`${sandbox.control_url}/${path}`, {
		method: body === undefined ? "GET" : "POST",
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.json();
};
const taken = async () => (await control("messages/accepted")).data;
const focused = (what) => window.run(`const at = document.activeElement; return ${what};`);
/** Goes on with Tab until something has the focus. */
const tabTo = (what, found) =>
	until(
		what,
		async () => {
			if (await focused(found)) return true;
			await window.press(TAB);
			return focused(found);
		},
		30_000,
	);
const on = (id) => `at?.closest('[data-testid="${id}"]') !== null && at?.closest('[data-testid="${id}"]') !== undefined`;

test("a number of the sign-in becomes a channel, and its test says that it is connected", async () => {
	await window.go("settings");
	await window.click(await window.test("settings-channels"));
	const use = await until("the numbers", () =>
		window.run(`const list = [...document.querySelectorAll("main li button")];
			return list.find((one) => !one.closest('[data-testid="channel"]')) ? true : null;`),
	);
	assert.ok(use);
	await tabTo("the number's button", "at?.tagName === 'BUTTON' && at?.closest('li') !== null && !at?.closest('[data-testid=\"channel\"]')");
	await window.press(ENTER);
	await window.test("channel");
	await tabTo("its test", on("channel-test"));
	await window.press(ENTER);
	await until("connected", async () => {
		const { channels } = await window.call("list_channels", {});
		return channels.length > 0 && channels[0].state === "connected";
	});
	await window.shot("30-channels");
	assert.deepEqual(await window.outside(), []);
});

test("a template is written, told what Meta would refuse, mended and kept as a draft", async () => {
	await window.go("templates");
	await window.click(await window.test("pull-templates"));
	await until("the templates", async () => (await window.all('[data-testid="template-row"]')).length >= 12);
	await window.shot("31-templates");
	await window.click(await window.test("new-template"));
	await window.type(await window.test("template-name"), "Order is here");
	const body = await window.test("body-text");
	await window.click(body);
	await window.type(body, "{{1}} is ready to be picked up at our shop in the high street today.");
	const rules = () =>
		window.run(`return [...document.querySelectorAll('[data-testid="checks"] li')].map((one) => one.textContent)`);
	await until("what is wrong", async () => (await rules()).length > 0);
	await window.shot("32-refused");
	await window.test("phone");
	// What can be mended without thinking is mended by its button.
	await until("the name mended", async () => {
		const [fix] = await window.all('[data-testid="fix"]');
		if (fix) await window.click(fix);
		return (await window.run(`return document.querySelector('[data-testid="template-name"]').value`)) === "order_is_here";
	});
	await window.shot("33-mended");
	assert.deepEqual(await window.outside(), []);
	await window.click(await window.test("save-template"));
	await until("the draft", async () => {
		const { rows } = await window.call("list_templates", { page: { limit: 100, cursor: null } });
		return rows.find((one) => one.name === "order_is_here")?.state === "draft";
	});
});

test("a bulk send is tried, confirmed by its count, paused, gone on with and told", async () => {
	// Slow enough that it can be stopped on the way.
	await control("faults", { when: { path: "*/messages", times: 0 }, then: { effect: "slow", milliseconds: 700 } });
	await window.go("outbox");
	await window.click(await window.test("new-send"));
	const options = await window.call("get_send_options", {});
	const hello = options.templates.find((one) => one.name === "hello_world");
	await window.choose(await window.test("send-template"), hello.id);
	await window.test("send-confirm");
	assert.match(await window.text(await window.test("send-preview")), new RegExp(String(PEOPLE)));
	await window.shot("34-dry-run");
	assert.equal((await taken()).length, 0, "a dry run sends nothing");
	// The wrong count does not start it, the right one does, and Enter is enough.
	await tabTo("the count", on("send-confirm"));
	await window.type(await window.test("send-confirm"), String(PEOPLE + 1));
	await window.press(ENTER);
	await new Promise((resolve) => setTimeout(resolve, 500));
	assert.equal((await window.call("list_sends", { page: { limit: 5, cursor: null } })).rows.length, 0);
	await window.run(`const box = document.querySelector('[data-testid="send-confirm"]'); box.focus(); box.select();`);
	await window.type(await window.test("send-confirm"), String(PEOPLE));
	await window.press(ENTER);
	await window.test("send-pause");
	await until("the first messages", async () => (await taken()).length > 0);
	await tabTo("the pause", on("send-pause"));
	await window.press(ENTER);
	await window.test("send-resume");
	await window.shot("35-paused");
	const before = await until("quiet", async () => {
		const one = (await taken()).length;
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		return one === (await taken()).length && one;
	});
	assert.ok(before < PEOPLE, `${before} were sent before the pause`);
	await fetch(`${sandbox.control_url}/faults`, { method: "DELETE" });
	await tabTo("going on", on("send-resume"));
	await window.press(ENTER);
	await until("everybody", async () => (await taken()).length === PEOPLE, 120_000);
	const counted = await control("messages/count");
	assert.deepEqual(counted.repeated, []);
	await until("the end", async () => {
		const { rows } = await window.call("list_sends", { page: { limit: 5, cursor: null } });
		return rows[0].state === "done";
	}, 60_000);
	await window.shot("36-sent");
	assert.deepEqual(await window.outside(), []);
});

test("what somebody answers is in the inbox, and is answered without a mouse", async () => {
	await window.call("set_agent", { port: await freePort(), public_url: null });
	const webhook = await until("the webhooks' address", async () => {
		const { rows } = await window.call("list_webhooks", {});
		return rows.find((one) => one.url?.endsWith("/crm/webhook/meta"))?.url;
	});
	await control("callbacks", { meta: webhook });
	const [first] = await taken();
	await control("inbound", { way: "whatsapp_cloud", from: first.to.startsWith("+") ? first.to : `+${first.to}`, text: "¿Tienen stock?" });
	await window.go("inbox");
	await until("the question", async () => (await window.run("return document.body.innerText")).includes("¿Tienen stock?"), 30_000);
	await window.shot("37-inbox");
	// Among those who wait for an answer J goes to the first conversation, R to the answer, Control and Enter send it.
	await window.click(await window.test("which-unread"));
	await until("the question alone", () =>
		window.run(`const listed = [...document.querySelectorAll('[data-testid="conversation"]')];
			return listed.length === 1 && listed[0].textContent.includes("¿Tienen stock?");`),
	);
	await window.press("j");
	await window.find("main textarea");
	await window.press("r");
	await until("the box's focus", () => focused("at?.tagName === 'TEXTAREA'"));
	await window.type(await window.find("textarea:focus"), "Sí, en roble.");
	await window.press(CONTROL, ENTER);
	await until("the answer at the sandbox", async () => JSON.stringify(await taken()).includes("en roble"), 30_000);
	await window.shot("38-answered");
	assert.deepEqual(await window.outside(), []);
});
