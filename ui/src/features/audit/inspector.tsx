import type { CsvAudit } from "@/bindings";
import { Facts, Inspector } from "@/components/inspector";
import { useWords } from "@/i18n";
import { count, currencySign, period } from "@/lib/format";
import type { CellRow } from "./cells-table";
import { figureName, why } from "./why";
import { fileCurrency, pathOf, signed, written } from "./written";

/** One cell: both figures, where it stands, and the cause with its evidence. */
export function DifferenceInspector({
	audit,
	found,
	onClose,
}: {
	audit: CsvAudit;
	found: CellRow;
	onClose: () => void;
}) {
	const words = useWords();
	const { t, locale } = words;
	const totals = found.level === null;
	const named = figureName(words, found.figure);
	const withSign = (text: string, currency: string) =>
		found.unit === "money" && text !== "—" ? `${currencySign(currency)}\u00a0${text}` : text;
	const inFile = fileCurrency(audit);
	return (
		<Inspector label={named} title={named} onClose={onClose}>
			<Facts
				rows={[
					[
						t("audit.file"),
						<span key="file" className="font-medium">
							{withSign(written(locale, found, found.file, inFile), inFile)}
						</span>,
					],
					[
						t(totals ? "audit.sumOfRows" : "audit.stored"),
						<span key="stored" className="font-medium">
							{withSign(written(locale, found, found.stored, audit.currency), audit.currency)}
						</span>,
					],
					[
						t("audit.difference"),
						found.difference !== null &&
							withSign(signed(locale, found, found.difference, audit.currency), audit.currency),
					],
				]}
			/>
			<h3 className="mt-5 mb-1 font-semibold">{t(`audit.cause.${found.cause}`)}</h3>
			<p data-testid="audit-why" className="text-ink-2">
				{why(words, audit, found.cause, found.evidence)}
			</p>
			<h3 className="mt-5 mb-1 font-semibold">{t("audit.where")}</h3>
			<Facts
				rows={[
					[t("audit.line"), count(locale, found.line)],
					[t("audit.what"), totals ? t("audit.totalsRow") : pathOf(found.names) || audit.account],
					[t("audit.externalId"), found.external_id],
					[t("audit.days"), period(locale, found.days.from, found.days.to)],
				]}
			/>
		</Inspector>
	);
}
