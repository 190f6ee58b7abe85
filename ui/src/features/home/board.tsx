import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowDown, ArrowRight } from "lucide-react";
import { useSession } from "@/app/session";
import type { Home, RoiFigures, RoiRow } from "@/bindings";
import { AccountTotals } from "@/components/account-totals";
import { ChartTable } from "@/components/chart-table";
import { DayChart } from "@/components/day-chart";
import { ConvertedMark } from "@/components/exchange-note";
import { Figure, FigureTable } from "@/components/passport/figure";
import { allBut, type RowOf } from "@/components/passport/number";
import { Sparkline } from "@/components/sparkline";
import { StatusGlyph } from "@/components/status-glyph";
import { Thumb } from "@/components/thumb";
import { cx, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import {
	amount,
	count,
	currencySign,
	day,
	instant,
	percent,
	period,
	ratio,
	signOf,
} from "@/lib/format";
import { NeedsAttention } from "./attention";
import { Kpis } from "./kpis";
import { useHomeRow } from "./row";

/** Money and its names take the room they need; what is wanted least goes first where there is little. */
const LEAST = "@max-[760px]:hidden";

function Cell({ children, className }: { children: React.ReactNode; className?: string }) {
	return <td className={cx("num px-2 text-right last:pr-4", className)}>{children}</td>;
}

function FigureCells({
	f,
	of,
	ratios = true,
}: {
	f: RoiFigures;
	/** Where they come from. */
	of: RowOf;
	ratios?: boolean;
}) {
	const { locale } = useWords();
	const { currency } = of;
	const cell = (metric: keyof RoiFigures, text: string) => (
		<Figure of={{ ...of, metric, shown: f[metric] ?? null }}>{text}</Figure>
	);
	return (
		<>
			<Cell>{cell("spend", amount(locale, f.spend, currency))}</Cell>
			<Cell>{cell("leads", count(locale, f.leads))}</Cell>
			<Cell className={LEAST}>{ratios && cell("cpl", amount(locale, f.cpl, currency))}</Cell>
			<Cell>{cell("revenue", amount(locale, f.revenue, currency))}</Cell>
			<Cell>{ratios && cell("roas", ratio(locale, f.roas))}</Cell>
			<Cell className={ratios && signOf(f.roi_percent) < 0 ? "text-negative" : undefined}>
				{ratios && cell("roi_percent", percent(locale, f.roi_percent, 0))}
			</Cell>
		</>
	);
}

function Campaigns({ home, unfinished }: { home: Home; unfinished: boolean }) {
	const { t, locale } = useWords();
	const heads = ["spend", "leads", "cpl", "revenue", "roas", "roi_percent"];
	const rowOf = useHomeRow(home);
	const others = home.campaign_count - home.campaigns.length;
	const keys = home.campaigns.map((row) => row.key);
	const sums = [
		...(others > 0
			? [
					{
						label: t("home.others", { count: others }),
						figures: home.others,
						row: allBut(keys),
					},
				]
			: []),
		{
			label: t("figures.rows.campaign", { count: home.campaign_count }),
			figures: home.attributed,
			row: "attributed",
		},
		{ label: t("figures.unattributed"), figures: home.unattributed, row: "unattributed" },
	];
	return (
		<Panel
			title={t("nav.campaigns")}
			hint={currencySign(home.currency)}
			actions={
				<Link
					to="/campaigns"
					className="inline-flex h-6 items-center gap-1.5 rounded-2 px-2 font-medium text-12 text-ink-2 hover:bg-hover hover:text-ink"
				>
					{t("action.all", { count: home.campaign_count })} <ArrowRight size={14} aria-hidden />
				</Link>
			}
		>
			<div className="@container overflow-x-auto">
				<FigureTable
					className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tfoot_tr:last-child>*]:border-b-0"
					data-testid="home-campaigns"
				>
					<thead>
						<tr className="h-7 text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{t("figures.field.campaign")}
							</th>
							{heads.map((head) => (
								<th
									key={head}
									scope="col"
									// The core gives those that spent most.
									aria-sort={head === "spend" ? "descending" : undefined}
									className={cx(
										"whitespace-nowrap px-2 text-right font-medium last:pr-4",
										head === "cpl" && LEAST,
									)}
								>
									{t(`metricShort.${head}`)}
									{head === "spend" && (
										<ArrowDown size={12} aria-hidden className="ml-0.5 inline" />
									)}
								</th>
							))}
							<th
								scope="col"
								className={cx("w-[76px] whitespace-nowrap pr-4 text-right font-medium", LEAST)}
							>
								{t("home.byDay")}
							</th>
						</tr>
					</thead>
					<tbody>
						{home.campaigns.map((row: RoiRow) => {
							const name = row.name || t(`remainder.${row.remainder}`);
							const known = row.id !== null;
							return (
								<tr key={row.key} className="h-8 hover:bg-hover">
									{/* The figures keep their width; the name gives way, down to 180. */}
									<th
										scope="row"
										className="w-full min-w-[180px] max-w-0 pl-4 text-left font-normal"
									>
										<span className="flex min-w-0 items-center gap-2">
											<StatusGlyph status={row.status} />
											{known ? (
												<Link
													to="/campaigns"
													search={{ campaign: row.id, name } as never}
													className="truncate rounded-1 font-medium hover:underline"
													title={name}
												>
													{name}
												</Link>
											) : (
												<span className="truncate font-medium" title={name}>
													{name}
												</span>
											)}
											<ConvertedMark of={row.converted} />
											{row.waiting_for_sync && <Tag tone="info">{t("home.waiting")}</Tag>}
											{row.no_spend && <Tag tone="line">{t("home.noSpend")}</Tag>}
										</span>
									</th>
									<FigureCells f={row} of={rowOf(row.key, name)} />
									<td className={cx("pr-4 pl-1", LEAST)}>
										<div className="w-14">
											<Sparkline
												values={row.spark}
												height={18}
												area={false}
												tone="var(--text-3)"
												open={unfinished ? 1 : 0}
											/>
										</div>
									</td>
								</tr>
							);
						})}
					</tbody>
					<tfoot className="bg-sunken text-ink-2">
						{sums.map((sum, at) => (
							<tr
								key={sum.label}
								className={cx("h-7", at === 0 && "[&>*]:border-t [&>*]:border-t-line-2")}
							>
								<th scope="row" className="truncate pl-4 text-left font-normal">
									{sum.label}
								</th>
								<FigureCells f={sum.figures} of={rowOf(sum.row, sum.label)} />
								<td className={LEAST} />
							</tr>
						))}
						<tr className="h-8 font-semibold text-ink">
							<th scope="row" className="pl-4 text-left font-semibold">
								{t("figures.total")}
							</th>
							<FigureCells f={home.total} of={rowOf("total", t("figures.total"))} ratios={false} />
							<td className={LEAST} />
						</tr>
					</tfoot>
				</FigureTable>
				<ChartTable
					caption={t("home.revenueByDay")}
					placeHead={t("chart.day")}
					places={home.days.map((point) => day(locale, point.day))}
					series={home.campaigns.map((row) => ({
						name: row.name || t(`remainder.${row.remainder}`),
						texts: row.spark.map((value) => amount(locale, value, home.currency)),
					}))}
				/>
			</div>
		</Panel>
	);
}

