// The main job in the real window: connect, sync, see what every campaign earned, offline.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { approve, beginSignIn, finishWizard, openWindow, until } from "../lib/window.mjs";

let window;
before(async () => {
	window = await openWindow();
});
after(() => window?.close());

test("an empty data folder opens on three ways in", async () => {
	await window.test("open-sample");
	await window.test("connect-meta");
	await window.shot("01-first-run");
});

test("the sample workspace connects to Meta through the dialog, and syncs", async () => {
	await window.click(await window.test("open-sample"));
	await until("the sample", async () => (await window.call("get_setup_state")).workspace?.sample);
	await until("its name", async () => (await window.run("return document.body.textContent")).includes("Casa Alba"));
	// The page is drawn anew for the workspace: what was found before may be gone.
	await until("the wizard", async () => {
		if ((await window.run("return location.hash")).startsWith("#/connect")) return true;
		const [start] = await window.all('[data-testid="connect-meta"]');
		if (start) await window.click(start);
		return false;
	});
	// On the way to the wizard there may be a second button of the same meaning.
	const url = await beginSignIn(window);
	await window.shot("02-sign-in");
	const landed = await approve(url);
	assert.equal(landed.status, 200);
	await finishWizard(window);
	await window.shot("03-sync");
});

test("home and the campaign table show what was earned", async () => {
	await window.go("home");
	await window.test("kpi-revenue");
	const revenue = await until("a revenue", async () => {
		const text = await window.text(await window.test("kpi-revenue"));
		return /\d/.test(text) && text;
	});
	assert.match(revenue, /US\$/);
	await window.shot("04-home");
	await window.go("campaigns");
	const rows = await until("rows of campaigns", async () => {
		const found = await window.all('[data-testid="campaign-table"] tbody tr');
		return found.length > 3 && found;
	});
	assert.ok(rows.length > 3);
	await window.shot("05-campaigns");
});

test("a number that is pressed tells what it is made of, and its rows add up to it", async () => {
	const inWindow = (what, script) => until(what, () => window.run(script));
	const added = `document.querySelector('[data-testid="added-up"]')?.dataset.fits`;
	const cell = `document.querySelector('[data-testid="campaign-table"] tbody tr td[aria-keyshortcuts]')`;
	await window.run(`${cell}.focus()`);
	await window.press("\uE007");
	await inWindow("rows that add up", `return ${added} === "true";`);
	await window.shot("05-passport");
	await window.press("\uE00C");
	await inWindow(
		"the focus back on the number",
		`return !document.querySelector('[data-testid="passport"]') && document.activeElement === ${cell};`,
	);
	await window.go("home");
	await window.click(await window.test("explain-roas"));
	await inWindow("rows of the headline figure that add up", `return ${added} === "true";`);
	await window.press("\uE00C");
	await inWindow("it closed", `return !document.querySelector('[data-testid="passport"]');`);
});

test("all models of attribution stand side by side, and one is chosen for every page", async () => {
	await window.go("attribution");
	const total = await until("the models", async () => {
		const found = await window.all('[data-testid="model-table"] tfoot tr:last-child td');
		return found.length === 8 && Promise.all(found.map((cell) => window.text(cell)));
	});
	// Spend, then the same revenue under each of the six.
	assert.equal(new Set(total.slice(1, 7)).size, 1, total.join(" "));
	await window.shot("05-attribution");
	await window.click(await window.test("attribution-picker"));
	await window.click(await window.test("model-linear"));
	await window.go("campaigns");
	await until("the choice on the page of campaigns", () =>
		window.run(`
			return location.hash.startsWith("#/campaigns") &&
				document.querySelector('[data-testid="attribution-picker"]')?.textContent.includes("Linear");`),
	);
	// The sample's buyers came by several ads: some campaign has a part of a sale.
	await until("a part of a sale", () =>
		window.run(`
			const table = document.querySelector('[data-testid="campaign-table"]');
			const heads = [...table.querySelectorAll("thead th")];
			const at = heads.findIndex((head) => head.textContent.startsWith("Sales"));
			return [...table.querySelectorAll("tbody tr")]
				.some((row) => /^\\d+\\.\\d{1,2}$/.test(row.children[at]?.textContent ?? ""));`),
	);
	await window.click(await window.test("attribution-picker"));
	await window.click(await window.test("model-last_touch"));
});

test("language and theme change at once, and stay", async () => {
	await window.go("settings");
	const html = () => window.run("return document.documentElement.lang + ' ' + document.documentElement.dataset.theme");
	const choose = async (id, value) => {
		const element = await until(id, async () => {
			const [found] = await window.all(`[data-testid="${id}"]`);
			if (found) return found;
			const [tab] = await window.all('[data-testid="settings-appearance"]');
			if (tab) await window.click(tab);
			return null;
		});
		await window.choose(element, value);
	};
	await choose("language-select", "es");
	await until("Spanish", async () => (await html()).startsWith("es "));
	await choose("theme-select", "dark");
	await until("dark", async () => (await html()).endsWith(" dark"));
	await window.go("home");
	await window.test("kpi-revenue");
	await window.shot("06-home-dark-es");
});

test("the keyboard reaches the palette and every page in it", async () => {
	await window.press("\uE009", "k");
	const input = await window.find('[role="combobox"]');
	await window.type(input, "Contac");
	await window.press("\uE007");
	await until("the contacts page", async () => (await window.run("return location.hash")).includes("contacts"));
	await window.shot("07-contacts");
});
