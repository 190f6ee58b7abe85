/** A small line without axes. What it shows stands in words beside it. */
export function Sparkline({
	values,
	height = 22,
	area = true,
	tone = "var(--series-1)",
	open = 0,
}: {
	values: ReadonlyArray<string | null>;
	height?: number;
	area?: boolean;
	tone?: string;
	/** How many of the last values are not final yet: the line to them is dashed. */
	open?: number;
}) {
	const width = 120;
	const numbers = values.map((value) => (value === null ? null : Number(value)));
	const known = numbers.filter(
		(value): value is number => value !== null && Number.isFinite(value),
	);
	if (known.length < 2) return <div style={{ height }} />;
	const low = Math.min(0, ...known);
	const high = Math.max(...known);
	const span = high - low || 1;
	const x = (at: number) => (at / Math.max(1, numbers.length - 1)) * width;
	const y = (value: number) => height - 2 - ((value - low) / span) * (height - 4);
	const path = (from: number, to: number) => {
		let text = "";
		let drawing = false;
		for (let at = from; at <= to; at += 1) {
			const value = numbers[at];
			if (value === null || value === undefined || !Number.isFinite(value)) {
				drawing = false;
				continue;
			}
			text += `${drawing ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
			drawing = true;
		}
		return text;
	};
	const last = numbers.length - 1;
	const final = Math.max(0, last - open);
	const line = {
		fill: "none",
		stroke: tone,
		strokeWidth: 1.5,
		vectorEffect: "non-scaling-stroke",
		strokeLinejoin: "round",
	} as const;
	return (
		<svg
			viewBox={`0 0 ${width} ${height}`}
			preserveAspectRatio="none"
			className="block w-full"
			style={{ height }}
			aria-hidden="true"
		>
			{area && !numbers.includes(null) && (
				<path
					d={`${path(0, last)}L${width} ${height}L0 ${height}Z`}
					fill="var(--chart-band)"
					stroke="none"
				/>
			)}
			<path d={path(0, final)} {...line} />
			{final < last && <path d={path(final, last)} {...line} strokeDasharray="2 2" />}
		</svg>
	);
}
