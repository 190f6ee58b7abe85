// How long the program takes from its start to a window that shows figures, and what it holds in
// memory then. The disk is warm: the first start is not counted. The reference is the same start
// on a data folder with nothing in it, so that the ratio says what the figures themselves cost.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWindow } from "../lib/window.mjs";

const STARTS = 7;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Processes of the program and those it started, by number. */
function family() {
	const parents = new Map();
	const names = new Map();
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
			parents.set(pid, stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
			names.set(pid, readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]);
		} catch {
			// It ended meanwhile.
		}
	}
	const own = [...names].find(([, name]) => name === process.env.RUMBO_DESKTOP)?.[0];
	const all = [...parents.keys()].filter((pid) => {
		for (let at = pid; at; at = parents.get(at)) if (at === own) return true;
		return false;
	});
	return { own, all };
}

/** When a process began, in milliseconds since 1970, to the hundredth of a second. */
function began(pid) {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
	const boot = Number(readFileSync("/proc/stat", "utf8").match(/^btime (\d+)/m)[1]);
	const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
	// btime is in whole seconds; the clock and the uptime give the rest.
	const exact = Date.now() - uptime * 1000;
	return (Math.abs(exact - boot * 1000) < 2000 ? exact : boot * 1000) + (ticks * 1000) / TICKS;
}

function megabytes(pid, field) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	return Number(text.match(new RegExp(`^${field}:\\s+(\\d+)`, "m"))[1]) / 1024;
}

async function start(dataDir, shown) {
	const window = await openWindow({ dataDir });
	try {
		let at = null;
		while (at === null) {
			at = await window.run(
				`const found = document.querySelector(arguments[0]);
				return found && (!arguments[1] || /\\d/.test(found.textContent)) ? Date.now() : null;`,
				shown.selector,
				shown.figure,
			);
		}
		const { own, all } = family();
		return {
			ms: at - began(own),
			core: megabytes(own, "Pss"),
			whole: all.reduce((sum, pid) => sum + megabytes(pid, "Pss"), 0),
		};
	} finally {
		await window.close();
	}
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measure(name, dataDir, shown) {
	await start(dataDir, shown);
	const runs = [];
	for (let run = 0; run < STARTS; run++) runs.push(await start(dataDir, shown));
	const times = runs.map((run) => run.ms);
	const line = [
		name.padEnd(26),
		`${middle(times).toFixed(0)} ms`.padStart(9),
		`${Math.max(...times).toFixed(0)} ms at most`.padStart(18),
		`${middle(runs.map((run) => run.core)).toFixed(0)} MB program`.padStart(16),
		`${middle(runs.map((run) => run.whole)).toFixed(0)} MB with WebKit`.padStart(20),
	];
	console.log(line.join(""));
	return middle(times);
}

const empty = mkdtempSync(join(tmpdir(), "rumbo-bench-"));
const nothing = await measure("first run, no data", empty, { selector: '[data-testid="open-sample"]' });
const figures = await measure("home with figures", process.env.RUMBO_BENCH_DATA, {
	selector: '[data-testid="kpi-revenue"]',
	figure: true,
});
console.log(`figures cost ${(figures / nothing).toFixed(2)} times a start without any; goal: under 1,000 ms`);