function Creatives({ home }: { home: Home }) {
	const { t, locale } = useWords();
	const rowOf = useHomeRow(home);
	if (home.creatives.length === 0) return null;
	return (
		<Panel
			title={t("nav.creatives")}
			actions={
				<Link
					to="/creatives"
					className="inline-flex h-6 items-center gap-1.5 rounded-2 px-2 font-medium text-12 text-ink-2 hover:bg-hover hover:text-ink"
				>
					{t("home.allCreatives")} <ArrowRight size={14} aria-hidden />
				</Link>
			}
		>
			<FigureTable className="w-full table-fixed" data-testid="home-creatives">
				<thead>
					<tr className="h-7 border-line border-y text-11 text-ink-3">
						<th className="pl-4 text-left font-medium">{t("home.creative")}</th>
						<th className="w-[72px] text-right font-medium">{t("metric.link_ctr")}</th>
						<th className="w-[72px] pr-4 text-right font-medium">{t("metric.roas")}</th>
					</tr>
				</thead>
				<tbody>
					{home.creatives.map((creative) => {
						const of = rowOf(creative.id, creative.headline ?? creative.name, "creative");
						const figure = (metric: "link_ctr" | "roas", text: string) => (
							<Figure
								of={{ ...of, currency: creative.currency, metric, shown: creative[metric] ?? null }}
							>
								{text}
							</Figure>
						);
						return (
							<tr key={creative.id} className="h-11 border-line border-b last:border-b-0">
								<td className="pl-4">
									<span className="flex min-w-0 items-center gap-2.5">
										<Thumb id={creative.id} known={creative.has_thumbnail} />
										<span className="min-w-0">
											<span className="block truncate font-medium">
												{creative.headline ?? creative.name}
											</span>
											<span className="block truncate text-11 text-ink-3">
												{creative.campaign_name ?? creative.name}
											</span>
										</span>
									</span>
								</td>
								<td className="num text-right">
									{figure("link_ctr", percent(locale, creative.link_ctr, 2))}
								</td>
								<td className="num pr-4 text-right">
									{figure("roas", ratio(locale, creative.roas))}
								</td>
							</tr>
						);
					})}
				</tbody>
			</FigureTable>
		</Panel>
	);
}

