/** The interface's own source, for tests that hold it to a rule. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

function under(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		return statSync(path).isDirectory() ? under(path) : [path];
	});
}

/** Path from `src` and text of every file with TypeScript in it. */
export const sources: ReadonlyArray<{ path: string; text: string }> = under(root)
	.filter((path) => /\.tsx?$/.test(path))
	.map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));

/** What is shown on screens: no tests, no generated bindings. */
export const screens = sources.filter(
	({ path }) => !/\.test\.tsx?$|^testing\/|^bindings\.ts$/.test(path),
);

export const bindings = sources.find(({ path }) => path === "bindings.ts")?.text ?? "";

/** The words of a union of text in the bindings, such as `Code`. */
export function union(name: string): string[] {
	const bare = bindings.replace(/\/\*\*[\s\S]*?\*\//g, "");
	const text = bare.match(new RegExp(`export type ${name} =([\\s\\S]*?);\\n`))?.[1] ?? "";
	return [...text.matchAll(/"(\w+)"/g)].map((found) => found[1] as string);
}
