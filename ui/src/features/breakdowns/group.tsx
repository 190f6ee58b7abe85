import { ArrowUpDown, ChevronDown } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { BreakdownGroup, BreakdownReport, ScreenFormat, ScreenTable } from "@/bindings";
import { columnsOf, type Sort, sorted, unitOf } from "@/components/figures/columns";
import { ColumnsMenu } from "@/components/figures/columns-menu";
import { screenTable } from "@/components/figures/screen-table";
import { FiguresTable, type Footer, type TreeRow } from "@/components/figures/table";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { Button, Panel } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { currencySign, period } from "@/lib/format";
import { Bars } from "./bars";
import { isSomething, KNOWN, named, SUMS } from "./parts";

const USUAL = [
	"spend",
	"impressions",
	"link_clicks",
	"link_ctr",
	"link_cpc",
	"meta_leads",
	"meta_cpl",
];

/** How a person likes the page; kept between starts. */
interface View {
	metric?: string;
	columns?: string[];
	pinned?: string[];
	widths?: Record<string, number>;
	sort?: Sort | null;
	changes?: boolean;
}

/** Everything in one currency: bars, and the same as a table. */
export function Group({
	report,
	group,
	changes: compared,
	within,
	stale,
}: {
	report: BreakdownReport;
	group: BreakdownGroup;
	/** Whether there is a period to compare with. */
	changes: boolean;
	/** What everything lies in, by name. */
	within: string | null;
	/** Other figures are on their way; these are of the question before. */
	stale: boolean;
}) {
	const { t, locale } = useWords();
	const { view: kept, keepView } = useSession();
	const view = kept<View>("breakdowns", {});
	const change = (edit: View) => keepView("breakdowns", { ...view, ...edit });
	const [all, setAll] = useState(false);
	const { currency } = group;
	const metric = view.metric && SUMS.includes(view.metric) ? view.metric : "spend";
	const [column] = columnsOf([metric]);
	const usual = view.columns?.filter((id) => KNOWN.includes(id)) ?? USUAL;
	const pinned = new Set(view.pinned);
	const columns = columnsOf([
		...usual.filter((id) => pinned.has(id)),
		...usual.filter((id) => !pinned.has(id)),
	]);
	const changes = compared && (view.changes ?? false);
	const { parts, rest, total, before } = named(report.by, group, changes, locale, (key) =>
		t(key, { defaultValue: "" }),
	);
	// Ages stand in their own order until somebody asks for another.
	const sort: Sort =
		view.sort ?? (report.by === "age" ? { id: "name", down: false } : { id: "spend", down: true });
	const rows: TreeRow[] = sorted(
		parts.map((part) => part.row),
		sort,
	).map((row) => ({ kind: "row", id: row.key, row, depth: 0, open: null }));
	const bars =
		report.by === "age"
			? parts
			: sorted(
					parts.map((part) => part.row),
					{ id: metric, down: true },
				).flatMap((row) => parts.find((part) => part.row.key === row.key) ?? []);
	const footers: Footer[] = [
		...rest.map(({ name, row }) => ({
			label: name,
			figures: row,
			previous: changes ? row.previous : null,
		})),
		{
			label: t("figures.total"),
			figures: total,
			previous: changes ? before : null,
			strong: true,
		},
	];
	const kind = t(`breakdown.${report.by}`);
	const table = (format: ScreenFormat): ScreenTable => {
		const past = changes ? report.previous_period : null;
		const facts: Array<[string, string | null]> = [
			[t("figures.file.days"), period(locale, report.from, report.to)],
			[t("period.compare"), past && period(locale, past.from, past.to)],
			[t("figures.currency"), `${currency} (${currencySign(currency)})`],
			[t("figures.file.within"), within],
		];
		return screenTable({
			title: `${t("nav.breakdowns")}: ${kind}`,
			facts: facts.flatMap(([label, text]) => (text ? [{ label, text }] : [])),
			nameHead: kind,
			idHead: format === "csv" ? t("breakdowns.word") : null,
			columns,
			headOf: (one) => ({
				head: t(`metric.${one.id}`),
				unit: unitOf(one, currency, (from) => t(`figures.from.${from}`)),
			}),
			moved: changes
				? { before: t("figures.file.before"), change: t("figures.file.change") }
				: null,
			rows,
			footers,
			currency,
			remainder: () => "",
		});
	};
	const file = useSaveTable(`breakdown-${report.by}-${report.from}-${report.to}`, table);
	return (
		<>
			<Panel
				title={kind}
				className="flex-none"
				actions={
					<Menu
						trigger={
							<Button
								variant="ghost"
								size="s"
								aria-label={`${t("breakdowns.metric")}: ${t(`metric.${metric}`)}`}
								data-testid="breakdown-metric"
							>
								{t(`metric.${metric}`)}
								<ChevronDown size={14} aria-hidden className="text-ink-3" />
							</Button>
						}
					>
						{SUMS.map((id) => (
							<MenuItem key={id} checked={id === metric} onSelect={() => change({ metric: id })}>
								{t(`metric.${id}`)}
							</MenuItem>
						))}
					</Menu>
				}
			>
				{column && (
					<Bars
						parts={bars.filter(({ row }) => isSomething(row))}
						rest={rest.filter(({ row }) => isSomething(row))}
						total={total}
						currency={currency}
						column={column}
						all={all}
						onAll={setAll}
					/>
				)}
			</Panel>
			<section className="flex min-h-[280px] flex-1 flex-col gap-2">
				<header className="flex flex-none flex-wrap items-center gap-2 pl-4">
					<h2 className="font-semibold text-14">{t("breakdowns.figures")}</h2>
					<span className="text-12 text-ink-3">{currencySign(currency)}</span>
					<div className="ml-auto flex flex-wrap items-center gap-1">
						<Button
							variant="ghost"
							size="s"
							icon={ArrowUpDown}
							aria-pressed={changes}
							reason={compared ? undefined : t("figures.changesOff")}
							className={changes ? "!bg-selected !text-accent-text" : undefined}
							onClick={() => change({ changes: !view.changes })}
							data-testid="figures-changes"
						>
							{t("figures.changes")}
						</Button>
						<ColumnsMenu
							columns={usual}
							offered={KNOWN}
							pinned={view.pinned ?? []}
							onColumns={(ids) => change({ columns: ids })}
							onPinned={(ids) => change({ pinned: ids })}
							onReset={() => change({ columns: USUAL, pinned: [], widths: {}, sort: null })}
						/>
						<SaveTools formats={["csv", "xlsx"]} file={file} />
					</div>
				</header>
				<FiguresTable
					label={`${t("nav.breakdowns")}: ${kind}`}
					testId="breakdown-table"
					nameHead={kind}
					name={(row) => (
						<span className="truncate font-medium" title={row.name}>
							{row.name}
						</span>
					)}
					rows={rows}
					rowHeight={changes ? 44 : 32}
					columns={columns}
					changes={changes}
					pinned={pinned}
					widths={view.widths ?? {}}
					onWidth={(id, width) => change({ widths: { ...view.widths, [id]: width } })}
					currency={currency}
					credited=""
					sort={sort}
					onSort={(id) =>
						change({ sort: { id, down: sort.id === id ? !sort.down : id !== "name" } })
					}
					onToggle={() => {}}
					footers={footers}
					stale={stale}
					empty={null}
				/>
			</section>
		</>
	);
}
