import type { PacePoint, SyncScopeProgress } from "@/bindings";
import { ChartTable } from "@/components/chart-table";
import { cx, Panel, Progress } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, count, day, percent } from "@/lib/format";
import { SLOW_FROM } from "./run";

const WIDTH = 312;
const HEIGHT = 64;

/** Rows a minute over the run, from the first measure to the last. */
export function Pace({ points }: { points: PacePoint[] }) {
	const { t, locale } = useWords();
	const first = points[0];
	const last = points.at(-1);
	if (!first || !last) return null;
	const start = Date.parse(first.at);
	const span = Math.max(1, Date.parse(last.at) - start);
	const high = Math.max(...points.map((point) => point.rows_per_minute), 1);
	const line = points
		.map((point) => {
			const x = ((Date.parse(point.at) - start) / span) * WIDTH;
			const y = HEIGHT - (point.rows_per_minute / high) * (HEIGHT - 2);
			return `${x.toFixed(1)},${y.toFixed(1)}`;
		})
		.join(" ");
	return (
		<Panel
			title={t("sync.pace")}
			hint={`${t("sync.paceHint")}, ${day(locale, first.at.slice(0, 10))}`}
		>
			<div className="px-4 pb-3">
				<p className="num text-11 text-ink-3">{count(locale, high)}</p>
				<svg
					role="img"
					aria-label={t("sync.paceLabel", {
						now: count(locale, last.rows_per_minute),
						high: count(locale, high),
					})}
					viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
					preserveAspectRatio="none"
					className="block h-16 w-full overflow-visible"
				>
					{[1, HEIGHT / 2, HEIGHT].map((y) => (
						<line
							key={y}
							x1={0}
							x2={WIDTH}
							y1={y}
							y2={y}
							stroke={y === HEIGHT ? "var(--border-2)" : "var(--border-1)"}
							vectorEffect="non-scaling-stroke"
						/>
					))}
					<polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} fill="var(--chart-band)" />
					<polyline
						points={line}
						fill="none"
						stroke="var(--series-1)"
						strokeWidth={1.5}
						strokeLinejoin="round"
						vectorEffect="non-scaling-stroke"
					/>
				</svg>
				<ChartTable
					caption={t("sync.pace")}
					placeHead={t("sync.time")}
					places={points.map((point) => clock(locale, point.at))}
					series={[
						{
							name: t("sync.paceHint"),
							texts: points.map((point) => count(locale, point.rows_per_minute)),
						},
					]}
				/>
				<p className="num mt-1 flex justify-between text-11 text-ink-3">
					<span>{clock(locale, first.at)}</span>
					<span>{clock(locale, last.at)}</span>
				</p>
			</div>
		</Panel>
	);
}

/** How much of each account's limit is used, the fullest first, and where the pace is lowered. */
export function Usage({ scopes }: { scopes: SyncScopeProgress[] }) {
	const { t, locale } = useWords();
	const known = scopes
		.flatMap((scope) =>
			scope.usage_percent === null ? [] : [{ ...scope, used: scope.usage_percent }],
		)
		.toSorted((a, b) => b.used - a.used);
	if (known.length === 0) return null;
	return (
		<Panel title={t("sync.usage")}>
			<ul className="flex flex-col gap-2.5 px-4 pb-3 text-12">
				{known.map((scope) => {
					const high = scope.used >= SLOW_FROM;
					return (
						<li key={scope.scope}>
							<p className="mb-1 flex justify-between gap-3">
								<span className="truncate text-ink-2">{scope.name}</span>
								<b className={cx("num font-medium", high && "text-warning")}>
									{percent(locale, scope.used, 0)}
								</b>
							</p>
							<div className="relative">
								<Progress
									percent={scope.used}
									label={scope.name}
									tone={high ? "warning" : "accent"}
								/>
								<i
									aria-hidden
									className="-top-0.5 absolute h-2 w-px bg-ink-3"
									style={{ left: `${SLOW_FROM}%` }}
								/>
							</div>
						</li>
					);
				})}
				<li className="text-ink-3">{t("sync.usageHint")}</li>
			</ul>
		</Panel>
	);
}
