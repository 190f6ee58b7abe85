import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import type { RoiFigures, RoiRow } from "@/bindings";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { type Column, isLoss, written } from "./columns";

export interface TreeRow {
	row: RoiRow;
	depth: number;
	open: boolean | null;
}
export interface Sort {
	id: string;
	down: boolean;
}
export interface Footer {
	label: string;
	figures: RoiFigures;
	strong?: boolean;
	bare?: boolean;
}

const ROW = 32;

/** A table of figures: name pinned, numbers right, sums pinned below, a roving focus in its cells. */
export function FiguresTable({
	label,
	rows,
	columns,
	currency,
	sort,
	onSort,
	onToggle,
	footers,
	empty,
	nameHead,
}: {
	label: string;
	rows: readonly TreeRow[];
	columns: readonly Column[];
	currency: string;
	sort: Sort;
	onSort: (id: string) => void;
	onToggle: (row: RoiRow) => void;
	footers: readonly Footer[];
	empty: ReactNode;
	nameHead: string;
}) {
	const { t, locale } = useWords();
	const scroller = useRef<HTMLDivElement>(null);
	const [focus, setFocus] = useState({ row: 0, column: 0 });
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => ROW,
		overscan: 12,
	});
	const items = virtual.getVirtualItems();
	const before = items[0]?.start ?? 0;
	const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
	const span = columns.length + 1;

	const go = (row: number, column: number) => {
		const next = {
			row: Math.max(0, Math.min(rows.length - 1, row)),
			column: Math.max(0, Math.min(columns.length, column)),
		};
		setFocus(next);
		virtual.scrollToIndex(next.row);
		requestAnimationFrame(() =>
			scroller.current
				?.querySelector<HTMLElement>(`[data-cell="${next.row}:${next.column}"]`)
				?.focus(),
		);
	};
	const onKey = (event: KeyboardEvent) => {
		const { row, column } = focus;
		const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / ROW) - 2);
		const moves: Record<string, [number, number]> = {
			ArrowDown: [row + 1, column],
			ArrowUp: [row - 1, column],
			ArrowRight: [row, column + 1],
			ArrowLeft: [row, column - 1],
			Home: [event.ctrlKey ? 0 : row, 0],
			End: [event.ctrlKey ? rows.length - 1 : row, columns.length],
			PageDown: [row + page, column],
			PageUp: [row - page, column],
		};
		const move = moves[event.key];
		if (move) {
			event.preventDefault();
			go(...move);
		} else if ((event.key === "Enter" || event.key === " ") && column === 0) {
			const at = rows[row];
			if (at && at.open !== null) {
				event.preventDefault();
				onToggle(at.row);
			}
		} else if (event.key === "c" && (event.ctrlKey || event.metaKey)) {
			const cell = scroller.current?.querySelector(`[data-cell="${row}:${column}"]`);
			if (cell && !getSelection()?.toString())
				void navigator.clipboard.writeText(cell.textContent ?? "");
		}
	};
	const cell = (at: number, column: number) => ({
		"data-cell": `${at}:${column}`,
		tabIndex: focus.row === at && focus.column === column ? 0 : -1,
		onFocus: () => setFocus({ row: at, column }),
	});

	return (
		<div
			ref={scroller}
			className="min-h-0 flex-1 overflow-auto rounded-3 border border-line bg-surface"
		>
			<table
				aria-label={label}
				aria-rowcount={rows.length}
				data-testid="campaign-table"
				className="min-w-full border-separate border-spacing-0"
				onKeyDown={onKey}
			>
				<thead>
					<tr className="text-11 text-ink-3">
						<th
							scope="col"
							aria-sort={sort.id === "name" ? (sort.down ? "descending" : "ascending") : "none"}
							className="sticky top-0 left-0 z-20 h-10 min-w-[280px] border-line border-b bg-surface pl-4 text-left font-medium"
						>
							<button
								type="button"
								onClick={() => onSort("name")}
								className="font-medium hover:text-ink"
							>
								{nameHead}
								<SortMark sort={sort} id="name" />
							</button>
						</th>
						{columns.map((column) => (
							<th
								key={column.id}
								scope="col"
								aria-sort={
									sort.id === column.id ? (sort.down ? "descending" : "ascending") : "none"
								}
								className="sticky top-0 z-10 border-line border-b bg-surface px-2 text-right font-medium last:pr-4"
							>
								<button
									type="button"
									onClick={() => onSort(column.id)}
									className="text-right font-medium leading-[14px] hover:text-ink"
								>
									{t(`metric.${column.id}`)}
									<SortMark sort={sort} id={column.id} />
									<span className="block font-normal">
										{column.kind === "money"
											? currencySign(currency)
											: column.ratio
												? t("campaigns.attributed")
												: "\u00a0"}
									</span>
								</button>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{before > 0 && (
						<tr aria-hidden>
							<td colSpan={span} style={{ height: before }} />
						</tr>
					)}
					{items.map((item) => {
						const tree = rows[item.index];
						if (!tree) return null;
						const { row, depth, open } = tree;
						const name =
							row.name ||
							(row.remainder ? t(`remainder.${row.remainder}`) : (row.external_id ?? ""));
						return (
							<tr
								key={`${depth}${row.key}`}
								aria-rowindex={item.index + 1}
								aria-level={depth + 1}
								className="group h-8"
							>
								<th
									scope="row"
									{...cell(item.index, 0)}
									className={cx(
										"sticky left-0 z-[5] max-w-[420px] border-line border-b bg-surface pr-2 text-left font-normal group-hover:bg-hover",
										depth > 0 && "bg-sunken",
									)}
									style={{ paddingLeft: 12 + depth * 20 }}
								>
									<span className="flex min-w-0 items-center gap-2">
										{open === null ? (
											<span className="w-4 flex-none" />
										) : (
											<button
												type="button"
												tabIndex={-1}
												aria-expanded={open}
												aria-label={
													open ? t("campaigns.collapse", { name }) : t("campaigns.expand", { name })
												}
												onClick={() => onToggle(row)}
												className="grid size-4 flex-none place-items-center text-ink-3"
											>
												{open ? (
													<ChevronDown size={14} aria-hidden />
												) : (
													<ChevronRight size={14} aria-hidden />
												)}
											</button>
										)}
										<StatusGlyph status={row.status} />
										<span className={cx("truncate", depth === 0 && "font-medium")} title={name}>
											{name}
										</span>
										{row.waiting_for_sync && <Tag tone="info">{t("campaigns.waiting")}</Tag>}
										{row.no_spend && <Tag tone="line">{t("campaigns.noSpend")}</Tag>}
										{row.other_currency && <Tag tone="line">{t("campaigns.otherCurrency")}</Tag>}
									</span>
								</th>
								{columns.map((column, at) => (
									<td
										key={column.id}
										{...cell(item.index, at + 1)}
										className={cx(
											"num border-line border-b px-2 text-right last:pr-4 group-hover:bg-hover",
											depth > 0 && "bg-sunken",
											isLoss(column, row) && "text-negative",
										)}
									>
										{written(locale, column, row, currency)}
									</td>
								))}
							</tr>
						);
					})}
					{after > 0 && (
						<tr aria-hidden>
							<td colSpan={span} style={{ height: after }} />
						</tr>
					)}
					{rows.length === 0 && (
						<tr>
							<td colSpan={span}>{empty}</td>
						</tr>
					)}
				</tbody>
				<tfoot>
					{footers.map((footer, at) => (
						<tr
							key={footer.label}
							className={cx("h-8", footer.strong ? "font-semibold text-ink" : "text-ink-2")}
						>
							<th
								scope="row"
								className={cx(
									"sticky left-0 z-20 bg-sunken pl-4 text-left",
									footer.strong ? "font-semibold" : "font-normal",
									at === 0 && "border-line-2 border-t",
								)}
								style={{ bottom: (footers.length - 1 - at) * ROW }}
							>
								{footer.label}
							</th>
							{columns.map((column) => (
								<td
									key={column.id}
									className={cx(
										"num sticky z-10 bg-sunken px-2 text-right last:pr-4",
										at === 0 && "border-line-2 border-t",
									)}
									style={{ bottom: (footers.length - 1 - at) * ROW }}
								>
									{footer.bare && column.ratio
										? ""
										: written(locale, column, footer.figures, currency)}
								</td>
							))}
						</tr>
					))}
				</tfoot>
			</table>
		</div>
	);
}

function SortMark({ sort, id }: { sort: Sort; id: string }) {
	if (sort.id !== id) return null;
	const Icon = sort.down ? ArrowDown : ArrowUp;
	return <Icon size={12} aria-hidden className="ml-0.5 inline" />;
}
