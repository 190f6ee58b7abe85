import { Link } from "@tanstack/react-router";
import { Clock, CloudOff, Pin } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useSession } from "@/app/session";
import type { Attribution, Home, Kpi, RoiFigures } from "@/bindings";
import { ChartTable } from "@/components/chart-table";
import {
	changeBetween,
	columnsOf,
	figureOf,
	isBlended,
	isCredited,
	movedText,
	toneOf,
} from "@/components/figures/columns";
import type { RowOf } from "@/components/passport/number";
import { useExplain } from "@/components/passport/provider";
import { Sparkline } from "@/components/sparkline";
import { cx, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import {
	age,
	amount,
	compact,
	count,
	currencySign,
	day,
	money,
	percent,
	ratio,
} from "@/lib/format";

import { useHomeRow } from "./row";

export const SHOWN = [
	"revenue",
	"spend",
	"roas",
	"roi_percent",
	"leads",
	"opportunities",
	"cpa",
] as const;
/** The column of the campaigns that shows the same figure. */
const COLUMN: Record<string, string> = { cpa: "cpl" };

function figure(locale: string, kpi: Kpi, value: string | null, currency: string): string {
	if (kpi.unit === "money") return amount(locale, value, currency);
	if (kpi.unit === "percent") return percent(locale, value, 1);
	if (kpi.unit === "ratio") return ratio(locale, value, 2);
	return count(locale, value, 2);
}

/** About how wide figures are at so many pixels of type. */
function wide(text: string, size: number): number {
	let width = 0;
	for (const letter of text) width += /[.,\s\u00a0\u202f]/.test(letter) ? 0.29 : 0.63;
	return width * size;
}

/** What has room: the whole figure, or else a short form of it. Money is never cut off. */
export function fitting(
	locale: string,
	whole: string,
	value: string | null,
	room: number,
	size: number,
): string {
	if (value === null || room <= 0 || wide(whole, size) <= room) return whole;
	return compact(locale, value);
}

const CELL = "min-w-0 border-line border-l px-3.5 pt-2.5 pb-2";
/** Seven in a row; four or two where there is less room. The lines between them stay hairlines. */
const GRID =
	"grid grid-cols-7 max-[1100px]:grid-cols-4 max-[760px]:grid-cols-2 max-[1100px]:[&>:last-child]:col-span-2 [&>*]:-mt-px [&>*]:-ml-px [&>*]:border-t";

function Label({
	metric,
	source,
	attribution,
	everything,
}: {
	metric: string;
	source?: string;
	/** How it is credited, where the metric depends on that. */
	attribution?: Attribution | undefined;
	/** What the ratio is of everything, where it is of what is attributed here. */
	everything?: string | null;
}) {
	const { t } = useWords();
	const name = t(`metric.${metric}`);
	const credited = attribution
		? t("attribution.of", { name, attribution: attributionLabel(t, attribution) })
		: name;
	const title = everything
		? `${credited}. ${t("from.attributedText", { value: everything })}`
		: attribution && credited;
	return (
		<div className="flex justify-between gap-2 font-medium text-12 text-ink-2">
			<span
				className="truncate decoration-dotted underline-offset-4 group-hover:underline"
				title={title || undefined}
			>
				{name}
			</span>
			{source && <span className="flex-none font-normal text-11 text-ink-3">{source}</span>}
		</div>
	);
}

function KpiCell({
	kpi,
	currency,
	attribution,
	conversion,
	total,
	of,
	room,
	unfinished,
	pinned,
	onPin,
}: {
	kpi: Kpi;
	/** Where it comes from. */
	of: RowOf;
	currency: string;
	attribution: Attribution;
	/** What a cost per conversion is per. */
	conversion: string;
	/** Of everything, attributed or not. */
	total: RoiFigures;
	/** Pixels for the figure; 0 while that is not known. */
	room: number;
	unfinished: boolean;
	pinned: boolean;
	onPin: () => void;
}) {
	const { t, locale } = useWords();
	const explain = useExplain();
	const { now: today, asOf, online, comparison } = useSession();
	// How old it was then, where it is of an earlier moment.
	const now = asOf === null ? today : Date.parse(asOf);
	const [column] = columnsOf([kpi.metric]);
	// From the figures themselves: the change as it is told is rounded once already.
	const moved =
		column && changeBetween(locale, { ...column, digits: 1 }, kpi.value, kpi.previous, currency);
	// What is kept here is as new as it can be; only what Meta tells goes stale.
	const local = kpi.source === "crm";
	const old = !local && kpi.as_of !== null && now - Date.parse(kpi.as_of) > 86_400_000;
	const away = !local && !online;
	const Age = away ? CloudOff : Clock;
	const whole = figure(locale, kpi, kpi.value, currency);
	const isMoney = kpi.unit === "money" && kpi.value !== null;
	const signRoom = isMoney ? wide(currencySign(currency), 12) + 3 : 0;
	const short = fitting(locale, whole, kpi.value, room > 0 ? room - signRoom : 0, 20);
	const before =
		kpi.previous === null
			? t("home.nothingBefore")
			: t("home.vs", {
					value: fitting(
						locale,
						figure(locale, kpi, kpi.previous, currency),
						kpi.previous,
						room > 0 ? room - 62 : 0,
						11,
					),
				});
	const full = isMoney ? money(locale, kpi.value, currency) : whole;
	const name = t(`metric.${kpi.metric}`);
	// It is of what is attributed: of everything the same ratio is another figure.
	const everything = isBlended(kpi.metric)
		? figure(locale, kpi, figureOf(total, kpi.metric) as string | null, currency)
		: null;
	return (
		<div className={cx(CELL, "group/kpi relative p-0!")}>
			<Link
				to="/campaigns"
				search={{ sort: COLUMN[kpi.metric] ?? kpi.metric } as never}
				data-testid={`kpi-${kpi.metric}`}
				className="ring-inside group block px-3.5 pt-2.5 pb-2"
			>
				<Label
					attribution={isCredited(kpi.metric) ? attribution : undefined}
					metric={kpi.metric}
					source={kpi.metric === "cpa" ? t(`from.per.${conversion}`) : t(`from.${kpi.source}`)}
					everything={everything}
				/>
				<div className="num h-7 overflow-hidden font-semibold text-20 tracking-[-.02em] decoration-dotted decoration-1 underline-offset-4 group-has-[[data-door]:hover]/kpi:underline">
					{isMoney && (
						<span className="mr-[3px] inline-block font-medium text-12 text-ink-3 tracking-normal">
							{currencySign(currency)}
						</span>
					)}
					<span aria-hidden={short !== whole || undefined}>{short}</span>
					{short !== whole && <span className="sr-only">{whole}</span>}
				</div>
				<div
					className={cx(
						"num flex gap-1.5 overflow-hidden text-11 text-ink-3",
						// A short figure needs the line for itself.
						comparison === "none" && short === whole && "hidden",
					)}
				>
					{short !== whole && (
						// A short figure shows itself whole under the mouse and the focus.
						<span className="hidden font-medium text-ink group-focus-within/kpi:inline group-hover/kpi:inline">
							{full}
						</span>
					)}
					{comparison !== "none" && (
						<span
							className={cx(
								"flex min-w-0 gap-1.5",
								short !== whole && "group-focus-within/kpi:hidden group-hover/kpi:hidden",
							)}
						>
							{moved && (
								<b className={cx("font-semibold", toneOf(moved.good, "text-ink-2"))}>
									{movedText(moved)}
								</b>
							)}
							<span className="truncate">{before}</span>
						</span>
					)}
				</div>
				<div className="mt-1.5 mb-1">
					<Sparkline values={kpi.spark} open={unfinished ? 1 : 0} />
				</div>
				<div
					className={cx(
						"num flex items-center gap-1 text-11",
						old || away ? "text-warning" : "text-ink-3",
					)}
				>
					<Age size={12} aria-label={away ? t("offline.title") : undefined} />
					{local && !online ? t("home.local") : kpi.as_of ? age(kpi.as_of, now) : t("status.never")}
				</div>
			</Link>
			{explain && (
				<button
					type="button"
					data-door
					data-testid={`explain-${kpi.metric}`}
					aria-label={`${name}: ${t("passport.hint")}`}
					title={t("passport.hint")}
					onClick={(event) =>
						explain({ ...of, metric: kpi.metric, shown: kpi.value }, event.currentTarget)
					}
					// Over the figure, which the link to the campaigns goes round.
					className="ring-inside absolute inset-x-2 top-[26px] h-7 rounded-1"
				/>
			)}
			<button
				type="button"
				aria-pressed={pinned}
				aria-label={t("home.pin", { name })}
				title={t("home.pin", { name })}
				onClick={onPin}
				data-testid={`pin-${kpi.metric}`}
				className={cx(
					"absolute right-1.5 bottom-1 grid size-6 place-items-center rounded-1 hover:text-ink",
					pinned
						? "text-accent-text"
						: "text-ink-3 opacity-0 focus-visible:opacity-100 group-hover/kpi:opacity-100",
				)}
			>
				<Pin size={12} aria-hidden fill={pinned ? "currentColor" : "none"} />
			</button>
		</div>
	);
}

export function Kpis({ home, unfinished }: { home: Home; unfinished: boolean }) {
	const box = useRef<HTMLDivElement>(null);
	const [room, setRoom] = useState(0);
	useEffect(() => {
		if (!box.current) return;
		const watch = new ResizeObserver(() => {
			const cell = box.current?.firstElementChild;
			if (cell) setRoom(Math.max(0, cell.getBoundingClientRect().width - 29));
		});
		watch.observe(box.current);
		return () => watch.disconnect();
	}, []);
	const { t, locale } = useWords();
	const rowOf = useHomeRow(home);
	const { view, keepView } = useSession();
	const { pinned } = view<{ pinned: string[] }>("home", { pinned: [] });
	// Those that are pinned come first, in the order they were pinned.
	const order = [
		...pinned.filter((metric) => (SHOWN as readonly string[]).includes(metric)),
		...SHOWN.filter((metric) => !pinned.includes(metric)),
	];
	const pin = (metric: string) =>
		keepView("home", {
			pinned: pinned.includes(metric)
				? pinned.filter((one) => one !== metric)
				: [...pinned, metric],
		});
	const kpis = order
		.map((metric) => home.kpis.find((kpi) => kpi.metric === metric))
		.filter((kpi): kpi is Kpi => kpi !== undefined);
	return (
		<Panel className="flex-none">
			<div ref={box} className={GRID}>
				{kpis.map((kpi) => (
					<KpiCell
						key={kpi.metric}
						kpi={kpi}
						currency={home.currency}
						attribution={home.attribution}
						conversion={home.attributed.cpa_conversion || "lead"}
						total={home.total}
						of={
							isBlended(kpi.metric)
								? rowOf("attributed", t("figures.rows.campaign", { count: home.campaign_count }))
								: rowOf("total", t("figures.total"))
						}
						room={room}
						unfinished={unfinished}
						pinned={pinned.includes(kpi.metric)}
						onPin={() => pin(kpi.metric)}
					/>
				))}
			</div>
			<ChartTable
				caption={t("home.figuresByDay")}
				placeHead={t("chart.day")}
				places={home.days.map((point) => day(locale, point.day))}
				series={kpis.map((kpi) => ({
					name: t(`metric.${kpi.metric}`),
					texts: kpi.spark.map((value) => figure(locale, kpi, value, home.currency)),
				}))}
			/>
		</Panel>
	);
}

function Row({ children }: { children: (metric: string) => ReactNode }) {
	return (
		<Panel className="flex-none">
			<div className={GRID}>
				{SHOWN.map((metric) => (
					<div key={metric} className={CELL}>
						<Label metric={metric} />
						{children(metric)}
					</div>
				))}
			</div>
		</Panel>
	);
}

/** Names of what will stand here, and that nothing does yet. */
export function NoKpis() {
	const { t } = useWords();
	return (
		<Row>
			{() => (
				<>
					<div className="h-7 font-medium text-20 text-ink-3">—</div>
					<div aria-hidden className="mt-3 mb-2 border-line-2 border-t border-dashed" />
					<div className="text-11 text-ink-3">{t("home.noData")}</div>
				</>
			)}
		</Row>
	);
}

/** The names are known while the figures are read. */
export function LoadingKpis() {
	return (
		<Row>
			{() => (
				<div aria-hidden>
					<Skeleton className="mt-1.5 h-4 w-24" />
					<Skeleton className="mt-2.5 h-2.5 w-16" />
					<Skeleton className="mt-3 h-4" />
					<Skeleton className="mt-2.5 h-2.5 w-12" />
				</div>
			)}
		</Row>
	);
}
