import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown, History, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { Attribution, ChangeGroup, Changes, MetricChange } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { type Column, columnsOf } from "@/components/figures/columns";
import type { RowOf } from "@/components/passport/number";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { StatusGlyph } from "@/components/status-glyph";
import { Banner, Button, cx, Empty, Panel, Segmented, Skeleton } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { currencySign, instant, moment, period, signOf } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { CauseTable, causeSheet } from "./cause-table";
import { difference, moved, writing } from "./change";
import { PartProvider } from "./part";
import { ChangedRates } from "./rates";
import { SettlingPanel } from "./settling";
import { SincePicker, useSince } from "./since";
import { ViewChoice } from "./view-choice";
import { WaterfallPanel } from "./waterfall";

const MAIN = ["revenue", "roas", "spend", "leads", "sales"] as const;
/** Rows that stand there until all of them are asked for. */
const FIRST = 25;

const all = (group: ChangeGroup): MetricChange[] => [
	...group.total,
	...group.unattributed,
	...group.rows.flatMap((row) => row.metrics),
];

/** Which metric is looked at: five in a row, the others in a menu, with how far each moved. */
function MetricChoice({
	metric,
	group,
	onChange,
}: {
	metric: string;
	group: ChangeGroup;
	onChange: (metric: string) => void;
}) {
	const { t, locale } = useWords();
	const others = columnsOf(group.total.map((one) => one.metric)).filter(
		({ id }) => !MAIN.some((main) => main === id),
	);
	const isOther = others.some(({ id }) => id === metric);
	const by = (id: string) => {
		const change = group.total.find((one) => one.metric === id);
		const [column] = columnsOf([id]);
		if (!change || !column || signOf(difference(change)) === 0) return undefined;
		return (
			<span className="num pl-4">
				{writing(locale, column, group.currency, [change]).signed(difference(change))}
			</span>
		);
	};
	return (
		<>
			<Segmented
				label={t("changes.metric")}
				value={metric}
				onChange={onChange}
				options={MAIN.map((id) => ({ value: id as string, label: t(`metric.${id}`) }))}
			/>
			<Menu
				align="start"
				trigger={
					<Button
						variant={isOther ? "plain" : "ghost"}
						aria-pressed={isOther}
						data-testid="other-metrics"
					>
						{isOther ? t(`metric.${metric}`) : t("changes.others")}
						<ChevronDown size={14} aria-hidden className="text-ink-3" />
					</Button>
				}
			>
				{others.map(({ id }) => (
					<MenuItem key={id} checked={id === metric} onSelect={() => onChange(id)} hint={by(id)}>
						{t(`metric.${id}`)}
					</MenuItem>
				))}
			</Menu>
		</>
	);
}

/** Where a row's figures come from, as of each of the two moments. */
function rowOf(changes: Changes, currency: string, row: string, name: string) {
	const { by, from, to, since, until, attribution_then, attribution, exchanged } = changes;
	const at = (credited: Attribution, as_of: string | null): RowOf => ({
		report: {
			by,
			from,
			to,
			campaign: null,
			ad_set: null,
			attribution: credited,
			convert_to: exchanged?.to ?? null,
			as_of,
		},
		currency,
		row,
		name,
	});
	return { before: at(attribution_then, since), after: at(attribution, until) };
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
		<Panel title={t("changes.legend")} className="flex-none">
			<dl className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-x-6 gap-y-3 border-line border-t px-4 pt-2.5 pb-3.5 text-12">
				{shown.map((cause) => (
					<div key={cause}>
						<dt className="font-medium">{t(`cause.${cause}`)}</dt>
						<dd className="text-ink-2">{t(`cause.${cause}.text`)}</dd>
					</div>
				))}
			</dl>
		</Panel>
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
	const { zone } = useSession();
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
	const title = (row: ChangeGroup["rows"][number]) => row.name || t(`remainder.${row.remainder}`);
	const file = useSaveTable(`changes-${metric}`, () => {
		const until = changes.until === null ? t("moment.now") : moment(locale, changes.until, zone);
		return causeSheet(t, {
			title: t("changes.campaigns", { name }),
			facts: [
				{ label: t("figures.file.days"), text: period(locale, changes.from, changes.to) },
				{ label: t("changes.since"), text: moment(locale, changes.since, zone) },
				{ label: t("asOf.title"), text: until },
				{ label: t("attribution.title"), text: attributionLabel(t, changes.attribution) },
				{ label: t("figures.currency"), text: group.currency },
			],
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
						name: (
							<span className="flex min-w-0 items-center gap-2">
								<StatusGlyph status={row.remainder ? null : row.status} />
								{row.id === null ? (
									<span className="truncate font-medium" title={named}>
										{named}
									</span>
								) : (
									<Link
										to="/campaigns"
										search={{ campaign: row.id, name: named, sort: metric } as never}
										className="truncate rounded-1 font-medium hover:underline"
										title={named}
									>
										{named}
									</Link>
								)}
							</span>
						),
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
	const { range, attribution, asOf, zone, view, keepView, convertTo } = useSession();
	const metric = view<{ metric?: string }>("changes", {}).metric ?? "revenue";
	const [chosen, setChosen] = useState<string | null>(null);
	const since = useSince();
	const asked = useQuery({
		...query("getChanges", {
			report: {
				...range,
				by: "campaign",
				attribution,
				accounts: [],
				campaign: null,
				ad_set: null,
				as_of: asOf,
				convert_to: convertTo,
			},
			since: since.at ?? "",
		}),
		enabled: since.at !== null,
		placeholderData: sameMoment(asOf),
	});
	const changes = asked.data;
	const groups = (changes?.groups ?? []).filter((group) => all(group).some(moved));
	const group = groups.find(({ currency }) => currency === chosen) ?? groups[0];
	const [column] = columnsOf([metric]);
	const unexplained = changes?.causes.indexOf("unexplained") ?? -1;
	const inside = group?.rows.some((row) =>
		row.metrics.some((one) => one.metric === metric && moved(one)),
	);
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
						group={group}
						onChange={(id) => keepView("changes", { metric: id })}
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
					<WaterfallPanel
						change={group.total.find((one) => one.metric === metric)}
						column={column}
						causes={changes.causes}
						currency={group.currency}
						of={rowOf(changes, group.currency, "total", t("figures.total"))}
						inside={inside ?? false}
						then={instant(locale, changes.since, zone)}
						now={changes.until === null ? t("moment.now") : instant(locale, changes.until, zone)}
					/>
					<Campaigns key={metric} changes={changes} group={group} metric={metric} />
					<Totals
						changes={changes}
						group={group}
						metric={metric}
						onMetric={(id) => {
							keepView("changes", { metric: id });
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
