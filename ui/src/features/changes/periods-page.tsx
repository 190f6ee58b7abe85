import { useQuery } from "@tanstack/react-query";
import { CalendarRange } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { ContributionGroup, Contributions, GetRoi } from "@/bindings";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { COLUMNS, type Column, columnsOf, isAsked, isBlended } from "@/components/figures/columns";
import { NoFigures } from "@/components/no-figures";
import { FilterSelect } from "@/components/ui/filter-select";
import { Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { instant, period } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { ContributionPanel, useSteps, wholeOf, writingOf } from "./contributions";
import { MetricChoice } from "./metric-choice";
import { ViewChoice } from "./view-choice";
import { WaterfallPanel } from "./waterfall";

const LEVELS = ["account", "campaign", "adset", "ad"] as const;
type Level = (typeof LEVELS)[number];

/** Every metric that is made of rows. */
const METRICS = COLUMNS.map(({ id }) => id).filter((id) => !isAsked(id));

/** Both reports, for whoever asks what a figure is made of. */
function sidesOf({ by, from, to, compared, attribution, as_of, exchanged }: Contributions) {
	const report = (days: { from: string; to: string }): GetRoi => ({
		by,
		from: days.from,
		to: days.to,
		accounts: [],
		campaign: null,
		ad_set: null,
		attribution,
		convert_to: exchanged?.to ?? null,
		as_of,
	});
	return { before: report(compared), after: report({ from, to }) };
}

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
	const sides = sidesOf(told);
	const rowOf = (row: string, named: string) => ({
		before: { report: sides.before, currency, row, name: named },
		after: { report: sides.after, currency, row, name: named },
	});
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
				<Panel title={t("contributions.legend")} className="flex-none">
					<dl className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-x-6 gap-y-3 border-line border-t px-4 pt-2.5 pb-3.5 text-12">
						{(["mix", "rate"] as const).map((part) => (
							<div key={part}>
								<dt className="font-medium">{t(`contributions.${part}`)}</dt>
								<dd className="text-ink-2">{t(`contributions.${part}.text`)}</dd>
							</div>
						))}
						<div>
							<dt className="font-medium">{t("contributions.weight")}</dt>
							<dd className="text-ink-2">{t("contributions.weight.text", { name })}</dd>
						</div>
					</dl>
				</Panel>
			)}
		</>
	);
}

/** Why a number is another one than in the days before: which rows moved it. */
export default function PeriodsPage() {
	const { t } = useWords();
	const { range, comparison, attribution, asOf, convertTo, view, keepView } = useSession();
	const kept = view<{ metric?: string; by?: Level }>("changes", {});
	const metric = METRICS.find((id) => id === kept.metric) ?? "revenue";
	const by = LEVELS.find((one) => one === kept.by) ?? "campaign";
	const [chosen, setChosen] = useState<string | null>(null);
	const asked = useQuery({
		...query("getContributions", {
			report: {
				...range,
				by,
				attribution,
				accounts: [],
				campaign: null,
				ad_set: null,
				as_of: asOf,
				convert_to: convertTo,
				compare_with: comparison === "year" ? "year" : "previous",
			},
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
