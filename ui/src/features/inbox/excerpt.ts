import { plain } from "@/lib/plain";

/** Letters shown before the first word that was found. */
const BEFORE = 40;

export interface Part {
	text: string;
	found: boolean;
	/** Where it begins, which names it. */
	at: number;
}

/**
 * A text from a little before the first of the words that were looked for, with these apart. Where
 * none stands in it as it was typed, the whole text.
 */
export function excerpt(body: string, search: string): Part[] {
	const text = plain(body);
	const words = plain(search).split(/\s+/).filter(Boolean);
	// Letters that fall apart without their signs would shift every place.
	if (text.length !== body.length) return [{ text: body, found: false, at: 0 }];
	const places = words
		.flatMap((word) => {
			const all: Array<[number, number]> = [];
			for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
				all.push([at, at + word.length]);
			}
			return all;
		})
		.toSorted((a, b) => a[0] - b[0] || b[1] - a[1]);
	const first = places[0]?.[0] ?? 0;
	const space = first > BEFORE ? body.indexOf(" ", first - BEFORE) : -1;
	const from = space >= 0 && space < first ? space + 1 : Math.max(0, first - BEFORE);
	const parts: Part[] = [];
	let at = from;
	for (const [begins, ends] of places) {
		if (begins < at) continue;
		if (begins > at) parts.push({ text: body.slice(at, begins), found: false, at });
		parts.push({ text: body.slice(begins, ends), found: true, at: begins });
		at = ends;
	}
	if (at < body.length) parts.push({ text: body.slice(at), found: false, at });
	const [head] = parts;
	if (from > 0 && head) parts[0] = { ...head, text: head.found ? head.text : `…${head.text}` };
	return parts;
}
