/** Spend and revenue by day: bars, a line, the period before dashed. One axis, one unit. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { DayPoint } from "@/bindings";
import { useWords } from "@/i18n";
import { amount, count, day as dayText } from "@/lib/format";

const TOP = 22;
const BOTTOM = 22;
const LEFT = 46;
const RIGHT = 8;

function useWidth() {
	const box = useRef<HTMLDivElement>(null);
	const [size, setSize] = useState({ width: 0, height: 0 });
	useEffect(() => {
		if (!box.current) return;
		const watch = new ResizeObserver(([entry]) => {
			if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
		});
		watch.observe(box.current);
		return () => watch.disconnect();
	}, []);
	return { box, ...size };
}

/** Round steps for an axis: 1, 2 or 5 times a power of ten. */
function ticks(high: number): number[] {
	if (high <= 0) return [0];
	const rough = high / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power;
	const out: number[] = [];
	for (let at = 0; at <= high + step * 0.01; at += step) out.push(at);
	return out;
}

export function DayChart({ days, currency }: { days: readonly DayPoint[]; currency: string }) {
	const { t, locale } = useWords();
	const { box, width, height } = useWidth();
	const [at, setAt] = useState<number | null>(null);
	const [asTable, setAsTable] = useState(false);
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
	const high = Math.max(1, ...data.flatMap((point) => [point.r, point.s ?? 0, point.p ?? 0]));
	const marks = ticks(high);
	const top = Math.max(high, marks.at(-1) ?? 1);
	const inner = { w: Math.max(0, width - LEFT - RIGHT), h: Math.max(0, height - TOP - BOTTOM) };
	const slot = inner.w / Math.max(1, data.length);
	const x = (place: number) => LEFT + slot * (place + 0.5);
	const y = (value: number) => TOP + inner.h * (1 - value / top);
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
	const shown = at === null ? null : data[at];
	const onKey = (event: KeyboardEvent) => {
		if (event.key === "t" || event.key === "T") setAsTable((now) => !now);
		else if (event.key === "ArrowRight") setAt((now) => Math.min(data.length - 1, (now ?? -1) + 1));
		else if (event.key === "ArrowLeft") setAt((now) => Math.max(0, (now ?? data.length) - 1));
		else if (event.key === "Escape") setAt(null);
		else return;
		event.preventDefault();
	};
	const words = shown
		? `${dayText(locale, shown.day, "long")}: ${t("chart.revenue")} ${amount(locale, shown.revenue, currency)}, ${t("chart.spend")} ${amount(locale, shown.spend, currency)}`
		: "";
	if (asTable) {
		return (
			// biome-ignore lint/a11y/noStaticElementInteractions: the key that shows the chart again
			<div className="max-h-[260px] overflow-auto px-4 pb-3" onKeyDown={onKey}>
				<table className="num w-full">
					<caption className="sr-only">{t("chart.title")}</caption>
					<thead>
						<tr className="text-left font-medium text-11 text-ink-3">
							<th className="py-1 font-medium">{t("chart.day")}</th>
							<th className="text-right font-medium">{t("chart.revenue")}</th>
							<th className="text-right font-medium">{t("chart.spend")}</th>
							<th className="text-right font-medium">{t("chart.before")}</th>
						</tr>
					</thead>
					<tbody>
						{data.map((point, place) => (
							<tr key={point.day} className="border-line border-t">
								<td className="py-1">
									<button
										type="button"
										// biome-ignore lint/a11y/noAutofocus: focus goes on from the chart that was left
										autoFocus={place === 0}
										className="text-left"
									>
										{dayText(locale, point.day)}
									</button>
								</td>
								<td className="text-right">{amount(locale, point.revenue, currency)}</td>
								<td className="text-right">{amount(locale, point.spend, currency)}</td>
								<td className="text-right">{amount(locale, point.previous_revenue, currency)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		);
	}
	return (
		<div
			ref={box}
			role="img"
			// biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the crosshair
			tabIndex={0}
			aria-label={`${t("chart.title")}. ${t("chart.keys")}`}
			onKeyDown={onKey}
			onMouseLeave={() => setAt(null)}
			onMouseMove={(event) => {
				const left = event.currentTarget.getBoundingClientRect().left;
				const place = Math.floor((event.clientX - left - LEFT) / slot);
				setAt(place >= 0 && place < data.length ? place : null);
			}}
			className="relative mx-2 mb-2 h-[200px] min-h-[180px] flex-1"
		>
			{width > 0 && (
				<svg width={width} height={height} aria-hidden="true" className="block">
					<defs>
						<pattern
							id="settling"
							width="4"
							height="4"
							patternUnits="userSpaceOnUse"
							patternTransform="rotate(45)"
						>
							<rect width="4" height="4" fill="var(--bg-surface)" />
							<line x1="0" y1="0" x2="0" y2="4" stroke="var(--series-1)" strokeWidth="3" />
						</pattern>
					</defs>
					{settling > 0 && (
						<g>
							<rect
								x={LEFT + slot * settling}
								y={TOP}
								width={slot * (data.length - settling)}
								height={inner.h}
								fill="var(--bg-sunken)"
							/>
							<text
								x={LEFT + slot * settling - 6}
								y={TOP - 8}
								textAnchor="start"
								fontSize="11"
								fill="var(--chart-axis)"
								dx="6"
							>
								{t("chart.settling")}
							</text>
						</g>
					)}
					{marks.map((mark) => (
						<g key={mark}>
							<line
								x1={LEFT}
								x2={width - RIGHT}
								y1={y(mark)}
								y2={y(mark)}
								stroke={mark === 0 ? "var(--border-2)" : "var(--chart-grid)"}
							/>
							<text
								x={LEFT - 8}
								y={y(mark) + 4}
								textAnchor="end"
								fontSize="11"
								fill="var(--chart-axis)"
								className="num"
							>
								{count(locale, mark)}
							</text>
						</g>
					))}
					{data.map((point, place) => (
						<g key={point.day}>
							{point.r > 0 && (
								<rect
									x={x(place) - bar / 2}
									y={y(point.r)}
									width={bar}
									height={Math.max(1, y(0) - y(point.r))}
									rx={Math.min(2, bar / 3)}
									fill={
										place === data.length - 1 && point.settling
											? "url(#settling)"
											: "var(--series-1)"
									}
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
					<path
						d={line((point) => point.p)}
						fill="none"
						stroke="var(--chart-previous)"
						strokeWidth={1.25}
						strokeDasharray="3 3"
					/>
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
				</svg>
			)}
			{shown && at !== null && (
				<div
					className="num pointer-events-none absolute z-10 w-[190px] rounded-3 bg-raised px-3 py-2 text-12 shadow-2"
					style={{ top: 8, left: Math.max(LEFT, Math.min(x(at) + 10, width - 198)) }}
				>
					<b className="font-semibold">{dayText(locale, shown.day, "long")}</b>
					<dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-3 text-ink-2">
						<dt>{t("chart.revenue")}</dt>
						<dd className="text-right text-ink">{amount(locale, shown.revenue, currency)}</dd>
						<dt>{t("chart.spend")}</dt>
						<dd className="text-right text-ink">{amount(locale, shown.spend, currency)}</dd>
						<dt>{t("chart.before")}</dt>
						<dd className="text-right text-ink">
							{amount(locale, shown.previous_revenue, currency)}
						</dd>
					</dl>
					{shown.settling && <p className="mt-1 text-11 text-warning">{t("chart.mayMove")}</p>}
				</div>
			)}
			<span role="status" className="sr-only">
				{words}
			</span>
		</div>
	);
}
