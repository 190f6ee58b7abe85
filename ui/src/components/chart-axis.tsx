/** What charts share: their room, and the axis of values. */
import { useEffect, useState } from "react";

/** A place for a drawing, and how large it is. */
export function useSize() {
	// The plot comes and goes with the table: it is watched from when it is there.
	const [node, ref] = useState<HTMLDivElement | null>(null);
	const [size, setSize] = useState({ width: 0, height: 0 });
	useEffect(() => {
		if (!node) return;
		const watch = new ResizeObserver(([entry]) => {
			if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
		});
		watch.observe(node);
		return () => watch.disconnect();
	}, [node]);
	return { node, ref, ...size };
}

const STEPS = [1, 2, 2.5, 3, 4, 5];

/**
 * Round marks for an axis, three to five of them (one more where it goes below zero), with room
 * above what is highest: nothing drawn touches the top.
 */
export function ticks(high: number, low = 0): number[] {
	const [top, bottom] = [Math.max(0, high) * 1.04, Math.min(0, low) * 1.04];
	const span = top - bottom;
	if (span <= 0) return [0];
	const power = 10 ** Math.floor(Math.log10(span / 5));
	let best: { step: number; from: number; to: number } | null = null;
	for (const step of [power, power * 10].flatMap((by) => STEPS.map((n) => n * by))) {
		const [from, to] = [Math.floor(bottom / step), Math.ceil(top / step)];
		const parts = to - from;
		if (parts < 2 || parts > (bottom < 0 ? 5 : 4)) continue;
		// The least empty room; of two alike the one with fewer marks.
		if (!best || parts * step <= (best.to - best.from) * best.step) best = { step, from, to };
	}
	if (!best) return [0];
	const { step, from, to } = best;
	// Whole numbers of steps: a sum of fractions would drift.
	return Array.from({ length: to - from + 1 }, (_, at) =>
		Number(((from + at) * step).toPrecision(12)),
	);
}

/** The lines across a chart with what each stands for, that of nothing a little stronger. */
export function ValueMarks({
	marks,
	y,
	text,
	left,
	right,
}: {
	marks: readonly number[];
	y: (value: number) => number;
	text: (value: number) => string;
	left: number;
	right: number;
}) {
	return marks.map((mark) => (
		<g key={mark}>
			<line
				x1={left}
				x2={right}
				y1={y(mark)}
				y2={y(mark)}
				stroke={mark === 0 ? "var(--border-2)" : "var(--chart-grid)"}
			/>
			<text
				x={left - 8}
				y={y(mark) + 4}
				textAnchor="end"
				fontSize="11"
				fill="var(--chart-axis)"
				className="num"
			>
				{text(mark)}
			</text>
		</g>
	));
}
