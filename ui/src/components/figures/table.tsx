import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from "lucide-react";
import {
	type CSSProperties,
	type KeyboardEvent,
	type MouseEvent,
	type PointerEvent,
	type ReactNode,
	useEffect,
	useState,
} from "react";
import type { RoiFigures, RoiRow } from "@/bindings";
import type { FigureOf, RowOf } from "@/components/passport/number";
import { useExplain } from "@/components/passport/provider";
import { Button, cx, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { ariaKeys, pressed } from "@/lib/shortcuts";
import {
	type Column,
	changeOf,
	columnWidth,
	costsKnown,
	figureOf,
	isLoss,
	nameOf,
	type Sort,
	unitOf,
	written,
} from "./columns";
import { Moved, RowTools, useBox } from "./table-parts";

export type TreeRow =
	| {
			kind: "row";
			/** Tells it from all other rows on screen. */
			id: string;
			row: RoiRow;
			depth: number;
			/** Null for what cannot be opened. */
			open: boolean | null;
			/** Shows what lies under it alone. */
			into?: () => void;
			/** Where its figures come from. */
			of?: RowOf;
			/** Shows it by age, gender, country, placement or device. */
			parts?: () => void;
	  }
	/** Stands where rows are not there yet, or cannot be. */
	| {
			kind: "note";
			id: string;
			depth: number;
			state: "loading" | "failed" | "none";
			text: string;
			retry?: () => void;
	  };

export interface Footer {
	label: string;
	figures: RoiFigures;
	/** Of the period compared with. */
	previous?: RoiFigures | null;
	strong?: boolean;
	/** Ratios of mixed bases stay out. */
	bare?: boolean;
	/** Where its figures come from. */
	of?: RowOf;
}

const HEAD = 40;
const LAST_FOOT = 32;
const FOOT = 28;
/** With a change under each figure. */
const TALL_FOOT = 40;
/** About how wide "▲ 1,234.5%" is at 11 px. */
const CHANGE = 64;
const NAME = 280;
const NARROW_NAME = 200;
/** A figure that can be opened says so under the mouse. */
const DOOR =
	"cursor-pointer [&>span:first-child]:decoration-dotted [&>span:first-child]:decoration-1 [&>span:first-child]:underline-offset-4 hover:[&>span:first-child]:underline";
const LOADING = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

/**
 * A table of figures: name pinned, numbers right, sums pinned below. One stop of the Tab key: the
 * arrow keys move through heads, cells and sums.
 */
export function FiguresTable({
	label,
	testId,
	rows,
	columns,
	changes = false,
	pinned,
	widths,
	onWidth,
	currency,
	credited,
	sort,
	onSort,
	onToggle,
	pinnedRows,
	onPin,
	footers,
	empty,
	nameHead,
	name,
	rowHeight = 32,
	loading,
	stale,
}: {
	label: string;
	testId: string;
	rows: readonly TreeRow[];
	/** Pinned ones first. */
	columns: readonly Column[];
	/** Whether each figure shows how it moved since the period compared with. */
	changes?: boolean;
	pinned: ReadonlySet<string>;
	/** What the person made wider or narrower, in pixels. */
	widths: Readonly<Record<string, number>>;
	onWidth: (id: string, width: number) => void;
	currency: string;
	/** How opportunities and sales are credited, in words. */
	credited: string;
	sort: Sort;
	onSort: (id: string) => void;
	onToggle: (id: string) => void;
	/** Keys of the rows that stand first, whatever the order. */
	pinnedRows?: ReadonlySet<string>;
	onPin?: (key: string) => void;
	footers: readonly Footer[];
	empty: ReactNode;
	nameHead: string;
	name: (row: RoiRow, depth: number) => ReactNode;
	rowHeight?: number;
	loading?: boolean;
	/** Other rows are on their way; these are of the question before. */
	stale?: boolean;
}) {
	const { t, locale } = useWords();
	const explain = useExplain();
	const { ref: scroller, width: room, height } = useBox();
	const [wanted, setWanted] = useState({ row: 0, column: 0 });
	const [edge, setEdge] = useState({ left: false, right: false });
	const [said, setSaid] = useState("");

	// The head is row −1, the sums come after the last row.
	const last = rows.length + footers.length - 1;
	const focus = {
		row: Math.max(-1, Math.min(last, wanted.row)),
		column: Math.max(0, Math.min(columns.length, wanted.column)),
	};
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => rowHeight,
		getItemKey: (at) => rows[at]?.id ?? at,
		overscan: 12,
		// The row with the focus is always there, however far it is scrolled away.
		rangeExtractor: (range) => {
			const shown = defaultRangeExtractor(range);
			const extra = focus.row;
			if (extra < 0 || extra >= rows.length || shown.includes(extra)) return shown;
			return [...shown, extra].sort((a, b) => a - b);
		},
	});
	const items = virtual.getVirtualItems();
	const [sumHeight, lastHeight] = changes ? [TALL_FOOT, TALL_FOOT] : [FOOT, LAST_FOOT];
	const foot = footers.length === 0 ? 0 : sumHeight * (footers.length - 1) + lastHeight;
	const span = columns.length + 1;

	const figures = [
		...rows.flatMap((one) => (one.kind === "row" ? [one.row] : [])),
		...footers.map((footer) => footer.figures),
	];
	const moved = (column: Column, of: RoiFigures | RoiRow, before: RoiFigures | null | undefined) =>
		changes ? changeOf(locale, column, of, before, currency) : null;
	/** The whole name; of what is credited also how: "ROAS (CRM, linear, 28 d)". */
	const titleOf = ({ id, kind, credited: depends }: Column) =>
		kind === "text"
			? undefined
			: depends
				? t("attribution.of", { name: t(`metric.${id}`), attribution: credited })
				: t(`metric.${id}`);
	const headOf = ({ id, kind }: Column) =>
		kind === "text" ? t(`metric.${id}`) : t(`metricShort.${id}`);
	// The last one ends before the edge of the panel.
	const margin = (at: number) => (at === columns.length - 1 ? 8 : 0);
	const sizes = columns.map(
		(column, at) =>
			widths[column.id] ??
			columnWidth(locale, column, figures, currency, headOf(column), changes ? CHANGE : 0) +
				margin(at),
	);
	const least = room > 0 && room < 900 ? NARROW_NAME : NAME;
	const others = sizes.reduce((sum, size) => sum + size, 0);
	// The name takes what the figures leave.
	const nameWidth = Math.max(widths.name ?? least, Math.floor(room - others));
	const pins = columns.filter((column) => pinned.has(column.id)).length;
	const pinsWidth = sizes.slice(0, pins).reduce((sum, size) => sum + size, 0);
	// Pinned columns that would fill the window leave nothing to scroll.
	const stuck = room === 0 || nameWidth + pinsWidth <= room * 0.7 ? pins : 0;
	const leftOf = (at: number) =>
		nameWidth + sizes.slice(0, at).reduce((sum, size) => sum + size, 0);
	const left = nameWidth + (stuck > 0 ? pinsWidth : 0);
	const sticky = (at: number): CSSProperties | undefined =>
		at < stuck ? { left: leftOf(at) } : undefined;
	const pin = (at: number, base: string) => (at < stuck ? cx("sticky", base) : "");
	const seam = (at: number) => edge.left && at === stuck - 1 && "border-r border-r-line-2";

	const watchEdge = () => {
		const box = scroller.current;
		if (!box) return;
		const now = {
			left: box.scrollLeft > 0,
			right: box.scrollLeft + box.clientWidth < box.scrollWidth - 1,
		};
		if (now.left !== edge.left || now.right !== edge.right) setEdge(now);
	};
	useEffect(watchEdge);

	const show = (row: number, column: number) => {
		setWanted({ row, column });
		if (row >= 0 && row < rows.length) virtual.scrollToIndex(row);
		requestAnimationFrame(() => {
			const cell = scroller.current?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`);
			cell?.focus({ preventScroll: true });
			cell?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
		});
	};
	const go = (row: number, column: number) =>
		show(Math.max(-1, Math.min(last, row)), Math.max(0, Math.min(columns.length, column)));
	const textAt = (row: number, column: number): string => {
		const at = rows[row];
		const figuresOf = at ? (at.kind === "row" ? at.row : null) : footers[row - rows.length];
		if (!figuresOf) return "";
		if (column === 0) return "label" in figuresOf ? figuresOf.label : nameOf(figuresOf);
		const of = columns[column - 1];
		if (!of) return "";
		return written(locale, of, "label" in figuresOf ? figuresOf.figures : figuresOf, currency);
	};
	/** What can be told of a cell; null for words, and for what is left out. */
	const explained = (row: number, column: number): FigureOf | null => {
		const of = columns[column - 1];
		const at = rows[row] ?? footers[row - rows.length];
		if (!explain || !of || of.kind === "text" || !at || ("kind" in at && at.kind === "note"))
			return null;
		const bare = "bare" in at && at.bare && of.ratio;
		if (bare || !at.of) return null;
		const figures = "row" in at ? at.row : at.figures;
		// Of people there is Meta's answer or nothing to open.
		if (of.asks === "people" && (!at.of.people || figureOf(figures, of.id) === null)) return null;
		return { ...at.of, metric: of.id, shown: figureOf(figures, of.id) };
	};
	/** A cell that shows, when it is pressed, where its figure comes from; a blank one says why. */
	const door = (row: number, column: number) => {
		const figure = explained(row, column);
		const at = rows[row] ?? footers[row - rows.length];
		const figures = !at ? null : "row" in at ? at.row : "figures" in at ? at.figures : null;
		const of = columns[column - 1];
		const costs = of && figures && costsKnown(locale, of, figures);
		return figure && explain
			? {
					title: costs ? t("figures.costsKnown", costs) : t("passport.hint"),
					"aria-keyshortcuts": "Enter",
					onClick: (event: MouseEvent<HTMLElement>) => {
						// What is selected is to be copied.
						if (!getSelection()?.toString()) explain(figure, event.currentTarget);
					},
				}
			: {};
	};
	const onKey = (event: KeyboardEvent) => {
		const { row, column } = focus;
		const page = Math.max(1, Math.floor((height - HEAD - foot) / rowHeight) - 1);
		const whole = event.ctrlKey || event.metaKey;
		const id = column === 0 ? "name" : columns[column - 1]?.id;
		if (row === -1 && id && pressed(event, "width")) {
			event.preventDefault();
			const now = column === 0 ? nameWidth : (sizes[column - 1] ?? 0);
			onWidth(id, Math.max(48, now + (event.key === "ArrowRight" ? 16 : -16)));
			return;
		}
		const moves: Record<string, [number, number]> = {
			ArrowDown: [row + 1, column],
			ArrowUp: [row - 1, column],
			ArrowRight: [row, column + 1],
			ArrowLeft: [row, column - 1],
			Home: [whole ? 0 : row, 0],
			End: [whole ? last : row, columns.length],
			PageDown: [Math.max(row, Math.min(rows.length - 1, row + page)), column],
			PageUp: [Math.max(0, row - page), column],
		};
		const move = moves[event.key];
		const at = rows[row];
		if (move && !event.altKey) {
			event.preventDefault();
			go(...move);
		} else if (pressed(event, "open") && column > 0) {
			const figure = explained(row, column);
			if (!figure || !explain) return;
			event.preventDefault();
			explain(figure, event.target as HTMLElement);
		} else if (pressed(event, "open") && at) {
			if (at.kind === "note") {
				if (!at.retry) return;
				event.preventDefault();
				at.retry();
			} else if (column === 0 && at.open !== null) {
				event.preventDefault();
				onToggle(at.id);
			}
		} else if (pressed(event, "into") && at?.kind === "row" && at.into) {
			event.preventDefault();
			at.into();
		} else if (pressed(event, "parts") && at?.kind === "row" && at.parts) {
			event.preventDefault();
			at.parts();
		} else if (pressed(event, "pinRow") && at?.kind === "row" && at.depth === 0 && onPin) {
			event.preventDefault();
			const key = at.row.key;
			onPin(key);
			setSaid(
				t(pinnedRows?.has(key) ? "figures.rowUnpinned" : "figures.rowPinned", {
					name: nameOf(at.row),
				}),
			);
		} else if (pressed(event, "copyCell") && !getSelection()?.toString()) {
			const text = textAt(row, column);
			if (!text) return;
			event.preventDefault();
			void navigator.clipboard.writeText(text);
			setSaid(t("figures.copied", { text }));
		}
	};
	const cell = (row: number, column: number) => ({
		"data-cell": `${row}:${column}`,
		tabIndex: focus.row === row && focus.column === column ? 0 : -1,
		onFocus: () => setWanted({ row, column }),
	});
	const drag = (id: string, width: number) => (event: PointerEvent<HTMLSpanElement>) => {
		event.preventDefault();
		const handle = event.currentTarget;
		const start = event.clientX;
		handle.setPointerCapture(event.pointerId);
		const move = (to: globalThis.PointerEvent) =>
			onWidth(id, Math.max(48, Math.round(width + to.clientX - start)));
		const stop = () => handle.removeEventListener("pointermove", move);
		handle.addEventListener("pointermove", move);
		handle.addEventListener("pointerup", stop, { once: true });
		handle.addEventListener("pointercancel", stop, { once: true });
	};
	const head = (
		id: string,
		column: number,
		text: string,
		unit: string,
		end: boolean,
		title?: string,
	) => (
		<>
			<button
				type="button"
				{...cell(-1, column)}
				aria-keyshortcuts={ariaKeys("width")}
				title={title}
				onClick={() => onSort(id)}
				className={cx(
					"max-w-full font-medium leading-[14px] hover:text-ink",
					end ? "text-right" : "text-left",
					sort.id === id && "text-ink-2",
				)}
			>
				<span className={cx("flex items-center gap-0.5", end && "justify-end")}>
					<span className="truncate">{text}</span>
					{sort.id === id &&
						(sort.down ? (
							<ArrowDown size={12} aria-hidden className="flex-none" />
						) : (
							<ArrowUp size={12} aria-hidden className="flex-none" />
						))}
				</span>
				{unit && <span className="block font-normal">{unit}</span>}
			</button>
			<span
				aria-hidden
				onPointerDown={drag(id, column === 0 ? nameWidth : (sizes[column - 1] ?? 0))}
				className="absolute top-0 right-0 h-full w-2 cursor-col-resize hover:bg-line-2"
			/>
		</>
	);
	const sorting = (id: string) =>
		sort.id === id ? (sort.down ? "descending" : "ascending") : "none";
	// Words give way, figures never.
	const align = (column: Column) =>
		column.kind === "text" ? "truncate text-left" : "num text-right";

	const tree = rows.some((one) => one.kind === "row" && one.open !== null);
	let drawn = 0;
	const body: ReactNode[] = [];
	const gap = (to: number, key: string) => {
		if (to > drawn)
			body.push(
				<tr key={key} aria-hidden>
					<td colSpan={span} style={{ height: to - drawn, padding: 0 }} />
				</tr>,
			);
	};
	for (const item of items) {
		const at = rows[item.index];
		if (!at) continue;
		gap(item.start, `gap${at.id}`);
		drawn = item.end;
		const place = { "aria-rowindex": item.index + 2, "aria-level": at.depth + 1 };
		const ground = at.depth > 0 ? "bg-app" : "bg-surface";
		if (at.kind === "note") {
			body.push(
				<tr key={at.id} {...place} style={{ height: rowHeight }}>
					<th
						scope="row"
						colSpan={span}
						{...cell(item.index, 0)}
						className={cx(
							"ring-inside border-line border-b text-left font-normal text-ink-2",
							ground,
						)}
						style={{ paddingLeft: 40 + at.depth * 20 }}
					>
						<span className="flex items-center gap-2">
							{at.state === "loading" ? <Skeleton className="h-3 w-48" /> : at.text}
							{at.state === "loading" && <span className="sr-only">{at.text}</span>}
							{at.retry && (
								<Button size="s" tabIndex={-1} onClick={at.retry}>
									{t("action.retry")}
								</Button>
							)}
						</span>
					</th>
				</tr>,
			);
			continue;
		}
		const { row, depth, open } = at;
		const shade = cx(open ? "bg-selected" : ground, "group-hover:bg-hover");
		const title = nameOf(row) || (row.remainder ? t(`remainder.${row.remainder}`) : "");
		body.push(
			<tr
				key={at.id}
				{...place}
				aria-expanded={open ?? undefined}
				className={cx("group", depth > 0 && "text-ink-2")}
				style={{ height: rowHeight }}
			>
				<th
					scope="row"
					{...cell(item.index, 0)}
					className={cx(
						"ring-inside sticky left-0 z-[5] overflow-hidden border-line border-b pr-2 text-left font-normal",
						shade,
						edge.left && stuck === 0 && "border-r border-r-line-2",
					)}
					style={{ paddingLeft: tree ? 8 + depth * 20 : 16 }}
				>
					<span className="flex min-w-0 items-center gap-1.5">
						{open === null ? (
							tree && <span className="w-6 flex-none" />
						) : (
							<button
								type="button"
								tabIndex={-1}
								aria-label={t(open ? "figures.collapse" : "figures.expand", { name: title })}
								onClick={() => {
									setWanted({ row: item.index, column: 0 });
									onToggle(at.id);
								}}
								className="grid size-6 flex-none place-items-center rounded-1 text-ink-3 hover:text-ink"
							>
								{open ? (
									<ChevronDown size={14} aria-hidden />
								) : (
									<ChevronRight size={14} aria-hidden />
								)}
							</button>
						)}
						{name(row, depth)}
						<RowTools
							name={title}
							pinned={depth === 0 && onPin ? (pinnedRows?.has(row.key) ?? false) : null}
							onPin={() => onPin?.(row.key)}
							onInto={at.into ?? null}
							onParts={at.parts ?? null}
						/>
					</span>
				</th>
				{columns.map((column, place) => (
					<td
						key={column.id}
						{...cell(item.index, place + 1)}
						title={column.kind === "text" ? written(locale, column, row, currency) : undefined}
						{...door(item.index, place + 1)}
						className={cx(
							"ring-inside border-line border-b px-2 last:pr-4",
							align(column),
							explained(item.index, place + 1) && DOOR,
							shade,
							pin(place, "z-[5]"),
							seam(place),
							isLoss(column, row) && "text-negative",
						)}
						style={sticky(place)}
					>
						<span>{written(locale, column, row, currency)}</span>
						{changes && <Moved change={moved(column, row, row.previous)} />}
					</td>
				))}
			</tr>,
		);
	}
	gap(virtual.getTotalSize(), "rest");
	// The sums stand at the foot of the window, however few rows there are.
	const fill = Math.floor(height - HEAD - foot - virtual.getTotalSize());

	return (
		<div className="relative flex min-h-0 flex-1 flex-col overflow-hidden rounded-3 border border-line bg-surface">
			<div
				ref={scroller}
				onScroll={watchEdge}
				className="min-h-0 flex-1 overflow-auto"
				style={{ scrollPadding: `${HEAD}px 24px ${foot}px ${left + 8}px` }}
			>
				<table
					role={tree ? "treegrid" : "grid"}
					aria-label={label}
					aria-rowcount={rows.length + footers.length + 1}
					aria-busy={loading || stale || undefined}
					data-testid={testId}
					className={cx(
						"table-fixed border-separate border-spacing-0 transition-opacity duration-140",
						stale && "opacity-60",
					)}
					style={{ width: nameWidth + others, minWidth: "100%" }}
					onKeyDown={onKey}
				>
					<colgroup>
						<col style={{ width: nameWidth }} />
						{columns.map((column, at) => (
							<col key={column.id} style={{ width: sizes[at] }} />
						))}
					</colgroup>
					<thead>
						<tr aria-rowindex={1} className="text-11 text-ink-3">
							<th
								scope="col"
								aria-sort={sorting("name")}
								className={cx(
									"sticky top-0 left-0 z-20 h-10 border-line border-b bg-surface pr-2 pl-4 text-left font-medium",
									edge.left && stuck === 0 && "border-r border-r-line-2",
								)}
							>
								{head("name", 0, nameHead, "", false)}
							</th>
							{columns.map((column, at) => (
								<th
									key={column.id}
									scope="col"
									aria-sort={sorting(column.id)}
									className={cx(
										"sticky top-0 border-line border-b bg-surface px-2 font-medium last:pr-4",
										column.kind === "text" ? "text-left" : "text-right",
										at < stuck ? "z-20" : "z-10",
										seam(at),
									)}
									style={sticky(at)}
								>
									{head(
										column.id,
										at + 1,
										headOf(column),
										unitOf(column, currency, (from) => t(`figures.from.${from}`)),
										column.kind !== "text",
										titleOf(column),
									)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{loading &&
							LOADING.map((key) => (
								<tr key={key} aria-hidden style={{ height: rowHeight }}>
									<td className="border-line border-b pr-8 pl-10">
										<Skeleton className="h-3 w-3/4" />
									</td>
									{columns.map((column) => (
										<td key={column.id} className="border-line border-b px-2 last:pr-4">
											<Skeleton className="ml-auto h-3 w-10" />
										</td>
									))}
								</tr>
							))}
						{body}
						{rows.length === 0 && !loading && (
							<tr>
								<td colSpan={span} style={{ height: fill }}>
									{empty}
								</td>
							</tr>
						)}
						{rows.length > 0 && fill > 0 && (
							<tr aria-hidden>
								<td colSpan={span} style={{ height: fill, padding: 0 }} />
							</tr>
						)}
					</tbody>
					{footers.length > 0 && (
						<tfoot>
							{footers.map((footer, at) => {
								const bottom =
									at === footers.length - 1
										? 0
										: lastHeight + (footers.length - 2 - at) * sumHeight;
								const line = at === 0 ? "border-t border-t-line-2" : "border-t border-t-line";
								return (
									<tr
										key={footer.label}
										aria-rowindex={rows.length + 2 + at}
										className={footer.strong ? "font-semibold text-ink" : "text-ink-2"}
										style={{ height: at === footers.length - 1 ? lastHeight : sumHeight }}
									>
										<th
											scope="row"
											{...cell(rows.length + at, 0)}
											className={cx(
												"ring-inside sticky left-0 z-20 truncate bg-sunken pr-2 pl-4 text-left",
												footer.strong ? "font-semibold" : "font-normal",
												line,
												edge.left && stuck === 0 && "border-r border-r-line-2",
											)}
											style={{ bottom }}
										>
											{footer.label}
										</th>
										{columns.map((column, place) => (
											<td
												key={column.id}
												{...cell(rows.length + at, place + 1)}
												{...door(rows.length + at, place + 1)}
												className={cx(
													"ring-inside sticky bg-sunken px-2 last:pr-4",
													align(column),
													explained(rows.length + at, place + 1) && DOOR,
													place < stuck ? "z-20" : "z-10",
													line,
													seam(place),
													!footer.bare && isLoss(column, footer.figures) && "text-negative",
												)}
												style={{ bottom, ...sticky(place) }}
											>
												{footer.bare && column.ratio ? (
													""
												) : (
													<>
														<span>{written(locale, column, footer.figures, currency)}</span>
														{changes && (
															<Moved change={moved(column, footer.figures, footer.previous)} />
														)}
													</>
												)}
											</td>
										))}
									</tr>
								);
							})}
						</tfoot>
					)}
				</table>
			</div>
			{edge.right && (
				<span
					aria-hidden
					className="pointer-events-none absolute inset-y-0 right-0 z-30 w-4 bg-gradient-to-l opacity-70 from-[var(--border-1)] to-transparent"
				/>
			)}
			<span role="status" className="sr-only">
				{said}
			</span>
		</div>
	);
}
