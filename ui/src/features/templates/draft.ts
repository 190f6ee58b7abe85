/** A template while it is written: Meta's JSON, with the samples of variables kept beside it. */
import type { TemplateVariable } from "@/bindings";

export interface Example {
	header_text?: unknown;
	header_handle?: unknown;
	header_url?: unknown;
	header_text_named_params?: unknown;
	body_text?: unknown;
	body_text_named_params?: unknown;
	[field: string]: unknown;
}

export interface TemplateButton {
	type: string;
	text?: string;
	url?: string;
	phone_number?: string;
	example?: string | string[];
	otp_type?: string;
	flow_id?: string;
	[field: string]: unknown;
}

export interface Component {
	type: string;
	format?: string;
	text?: string;
	example?: Example;
	buttons?: TemplateButton[];
	cards?: Array<{ components: Component[] }>;
	limited_time_offer?: { text?: string; has_expiration?: boolean };
	add_security_recommendation?: boolean;
	code_expiration_minutes?: number;
	[field: string]: unknown;
}

export interface Template {
	name: string;
	language: string;
	category: string;
	parameter_format: string;
	message_send_ttl_seconds?: number | null;
	components: Component[];
	[field: string]: unknown;
}

/** What the editor holds. */
export interface Draft {
	template: Template;
	variables: TemplateVariable[];
}

export type Kind = "HEADER" | "BODY" | "FOOTER" | "BUTTONS" | "CAROUSEL" | "LIMITED_TIME_OFFER";

/** As WhatsApp shows them; Meta takes them in any order. */
const ORDER: readonly string[] = [
	"HEADER",
	"LIMITED_TIME_OFFER",
	"BODY",
	"FOOTER",
	"BUTTONS",
	"CAROUSEL",
];

export const MEDIA = ["IMAGE", "VIDEO", "DOCUMENT"] as const;

/** The most that Meta takes, by part. */
export const LIMITS = {
	name: 512,
	header: 60,
	body: 1024,
	offerBody: 600,
	cardBody: 160,
	footer: 60,
	label: 25,
	offer: 16,
	buttons: 10,
	cardButtons: 2,
	cards: 10,
} as const;

const upper = (word: unknown) => String(word ?? "").toUpperCase();

/** Reads Meta's JSON; words of kinds in capitals, parts in the order in which they are shown. */
export function readTemplate(text: string): Template {
	const found = JSON.parse(text) as Partial<Template>;
	const components = (found.components ?? []).map((one) => ({
		...one,
		type: upper(one.type),
		...(one.format ? { format: upper(one.format) } : {}),
	}));
	return {
		...found,
		name: found.name ?? "",
		language: found.language ?? "",
		category: upper(found.category ?? "MARKETING"),
		parameter_format: upper(found.parameter_format ?? "POSITIONAL"),
		components: sorted(components),
	};
}

function sorted(components: Component[]): Component[] {
	const place = (one: Component) => {
		const at = ORDER.indexOf(one.type);
		return at < 0 ? ORDER.length : at;
	};
	return components.toSorted((a, b) => place(a) - place(b));
}

export function part(template: Template, kind: Kind): Component | undefined {
	return template.components.find((one) => one.type === kind);
}

/** The template with a part put in place, or taken out. */
export function withPart(template: Template, kind: Kind, next: Component | null): Template {
	const others = template.components.filter((one) => one.type !== kind);
	return { ...template, components: sorted(next ? [...others, next] : others) };
}

export const isNamed = (template: Template) => template.parameter_format === "NAMED";

/** The names of the variables of a text, each once. */
export function namesIn(text: string | undefined): string[] {
	const found = [...(text ?? "").matchAll(/\{\{([^{}]*)\}\}/g)].map((one) => one[1] ?? "");
	return [...new Set(found)];
}

type Place = Pick<TemplateVariable, "at" | "card" | "button">;

const isAt = (one: TemplateVariable, at: Place) =>
	one.at === at.at &&
	(one.card ?? null) === (at.card ?? null) &&
	(one.button ?? null) === (at.button ?? null);