/** Where the leads came from. The parts add up to the leads above. */
function Leads({ home }: { home: Home }) {
	const { t, locale } = useWords();
	const { meta, other, unknown } = home.leads;
	const all = meta + other + unknown;
	if (all === 0) return null;
	const parts = [
		{ key: "meta", count: meta, colour: "bg-[var(--series-1)]" },
		{ key: "other", count: other, colour: "bg-[var(--series-3)]" },
		{ key: "unknown", count: unknown, colour: "bg-[var(--series-other)]" },
	];
	const share = (count: number) => percent(locale, (100 * count) / all, 0);
	return (
		<Panel
			title={t("home.leads")}
			hint={t("from.crm")}
			actions={
				<Link
					to="/contacts"
					className="inline-flex h-6 items-center gap-1.5 rounded-2 px-2 font-medium text-12 text-ink-2 hover:bg-hover hover:text-ink"
				>
					{t("nav.contacts")} <ArrowRight size={14} aria-hidden />
				</Link>
			}
		>
			<div aria-hidden className="mx-4 mb-2.5 flex h-2 gap-px overflow-hidden rounded-full">
				{parts.map(
					(part) =>
						part.count > 0 && (
							<span
								key={part.key}
								data-swatch
								className={part.colour}
								style={{ width: `${(100 * part.count) / all}%` }}
							/>
						),
				)}
			</div>
			<table className="w-full" data-testid="home-leads">
				<caption className="sr-only">{t("home.leads")}</caption>
				<tbody>
					{parts.map((part) => (
						<tr key={part.key} className="h-7 border-line border-t">
							<th scope="row" className="pl-4 text-left font-normal">
								<span className="flex items-center gap-2">
									<i
										aria-hidden
										data-swatch
										className={cx("size-2.5 rounded-[2px]", part.colour)}
									/>
									{t(`home.leads.${part.key}`)}
								</span>
							</th>
							<td className="num text-right">{count(locale, part.count)}</td>
							<td className="num w-[72px] pr-4 text-right text-ink-2">{share(part.count)}</td>
						</tr>
					))}
				</tbody>
				<tfoot className="bg-sunken">
					<tr className="h-8 border-line-2 border-t font-semibold">
						<th scope="row" className="pl-4 text-left">
							{t("figures.total")}
						</th>
						<td className="num text-right">{count(locale, all)}</td>
						<td />
					</tr>
				</tfoot>
			</table>
		</Panel>
	);
}

export function Board({ home, today }: { home: Home; today: string | null }) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const { comparison, asOf } = useSession();
	const { meta, other, unknown } = home.leads;
	const side = home.creatives.length > 0 || home.attention.length > 0 || meta + other + unknown > 0;
	const unfinished = home.to === today;
	const rowOf = useHomeRow(home);
	return (
		<>
			<Kpis home={home} unfinished={unfinished} />
			<div
				className={cx(
					"grid flex-none gap-3",
					side && "grid-cols-[minmax(0,1fr)_380px] max-[1180px]:grid-cols-1",
				)}
			>
				<div className="flex min-w-0 flex-col gap-3">
					<DayChart
						days={home.days}
						currency={home.currency}
						revenue={home.total_revenue}
						spend={home.total_spend}
						unfinished={unfinished}
						comparison={comparison}
						total={rowOf("total", t("figures.total"))}
						basis={[
							period(locale, home.from, home.to),
							...(asOf ? [t("asOf.at", { time: instant(locale, asOf) })] : []),
							attributionLabel(t, home.attribution),
						].join(" · ")}
						onOpen={(day) => void navigate({ to: "/campaigns", search: { day } as never })}
					/>
					<Campaigns home={home} unfinished={unfinished} />
					<AccountTotals asOf={asOf} />
				</div>
				{side && (
					<div className="flex min-w-0 flex-col gap-3">
						<NeedsAttention items={home.attention} />
						<Creatives home={home} />
						<Leads home={home} />
					</div>
				)}
			</div>
		</>
	);
}
