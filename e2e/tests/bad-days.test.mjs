// What goes wrong, and what a person does without a mouse: Meta's no, files, a lost network, other
// languages, small windows.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startSandbox } from "../lib/sandbox.mjs";
import { approve, beginSignIn, deny, finishWizard, openWindow, until, workspaceAt } from "../lib/window.mjs";

const folder = mkdtempSync(join(tmpdir(), "rumbo-files-"));
const CONTROL = "\uE009";
const ENTER = "\uE007";
const ESCAPE = "\uE00C";
const END = "\uE010";
const TAB = "\uE004";
const RIGHT = "\uE014";
const LEFT = "\uE012";
const DOWN = "\uE015";
const F6 = "\uE036";
const PAGES = ["home", "campaigns", "creatives", "breakdowns", "attribution", "gap", "changes", "pacing", "spend", "sync", "contacts", "pipeline", "sales", "cohorts", "import", "inbox", "outbox", "templates", "settings"];

let sandbox;
let window;
before(async () => {
	sandbox = await startSandbox();
	window = await openWindow();
	await window.test("connect-meta");
});
after(async () => {
	await window?.close();
	await sandbox?.stop();
});

const path = () => window.run("return location.hash.slice(1).split('?')[0]");
const shown = (page) =>
	until(page, async () => {
		const at = page === "home" ? "/" : `/${page}`;
		return (await path()) === at && (await window.all("main h2, main table, main button")).length > 0;
	});
const focused = (what) => window.run(`const at = document.activeElement; return ${what};`);

test("a no at Meta is told as such, and the next try is a click away", async () => {
	await workspaceAt(window, sandbox);
	await deny(await beginSignIn(window));
	const failed = await window.test("sign-in-failed");
	assert.match(await window.text(failed), /said no/i);
	await window.shot("10-sign-in-denied");
	await window.click(await window.test("sign-in-retry"));
	await approve(await beginSignIn(window));
	await finishWizard(window);
	await window.shot("11-first-sync-done");
});

test("the campaign table is exported with its totals", async () => {
	await window.go("campaigns");
	await window.find('[data-testid="campaign-table"] tbody tr');
	const file = join(folder, "campaigns.csv");
	await window.answerDialogs(file);
	await window.click(await window.test("export"));
	await window.click(await window.test("export-csv"));
	const text = await until("the file", () => readFileSync(file, "utf8"));
	const lines = text.trim().split(/\r?\n/);
	assert.ok(lines.length > 3, text);
	// In the words of the screen, with what the figures stand on.
	assert.match(lines[0], /campaign.*attribution/i);
	assert.match(text, /total/i);
	await window.shot("12-exported");
});

test("contacts come from a file that is looked at first", async () => {
	const file = join(folder, "contacts.csv");
	writeFileSync(
		file,
		"\uFEFFNombre;Correo;Tel\u00e9fono\nAna Ruiz;ana@example.com;+54 9 11 5555 0100\nBeto Paz;beto@example.com;+54 9 11 5555 0101\nSin datos;;\n",
	);
	await window.go("import");
	await window.answerDialogs(file);
	const [, contacts] = await until("the kinds", async () => {
		const found = await window.all('[role="radiogroup"] [role="radio"]');
		return found.length === 5 && found;
	});
	await window.click(contacts);
	await window.click(await window.test("import-file"));
	await window.test("import-sample");
	assert.match(await window.text(await window.test("import-rows")), /3/);
	await window.shot("13-import-preview");
	await window.click(await window.test("import-dry-run"));
	await window.test("import-report");
	const { rows } = await window.call("list_contacts", {
		search: "ana@example.com",
		status: null,
		source: null,
		page: { cursor: null, limit: 10 },
	});
	assert.equal(rows.length, 0, "a dry run changes nothing");
	await window.click(await window.test("import-run"));
	await until("the contact", async () => {
		const found = await window.call("list_contacts", {
			search: "ana@example.com",
			status: null,
			source: null,
			page: { cursor: null, limit: 10 },
		});
		return found.rows.length === 1;
	});
	await window.shot("14-imported");
});

test("without a network everything stored is there, and the way back is a click", async () => {
	await sandbox.stop();
	await window.go("home");
	await window.click(await window.test("sync-now"));
	const banner = await window.test("offline-banner", 90_000);
	assert.match(await window.text(banner), /Offline since \d\d:\d\d/);
	assert.match(await window.text(banner), /Next try at \d\d:\d\d/);
	assert.match(await window.text(await window.test("kpi-spend")), /\d/);
	assert.equal(await window.attribute(await window.test("sync-now"), "aria-disabled"), "true");
	await window.shot("15-offline-home");
	await window.go("campaigns");
	await window.find('[data-testid="campaign-table"] tbody tr');
	await window.shot("16-offline-campaigns");
	sandbox = await startSandbox({ port: sandbox.port });
	await window.click(await window.test("try-network"));
	await until("the network", async () => (await window.all('[data-testid="offline-banner"]')).length === 0, 30_000);
	await window.shot("17-online-again");
});

