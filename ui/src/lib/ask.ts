/**
 * Understands short questions such as "roas last week", "gasto ayer" or "cpl verão este mês": which
 * metrics, of which days, of what. Every language is understood, whichever one is on screen.
 */
import { attributionChoices, metrics } from "@/bindings";
import { words } from "@/i18n";
import { plain } from "@/lib/plain";
import { shift } from "./period";

type MetricId = (typeof metrics)[number]["id"];
type Model = (typeof attributionChoices.models)[number]["id"];
interface Days {
	from: string;
	to: string;
}

/** What was asked. */
export interface Question {
	/** What is meant most comes first; several where the words fit several. */
	metrics: MetricId[];
	/** Null where no days were named. */
	days: Days | null;
	/** Null where no model was named. */
	model: Model | null;
	/** What is left: the name of a campaign or account, word by word. */
	name: string[];
}

/** No more than so many metrics are offered for words that fit several. */
const MOST = 4;

type Meaning =
	| { kind: "metric"; id: MetricId }
	| { kind: "model"; id: Model }
	| { kind: "days"; id: string }
	| { kind: "month"; month: number }
	| { kind: "last" }
	| { kind: "unit"; days?: number; months?: number }
	| { kind: "filler" };

interface Phrase {
	tokens: string[];
	meaning: Meaning;
}

function tokensOf(text: string): string[] {
	return plain(text)
		.split(/[^\p{L}\p{N}%-]+/u)
		.filter(Boolean);
}

const LANGUAGES = ["en", "es", "pt"] as const;
/** Days with a name, and how to find them from today's. */
const NAMED: Record<string, (today: string) => Days> = {
	today: (today) => ({ from: today, to: today }),
	yesterday: (today) => ({ from: shift(today, -1), to: shift(today, -1) }),
	thisWeek: (today) => ({ from: monday(today), to: today }),
	lastWeek: (today) => ({ from: shift(monday(today), -7), to: shift(monday(today), -1) }),
	thisMonth: (today) => ({ from: `${today.slice(0, 7)}-01`, to: today }),
	lastMonth: (today) => {
		const to = shift(`${today.slice(0, 7)}-01`, -1);
		return { from: `${to.slice(0, 7)}-01`, to };
	},
	thisQuarter: (today) => ({ from: quarter(today), to: today }),
	lastQuarter: (today) => {
		const to = shift(quarter(today), -1);
		return { from: quarter(to), to };
	},
	thisYear: (today) => ({ from: `${today.slice(0, 4)}-01-01`, to: today }),
	lastYear: (today) => {
		const year = Number(today.slice(0, 4)) - 1;
		return { from: `${year}-01-01`, to: `${year}-12-31` };
	},
};

function monday(day: string): string {
	const at = new Date(`${day}T00:00:00Z`).getUTCDay();
	return shift(day, -((at + 6) % 7));
}

/** The first day of the quarter of a year that a day lies in. */
function quarter(day: string): string {
	const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
	return `${day.slice(0, 4)}-${String(month).padStart(2, "0")}-01`;
}

/** The same day so many months before; the last of its month where that has none. */
function monthsBefore(day: string, months: number): string {
	const at = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
	const { from, to } = monthOf((at % 12) + 1, Math.floor(at / 12));
	const same = `${from.slice(0, 8)}${day.slice(8)}`;
	return same > to ? to : same;
}

/** So many days, weeks or months up to today. */
function upTo(
	today: string,
	many: number,
	{ days, months }: { days?: number; months?: number },
): Days {
	const from = days
		? shift(today, 1 - many * days)
		: shift(monthsBefore(today, many * (months ?? 1)), 1);
	return { from, to: today };
}

/** Every phrase that means something, longest first. Made once, from the words of all languages. */
function gather(): Phrase[] {
	const all: Phrase[] = [];
	const add = (texts: string | undefined, meaning: Meaning) => {
		for (const text of (texts ?? "").split("|")) {
			const tokens = tokensOf(text);
			if (tokens.length > 0) all.push({ tokens, meaning });
		}
	};
	for (const language of LANGUAGES) {
		const list: Readonly<Record<string, string>> = words[language];
		for (const { id, names, short } of metrics) {
			for (const text of [names[language], short[language], list[`ask.metric.${id}`]])
				add(text, { kind: "metric", id });
		}
		for (const { id, names } of attributionChoices.models)
			add(names[language], { kind: "model", id });
		for (const id of Object.keys(NAMED)) add(list[`ask.days.${id}`], { kind: "days", id });
		add(list["ask.last"], { kind: "last" });
		add(list["ask.unit.day"], { kind: "unit", days: 1 });
		add(list["ask.unit.week"], { kind: "unit", days: 7 });
		add(list["ask.unit.month"], { kind: "unit", months: 1 });
		add(list["ask.filler"], { kind: "filler" });
		for (let month = 1; month <= 12; month += 1) {
			const date = new Date(Date.UTC(2026, month - 1, 15));
			const name = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
			add(name.format(date), { kind: "month", month });
		}
	}
	return all.sort((a, b) => b.tokens.length - a.tokens.length);
}

