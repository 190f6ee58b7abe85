import type { CSSProperties, ReactNode } from "react";
import { FigureTable } from "@/components/passport/figure";
import { cx } from "@/components/ui/kit";

/** The ends of a drawing of steps. */
export interface Scale {
	low: number;
	high: number;
	/** Whether it begins elsewhere than at nothing: small steps of large sums are seen. */
	cut: boolean;
}

/** Steps this small of the whole would not be seen on a scale from nothing. */
const SEEN = 0.3;

/** A scale on which all these levels can be told apart. */
export function scaleOf(levels: readonly number[]): Scale {
	const [least, most] = [Math.min(...levels), Math.max(...levels)];
	const span = most - least;
	const cut = least > 0 && span < SEEN * most;
	const step = 10 ** Math.floor(Math.log10(span));
	const low = cut
		? Math.max(0, Math.floor((least - span * 0.6) / step) * step)
		: Math.min(0, least);
	return { low, high: Math.max(low, most), cut: cut && low > 0 };
}

/** One step. */
export interface DrawnStep {
	key: string;
	name: ReactNode;
	figure: ReactNode;
	/** Of the figure. */
	className?: string;
	/** Where the bar begins and ends. */
	from: number;
	to: number;
	fill: string;
}

/** Where the way begins, or ends. */
export interface End {
	name: ReactNode;
	figure: ReactNode;
	value: number;
	/** The colour of its bar. */
	fill?: string;
}

function Line({
	name,
	strong,
	figure,
	className,
	children,
}: {
	name: ReactNode;
	strong?: boolean;
	figure: ReactNode;
	className?: string;
	children: ReactNode;
}) {
	return (
		<tr className="h-9">
			<th
				scope="row"
				className={cx(
					"whitespace-nowrap py-0 pr-3 pl-4 text-left",
					strong ? "font-semibold" : "font-normal",
				)}
			>
				{name}
			</th>
			<td aria-hidden className="relative h-9 w-full p-0">
				{children}
			</td>
			<td
				className={cx(
					"num whitespace-nowrap py-0 pr-4 pl-3 text-right",
					strong && "font-semibold",
					className,
				)}
			>
				{figure}
			</td>
		</tr>
	);
}

/** From one figure to another, a step for each cause. The table is the drawing. */
export function Steps({
	caption,
	heads,
	first,
	last,
	steps,
	scale,
	testId,
}: {
	caption: string;
	/** Of the causes, and of the figures. */
	heads: readonly [string, string];
	first: End;
	last: End;
	steps: readonly DrawnStep[];
	scale: Scale;
	testId: string;
}) {
	const { low, high, cut } = scale;
	const width = high - low || 1;
	const x = (value: number) => (100 * (value - low)) / width;
	const bar = (from: number, to: number, fill: string): CSSProperties => ({
		left: `${Math.min(x(from), x(to))}%`,
		width: `max(2px, ${Math.abs(x(to) - x(from))}%)`,
		background: fill,
	});
	// Where a step ends the next begins: a hairline leads down from the one to the other.
	const lead = (value: number, half: "top-1/2 bottom-0" | "top-0 bottom-1/2") => (
		<i
			className={cx("absolute w-px bg-[var(--chart-previous)]", half)}
			style={{ left: `min(calc(100% - 1px), ${x(value)}%)` }}
		/>
	);
	const end = ({ value, fill = "var(--series-1)" }: End, isFirst: boolean) => (
		<>
			{lead(value, isFirst ? "top-1/2 bottom-0" : "top-0 bottom-1/2")}
			<i
				className="absolute top-2 bottom-2 rounded-[2px] forced-color-adjust-none"
				style={bar(Math.max(low, 0), value, fill)}
			/>
			{cut && <i className="absolute top-1.5 bottom-1.5 left-3 w-1 -skew-x-[20deg] bg-surface" />}
		</>
	);
	return (
		// The line stands on what holds the table: WebKit draws that of a table over its first cell only.
		<div className={cx("border-line border-t", !cut && "pb-2")}>
			<FigureTable className="w-full" data-testid={testId}>
				<caption className="sr-only">{caption}</caption>
				<thead className="sr-only">
					<tr>
						<th scope="col">{heads[0]}</th>
						<td />
						<th scope="col">{heads[1]}</th>
					</tr>
				</thead>
				<tbody>
					<Line name={first.name} strong figure={first.figure}>
						{end(first, true)}
					</Line>
					{steps.map(({ key, name, figure, className, from, to, fill }) => (
						<Line key={key} name={name} figure={figure} className={className}>
							{lead(from, "top-0 bottom-1/2")}
							{lead(to, "top-1/2 bottom-0")}
							<i
								className="absolute top-2 bottom-2 rounded-[2px] forced-color-adjust-none"
								style={bar(from, to, fill)}
							/>
						</Line>
					))}
					<Line name={last.name} strong figure={last.figure}>
						{end(last, false)}
					</Line>
				</tbody>
			</FigureTable>
		</div>
	);
}