test("the main way is open to the keyboard alone", async () => {
	await window.go("home");
	await shown("home");
	await window.press(CONTROL, "k");
	await window.type(await window.find('[role="combobox"]'), "Campaigns");
	await window.press(ENTER);
	await until("the campaigns", async () => (await path()) === "/campaigns");
	await until("the heading's focus", () => focused("at?.tagName === 'H1'"));
	await window.press(F6);
	assert.equal(await focused("at?.tagName"), "MAIN");
	await until("a cell", async () => {
		await window.press(TAB);
		return focused("Boolean(at?.closest('tbody'))");
	});
	const first = await focused("at.textContent");
	await window.press(DOWN);
	await until("another row's focus", async () => (await focused("at.textContent")) !== first);
	await window.press(RIGHT);
	await window.shot("18-keyboard-table");
	await window.press(F6);
	assert.equal(await focused("at?.tagName"), "NAV");
	await until("a link", async () => {
		await window.press(TAB);
		return focused("at?.dataset.testid === 'nav-contacts'");
	});
	await window.press(ENTER);
	await until("the contacts", async () => (await path()) === "/contacts");
	await window.shot("19-keyboard-contacts");
});

test("what opens in front takes the focus from the menu it came out of, and gives it back", async () => {
	await window.go("changes");
	// The page comes after its address, and its heading takes the focus.
	await window.test("since-picker");
	await until("the heading's focus", () => focused("at?.tagName === 'H1'"));
	await window.run("document.querySelector('[data-testid=since-picker]').focus()");
	await window.press(ENTER);
	await window.find('[role="menu"]');
	await window.press(END);
	await window.press(ENTER);
	await window.find('[role="dialog"] input[type="date"]');
	// The menu is gone only then.
	await until("the menu's end", async () => (await window.all('[role="menu"]')).length === 0);
	await until("the focus", () => focused("at?.type === 'date'"));
	await window.press(ESCAPE);
	await until("the focus back", () => focused("at?.dataset.testid === 'since-picker'"));
	await window.press(CONTROL, "k");
	await window.find('[role="combobox"]');
	await window.press(ESCAPE);
	await until("the focus back again", () => focused("at?.dataset.testid === 'since-picker'"));
});

test("the arrows go from a view to the other and back, though each is a page", async () => {
	await window.go("gap");
	await window.test("view-gap");
	await until("the heading's focus", () => focused("at?.tagName === 'H1'"));
	await window.run("document.querySelector('[data-testid=view-gap]').focus()");
	for (const [key, view] of [
		[RIGHT, "view-actions"],
		[LEFT, "view-gap"],
	]) {
		await window.press(key);
		await until(`the focus at ${view}`, () => focused(`at?.dataset.testid === '${view}' && at.ariaChecked === 'true'`));
		// It stays there once the page has come.
		await new Promise((resolve) => setTimeout(resolve, 300));
		assert.equal(await focused("at?.dataset.testid"), view);
	}
});

test("a small window, and one drawn at twice the size, lose nothing sideways", async () => {
	for (const [name, width, height, drawn] of [
		["small", 1024, 640, 1024],
		["zoomed", 1280, 800, 640],
	]) {
		await window.resize(width, height);
		await until(`${drawn} px`, async () => {
			if ((await window.run("return innerWidth")) === drawn) return true;
			if (drawn < width) await window.press(CONTROL, "=");
			return false;
		});
		for (const page of PAGES) {
			// The driver's mouse misses what is drawn at another size.
			await window.run(`document.querySelector('[data-testid="nav-${page}"]').click()`);
			await shown(page);
			await window.shot(`20-${name}-${page}`);
			assert.deepEqual(await window.outside(), [], `${page} at ${drawn} px`);
		}
	}
	const { zoom } = await window.call("get_preferences");
	assert.equal(zoom, 200, "kept for the next start");
	await window.press(CONTROL, "0");
	await until("the usual size", async () => (await window.run("return innerWidth")) === 1280);
});

test("Portuguese is complete, on every page", async () => {
	await window.call("save_preferences", { language: "pt", theme: "light", views: {} });
	await window.run("location.reload()");
	await until("Portuguese", async () => (await window.run("return document.documentElement.lang")) === "pt");
	for (const page of PAGES) {
		await window.go(page);
		await shown(page);
		const keys = await window.run(
			"return document.body.innerText.match(/\\b(?:nav|home|campaigns|models?|attribution|basis|refunds|sync|contacts|pipeline|sales|cohorts|import|settings|status|offline|connection|metric|metricShort|action)\\.[a-zA-Z_.]+/g)",
		);
		assert.equal(keys, null, page);
		await window.shot(`21-pt-${page}`);
	}
	await window.go("home");
	await until("the title in Portuguese", async () => (await window.run("return document.title")) === "Início · Rumbo");
});
