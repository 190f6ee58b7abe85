/** Numbers, money and dates by locale. Money stays decimal text: no float is ever made of it. */

const NBSP = "\u00a0";
const NARROW = "\u202f";
const MINUS = "\u2212";

/** What stands before an amount. Dollars and pesos are many: the sign names the country. */
const SIGNS: Record<string, string> = {
	USD: "US$",
	ARS: "AR$",
	BRL: "R$",
	EUR: "€",
	GBP: "£",
	MXN: "MX$",
	CLP: "CLP$",
	COP: "COL$",
	PEN: "S/",
	UYU: "UY$",
	JPY: "JP¥",
};

export function currencySign(currency: string): string {
	return SIGNS[currency] ?? currency;
}

function trueMinus(text: string): string {
	return text.replace(/^-/, MINUS);
}

const cache = new Map<string, Intl.NumberFormat>();
function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
	const key = `${locale}${JSON.stringify(options)}`;
	let found = cache.get(key);
	if (!found) {
		found = new Intl.NumberFormat(groupingLocale(locale), {
			useGrouping: "always",
			...options,
		} as Intl.NumberFormatOptions);
		cache.set(key, found);
	}
	return found;
}

/** Spanish and Portuguese both write 56.293,80 here, whatever the country. */
function groupingLocale(locale: string): string {
	if (locale.startsWith("es")) return "es-AR";
	if (locale.startsWith("pt")) return "pt-BR";
	return "en-US";
}

/** Decimal text in, decimal text of the locale out. Intl takes decimal strings exactly. */
export function decimal(locale: string, text: string, digits: number): string {
	const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
	return trueMinus(formatter(locale, options).format(text as unknown as number));
}

const EXPONENTS: Record<string, number> = {
	CLP: 0,
	JPY: 0,
	KRW: 0,
	PYG: 0,
	VND: 0,
	ISK: 0,
	BHD: 3,
	JOD: 3,
	KWD: 3,
	OMR: 3,
	TND: 3,
};

export function currencyDigits(currency: string): number {
	return EXPONENTS[currency] ?? 2;
}

/** The figure alone, for tables whose head names the currency. "—" for what is not known. */
export function amount(locale: string, text: string | null | undefined, currency: string): string {
	if (text === null || text === undefined) return "—";
	return decimal(locale, text, currencyDigits(currency));
}

/** A rate of exchange: an exact decimal, shown with so many digits that count. */
export function rate(locale: string, text: string, digits = 6): string {
	const options = { maximumSignificantDigits: digits };
	return formatter(locale, options).format(text as unknown as number);
}

/** With its currency. */
export function money(locale: string, text: string | null | undefined, currency: string): string {
	if (text === null || text === undefined) return "—";
	return `${currencySign(currency)}${NBSP}${amount(locale, text, currency)}`;
}

/** What one of many costs, such as a message: with every digit it has, never rounded to cents. */
export function unitPrice(locale: string, text: string, currency: string): string {
	const digits = text.replace(/^[^.]*\.?/, "").replace(/0+$/, "").length;
	const shown = decimal(locale, text, Math.max(digits, currencyDigits(currency)));
	return `${currencySign(currency)}${NBSP}${shown}`;
}

/** A mean such as the cost of one message: under one unit by the digits that count, not by cents. */
export function meanPrice(locale: string, text: string, currency: string): string {
	return /^-?0\./.test(text)
		? `${currencySign(currency)}${NBSP}${trueMinus(rate(locale, text, 3))}`
		: money(locale, text, currency);
}

/** In a few characters, for where the whole figure has no room: 12.35M, 12,35 M. */
export function compact(locale: string, value: string | number): string {
	const options = { notation: "compact", maximumSignificantDigits: 4 } as const;
	return trueMinus(formatter(locale, options).format(value as number));
}

/** A whole number; with `digits` also parts of one, as far as there are any. */
export function count(
	locale: string,
	value: number | string | null | undefined,
	digits = 0,
): string {
	if (value === null || value === undefined) return "—";
	return trueMinus(formatter(locale, { maximumFractionDigits: digits }).format(value as number));
}

export function ratio(locale: string, text: string | null | undefined, digits = 2): string {
	if (text === null || text === undefined) return "—";
	return decimal(locale, text, digits);
}

/** Spanish parts the sign from the figure by a thin space that does not break. */
export function percent(
	locale: string,
	value: string | number | null | undefined,
	digits = 1,
): string {
	if (value === null || value === undefined) return "—";
	const gap = locale.startsWith("es") ? NARROW : "";
	return `${decimal(locale, String(value), digits)}${gap}%`;
}

