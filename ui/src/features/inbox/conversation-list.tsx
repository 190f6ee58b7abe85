import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ConversationRow } from "@/bindings";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, recent } from "@/lib/format";
import { ChannelIcon } from "./channel-icon";
import { listKeys } from "./list-keys";
import { MessageStatus } from "./status";

const ROW = 64;

/** The beginning of the last message, or what it was where it has no words. */
export function Preview({ row }: { row: ConversationRow }) {
	const { t } = useWords();
	const ours = row.last_direction === "outbound";
	const kind = row.last_kind && row.last_kind !== "text" && row.last_kind !== "template";
	return (
		<>
			{ours && <MessageStatus status={row.last_status ?? ""} />}
			<span className="min-w-0 truncate">
				{ours && (
					<span className="text-ink-3">
						{row.last_automatic ? t("inbox.automaticShort") : t("inbox.you")}{" "}
					</span>
				)}
				{row.preview || (kind ? t(`inbox.kind.${row.last_kind}`) : "")}
			</span>
		</>
	);
}

/** One conversation in the list. */
export function ConversationItem({
	row,
	on,
	now,
	tabIndex,
	onOpen,
}: {
	row: ConversationRow;
	on: boolean;
	now: number;
	/** Of a list that is one stop of the Tab key. */
	tabIndex?: number;
	onOpen: () => void;
}) {
	const { t, locale } = useWords();
	const unread = row.unread > 0;
	return (
		<button
			type="button"
			data-testid="conversation"
			data-item
			data-id={row.id}
			tabIndex={tabIndex}
			aria-current={on || undefined}
			onClick={onOpen}
			className={cx(
				"flex h-16 w-full flex-col justify-center gap-0.5 border-line border-b px-4 text-left focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]",
				on ? "bg-selected" : "hover:bg-hover",
			)}
		>
			<span className="flex items-center gap-2">
				<ChannelIcon kind={row.kind} />
				<span
					title={row.name}
					className={cx("min-w-0 flex-1 truncate", unread ? "font-semibold" : "font-medium")}
				>
					{row.name}
				</span>
				<span className={cx("num flex-none text-11", unread ? "text-accent-text" : "text-ink-3")}>
					{row.last_message_at ? recent(locale, row.last_message_at, now) : ""}
				</span>
			</span>
			<span className={cx("flex items-center gap-1.5 text-12", unread ? "text-ink" : "text-ink-2")}>
				<Preview row={row} />
				<span className="ml-auto flex flex-none items-center gap-1.5 pl-2">
					{row.assignee && (
						<span
							title={row.assignee}
							className="grid size-[18px] place-items-center rounded-full bg-sunken font-medium text-11 text-ink-2 dark:bg-raised"
						>
							{row.assignee.slice(0, 1).toUpperCase()}
						</span>
					)}
					{unread && (
						<span
							title={t("inbox.unreadCount", { count: row.unread })}
							className="num grid h-[18px] min-w-[18px] place-items-center rounded-full bg-accent px-1 font-semibold text-11 text-on-accent"
						>
							{count(locale, row.unread)}
						</span>
					)}
				</span>
			</span>
		</button>
	);
}

/** A long list of conversations, read page by page. */
export function ConversationList({
	rows,
	open,
	now,
	more,
	onOpen,
	children,
}: {
	rows: readonly ConversationRow[];
	open: string | null;
	now: number;
	more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
	onOpen: (row: ConversationRow) => void;
	/** Shown where there is none. */
	children: ReactNode;
}) {
	const { t } = useWords();
	const pane = useRef<HTMLDivElement>(null);
	const [focused, setFocused] = useState(-1);
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => pane.current,
		estimateSize: () => ROW,
		overscan: 8,
		getItemKey: (at) => rows[at]?.id ?? at,
	});
	const items = virtual.getVirtualItems();
	const last = items.at(-1)?.index ?? 0;
	const { hasNextPage, isFetchingNextPage, fetchNextPage } = more;
	useEffect(() => {
		if (last >= rows.length - 10 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
	}, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
	const at = rows.findIndex((row) => row.id === open);
	// biome-ignore lint/correctness/useExhaustiveDependencies: only another open one is brought into view
	useEffect(() => {
		if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
	}, [open]);
	if (rows.length === 0) return <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>;
	// One of them takes Tab, the arrows go on from it.
	const stop = items.some((item) => item.index === focused) ? focused : at;
	const first = items.some((item) => item.index === stop) ? stop : items[0]?.index;
	return (
		<div ref={pane} className="min-h-0 flex-1 overflow-y-auto">
			<ul
				aria-label={t("inbox.list")}
				style={{ height: virtual.getTotalSize() }}
				className="relative"
				onKeyDown={listKeys}
			>
				{items.map((item) => {
					const row = rows[item.index];
					if (!row) return null;
					return (
						<li
							key={item.key}
							onFocus={() => setFocused(item.index)}
							style={{ transform: `translateY(${item.start}px)` }}
							className="absolute inset-x-0 top-0"
						>
							<ConversationItem
								row={row}
								on={row.id === open}
								now={now}
								tabIndex={item.index === first ? 0 : -1}
								onOpen={() => onOpen(row)}
							/>
						</li>
					);
				})}
			</ul>
		</div>
	);
}
