import { useId } from "react";
import type { MoveCampaign, MoveMetric } from "@/bindings";
import { ticks, useSize, ValueMarks } from "@/components/chart-axis";
import { ChartTable } from "@/components/chart-table";
import { useWords } from "@/i18n";
import { amount, count, currencyDigits, ratio } from "@/lib/format";
import { outcome } from "./outcome";

const TOP = 10;
const BOTTOM = 34;
const RIGHT = 10;
/** At 11 px. */
const LETTER = 6.6;

/** The highest but for a few odd days: one of them should not flatten all others. */
function nearlyHighest(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 0;
}

/**
 * What a day brings in by what is spent on it: the days that were, the curve with its interval, now
 * and then. Where nothing was observed the ground is grey and no curve is drawn.
 */
export function ResponseChart({
	campaign,
	metric,
	days,
}: {
	campaign: MoveCampaign;
	metric: MoveMetric;
	days: number;
}) {
	const { t, locale } = useWords();
	const { ref, width, height } = useSize();
	const id = useId();
	const { currency } = campaign;
	const seen = campaign.seen.map((day) => ({ s: Number(day.spend), o: Number(day.outcome) }));
	const curve = campaign.curve.map((point) => ({
		d: Number(point.daily),
		e: Number(point.expected),
		l: Number(point.low),
		h: Number(point.high),
	}));
	const number = (text: string | null) => (text === null ? null : Number(text));
	const [least, most] = [number(campaign.least_daily), number(campaign.most_daily)];
	const now = Number(campaign.now_daily);
	const then = number(campaign.new_daily);
	const right =
		1.06 * Math.max(1, now, then ?? 0, most ?? 0, nearlyHighest(seen.map(({ s }) => s)));
	const marks = ticks(
		Math.max(
			metric === "revenue" ? 1 : 0.5,
			nearlyHighest(seen.map(({ o }) => o)),
			...curve.map(({ h }) => h),
		),
	);
	const top = marks.at(-1) ?? 1;
	const step = marks[1] ?? 1;
	const axis = (value: number) =>
		step % 1 === 0
			? count(locale, value)
			: ratio(
					locale,
					String(value),
					metric === "revenue" ? Math.min(2, currencyDigits(currency)) : 1,
				);
	const LEFT = Math.ceil(Math.max(...marks.map((mark) => axis(mark).length)) * LETTER) + 12;
	const [w, h] = [Math.max(0, width - LEFT - RIGHT), Math.max(0, height - TOP - BOTTOM)];
	const x = (spend: number) => LEFT + (w * Math.min(spend, right)) / right;
	const y = (value: number) => TOP + h * (1 - Math.min(value, top) / top);
	/** What the curve says at a spend, with a straight line between its places. */
	const at = (spend: number) => {
		const after = curve.findIndex(({ d }) => d >= spend);
		const [a, b] = [curve[after - 1], curve[after]];
		if (!b) return null;
		if (!a) return spend >= b.d ? b.e : null;
		return a.e + ((b.e - a.e) * (spend - a.d)) / (b.d - a.d || 1);
	};
	const spends = ticks(right / 1.04).filter((mark) => mark <= right);
	const line = curve.map(({ d, e }, nth) => `${nth ? "L" : "M"}${x(d)} ${y(e)}`).join("");
	const band = [
		...curve.map(({ d, h: high }) => `${x(d)} ${y(high)}`),
		...[...curve].reverse().map(({ d, l }) => `${x(d)} ${y(l)}`),
	].join("L");
	const places = [
		["now", now, at(now)],
		["then", then, then === null ? null : at(then)],
	] as const;
	const spendStep = spends[1] ?? 1;
	const words = t("pacing.move.chart", { name: campaign.name, metric: t(`pacing.move.${metric}`) });
	return (
		<div className="min-w-0">
			<div ref={ref} role="img" aria-label={words} className="h-[190px]">
				{width > 0 && (
					<svg width={width} height={height} aria-hidden="true" className="block">
						<defs>
							<pattern
								id={id}
								width="6"
								height="6"
								patternUnits="userSpaceOnUse"
								patternTransform="rotate(45)"
							>
								<rect width="6" height="6" fill="var(--bg-sunken)" />
								<line x1="0" y1="0" x2="0" y2="6" stroke="var(--chart-grid)" strokeWidth="2" />
							</pattern>
						</defs>
						{least !== null && most !== null && (
							<>
								<rect x={LEFT} y={TOP} width={x(least) - LEFT} height={h} fill={`url(#${id})`} />
								<rect
									x={x(most)}
									y={TOP}
									width={Math.max(0, LEFT + w - x(most))}
									height={h}
									fill={`url(#${id})`}
								/>
							</>
						)}
						<ValueMarks marks={marks} y={y} text={axis} left={LEFT} right={LEFT + w} />
						{spends.map((mark) => (
							<text
								key={mark}
								x={x(mark)}
								y={TOP + h + 15}
								textAnchor="middle"
								fontSize="11"
								fill="var(--chart-axis)"
								className="num"
							>
								{spendStep % 1 === 0 ? count(locale, mark) : ratio(locale, String(mark), 2)}
							</text>
						))}
						<text
							x={LEFT + w}
							y={TOP + h + 30}
							textAnchor="end"
							fontSize="11"
							fill="var(--chart-axis)"
						>
							{t("pacing.move.axis", { currency })}
						</text>
						{seen.map(({ s, o }, nth) => (
							<circle
								key={nth}
								cx={x(s)}
								cy={y(o)}
								r={2}
								fill="var(--series-other)"
								fillOpacity={0.75}
							/>
						))}
						{curve.length > 0 && (
							<>
								<path d={`M${band}Z`} fill="var(--chart-band)" />
								<path d={line} fill="none" stroke="var(--series-1)" strokeWidth={2} />
							</>
						)}
						{places.map(
							([place, spend, value]) =>
								spend !== null && (
									<g key={place}>
										<line
											x1={x(spend)}
											x2={x(spend)}
											y1={TOP}
											y2={TOP + h}
											stroke="var(--text-3)"
											strokeDasharray={place === "now" ? "2 3" : undefined}
										/>
										{value !== null && (
											<circle
												cx={x(spend)}
												cy={y(value)}
												r={4.5}
												fill={place === "now" ? "var(--bg-surface)" : "var(--series-1)"}
												stroke={place === "now" ? "var(--series-1)" : "var(--bg-surface)"}
												strokeWidth={2}
											/>
										)}
									</g>
								),
						)}
					</svg>
				)}
			</div>
			{campaign.curve.length > 0 && (
				<ChartTable
					caption={words}
					placeHead={t("pacing.move.axis", { currency })}
					places={campaign.curve.map((point) => amount(locale, point.daily, currency))}
					series={(["expected", "low", "high"] as const).map((part) => ({
						name: t(`pacing.move.${part}`, { days: count(locale, days) }),
						texts: campaign.curve.map((point) => outcome(locale, point[part], metric, currency)),
					}))}
				/>
			)}
		</div>
	);
}
