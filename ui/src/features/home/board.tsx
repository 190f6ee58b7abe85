import { Link } from "@tanstack/react-router";
import {
	ArrowRight,
	ChartNoAxesColumn,
	Clock,
	CloudOff,
	Database,
	TrendingDown,
	TriangleAlert,
} from "lucide-react";
import { useSession } from "@/app/session";
import type { Attention, Home, Kpi, RoiFigures, RoiRow } from "@/bindings";
import { DayChart } from "@/components/day-chart";
import { Sparkline } from "@/components/sparkline";
import { StatusGlyph } from "@/components/status-glyph";
import { Thumb } from "@/components/thumb";
import { cx, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import {
	age,
	amount,
	count,
	currencySign,
	money,
	percent,
	points,
	ratio,
	signOf,
} from "@/lib/format";

const SHOWN = ["revenue", "spend", "roas", "roi_percent", "leads", "opportunities", "cpa"];
/** A rise of these is good, of these bad; of spend it is neither. */
const GOOD = new Set(["revenue", "roas", "roi_percent", "leads", "opportunities"]);

function figure(locale: string, kpi: Kpi, value: string | null, currency: string): string {
	if (kpi.unit === "money") return amount(locale, value, currency);
	if (kpi.unit === "percent") return percent(locale, value, 1);
	if (kpi.unit === "ratio") return ratio(locale, value, 2);
	return count(locale, value);
}

function KpiCell({ kpi, currency }: { kpi: Kpi; currency: string }) {
	const { t, locale } = useWords();
	const { now, online } = useSession();
	const sign = signOf(kpi.delta);
	const good = GOOD.has(kpi.metric) ? sign : kpi.metric === "cpa" ? -sign : 0;
	const difference = kpi.unit === "percent" ? points : percent;
	const old = kpi.as_of !== null && now - Date.parse(kpi.as_of) > 86_400_000;
	const Age = online ? Clock : CloudOff;
	return (
		<div
			data-testid={`kpi-${kpi.metric}`}
			className="min-w-0 border-line border-l px-3.5 pt-2.5 pb-2 first:border-l-0"
		>
			<div className="flex justify-between gap-2 font-medium text-12 text-ink-2">
				<span className="truncate">{t(`metric.${kpi.metric}`)}</span>
				<span className="font-normal text-11 text-ink-3">{t(`from.${kpi.source}`)}</span>
			</div>
			<div className="num h-7 font-semibold text-20 tracking-[-.02em]">
				{kpi.unit === "money" && kpi.value !== null && (
					<span className="mr-[3px] font-medium text-12 text-ink-3 tracking-normal">
						{currencySign(currency)}
					</span>
				)}
				{figure(locale, kpi, kpi.value, currency)}
			</div>
			<div className="num flex gap-1.5 overflow-hidden text-11 text-ink-3">
				{kpi.delta !== null && sign !== 0 && (
					<b
						className={cx(
							"font-semibold",
							good > 0 ? "text-positive" : good < 0 ? "text-negative" : "text-ink-2",
						)}
					>
						{sign > 0 ? "▲" : "▼"} {difference(locale, kpi.delta.replace("-", ""), 1)}
					</b>
				)}
				<span className="truncate">
					{kpi.previous === null
						? t("home.nothingBefore")
						: t("home.vs", { value: figure(locale, kpi, kpi.previous, currency) })}
				</span>
			</div>
			<div className="my-1.5">
				<Sparkline values={kpi.spark} />
			</div>
			<div
				className={cx(
					"num flex items-center gap-1 text-11",
					old || !online ? "text-warning" : "text-ink-3",
				)}
			>
				<Age size={12} aria-hidden /> {kpi.as_of ? age(kpi.as_of, now) : t("status.never")}
			</div>
		</div>
	);
}

function Cell({ children, strong }: { children: React.ReactNode; strong?: boolean }) {
	return (
		<td className={cx("num px-2 text-right last:pr-4", strong && "font-medium")}>{children}</td>
	);
}

function FigureCells({
	f,
	currency,
	ratios = true,
}: {
	f: RoiFigures;
	currency: string;
	ratios?: boolean;
}) {
	const { locale } = useWords();
	return (
		<>
			<Cell>{amount(locale, f.spend, currency)}</Cell>
			<Cell>{count(locale, f.leads)}</Cell>
			<Cell>{ratios ? amount(locale, f.cpl, currency) : ""}</Cell>
			<Cell>{amount(locale, f.revenue, currency)}</Cell>
			<Cell>{ratios ? ratio(locale, f.roas) : ""}</Cell>
			<Cell>
				<span className={cx(ratios && signOf(f.roi_percent) < 0 && "text-negative")}>
					{ratios ? percent(locale, f.roi_percent, 0) : ""}
				</span>
			</Cell>
		</>
	);
}

function Campaigns({ home }: { home: Home }) {
	const { t } = useWords();
	const heads = ["spend", "leads", "cpl", "revenue", "roas", "roi_percent"];
	const others = home.campaign_count - home.campaigns.length;
	return (
		<Panel
			title={t("nav.campaigns")}
			hint={currencySign(home.currency)}
			actions={
				<Link
					to="/campaigns"
					className="inline-flex items-center gap-1.5 px-2 text-12 text-ink-2 hover:text-ink"
				>
					{t("action.all", { count: home.campaign_count })} <ArrowRight size={14} aria-hidden />
				</Link>
			}
		>
			<table className="w-full table-fixed" data-testid="home-campaigns">
				<thead>
					<tr className="h-7 border-line border-y text-11 text-ink-3">
						<th className="w-[34%] pl-4 text-left font-medium">{t("home.campaign")}</th>
						{heads.map((head) => (
							<th key={head} className="px-2 text-right font-medium last:pr-4">
								{t(`metric.${head}`)}
							</th>
						))}
						<th className="w-[84px] pr-4 text-right font-medium">{t("home.weeks")}</th>
					</tr>
				</thead>
				<tbody>
					{home.campaigns.map((row: RoiRow) => (
						<tr key={row.key} className="h-8 border-line border-b hover:bg-hover">
							<td className="pl-4">
								<span className="flex min-w-0 items-center gap-2">
									<StatusGlyph status={row.status} />
									<span className="truncate font-medium" title={row.name}>
										{row.name || t(`remainder.${row.remainder}`)}
									</span>
									{row.waiting_for_sync && <Tag tone="info">{t("home.waiting")}</Tag>}
									{row.no_spend && <Tag tone="line">{t("home.noSpend")}</Tag>}
								</span>
							</td>
							<FigureCells f={row} currency={home.currency} />
							<td className="pr-4">
								<Sparkline values={row.spark} height={16} area={false} tone="var(--text-3)" />
							</td>
						</tr>
					))}
				</tbody>
				<tfoot className="bg-sunken text-ink-2">
					{others > 0 && (
						<tr className="h-7 border-line border-b">
							<td className="pl-4">{t("home.others", { count: others })}</td>
							<FigureCells f={home.others} currency={home.currency} />
							<td />
						</tr>
					)}
					<tr className="h-7 border-line border-b">
						<td className="pl-4">{t("home.campaignCount", { count: home.campaign_count })}</td>
						<FigureCells f={home.attributed} currency={home.currency} />
						<td />
					</tr>
					<tr className="h-7 border-line border-b">
						<td className="pl-4">{t("home.unattributed")}</td>
						<FigureCells f={home.unattributed} currency={home.currency} />
						<td />
					</tr>
					<tr className="h-8 font-semibold text-ink">
						<td className="pl-4">{t("home.total")}</td>
						<FigureCells f={home.total} currency={home.currency} ratios={false} />
						<td />
					</tr>
				</tfoot>
			</table>
		</Panel>
	);
}

function Creatives({ home }: { home: Home }) {
	const { t, locale } = useWords();
	if (home.creatives.length === 0) return null;
	return (
		<Panel
			title={t("nav.creatives")}
			actions={
				<Link
					to="/creatives"
					className="inline-flex items-center gap-1.5 px-2 text-12 text-ink-2 hover:text-ink"
				>
					{t("action.all", { count: home.creative_count })} <ArrowRight size={14} aria-hidden />
				</Link>
			}
		>
			<table className="w-full table-fixed">
				<thead>
					<tr className="h-7 border-line border-y text-11 text-ink-3">
						<th className="pl-4 text-left font-medium">{t("home.creative")}</th>
						<th className="w-[72px] text-right font-medium">{t("metric.link_ctr")}</th>
						<th className="w-[72px] pr-4 text-right font-medium">{t("metric.roas")}</th>
					</tr>
				</thead>
				<tbody>
					{home.creatives.map((creative) => (
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
							<td className="num text-right">{percent(locale, creative.link_ctr, 2)}</td>
							<td className="num pr-4 text-right">{ratio(locale, creative.roas)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Panel>
	);
}

const ICONS: Record<string, typeof TrendingDown> = {
	spend_without_sales: TrendingDown,
	waiting_for_sync: Database,
	account_failing: TriangleAlert,
	account_stale: Clock,
};

function NeedsAttention({ items }: { items: readonly Attention[] }) {
	const { t, locale } = useWords();
	if (items.length === 0) return null;
	return (
		<Panel
			title={
				<>
					{t("attention.title")} <Tag>{items.length}</Tag>
				</>
			}
		>
			<ul>
				{items.map((item) => {
					const Icon = ICONS[item.kind] ?? ChartNoAxesColumn;
					const p = item.params;
					const values = {
						name: item.name ?? "",
						...p,
						spend: p.spend ? money(locale, p.spend, p.currency ?? "USD") : "",
						revenue: p.revenue ? money(locale, p.revenue, p.currency ?? "USD") : "",
					};
					return (
						<li
							key={`${item.kind}${item.about}`}
							className="grid grid-cols-[16px_1fr] gap-x-2.5 border-line border-t py-2 pr-3 pl-4"
						>
							<Icon
								size={16}
								aria-hidden
								className={cx(
									"mt-0.5",
									item.kind === "spend_without_sales" ? "text-negative" : "text-warning",
								)}
							/>
							<div>
								<p className="font-medium">{t(`attention.${item.kind}`)}</p>
								<p className="text-12 text-ink-2">{t(`attention.${item.kind}.text`, values)}</p>
							</div>
						</li>
					);
				})}
			</ul>
		</Panel>
	);
}

export function Board({ home }: { home: Home }) {
	const { t, locale } = useWords();
	const kpis = SHOWN.map((metric) => home.kpis.find((kpi) => kpi.metric === metric)).filter(
		(kpi): kpi is Kpi => kpi !== undefined,
	);
	const side = home.creatives.length > 0 || home.attention.length > 0;
	return (
		<>
			<Panel className="flex-none">
				<div className="grid grid-cols-7 max-[1100px]:grid-cols-4">
					{kpis.map((kpi) => (
						<KpiCell key={kpi.metric} kpi={kpi} currency={home.currency} />
					))}
				</div>
			</Panel>
			<div
				className={cx(
					"grid flex-none gap-3",
					side && "grid-cols-[minmax(0,1fr)_380px] max-[1180px]:grid-cols-1",
				)}
			>
				<div className="flex min-w-0 flex-col gap-3">
					<Panel
						title={t("chart.title")}
						hint={t("chart.unit", { sign: currencySign(home.currency) })}
						actions={
							<div className="num flex gap-4 pr-2 text-12 text-ink-2">
								<span className="inline-flex items-center gap-1.5">
									<i data-swatch className="size-2.5 rounded-[2px] bg-[var(--series-1)]" />{" "}
									{t("chart.revenue")}{" "}
									<b className="font-semibold text-ink">
										{amount(locale, home.total_revenue, home.currency)}
									</b>
								</span>
								<span className="inline-flex items-center gap-1.5">
									<i data-swatch className="h-0.5 w-3 bg-[var(--series-2)]" /> {t("chart.spend")}{" "}
									<b className="font-semibold text-ink">
										{amount(locale, home.total_spend, home.currency)}
									</b>
								</span>
								<span className="inline-flex items-center gap-1.5 max-[1440px]:hidden">
									<i className="w-3 border-[var(--chart-previous)] border-t border-dashed" />{" "}
									{t("chart.before")}
								</span>
							</div>
						}
					>
						<DayChart days={home.days} currency={home.currency} />
					</Panel>
					<Campaigns home={home} />
				</div>
				{side && (
					<div className="flex min-w-0 flex-col gap-3">
						<NeedsAttention items={home.attention} />
						<Creatives home={home} />
					</div>
				)}
			</div>
		</>
	);
}
