import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ui = join(import.meta.dirname, "../..");

/** Those of the files, path to text, that the rules about imports and the network refuse. */
function refused(files: Record<string, string>): string[] {
	const folder = mkdtempSync(join(tmpdir(), "rumbo-lint-"));
	try {
		copyFileSync(join(ui, "biome.json"), join(folder, "biome.json"));
		for (const [path, text] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), `${text}\n`);
		}
		const rules = ["Imports", "Globals"].map((rule) => `--only=style/noRestricted${rule}`);
		const { stdout } = spawnSync(
			join(ui, "node_modules/.bin/biome"),
			["lint", "--reporter=github", "--max-diagnostics=none", ...rules, "src"],
			{ cwd: folder, encoding: "utf8" },
		);
		return Object.keys(files).filter((path) => stdout.includes(`/${path},line=`));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

test("a feature stands alone, only the router reaches in, and nothing reaches the network", () => {
	const right = {
		"src/features/home/near.ts": 'import { x } from "./parts";\nx();',
		"src/features/home/kit.ts": 'import { cx } from "@/components/ui/kit";\ncx();',
		"src/features/home/parts/near.ts": 'import { x } from "../board";\nx();',
		"src/app/router.tsx": 'export const x = () => import("@/features/sync/page");',
	};
	const wrong = {
		"src/features/home/alias.ts": 'import { x } from "@/features/sync/page";\nx();',
		"src/features/home/relative.ts": 'import { x } from "../sync/page";\nx();',
		"src/features/home/lazy.ts": 'export const x = () => import("../sync/page");',
		"src/features/home/parts/far.ts": 'import { x } from "../../sync/page";\nx();',
		"src/app/other.tsx": 'export const x = () => import("@/features/sync/page");',
		"src/components/other.tsx": 'import x from "../features/home/page";\nx();',
		"src/lib/net.ts": 'void fetch("https://example.com");',
		"src/features/home/net.ts": 'new WebSocket("wss://example.com");',
	};
	expect(refused({ ...right, ...wrong }).toSorted()).toEqual(Object.keys(wrong).toSorted());
});
