/** Spend and revenue by day: bars, a line, the period before dashed. One axis, one unit. */
import { ChartNoAxesColumn, Table } from "lucide-react";
import {
	Fragment,
	type KeyboardEvent,
	type ReactNode,
	useEffect,
	useId,
	useMemo,
	useRef,
	useState,
} from "react";
import type { DayCompleteness, DayPoint, ScreenChart, ScreenTable } from "@/bindings";
import { ticks, useSize, ValueMarks } from "@/components/chart-axis";
import { ChartFile } from "@/components/chart-file";
import { ChartTable } from "@/components/chart-table";
import { useCompleteness } from "@/components/completeness";
import { Figure } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { Button, Kbd, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import {
	amount,
	compact,
	count,
	currencyDigits,
	currencySign,
	day as dayText,
	money,
	ratio,
} from "@/lib/format";
import type { Comparison } from "@/lib/period";
import { dayColumn, moneyColumn } from "@/lib/screen-columns";
import { ariaKeys, pressed } from "@/lib/shortcuts";

const TOP = 22;
const BOTTOM = 22;
const RIGHT = 8;
/** At 11 px. */
const LETTER = 6.6;

function Legend({ mark, children }: { mark: ReactNode; children: ReactNode }) {
	return (
		<span className="inline-flex items-center gap-1.5 whitespace-nowrap">
			{mark} {children}
		</span>
	);
}

/** How much of the day is there, by the figure of which least is: what shades it. */
const missing = (complete: readonly DayCompleteness[]) =>
	Math.max(0, ...complete.map((one) => 100 - Number(one.percent)));

export function DayChart({
	days,
	currency,
	revenue,
	spend,
	unfinished,
	comparison,
	basis,
	total = null,
	onOpen,
}: {
	days: readonly DayPoint[];
	currency: string;
	/** Sums of the period. */
	revenue: string;
	spend: string | null;
	/** Whether the last day is still going on. */
	unfinished: boolean;
	/** Which days the dashed line is of; there is none when nothing is compared. */
	comparison: Comparison;
	/** What the figures stand on, in words: it goes with the picture. */
	basis: string;
	/** Where the sums of the period come from. */
	total?: RowOf | null;
	/** Shows the rows behind a day. */
	onOpen: (day: string) => void;
}) {
	const { t, locale } = useWords();
	const completeness = useCompleteness();
	const { node, ref, width, height } = useSize();
	const id = useId();
	const [at, setAt] = useState<number | null>(null);
	const [asTable, setAsTable] = useState(false);
	const table = useRef<HTMLDivElement>(null);
	/** Whether the focus goes along when the chart becomes a table or the other way round. */
	const follow = useRef(false);
	const data = useMemo(
		() =>
			days.map((point) => ({
				...point,
				r: Number(point.revenue),
				s: point.spend === null ? null : Number(point.spend),
				p: point.previous_revenue === null ? null : Number(point.previous_revenue),
			})),
		[days],
	);
	useEffect(() => {
		const to = asTable ? table.current : node;
		if (!follow.current || !to) return;
		follow.current = false;
		to.focus();
	}, [asTable, node]);
	const toggle = (withFocus: boolean) => {
		follow.current = withFocus;
		setAt(null);
		setAsTable((now) => !now);
	};

	const compares = comparison !== "none";
	const before = t(comparison === "year" ? "chart.yearBefore" : "chart.before");
	const drawn = data.flatMap((point) => [point.r, point.s ?? 0, compares ? (point.p ?? 0) : 0]);
	// More was given back than sold on some days: those go below zero.
	const marks = ticks(Math.max(1, ...drawn), Math.min(0, ...drawn));
	const [bottom, top] = [marks[0] ?? 0, marks.at(-1) ?? 1];
	const step = (marks[1] ?? 1) - bottom;
	const axis = (value: number) =>
		top >= 1_000_000
			? compact(locale, value)
			: step % 1 === 0
				? count(locale, value)
				: ratio(locale, String(value), Math.min(2, currencyDigits(currency)));
	const LEFT = Math.ceil(Math.max(...marks.map((mark) => axis(mark).length)) * LETTER) + 12;
	const inner = { w: Math.max(0, width - LEFT - RIGHT), h: Math.max(0, height - TOP - BOTTOM) };
	const slot = inner.w / Math.max(1, data.length);
	const x = (place: number) => LEFT + slot * (place + 0.5);
	const y = (value: number) => TOP + inner.h * ((top - value) / (top - bottom || 1));
	const bar = Math.max(1, Math.min(14, slot * 0.56));
	const line = (pick: (point: (typeof data)[number]) => number | null) => {
		let path = "";
		let open = false;
		data.forEach((point, place) => {
			const value = pick(point);
			if (value === null) {
				open = false;
				return;
			}
			path += `${open ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
			open = true;
		});
		return path;
	};
	const every = Math.max(1, Math.ceil(data.length / Math.max(2, Math.floor(inner.w / 90))));
	const settling = data.findIndex((point) => point.settling);
	/** Too near the end for its name to begin where it begins. */
	const late = LEFT + slot * settling > width - 200;
	const last = data.length - 1;
	const shown = at === null ? null : data[at];
	const onKey = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const moves: Record<string, number> = {
			ArrowRight: Math.min(last, (at ?? -1) + 1),
			ArrowLeft: Math.max(0, (at ?? data.length) - 1),
			Home: 0,
			End: last,
		};
		const to = moves[event.key];
		if (to !== undefined) setAt(to);
		else if (pressed(event, "chartTable")) toggle(true);
		else if (pressed(event, "openDay") && shown) onOpen(shown.day);
		else if (event.key === "Escape" && at !== null) setAt(null);
		else return;
		event.preventDefault();
	};
	const hatch = `url(#${id})`;
	const bars = (
		<i className="size-2.5 rounded-[2px] bg-[var(--series-1)] forced-color-adjust-none" />
	);
	const solid = <i className="h-0.5 w-3 bg-[var(--series-2)] forced-color-adjust-none" />;
	const dashes = (
		<i className="w-3 border-[var(--chart-previous)] border-t border-dashed forced-color-adjust-none" />
	);
	const picture = (): ScreenChart => ({
		title: t("chart.title"),
		subtitle: `${basis} · ${t("chart.unit", { sign: currencySign(currency) })}`,
		places: data.map((point) => dayText(locale, point.day)),
		series: [
			{
				name: t("chart.revenue"),
				shape: "bars",
				values: data.map((point) => point.revenue),
				total: money(locale, revenue, currency),
			},
			{
				name: t("chart.spend"),
				shape: "line",
				values: data.map((point) => point.spend),
				total: money(locale, spend, currency),
			},
			...(compares
				? [
						{
							name: before,
							shape: "dashes" as const,
							values: data.map((point) => point.previous_revenue),
							total: null,
						},
					]
				: []),
		],
		open: unfinished ? 1 : 0,
		decimal_comma: !locale.startsWith("en"),
		decimals: currencyDigits(currency),
	});
	const sheet = (): ScreenTable => {
		const { title, subtitle } = picture();
		const figures = [t("chart.revenue"), t("chart.spend"), ...(compares ? [before] : [])];
		return {
			title,
			facts: [{ label: t("passport.basis"), text: subtitle }],
			columns: [dayColumn(t("chart.day")), ...figures.map(moneyColumn(currency))],
			rows: data.map((point) => ({
				cells: [
					point.day,
					point.revenue,
					point.spend,
					...(compares ? [point.previous_revenue] : []),
				],
				depth: 0,
				sum: false,
			})),
		};
	};
	const words = shown
		? [
				dayText(locale, shown.day, "long"),
				`${t("chart.revenue")} ${amount(locale, shown.revenue, currency)}`,
				`${t("chart.spend")} ${amount(locale, shown.spend, currency)}`,
				...(compares ? [`${before} ${amount(locale, shown.previous_revenue, currency)}`] : []),
				...(unfinished && at === last ? [t("chart.soFar")] : []),
				...shown.complete.map((one) =>
					t("chart.completeOf", {
						name: t(`metric.${one.metric}`),
						complete: completeness(one),
					}),
				),
			].join(", ")
		: "";
	return (
		<Panel
			title={t("chart.title")}
			hint={t("chart.unit", { sign: currencySign(currency) })}
			actions={
				<>
					<ChartFile
						name={`${days[0]?.day ?? ""}-${days.at(-1)?.day ?? ""}`}
						chart={picture}
						table={asTable ? sheet : null}
					/>
					<Button
						variant="ghost"
						size="s"
						icon={asTable ? ChartNoAxesColumn : Table}
						aria-keyshortcuts={ariaKeys("chartTable")}
						onClick={() => toggle(false)}
					>
						{t(asTable ? "chart.asChart" : "chart.asTable")}
					</Button>
				</>
			}
		>
			<div className="num flex flex-wrap gap-x-4 gap-y-1 px-4 pb-1 text-12 text-ink-2">
				<Legend mark={bars}>
					{t("chart.revenue")}
					<b className="font-semibold text-ink">
						<Figure of={total && { ...total, metric: "revenue", shown: revenue }}>
							{amount(locale, revenue, currency)}
						</Figure>
					</b>
				</Legend>
				<Legend mark={solid}>
					{t("chart.spend")}
					<b className="font-semibold text-ink">
						<Figure of={total && { ...total, metric: "spend", shown: spend }}>
							{amount(locale, spend, currency)}
						</Figure>
					</b>
				</Legend>
				{compares && <Legend mark={dashes}>{before}</Legend>}
			</div>
			{asTable ? (
				<section
					ref={table}
					aria-label={`${t("chart.title")}. ${t("chart.keys")}`}
					// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the keys
					tabIndex={0}
					className="mx-2 mb-2 max-h-[220px] overflow-auto rounded-1 pr-4 pl-2"
					onKeyDown={(event) => {
						if (!pressed(event, "chartTable")) return;
						event.preventDefault();
						toggle(true);
					}}
				>
					<table className="num w-full">
						<caption className="sr-only">{t("chart.title")}</caption>
						<thead className="sticky top-0 bg-surface">
							<tr className="text-11 text-ink-3">
								<th scope="col" className="py-1 text-left font-medium">
									{t("chart.day")}
								</th>
								<th scope="col" className="text-right font-medium">
									{t("chart.revenue")}
								</th>
								<th scope="col" className="text-right font-medium">
									{t("chart.spend")}
								</th>
								{compares && (
									<th scope="col" className="text-right font-medium">
										{before}
									</th>
								)}
							</tr>
						</thead>
						<tbody>
							{data.map((point, place) => (
								<tr key={point.day} className="border-line border-t">
									<th scope="row" className="py-1 text-left font-normal">
										{dayText(locale, point.day)}{" "}
										{unfinished && place === last && (
											<span className="text-ink-3">{t("chart.soFar")}</span>
										)}
										{point.complete.length > 0 && (
											<span className="block text-11 text-ink-3">
												{point.complete
													.map((one) =>
														t("chart.completeOf", {
															name: t(`metric.${one.metric}`),
															complete: completeness(one),
														}),
													)
													.join(" · ")}
											</span>
										)}
									</th>
									<td className="text-right">{amount(locale, point.revenue, currency)}</td>
									<td className="text-right">{amount(locale, point.spend, currency)}</td>
									{compares && (
										<td className="text-right">
											{amount(locale, point.previous_revenue, currency)}
										</td>
									)}
								</tr>
							))}
						</tbody>
					</table>
				</section>
			) : (
				<div
					ref={ref}
					role="application"
					// biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the crosshair
					tabIndex={0}
					aria-label={`${t("chart.title")}. ${t("chart.keys")}`}
					onKeyDown={onKey}
					onBlur={() => setAt(null)}
					onMouseLeave={() => setAt(null)}
					onMouseMove={(event) => {
						const left = event.currentTarget.getBoundingClientRect().left;
						const place = Math.floor((event.clientX - left - LEFT) / slot);
						setAt(place >= 0 && place < data.length ? place : null);
					}}
					onClick={() => {
						if (shown) onOpen(shown.day);
					}}
					className="ring-inside relative mx-2 mb-2 h-[180px] min-h-[180px] flex-1"
				>
					{width > 0 && (
						<svg width={width} height={height} aria-hidden="true" className="block">
							<defs>
								<pattern
									id={id}
									width="4"
									height="4"
									patternUnits="userSpaceOnUse"
									patternTransform="rotate(45)"
								>
									<rect width="4" height="4" fill="var(--bg-surface)" />
									<line x1="0" y1="0" x2="0" y2="4" stroke="var(--series-1)" strokeWidth="3" />
								</pattern>
							</defs>
							{data.map(
								(point, place) =>
									point.complete.length > 0 && (
										// The more is to come, the darker; never so dark that it hides what is there.
										<rect
											key={point.day}
											data-testid="incomplete"
											x={LEFT + slot * place}
											width={slot}
											y={TOP}
											height={inner.h}
											fill="var(--text-3)"
											opacity={(0.04 + 0.2 * Math.min(0.6, missing(point.complete) / 100)).toFixed(
												3,
											)}
										/>
									),
							)}
							{settling >= 0 && (
								// A rule over the days, not a ground below them: they are most of a month.
								<g>
									<path
										d={`M${LEFT + slot * settling} ${TOP - 1}V${TOP - 5}H${width - RIGHT}V${TOP - 1}`}
										fill="none"
										stroke="var(--border-2)"
									/>
									<text
										x={late ? width - RIGHT : LEFT + slot * settling}
										y={TOP - 10}
										textAnchor={late ? "end" : "start"}
										fontSize="11"
										fill="var(--chart-axis)"
									>
										{t("chart.mayMoveFrom")}
									</text>
								</g>
							)}
							<ValueMarks marks={marks} y={y} text={axis} left={LEFT} right={width - RIGHT} />
							{data.map((point, place) => (
								<g key={point.day}>
									{point.r !== 0 && (
										<rect
											x={x(place) - bar / 2}
											y={Math.min(y(point.r), y(0))}
											width={bar}
											height={Math.max(1, Math.abs(y(0) - y(point.r)))}
											rx={Math.min(2, bar / 3)}
											fill={unfinished && place === last ? hatch : "var(--series-1)"}
											opacity={at !== null && at !== place ? 0.55 : 1}
										/>
									)}
									{place % every === 0 && (
										<text
											x={x(place)}
											y={height - 6}
											textAnchor="middle"
											fontSize="11"
											fill="var(--chart-axis)"
										>
											{dayText(locale, point.day)}
										</text>
									)}
								</g>
							))}
							{compares && (
								<path
									d={line((point) => point.p)}
									fill="none"
									stroke="var(--chart-previous)"
									strokeWidth={1.25}
									strokeDasharray="3 3"
								/>
							)}
							<path
								d={line((point) => point.s)}
								fill="none"
								stroke="var(--bg-surface)"
								strokeWidth={4}
								strokeLinejoin="round"
							/>
							<path
								d={line((point) => point.s)}
								fill="none"
								stroke="var(--series-2)"
								strokeWidth={2}
								strokeLinejoin="round"
							/>
							{at !== null && (
								<line
									x1={x(at)}
									x2={x(at)}
									y1={TOP}
									y2={TOP + inner.h}
									stroke="var(--text-3)"
									strokeDasharray="2 2"
								/>
							)}
							{at !== null && shown?.s != null && (
								<circle
									cx={x(at)}
									cy={y(shown.s)}
									r={4}
									fill="var(--series-2)"
									stroke="var(--bg-surface)"
									strokeWidth={2}
								/>
							)}
						</svg>
					)}
					{shown && at !== null && (
						<div
							className="num pointer-events-none absolute z-10 min-w-[208px] rounded-3 bg-raised px-3 py-2.5 text-12 shadow-2"
							style={
								x(at) > width / 2
									? { top: 4, right: width - x(at) + 12 }
									: { top: 4, left: x(at) + 12 }
							}
						>
							<p className="flex items-center justify-between gap-3">
								<b className="font-semibold">{dayText(locale, shown.day, "long")}</b>
								{unfinished && at === last ? (
									<Tag tone="info">{t("chart.soFar")}</Tag>
								) : (
									shown.settling && <Tag>{t("chart.settling")}</Tag>
								)}
							</p>
							<dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-3 gap-y-0.5 text-ink-2 leading-[18px]">
								<dt className="flex items-center gap-1.5">
									{bars} {t("chart.revenue")}
								</dt>
								<dd className="text-right font-medium text-ink">
									{amount(locale, shown.revenue, currency)}
								</dd>
								<dt className="flex items-center gap-1.5">
									{solid} {t("chart.spend")}
								</dt>
								<dd className="text-right font-medium text-ink">
									{amount(locale, shown.spend, currency)}
								</dd>
								{compares && (
									<>
										<dt className="flex items-center gap-1.5">
											{dashes} {before}
										</dt>
										<dd className="text-right font-medium text-ink">
											{amount(locale, shown.previous_revenue, currency)}
										</dd>
									</>
								)}
							</dl>
							{shown.complete.length > 0 && (
								<dl className="mt-1.5 grid grid-cols-[1fr_auto] gap-x-3 border-line border-t pt-1.5 text-ink-2 leading-[18px]">
									{shown.complete.map((one) => (
										<Fragment key={one.metric}>
											<dt>{t(`metric.${one.metric}`)}</dt>
											<dd className="text-right text-ink">{completeness(one)}</dd>
										</Fragment>
									))}
								</dl>
							)}
							<p className="mt-1.5 flex items-center justify-between gap-3 font-medium text-accent-text">
								{t("chart.open")} <Kbd>Enter</Kbd>
							</p>
						</div>
					)}
				</div>
			)}
			{!asTable && (
				<ChartTable
					caption={t("chart.title")}
					placeHead={t("chart.day")}
					places={data.map((point) => dayText(locale, point.day))}
					series={[
						{
							name: t("chart.revenue"),
							texts: data.map((one) => amount(locale, one.revenue, currency)),
						},
						{
							name: t("chart.spend"),
							texts: data.map((one) => amount(locale, one.spend, currency)),
						},
						...(compares
							? [
									{
										name: before,
										texts: data.map((one) => amount(locale, one.previous_revenue, currency)),
									},
								]
							: []),
					]}
				/>
			)}
			<span role="status" className="sr-only">
				{words}
			</span>
		</Panel>
	);
}