/** The variables of a template in order; what was said of one stays while it is in its place. */
export function variablesOf(
	template: Template,
	known: readonly TemplateVariable[],
): TemplateVariable[] {
	const found: TemplateVariable[] = [];
	const put = (at: Place, text: string | undefined) => {
		for (const name of namesIn(text)) {
			const said = known.find((one) => one.name === name && isAt(one, at));
			// A name is the same thing wherever it stands.
			const alike = known.find((one) => one.name === name && !/^\d*$/.test(name));
			found.push(
				said ?? {
					...at,
					name,
					kind: alike?.kind ?? "text",
					required: alike?.required ?? true,
					example: alike?.example ?? "",
				},
			);
		}
	};
	const of = (components: Component[], card: number | null) => {
		for (const one of components) {
			if (one.type === "HEADER" && one.format === "TEXT") {
				put({ at: "header", card, button: null }, one.text);
			}
			if (one.type === "BODY") put({ at: "body", card, button: null }, one.text);
			for (const [button, it] of (one.buttons ?? []).entries()) {
				if (it.type === "URL") put({ at: "button", card, button }, it.url);
			}
			for (const [index, it] of (one.cards ?? []).entries()) of(it.components, index);
		}
	};
	of(template.components, null);
	return found;
}

/** Meta's JSON of a draft, with the samples where Meta wants them. */
export function written(draft: Draft): Template {
	const { template } = draft;
	const named = isNamed(template);
	const values = (at: Place, text: string | undefined) =>
		namesIn(text).map((name) => ({
			param_name: name,
			example: draft.variables.find((one) => one.name === name && isAt(one, at))?.example ?? "",
		}));
	const of = (one: Component, card: number | null): Component => {
		const next = { ...one };
		if (one.cards) {
			next.cards = one.cards.map((it, index) => ({
				...it,
				components: it.components.map((inner) => of(inner, index)),
			}));
		}
		if (one.buttons) {
			next.buttons = one.buttons.map((it, button) => {
				if (it.type !== "URL") return it;
				const sample = values({ at: "button", card, button }, it.url)[0]?.example;
				const { example: _, ...rest } = it;
				return sample ? { ...rest, example: [sample] } : rest;
			});
		}
		const text = one.type === "BODY" || (one.type === "HEADER" && one.format === "TEXT");
		if (!text) return next;
		const at = one.type === "BODY" ? ("body" as const) : ("header" as const);
		const given = values({ at, card, button: null }, one.text).filter((it) => it.example);
		const { example: _, ...rest } = next;
		if (given.length === 0) return rest;
		const samples = given.map((it) => it.example);
		const example: Example = named
			? { [`${at}_text_named_params`]: given }
			: at === "body"
				? { body_text: [samples] }
				: { header_text: samples };
		return { ...rest, example };
	};
	return { ...template, components: template.components.map((one) => of(one, null)) };
}

/** The next variable to write into a text. */
export function nextVariable(template: Template, text: string | undefined): string {
	if (!isNamed(template)) {
		const numbers = namesIn(text)
			.map(Number)
			.filter((number) => Number.isInteger(number));
		return `{{${Math.max(0, ...numbers) + 1}}}`;
	}
	const taken = new Set(variablesOf(template, []).map((one) => one.name));
	let at = 1;
	while (taken.has(`variable_${at}`)) at += 1;
	return `{{variable_${at}}}`;
}

/** A text as a person reads it: samples in place of variables. */
export function filled(
	text: string | undefined,
	variables: readonly TemplateVariable[],
	at: Place,
): string {
	return (text ?? "").replace(/\{\{([^{}]*)\}\}/g, (whole, name: string) => {
		const found = variables.find((one) => one.name === name && isAt(one, at));
		return found?.example || whole;
	});
}

/** How many characters Meta counts. */
export const length = (text: string | undefined) => (text ?? "").length;

/** A template to begin with. */
export function blank(language: string): Draft {
	return {
		template: {
			name: "",
			language,
			category: "UTILITY",
			parameter_format: "NAMED",
			components: [{ type: "BODY", text: "" }],
		},
		variables: [],
	};
}
