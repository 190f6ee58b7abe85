import { useQuery } from "@tanstack/react-query";
import { CalendarRange } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useReport, useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { ContributionGroup, Contributions } from "@/bindings";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { COLUMNS, type Column, columnsOf, isAsked, isBlended } from "@/components/figures/columns";
import { NoFigures } from "@/components/no-figures";
import { reportTold } from "@/components/passport/number";
import { FilterSelect } from "@/components/ui/filter-select";
import { Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { instant, period } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { ContributionPanel, useSteps, wholeOf, writingOf } from "./contributions";
import { Meanings } from "./meanings";
import { MetricChoice } from "./metric-choice";
import { ViewChoice } from "./view-choice";
import { WaterfallPanel } from "./waterfall";

const LEVELS = ["account", "campaign", "adset", "ad"] as const;
type Level = (typeof LEVELS)[number];

/** Every metric that is made of rows. */
const METRICS = COLUMNS.map(({ id }) => id).filter((id) => !isAsked(id));

/** A number of two periods, what moved it, and which rows did. */
function Compared({
	told,
	group,
	column,
}: {
	told: Contributions;
	group: ContributionGroup;
	column: Column;
}) {
	const { t, locale } = useWords();
	const { asOf } = useSession();
	const stepsOf = useSteps();
	const { currency, whole } = group;
	const name = t(`metric.${column.id}`);
	const write = writingOf(locale, column, group);
	const rowOf = (row: string, named: string) => {
		const of = { currency, row, name: named };
		return {
			before: { ...of, report: reportTold({ ...told, ...told.compared }, told.as_of) },
			after: { ...of, report: reportTold(told, told.as_of) },
		};
	};
	const before = period(locale, told.compared.from, told.compared.to);
	const after = period(locale, told.from, told.to);
	const row = wholeOf(column.id);
	const isKnown = whole.contribution !== null;
	return (
		<>
			<WaterfallPanel
				column={column}
				currency={currency}
				before={whole.before}
				after={whole.after}
				by={whole.contribution}
				steps={isKnown ? stepsOf(group, write) : []}
				of={rowOf(row, t(`figures.${row}`))}
				then={before}
				now={after}
				whose={isBlended(column.id) && t("from.both")}
				cause={t("contributions.moved")}
				write={write}
				silent={
					isKnown
						? t("contributions.unmoved", { name })
						: t("contributions.unknown", {
								name,
								before: write.plain(whole.before),
								after: write.plain(whole.after),
							})
				}
			/>
			<ContributionPanel
				key={column.id}
				told={told}
				group={group}
				column={column}
				rowOf={rowOf}
				facts={[
					{ label: t("figures.file.days"), text: after },
					{ label: t("period.compare"), text: before },
					{ label: t("attribution.title"), text: attributionLabel(t, told.attribution) },
					{ label: t("figures.currency"), text: currency },
					...(asOf ? [{ label: t("asOf.title"), text: instant(locale, asOf) }] : []),
				]}
			/>
			{whole.mix !== null && (
				<Meanings
					title={t("contributions.legend")}
					of={[
						{ name: t("contributions.mix"), text: t("contributions.mix.text") },
						{ name: t("contributions.rate"), text: t("contributions.rate.text") },
						{ name: t("contributions.weight"), text: t("contributions.weight.text", { name }) },
					]}
				/>
			)}
		</>
	);
}

/** Why a number is another one than in the days before: which rows moved it. */
export default function PeriodsPage() {
	const { t } = useWords();
	const { comparison, asOf, view, keepView } = useSession();
	const kept = view<{ metric?: string; by?: Level }>("changes", {});
	const metric = METRICS.find((id) => id === kept.metric) ?? "revenue";
	const by = LEVELS.find((one) => one === kept.by) ?? "campaign";
	const report = useReport(by);
	const [chosen, setChosen] = useState<string | null>(null);
	const asked = useQuery({
		...query("getContributions", {
			report: { ...report, compare_with: comparison === "year" ? "year" : "previous" },
			metric,
		}),
		placeholderData: sameMoment(asOf),
	});
	const told = asked.data;
	const groups = (told?.groups ?? []).filter(
		({ whole, rows }) => rows.length > 0 || whole.before !== null || whole.after !== null,
	);
	const group = groups.find(({ currency }) => currency === chosen) ?? groups[0];
	const [column] = columnsOf([told?.metric ?? metric]);
	return (
		<Page
			title={t("nav.changes")}
			tools={
				<>
					<AttributionPicker />
					{told && (
						<CurrencyPicker
							found={groups.map(({ currency }) => currency)}
							shown={group?.currency}
							onShow={setChosen}
							exchanged={told.exchanged}
						/>
					)}
					<PeriodPicker />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip changes={false} />}
		>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<ViewChoice value="periods" />
				<MetricChoice
					metric={metric}
					metrics={METRICS}
					onChange={(id) => keepView("changes", { ...kept, metric: id })}
				/>
				<FilterSelect
					aria-label={t("gap.by")}
					data-testid="contributions-by"
					value={by}
					onChange={(event) => keepView("changes", { ...kept, by: event.target.value })}
				>
					{LEVELS.map((one) => (
						<option key={one} value={one}>
							{t(`gap.by.${one}`)}
						</option>
					))}
				</FilterSelect>
			</div>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!told && !asked.error && (
				<>
					<Skeleton className="h-56 flex-none" />
					<Skeleton className="h-80 flex-none" />
				</>
			)}
			{told && !asked.error && <ExchangeNote exchanged={told.exchanged} />}
			{told && !group && !asked.error && (
				<NoFigures icon={CalendarRange} title={t("contributions.none")}>
					{t("contributions.noneText")}
				</NoFigures>
			)}
			{told && group && column && !asked.error && (
				<Compared key={group.currency} told={told} group={group} column={column} />
			)}
		</Page>
	);
}
