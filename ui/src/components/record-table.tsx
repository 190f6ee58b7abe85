import { useVirtualizer } from "@tanstack/react-virtual";
import {
	type KeyboardEvent,
	type MouseEvent,
	type ReactNode,
	type Ref,
	useEffect,
	useImperativeHandle,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import { Failure } from "@/components/failure";
import { cx, Skeleton } from "@/components/ui/kit";
import type { AppError } from "@/lib/ipc";

const ROW = 32;
const HEAD = 28;
/** The first column names the row and never gets narrower, in pixels. */
const NAME = 200;

export interface RecordColumn<R> {
	id: string;
	head: string;
	/** In pixels. The first column has none: it takes what the others leave. */
	width: number;
	right?: boolean;
	/** Where room is short the column of the lowest number goes first; without one it stays. */
	drop?: number;
	cell: (row: R) => ReactNode;
}

/** The columns that fit in a width beside the name. Exported for the test of it. */
export function fitting<C extends { width: number; drop?: number }>(
	columns: readonly C[],
	width: number,
): readonly C[] {
	let left = [...columns];
	// Before the first measure, and where nothing can be measured, nothing is left out.
	while (width > 0) {
		const taken = left.slice(1).reduce((sum, column) => sum + column.width, NAME);
		const next = left
			.filter((column) => column.drop !== undefined)
			.toSorted((a, b) => (a.drop ?? 0) - (b.drop ?? 0))[0];
		if (taken <= width || !next) break;
		left = left.filter((column) => column !== next);
	}
	return left;
}

/** Room for the longest of these figures, which are never cut short, and their head. In pixels. */
export function widest(texts: readonly string[], least: number): number {
	const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
	// A tabular figure of the base size is about 7.7 wide; the cell has 24 beside it.
	return Math.max(least, Math.ceil(longest * 7.7) + 24);
}

export interface RecordTableHandle {
	/** Brings a row into view and gives it the focus. */
	focus: (id: string) => void;
}

/** What does not fit into its cell is told to whoever points at it. */
function tellCut({ target }: MouseEvent<HTMLElement>) {
	const cell = (target as Element).closest<HTMLElement>("td, th");
	if (!cell) return;
	const cut = [cell, ...cell.querySelectorAll<HTMLElement>("*")].some(
		(one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0,
	);
	if (cut) cell.title = cell.textContent ?? "";
	else cell.removeAttribute("title");
}

/** How the rows after the last are read. */
interface More {
	hasNextPage: boolean;
	isFetchingNextPage: boolean;
	fetchNextPage: () => unknown;
}

interface RecordTableProps<R> {
	label: string;
	columns: readonly RecordColumn<R>[];
	rows: readonly R[];
	/** The row that stands open beside the list. */
	selected?: string | null;
	/** What a row opens; without it rows are only read. */
	onOpen?: (row: R) => void;
	more: More;
	handle?: Ref<RecordTableHandle>;
	testId: string;
	/** What stands in place of the rows when there are none. */
	children?: ReactNode;
}

/** The table of a list that is read, and what stands there before it is, or when it cannot be. */
export function RecordList<R extends { id: string }>({
	list,
	...table
}: Omit<RecordTableProps<R>, "more"> & {
	list: More & {
		data: unknown;
		error: AppError | null;
		isPending: boolean;
		refetch: () => unknown;
	};
}) {
	return (
		<>
			{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
			{list.isPending && <Skeleton className="h-64" />}
			{list.data !== undefined && <RecordTable {...table} more={list} />}
		</>
	);
}

/** A long list of records, read page by page. One row takes Tab; arrows go on from it. */
export function RecordTable<R extends { id: string }>({
	label,
	columns,
	rows,
	selected,
	onOpen,
	more,
	handle,
	testId,
	children,
}: RecordTableProps<R>) {
	const scroller = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(0);
	const [at, setAt] = useState(0);
	const wanted = useRef<number | null>(null);
	useLayoutEffect(() => {
		const box = scroller.current;
		if (!box) return;
		const measure = () => setWidth(box.clientWidth);
		measure();
		const watch = new ResizeObserver(measure);
		watch.observe(box);
		return () => watch.disconnect();
	}, []);
	const shown = fitting(columns, width);
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => ROW,
		scrollMargin: HEAD,
		scrollPaddingStart: HEAD,
		overscan: 10,
	});
	const items = virtual.getVirtualItems();
	const last = items.at(-1)?.index ?? 0;
	const { hasNextPage, isFetchingNextPage, fetchNextPage } = more;
	useEffect(() => {
		if (hasNextPage && !isFetchingNextPage && last >= rows.length - 40) fetchNextPage();
	}, [hasNextPage, isFetchingNextPage, last, rows.length, fetchNextPage]);

	const buttonOf = (index: number) =>
		scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] [data-open]`);
	const go = (index: number) => {
		const to = Math.max(0, Math.min(rows.length - 1, index));
		setAt(to);
		virtual.scrollToIndex(to);
		const button = buttonOf(to);
		if (button) button.focus({ preventScroll: true });
		else wanted.current = to;
	};
	// The row is drawn only after the list has scrolled to it.
	useEffect(() => {
		if (wanted.current === null) return;
		const button = buttonOf(wanted.current);
		if (!button) return;
		wanted.current = null;
		button.focus({ preventScroll: true });
	});
	useImperativeHandle(handle, () => ({
		focus: (id: string) => {
			// A row that is gone gives its place to the one that took it.
			const index = rows.findIndex((row) => row.id === id);
			if (rows.length > 0) go(index >= 0 ? index : at);
		},
	}));
	const onKey = (event: KeyboardEvent<HTMLElement>, index: number) => {
		if (event.altKey || event.ctrlKey || event.metaKey) return;
		const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 1);
		const to = {
			ArrowDown: index + 1,
			ArrowUp: index - 1,
			PageDown: index + page,
			PageUp: index - page,
			Home: 0,
			End: rows.length - 1,
		}[event.key];
		if (to === undefined) return;
		event.preventDefault();
		go(to);
	};
	// A row that is not drawn cannot take Tab: then the first that is drawn does.
	const stop = items.some((item) => item.index === at) ? at : items[0]?.index;
	const before = Math.max(0, (items[0]?.start ?? HEAD) - HEAD);
	const after = Math.max(0, virtual.getTotalSize() + HEAD - (items.at(-1)?.end ?? HEAD));

	return (
		<div
			ref={scroller}
			className="relative min-h-0 flex-1 scroll-pt-8 overflow-auto rounded-3 border border-line bg-surface"
		>
			<table
				// In pixels: by per cent WebKit keeps the width that it had with columns that are gone.
				style={width > 0 ? { width } : undefined}
				className="w-full table-fixed border-separate border-spacing-0"
				aria-label={label}
				aria-rowcount={hasNextPage ? -1 : rows.length + 1}
			>
				<thead>
					<tr aria-rowindex={1} className="text-left text-11 text-ink-3">
						{shown.map((column, place) => (
							<th
								key={column.id}
								scope="col"
								style={place === 0 ? undefined : { width: column.width }}
								className={cx(
									"sticky top-0 z-10 h-7 truncate border-line border-b bg-surface px-2 font-medium first:pl-4 last:pr-4",
									column.right && "text-right",
								)}
							>
								{column.head}
							</th>
						))}
					</tr>
				</thead>
				{/* biome-ignore lint/a11y/useKeyWithMouseEvents: a row that has the focus is read out whole */}
				<tbody onMouseOver={tellCut}>
					{before > 0 && (
						<tr aria-hidden>
							<td colSpan={shown.length} style={{ height: before }} />
						</tr>
					)}
					{items.map((item) => {
						const row = rows[item.index];
						if (!row) return null;
						return (
							<tr
								key={row.id}
								data-testid={testId}
								data-index={item.index}
								aria-rowindex={item.index + 2}
								aria-selected={selected === undefined ? undefined : selected === row.id}
								onClick={() => {
									setAt(item.index);
									onOpen?.(row);
								}}
								onKeyDown={(event) => onKey(event, item.index)}
								onFocus={() => setAt(item.index)}
								className={cx(
									"h-8 [&>*]:truncate [&>*]:border-line [&>*]:border-b [&>*]:px-2 [&>*]:first:pl-4 [&>*]:last:pr-4",
									onOpen && "cursor-pointer",
									selected === row.id ? "bg-selected" : "hover:bg-hover",
								)}
							>
								{shown.map((column, place) =>
									place === 0 ? (
										<th key={column.id} scope="row" className="text-left font-normal">
											{onOpen ? (
												<button
													type="button"
													data-open
													tabIndex={item.index === stop ? 0 : -1}
													className="block max-w-full truncate text-left font-medium"
													onClick={(event) => {
														event.stopPropagation();
														setAt(item.index);
														onOpen(row);
													}}
												>
													{column.cell(row)}
												</button>
											) : (
												<span
													data-open
													tabIndex={item.index === stop ? 0 : -1}
													className="block max-w-full truncate font-medium"
												>
													{column.cell(row)}
												</span>
											)}
										</th>
									) : (
										<td key={column.id} className={column.right ? "num text-right" : undefined}>
											{column.cell(row)}
										</td>
									),
								)}
							</tr>
						);
					})}
					{after > 0 && (
						<tr aria-hidden>
							<td colSpan={shown.length} style={{ height: after }} />
						</tr>
					)}
				</tbody>
			</table>
			{rows.length === 0 && children}
		</div>
	);
}
