import { useQuery } from "@tanstack/react-query";
import { useSession } from "@/app/session";
import type { SettleMetric, SettleReport } from "@/bindings";
import { useCompleteness } from "@/components/completeness";
import { Failure } from "@/components/failure";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day, percent } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";

/** The ages that are shown: what comes between lies between. */
const AGES = [1, 2, 3, 5, 7, 14, 21, 28];
const CELL = "num whitespace-nowrap px-2 text-right last:pr-4";

/** What is said of one figure after its ages. */
function Verdict({ of, report }: { of: SettleMetric; report: SettleReport }) {
	const { t, locale } = useWords();
	if (of.ages.length === 0)
		return (
			<td colSpan={AGES.length + 2} className={cx(CELL, "text-ink-3")}>
				{t("settling.tooLittle", { count: report.least_days })}
			</td>
		);
	const { inside, tried, shown } = of.held;
	return (
		<>
			<td className={CELL}>
				{of.settled_from === null
					? t("settling.later")
					: t("settling.from", { count: of.settled_from })}
			</td>
			<td className={cx(CELL, !shown && "text-ink-3")}>
				{tried === 0
					? "—"
					: t("settling.heldOf", {
							percent: percent(locale, (inside / tried) * 100, 0),
							count: tried,
						})}
			</td>
		</>
	);
}

function Curves({ report }: { report: SettleReport }) {
	const { t, locale } = useWords();
	const completeness = useCompleteness();
	const metrics = report.metrics.filter((metric) => metric.happened);
	const unsure = metrics.some(
		({ ages, held, settled_from: from }) => ages.length > 0 && from !== 1 && !held.shown,
	);
	return (
		<>
			<div className="overflow-x-auto">
				<table
					data-testid="settling"
					className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b"
				>
					<caption className="sr-only">{t("settling.title")}</caption>
					<thead>
						<tr className="h-8 text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{t("settling.age")}
							</th>
							{AGES.map((age) => (
								<th key={age} scope="col" className={cx(CELL, "font-medium")}>
									{count(locale, age)}
								</th>
							))}
							<th scope="col" className={cx(CELL, "font-medium")}>
								{t("settling.settled")}
							</th>
							<th scope="col" className={cx(CELL, "font-medium")}>
								{t("settling.held")}
							</th>
						</tr>
					</thead>
					<tbody>
						{metrics.map((metric) => (
							<tr key={metric.metric} className="h-10 hover:bg-hover">
								<th scope="row" className="w-full min-w-[160px] pl-4 text-left font-normal">
									{t(`metric.${metric.metric}`)}
								</th>
								{metric.ages.length > 0 &&
									AGES.map((age) => {
										const at = metric.ages.find((one) => one.age === age);
										if (!at)
											return (
												<td key={age} className={CELL}>
													—
												</td>
											);
										return (
											<td key={age} className={CELL} title={completeness(at)}>
												<span className={cx("block leading-4", at.settled && "text-ink-3")}>
													{percent(locale, at.percent, 0)}
												</span>
												{!at.settled && at.low !== null && at.high !== null && (
													<span className="block text-11 text-ink-3 leading-[14px]">
														{count(locale, at.low)}–{count(locale, at.high)}
													</span>
												)}
											</td>
										);
									})}
								<Verdict of={metric} report={report} />
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<p className="px-4 py-2.5 text-12 text-ink-2">
				{t("settling.text", {
					nominal: percent(locale, report.nominal_percent, 0),
					tolerance: percent(locale, report.tolerance_percent, 0),
				})}
				{unsure && ` ${t("settling.unsure")}`}
			</p>
		</>
	);
}

/** How much of a day Meta has told while it still restates it, by the age of the day. */
export function SettlingPanel({ currency }: { currency: string | null }) {
	const { t, locale } = useWords();
	const { asOf } = useSession();
	const asked = useQuery({
		...query("getSettleCurve", { currency, account: null, as_of: asOf }),
		placeholderData: sameMoment(asOf),
	});
	const report = asked.data;
	if (asked.error) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
	// Nothing was synced, or nothing of it happened: there is nothing to settle.
	if (!report?.known_on || !report.metrics.some((metric) => metric.happened)) return null;
	return (
		<Panel
			title={t("settling.title")}
			hint={t("settling.hint", { day: day(locale, report.known_on) })}
			className="flex-none"
		>
			<Curves report={report} />
		</Panel>
	);
}