let known: Phrase[] | null = null;
const phrases = () => {
	known ??= gather();
	return known;
};

function phraseAt(tokens: readonly string[], at: number): Phrase | undefined {
	return phrases().find(({ tokens: of }) => of.every((word, by) => tokens[at + by] === word));
}

/** Metrics whose names go on with what was written, the shortest name first. */
function beginning(with_: readonly string[], partial: boolean): MetricId[] {
	const fits = (name: readonly string[]) =>
		with_.every((word, at) =>
			partial && at === with_.length - 1 ? name[at]?.startsWith(word) : name[at] === word,
		);
	const found = phrases()
		.flatMap(({ tokens, meaning }) =>
			meaning.kind === "metric" && fits(tokens) ? [{ id: meaning.id, long: tokens.length }] : [],
		)
		.sort((a, b) => a.long - b.long);
	return [...new Set(found.map(({ id }) => id))];
}

function monthOf(month: number, year: number): Days {
	const first = `${year}-${String(month).padStart(2, "0")}-01`;
	const next =
		month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
	return { from: first, to: shift(next, -1) };
}

const ISO = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (text: string) =>
	ISO.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** Null for what is no question about figures. Days never lie after today. */
export function understood(text: string, today: string): Question | null {
	const tokens = tokensOf(text);
	const asked: MetricId[] = [];
	let phrase: string[] = [];
	let days: Days | null = null;
	let model: Model | null = null;
	const name: string[] = [];
	const named: string[] = [];
	let at = 0;
	while (at < tokens.length) {
		const token = tokens[at] as string;
		if (isDay(token)) {
			named.push(token);
			at += 1;
			continue;
		}
		// "last 14 days", "14 days", "últimos 14 dias".
		const last = phraseAt(tokens, at)?.meaning.kind === "last";
		const number = tokens[last ? at + 1 : at] ?? "";
		const unit = /^\d{1,3}$/.test(number)
			? phraseAt(tokens, (last ? at + 1 : at) + 1)?.meaning
			: undefined;
		if (unit?.kind === "unit" && Number(number) > 0) {
			days = upTo(today, Number(number), unit);
			at += last ? 3 : 2;
			continue;
		}
		// "past week": the last one of it, up to today.
		const only = last ? phraseAt(tokens, at + 1)?.meaning : undefined;
		if (only?.kind === "unit") {
			days = upTo(today, 1, only);
			at += 2;
			continue;
		}
		const found = phraseAt(tokens, at);
		if (!found) {
			name.push(token);
			at += 1;
			continue;
		}
		at += found.tokens.length;
		const { meaning } = found;
		switch (meaning.kind) {
			case "metric":
				// A second one is a part of a name: "Leads de verano".
				if (asked.length > 0) name.push(...found.tokens);
				else {
					asked.push(meaning.id);
					phrase = found.tokens;
				}
				break;
			case "model":
				model = meaning.id;
				break;
			case "days":
				days = NAMED[meaning.id]?.(today) ?? null;
				break;
			case "month": {
				const year = /^20\d\d$/.test(tokens[at] ?? "") ? Number(tokens[at]) : null;
				if (year) at += 1;
				const thisYear = Number(today.slice(0, 4));
				// A month that is still to come was last year's.
				const ahead = meaning.month > Number(today.slice(5, 7));
				days = monthOf(meaning.month, year ?? (ahead ? thisYear - 1 : thisYear));
				break;
			}
			case "filler":
				break;
			default:
				name.push(...found.tokens);
		}
	}
	if (named.length > 0) {
		const [from, to] = named.toSorted();
		days = { from: from as string, to: to ?? (from as string) };
	}
	// Days that lie ahead have nothing to tell.
	if (days && days.from > today) return null;
	if (days && days.to > today) days = { from: days.from, to: today };
	if (asked.length > 0) {
		for (const id of beginning(phrase, false)) if (!asked.includes(id)) asked.push(id);
		return { metrics: asked.slice(0, MOST), days, model, name };
	}
	// A word that is still being written may become a metric.
	const half = name[0];
	if (!half || half.length < 2) return null;
	const may = beginning([half], true);
	if (may.length === 0) return null;
	return { metrics: may.slice(0, MOST), days, model, name: name.slice(1) };
}
