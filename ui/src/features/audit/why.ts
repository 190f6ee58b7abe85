import type { AuditCause, CsvAudit } from "@/bindings";
import type { useWords } from "@/i18n";
import { day, instant } from "@/lib/format";

type Words = Pick<ReturnType<typeof useWords>, "t" | "locale">;
type Evidence = { readonly [name: string]: string | undefined };

/** What a figure is called: a metric by the one list, another by the words of this page. */
export function figureName({ t }: Pick<Words, "t">, figure: string): string {
	const metric = t(`metric.${figure}`, { defaultValue: figure });
	return t(`audit.figure.${figure}`, { defaultValue: metric });
}

/** A cause with its evidence, in a sentence that says what to do where something can be done. */
export function why(
	{ t, locale }: Words,
	audit: CsvAudit,
	cause: AuditCause,
	evidence: Evidence,
): string {
	const key = cause === "day_shift" ? `audit.why.day_shift.${evidence.day}` : `audit.why.${cause}`;
	const number = evidence.days ?? evidence.parts ?? evidence.rows;
	return t(key, {
		...evidence,
		...(number !== undefined && { count: Number(number) }),
		...(evidence.at && { at: instant(locale, evidence.at) }),
		...(evidence.day && cause !== "day_shift" && { day: day(locale, evidence.day, "long") }),
		...(evidence.figure && { figure: figureName({ t }, evidence.figure) }),
		zone: audit.timezone,
	});
}