/** The difference of two percentages, in percentage points. */
export function points(
	locale: string,
	value: string | number | null | undefined,
	digits = 1,
): string {
	if (value === null || value === undefined) return "—";
	const unit = locale.startsWith("es") ? `p.${NBSP}p.` : locale.startsWith("pt") ? "p.p." : "pp";
	return `${decimal(locale, String(value), digits)}${NBSP}${unit}`;
}

const SIZES = ["B", "kB", "MB", "GB", "TB"];

/** Bytes in the largest unit that leaves at least one of it, in powers of 1000. */
export function size(locale: string, bytes: number | null | undefined): string {
	if (bytes === null || bytes === undefined) return "—";
	let value = bytes;
	let unit = 0;
	// What rounds to 1000 is one of the next unit.
	while (unit < SIZES.length - 1 && Number(value.toFixed(unit === 0 ? 0 : 1)) >= 1000) {
		value /= 1000;
		unit += 1;
	}
	return `${decimal(locale, String(value), unit === 0 ? 0 : 1)}${NBSP}${SIZES[unit]}`;
}

/** A day of the data, which belongs to no zone of this machine. */
export function day(locale: string, iso: string, style: "short" | "long" = "short"): string {
	const date = new Date(`${iso}T00:00:00Z`);
	const options: Intl.DateTimeFormatOptions =
		style === "short"
			? { day: "numeric", month: "short", timeZone: "UTC" }
			: { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
	const tag = locale.startsWith("en") ? "en-GB" : locale;
	return short(new Intl.DateTimeFormat(tag, options).format(date));
}

/** The month of a day of the data: Mar 2026. */
export function month(locale: string, iso: string): string {
	const date = new Date(`${iso}T00:00:00Z`);
	const tag = locale.startsWith("en") ? "en-GB" : locale;
	const options = { month: "short", year: "numeric", timeZone: "UTC" } as const;
	return short(new Intl.DateTimeFormat(tag, options).format(date));
}

/** Without what languages put between the parts of a date: 20 nov, not "20 de nov.". */
function short(text: string): string {
	return text.replace(/\./g, "").replace(/ de /g, " ");
}

export function period(locale: string, from: string, to: string): string {
	if (from === to) return day(locale, from, "long");
	const sameYear = from.slice(0, 4) === to.slice(0, 4);
	return `${day(locale, from, sameYear ? "short" : "long")} – ${day(locale, to, "long")}`;
}

function dayAndClock(
	locale: string,
	iso: string,
	more: Pick<Intl.DateTimeFormatOptions, "year" | "timeZone">,
): string {
	const tag = locale.startsWith("en") ? "en-GB" : locale;
	return short(
		new Intl.DateTimeFormat(tag, {
			day: "numeric",
			month: "short",
			hour: "2-digit",
			minute: "2-digit",
			hourCycle: "h23",
			...more,
		}).format(new Date(iso)),
	);
}

/** A moment without its year, on the clocks here or those of a zone. */
export function instant(locale: string, iso: string, zone?: string): string {
	return dayAndClock(locale, iso, zone ? { timeZone: zone } : {});
}

/** A moment on the clocks of a zone, with its year: 18 Nov 2026, 21:00. */
export function moment(locale: string, iso: string, zone: string): string {
	return dayAndClock(locale, iso, { year: "numeric", timeZone: zone });
}

export function clock(locale: string, iso: string): string {
	return new Intl.DateTimeFormat(locale, {
		hour: "2-digit",
		minute: "2-digit",
		hourCycle: "h23",
	}).format(new Date(iso));
}

/** A moment in the past: the time alone when it was today. */
export function recent(locale: string, iso: string, now: number): string {
	const today = new Date(iso).toDateString() === new Date(now).toDateString();
	return today ? clock(locale, iso) : instant(locale, iso);
}

/** How long ago, in the shortest words: 4 min, 3 h, 2 d. */
export function age(iso: string | null | undefined, now: number): string {
	if (!iso) return "—";
	const minutes = Math.max(0, Math.floor((now - Date.parse(iso)) / 60_000));
	if (minutes < 60) return `${minutes}${NBSP}min`;
	if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}${NBSP}h`;
	return `${Math.floor(minutes / 1440)}${NBSP}d`;
}

export function signOf(text: string | null | undefined): -1 | 0 | 1 {
	if (!text) return 0;
	if (/^-/.test(text)) return /[1-9]/.test(text) ? -1 : 0;
	return /[1-9]/.test(text) ? 1 : 0;
}
