import { useState } from "react";
import type { Changes, UsedRate } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, day, period, rate } from "@/lib/format";

/** Rows that stand there until all of them are asked for. */
const FIRST = 10;

/** Which rates are others than they were then, and what had none then. */
export function ChangedRates({ changes }: { changes: Changes }) {
	const { t, locale } = useWords();
	const [whole, setWhole] = useState(false);
	const { exchanged, rates, missing_then } = changes;
	if (!exchanged || rates.length === 0) return null;
	const written = (used: UsedRate | null) => {
		if (!used) return t("changes.noRate");
		const source = t(`exchange.source.${used.source}`);
		const of = used.rate_day === used.day ? "" : `, ${day(locale, used.rate_day, "long")}`;
		return `${rate(locale, used.rate)} (${source}${of})`;
	};
	return (
		<Panel
			title={t("changes.rates")}
			hint={t("exchange.ratesTitle", { currency: currencySign(exchanged.to) })}
			className="flex-none"
		>
			{missing_then.length > 0 && (
				<p className="num border-line border-t px-4 py-2 text-12 text-ink-2">
					{missing_then
						.map((of) =>
							t("changes.missingThen", {
								currency: of.currency,
								count: of.days,
								days: period(locale, of.first_day, of.last_day),
							}),
						)
						.join(" ")}
				</p>
			)}
			<div className="overflow-x-auto">
				<table className="w-full text-12" data-testid="changed-rates">
					<thead>
						<tr className="h-8 border-line border-t border-b text-11 text-ink-3 [&>th]:font-medium">
							<th scope="col" className="pl-4 text-left">
								{t("exchange.day")}
							</th>
							<th scope="col" className="px-2 text-left">
								{t("figures.currency")}
							</th>
							<th scope="col" className="px-2 text-right">
								{t("changes.before")}
							</th>
							<th scope="col" className="pr-4 pl-2 text-right">
								{t("changes.after")}
							</th>
						</tr>
					</thead>
					<tbody>
						{(whole ? rates : rates.slice(0, FIRST)).map((one) => (
							<tr
								key={`${one.from}${one.day}`}
								className="h-8 border-line border-b last:border-b-0 hover:bg-hover"
							>
								<th scope="row" className="num whitespace-nowrap pl-4 text-left font-normal">
									{day(locale, one.day, "long")}
								</th>
								<td className="px-2">{one.from}</td>
								<td className="num whitespace-nowrap px-2 text-right text-ink-2">
									{written(one.before)}
								</td>
								<td className="num whitespace-nowrap pr-4 pl-2 text-right font-medium">
									{written(one.after)}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			{rates.length > FIRST && <AllRows count={rates.length} all={whole} onChange={setWhole} />}
		</Panel>
	);
}
