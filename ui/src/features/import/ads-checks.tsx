import { CircleCheck, TriangleAlert } from "lucide-react";
import type { AdsImportChecks, ImportReport } from "@/bindings";
import { Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, count, day } from "@/lib/format";

const NOTES = ["totals_rows", "duplicates", "covered", "removed"] as const;

/** Where an Ads Manager file went, and what was compared on the way. */
export function AdsChecks({ ads, report }: { ads: AdsImportChecks; report: ImportReport }) {
	const { t, locale } = useWords();
	const { dry_run: dry } = report;
	const currency = report.totals[0]?.currency ?? "USD";
	const notes = NOTES.filter((name) => ads[name] > 0);
	// Only a totals row, or days that a sync has read, can agree or not.
	const compared = ads.totals_rows > 0 || ads.covered > 0;
	const written = (figure: string, value: string) =>
		figure === "spend" ? amount(locale, value, currency) : count(locale, value);
	return (
		<section
			aria-label={t("import.ads.title")}
			data-testid="import-ads"
			className="border-line border-t px-4 py-3"
		>
			<dl className="flex flex-wrap gap-x-8 gap-y-2">
				<div>
					<dt className="text-12 text-ink-2">{t("import.account")}</dt>
					<dd className="flex items-center gap-2 font-medium">
						{ads.account}
						{ads.account_made && <Tag tone="info">{t(`import.ads.made${dry ? ".dry" : ""}`)}</Tag>}
					</dd>
				</div>
				{ads.days && (
					<div>
						<dt className="text-12 text-ink-2">{t("import.ads.days")}</dt>
						<dd className="num font-medium">
							{ads.days.from === ads.days.to
								? day(locale, ads.days.from, "long")
								: t("import.ads.range", {
										from: day(locale, ads.days.from, "long"),
										to: day(locale, ads.days.to, "long"),
									})}
						</dd>
					</div>
				)}
			</dl>
			{notes.length > 0 && (
				<ul className="mt-2 flex flex-col gap-0.5 text-ink-2">
					{notes.map((name) => (
						<li key={name}>
							{t(`import.ads.${name}${dry && name === "removed" ? ".dry" : ""}`, {
								count: ads[name],
							})}
						</li>
					))}
				</ul>
			)}
			{compared && ads.differences.length === 0 && (
				<p className="mt-2 flex items-center gap-2">
					<CircleCheck size={16} aria-hidden className="flex-none text-positive" />
					{t("import.ads.agrees")}
				</p>
			)}
			{ads.differences.length > 0 && (
				<>
					<h3 className="mt-3 flex items-center gap-2 font-medium">
						<TriangleAlert size={16} aria-hidden className="flex-none text-warning" />
						{t("import.ads.differences", { count: ads.differences.length })}
					</h3>
					<section
						className="mt-1 max-h-56 overflow-y-auto rounded-2 focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]"
						aria-label={t("import.ads.differences", { count: ads.differences.length })}
						// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
						tabIndex={0}
					>
						<table className="w-full max-w-[720px] text-12" data-selectable>
							<thead className="text-left text-ink-3">
								<tr>
									<th scope="col" className="py-1 font-medium">
										{t("import.ads.where")}
									</th>
									<th scope="col" className="py-1 font-medium">
										{t("import.ads.figure")}
									</th>
									<th scope="col" className="py-1 text-right font-medium">
										{t("import.ads.file")}
									</th>
									<th scope="col" className="py-1 text-right font-medium">
										{t("import.ads.other")}
									</th>
								</tr>
							</thead>
							<tbody>
								{ads.differences.map((one) => (
									<tr key={`${one.day}:${one.figure}`}>
										<th scope="row" className="border-line border-t py-1 text-left font-normal">
											{one.day ? day(locale, one.day, "long") : t("import.ads.total")}
										</th>
										<td className="border-line border-t py-1 text-ink-2">
											{t(`import.field.${one.figure}`, { defaultValue: one.figure })}
										</td>
										<td className="num border-line border-t py-1 text-right">
											{written(one.figure, one.file)}
										</td>
										<td className="num border-line border-t py-1 text-right">
											{written(one.figure, one.other)}
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</section>
					<p className="mt-1 text-12 text-ink-3">{t("import.ads.differencesText")}</p>
				</>
			)}
		</section>
	);
}
