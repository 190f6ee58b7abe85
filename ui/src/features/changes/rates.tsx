import { useState } from "react";
import type { ChangedRate, Changes, UsedRate } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, day, period, rate } from "@/lib/format";

/** Rows that stand there until all of them are asked for. */
const FIRST = 10;

interface Run extends ChangedRate {
	/** The last day of those that follow one another with the same two rates. */
	last: string;
}

const DAY = 86_400_000;

/** Days that follow one another with the same two rates, as one line. */
function runs(rates: readonly ChangedRate[]): Run[] {
	const own = (used: UsedRate | null) =>
		// A rate of another day is told with its day, and stands by itself.
		used && (used.rate_day === used.day ? `${used.rate} ${used.source}` : used.rate_day);
	const found: Run[] = [];
	for (const rate of rates) {
		const before = found.at(-1);
		if (
			before &&
			before.from === rate.from &&
			Date.parse(rate.day) - Date.parse(before.last) === DAY &&
			own(before.before) === own(rate.before) &&
			own(before.after) === own(rate.after)
		) {
			before.last = rate.day;
		} else {
			found.push({ ...rate, last: rate.day });
		}
	}
	return found;
}

/** Which rates are others than they were then, and what had none then. */
export function ChangedRates({ changes }: { changes: Changes }) {
	const { t, locale } = useWords();
	const [whole, setWhole] = useState(false);
	const { exchanged, rates, missing_then } = changes;
	if (!exchanged || rates.length === 0) return null;
	const lines = runs(rates);
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
						{(whole ? lines : lines.slice(0, FIRST)).map((one) => (
							<tr
								key={`${one.from}${one.day}`}
								className="h-8 border-line border-b last:border-b-0 hover:bg-hover"
							>
								<th scope="row" className="num whitespace-nowrap pl-4 text-left font-normal">
									{one.day === one.last
										? day(locale, one.day, "long")
										: period(locale, one.day, one.last)}
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
			{lines.length > FIRST && <AllRows count={lines.length} all={whole} onChange={setWhole} />}
		</Panel>
	);
}
