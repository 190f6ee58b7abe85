import { useQuery } from "@tanstack/react-query";
import { History, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useReport, useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { Attribution, ChangeGroup, Changes, MetricChange, ScreenFact } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { type Column, columnsOf, isBlended } from "@/components/figures/columns";
import { type RowOf, reportTold } from "@/components/passport/number";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { Explained } from "@/components/ui/explained";
import { Banner, cx, Empty, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { currencySign, instant, moment, period, signOf } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { CauseTable, causeSheet } from "./cause-table";
import { difference, moved, movedByCauses, writing } from "./change";
import { ContributionPanel } from "./contributions";
import { Meanings } from "./meanings";
import { MetricChoice } from "./metric-choice";
import { PartFigure, PartProvider } from "./part";
import { ChangedRates } from "./rates";
import { RowName, useRowName } from "./row-name";
import { SettlingPanel } from "./settling";
import { SincePicker, useSince } from "./since";
import { ViewChoice } from "./view-choice";
import { WaterfallPanel } from "./waterfall";

/** Rows that stand there until all of them are asked for. */
const FIRST = 25;

const all = (group: ChangeGroup): MetricChange[] => [
	...group.total,
	...group.unattributed,
	...group.rows.flatMap((row) => row.metrics),
];

/** Where a row's figures come from, as of each of the two moments. */
function rowOf(changes: Changes, currency: string, row: string, name: string) {
	const { since, until, attribution_then, attribution } = changes;
	const at = (credited: Attribution, as_of: string | null): RowOf => ({
		report: reportTold({ ...changes, attribution: credited }, as_of),
		currency,
		row,
		name,
	});
	return { before: at(attribution_then, since), after: at(attribution, until) };
}

/** What a file of these changes says that it stands on. */
function useFacts() {
	const { t, locale } = useWords();
	const { zone } = useSession();
	return (changes: Changes, currency: string): ScreenFact[] => {
		const { from, to, since, until, attribution } = changes;
		return [
			{ label: t("figures.file.days"), text: period(locale, from, to) },
			{ label: t("changes.since"), text: moment(locale, since, zone) },
			{
				label: t("asOf.title"),
				text: until === null ? t("moment.now") : moment(locale, until, zone),
			},
			{ label: t("attribution.title"), text: attributionLabel(t, attribution) },
			{ label: t("figures.currency"), text: currency },
		];
	};
}

/** How a metric of the whole went from what it was to what it is. */
function Causes({
	changes,
	group,
	column,
}: {
	changes: Changes;
	group: ChangeGroup;
	column: Column;
}) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const { currency } = group;
	const change = group.total.find((one) => one.metric === column.id);
	const name = t(`metric.${column.id}`);
	const of = rowOf(changes, currency, "total", t("figures.total"));
	const write = writing(locale, column, currency, change ? [change] : []);
	const inside = group.rows.some((row) =>
		row.metrics.some((one) => one.metric === column.id && moved(one)),
	);
	const silent =
		change && (change.before === null) !== (change.after === null)
			? t(change.after === null ? "changes.unknownNow" : "changes.unknownThen", {
					name,
					value: [
						column.kind === "money" && currencySign(currency),
						write.plain(change.after ?? change.before),
					]
						.filter(Boolean)
						.join("\u00a0"),
				})
			: t(inside ? "changes.unmovedWhole" : "changes.unmoved", { name });
	return (
		<WaterfallPanel
			column={column}
			currency={currency}
			before={change?.before ?? null}
			after={change?.after ?? null}
			by={change ? difference(change) : null}
			of={of}
			then={instant(locale, changes.since, zone)}
			now={changes.until === null ? t("moment.now") : instant(locale, changes.until, zone)}
			// The total is of all that the CRM has; the campaigns below have their own.
			whose={isBlended(column.id) && t("from.blended")}
			cause={t("changes.cause")}
			write={write}
			silent={silent}
			steps={
				change
					? movedByCauses(change, changes.causes).map(({ key, part, cause, at }) => ({
							key,
							part,
							name: <Explained meaning={t(`cause.${cause}.text`)}>{t(`cause.${cause}`)}</Explained>,
							figure: <PartFigure part={{ change, at, of }}>{write.signed(part)}</PartFigure>,
							wrong: cause === "unexplained",
						}))
					: []
			}
		/>
	);
}

/** A ratio moves by its campaigns and by their weights, whatever the causes are. */
function Weights({
	changes,
	group,
	column,
}: {
	changes: Changes;
	group: ChangeGroup;
	column: Column;
}) {
	const facts = useFacts();
	const { after } = rowOf(changes, group.currency, "total", "");
	const asked = useQuery(
		query("getContributions", { report: after.report, metric: column.id, since: changes.since }),
	);
	const told = asked.data?.groups.find(({ currency }) => currency === group.currency);
	if (!asked.data || !told || told.whole.mix === null) return null;
	if (signOf(told.whole.mix) === 0 && signOf(told.whole.rate) === 0) return null;
	return (
		<ContributionPanel
			told={asked.data}
			group={told}
			column={column}
			rowOf={(row, name) => rowOf(changes, group.currency, row, name)}
			facts={facts(changes, group.currency)}
		/>
	);
}

/** What each cause that is in sight means. */
function Legend({ changes, group }: { changes: Changes; group: ChangeGroup }) {
	const { t } = useWords();
	const told = all(group);
	const shown = changes.causes.filter(
		// It is told where it ever happens, which it must not.
		(cause, at) =>
			(cause !== "unexplained" || told.some(({ parts }) => signOf(parts[at]) !== 0)) &&
			// Without a conversion there are no rates.
			(cause !== "currency" || changes.exchanged !== null),
	);
	return (
		<Meanings
			title={t("changes.legend")}
			of={shown.map((cause) => ({ name: t(`cause.${cause}`), text: t(`cause.${cause}.text`) }))}
		/>
	);
}

/** Every metric of the whole that moved. */
function Totals({
	changes,
	group,
	metric,
	onMetric,
}: {
	changes: Changes;
	group: ChangeGroup;
	/** The one that is drawn above. */
	metric: string;
	onMetric: (metric: string) => void;
}) {
	const { t, locale } = useWords();
	const rows = group.total.filter(moved).flatMap((change) => {
		const [column] = columnsOf([change.metric]);
		if (!column) return [];
		const name = t(`metric.${change.metric}`);
		return [
			{
				key: change.metric,
				name: (
					<button
						type="button"
						title={name}
						aria-current={change.metric === metric || undefined}
						onClick={() => onMetric(change.metric)}
						className={cx(
							"block max-w-full truncate rounded-1 text-left hover:underline",
							change.metric === metric && "font-medium",
						)}
					>
						{name}
					</button>
				),
				change,
				of: rowOf(changes, group.currency, "total", t("figures.total")),
				write: writing(locale, column, group.currency, [change]),
			},
		];
	});
	if (rows.length === 0) return null;
	return (
		<Panel title={t("changes.totals")} hint={currencySign(group.currency)} className="flex-none">
			<CauseTable
				testId="changes-totals"
				head={t("changes.metric")}
				causes={changes.causes}
				rows={rows}
			/>
		</Panel>
	);
}

/** The campaigns in which the metric moved, the one it moved in most first. */
function Campaigns({
	changes,
	group,
	metric,
}: {
	changes: Changes;
	group: ChangeGroup;
	metric: string;
}) {
	const { t, locale } = useWords();
	const facts = useFacts();
	const [whole, setWhole] = useState(false);
	const [column] = columnsOf([metric]);
	const size = (change: MetricChange) => Math.abs(Number(difference(change) ?? 0));
	const rows = group.rows
		.flatMap((row) => {
			const change = row.metrics.find((one) => one.metric === metric);
			return change && moved(change) ? [{ row, change }] : [];
		})
		.sort((a, b) => size(b.change) - size(a.change) || a.row.name.localeCompare(b.row.name));
	const sums = (
		[
			["unattributed", group.unattributed],
			["total", group.total],
		] as const
	).flatMap(([label, list]) => {
		const change = list.find((one) => one.metric === metric);
		return change && (moved(change) || label === "total") ? [{ label, change }] : [];
	});
	const name = t(`metric.${metric}`);
	const seen = whole ? rows : rows.slice(0, FIRST);
	const title = useRowName();
	const file = useSaveTable(`changes-${metric}`, () => {
		return causeSheet(t, {
			title: t("changes.campaigns", { name }),
			facts: facts(changes, group.currency),
			head: t("figures.field.campaign"),
			column: column as Column,
			currency: group.currency,
			causes: changes.causes,
			rows: [
				...seen.map(({ row, change }) => ({ name: title(row), change, sum: false })),
				...sums.map(({ label, change }) => ({ name: t(`figures.${label}`), change, sum: true })),
			],
		});
	});
	if (!column || ![...rows, ...sums].some(({ change }) => moved(change))) return null;
	const write = writing(
		locale,
		column,
		group.currency,
		[...rows, ...sums].map(({ change }) => change),
	);
	return (
		<Panel
			title={t("changes.campaigns", { name })}
			hint={column.kind === "money" ? currencySign(group.currency) : undefined}
			className="flex-none"
			actions={<SaveTools formats={["csv", "xlsx"]} file={file} />}
		>
			<CauseTable
				testId="changes-campaigns"
				head={t("figures.field.campaign")}
				causes={changes.causes}
				rows={seen.map(({ row, change }) => {
					const named = title(row);
					return {
						key: row.key,
						change,
						of: rowOf(changes, group.currency, row.key, named),
						write,
						name: <RowName row={row} by={changes.by} metric={metric} />,
					};
				})}
				foot={sums.map(({ label, change }) => ({
					key: label,
					name: t(`figures.${label}`),
					change,
					of: rowOf(changes, group.currency, label, t(`figures.${label}`)),
					write,
					strong: label === "total",
				}))}
			/>
			{rows.length > FIRST && <AllRows count={rows.length} all={whole} onChange={setWhole} />}
		</Panel>
	);
}

/** Why the figures say something else than they said at an earlier moment. */
export default function ChangesPage() {
	const { t, locale } = useWords();
	const { asOf, zone, view, keepView } = useSession();
	const kept = view<{ metric?: string }>("changes", {});
	const metric = kept.metric ?? "revenue";
	const [chosen, setChosen] = useState<string | null>(null);
	const since = useSince();
	const report = useReport("campaign");
	const asked = useQuery({
		...query("getChanges", {
			report,
			since: since.at ?? "",
		}),
		enabled: since.at !== null,
		placeholderData: sameMoment(asOf),
	});
	const changes = asked.data;
	const groups = (changes?.groups ?? []).filter((group) => all(group).some(moved));
	const group = groups.find(({ currency }) => currency === chosen) ?? groups[0];
	const [column] = columnsOf([metric]);
	const hint = (of: ChangeGroup, id: string) => {
		const change = of.total.find((one) => one.metric === id);
		const [written] = columnsOf([id]);
		if (!change || !written || signOf(difference(change)) === 0) return undefined;
		return (
			<span className="num pl-4">
				{writing(locale, written, of.currency, [change]).signed(difference(change))}
			</span>
		);
	};
	const unexplained = changes?.causes.indexOf("unexplained") ?? -1;
	const wrong = groups.some((one) =>
		all(one).some(({ parts }) => signOf(parts[unexplained]) !== 0),
	);
	return (
		<Page
			title={t("nav.changes")}
			tools={
				<>
					<AttributionPicker />
					{changes && (
						<CurrencyPicker
							found={groups.map(({ currency }) => currency)}
							shown={group?.currency}
							onShow={setChosen}
							exchanged={changes.exchanged}
						/>
					)}
					<PeriodPicker compares={false} />
					<SincePicker since={since} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip changes={false} />}
		>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<ViewChoice value="figures" />
				{changes && group && column && !asked.error && (
					<MetricChoice
						metric={metric}
						metrics={group.total.map((one) => one.metric)}
						hint={(id) => hint(group, id)}
						onChange={(id) => keepView("changes", { ...kept, metric: id })}
					/>
				)}
			</div>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!changes && !asked.error && (
				<>
					<Skeleton className="h-7 w-96 flex-none" />
					<Skeleton className="h-64 flex-none" />
					<Skeleton className="h-64 flex-none" />
				</>
			)}
			{changes && !asked.error && <ExchangeNote exchanged={changes.exchanged} />}
			{changes && !group && !asked.error && (
				<Empty icon={History} title={t("changes.none")}>
					{t("changes.noneText", { time: moment(locale, changes.since, zone) })}
				</Empty>
			)}
			{changes && group && column && !asked.error && (
				<PartProvider
					key={group.currency}
					changes={changes}
					group={group}
					rowOf={(row, name) => rowOf(changes, group.currency, row, name)}
				>
					{wrong && (
						<Banner tone="warning" icon={TriangleAlert} testId="unexplained">
							<b className="font-semibold">{t("changes.unexplained")}</b>{" "}
							{t("changes.unexplainedText")}
						</Banner>
					)}
					<Causes changes={changes} group={group} column={column} />
					<Campaigns key={metric} changes={changes} group={group} metric={metric} />
					<Weights key={`weights-${metric}`} changes={changes} group={group} column={column} />
					<Totals
						changes={changes}
						group={group}
						metric={metric}
						onMetric={(id) => {
							keepView("changes", { ...kept, metric: id });
							document.querySelector("main")?.scrollTo({ top: 0 });
						}}
					/>
					<ChangedRates changes={changes} />
					<Legend changes={changes} group={group} />
				</PartProvider>
			)}
			{changes && !asked.error && <SettlingPanel currency={group?.currency ?? null} />}
		</Page>
	);
}
