import { ArrowDown, ArrowUp, Columns3, Pin } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button, cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { pressed } from "@/lib/shortcuts";
import { COLUMNS } from "./columns";

const ALL = COLUMNS.map((column) => column.id);

/**
 * Which columns are shown, in which order, and which of them stay in place beside the name. Every
 * part takes the Tab key; Alt with an arrow moves a column from anywhere in its row.
 */
export function ColumnsMenu({
	columns,
	offered = ALL,
	pinned,
	onColumns,
	onPinned,
	onReset,
}: {
	columns: readonly string[];
	/** What there is to choose from; every column where it is absent. */
	offered?: readonly string[];
	pinned: readonly string[];
	onColumns: (ids: string[]) => void;
	onPinned: (ids: string[]) => void;
	onReset: () => void;
}) {
	const { t } = useWords();
	const list = useRef<HTMLUListElement>(null);
	/** What had the focus before its row moved. */
	const moved = useRef<string | null>(null);
	useEffect(() => {
		if (!moved.current) return;
		list.current?.querySelector<HTMLElement>(moved.current)?.focus();
		moved.current = null;
	});
	const move = (id: string, step: number, part: string) => {
		const at = columns.indexOf(id);
		const to = at + step;
		if (at < 0 || to < 0 || to >= columns.length) return;
		const next = [...columns];
		next.splice(at, 1);
		next.splice(to, 0, id);
		moved.current = `[data-column="${id}"] [data-part="${part}"]`;
		onColumns(next);
	};
	const onKey = (id: string) => (event: KeyboardEvent<HTMLLIElement>) => {
		if (!pressed(event, "move") || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
		event.preventDefault();
		const part = (event.target as HTMLElement).dataset.part ?? "show";
		move(id, event.key === "ArrowUp" ? -1 : 1, part);
	};
	const rest = offered.filter((id) => !columns.includes(id));
	return (
		<Popover.Root>
			<Popover.Trigger asChild>
				<Button variant="ghost" size="s" icon={Columns3}>
					{t("figures.columns")}
				</Button>
			</Popover.Trigger>
			<Popover.Portal>
				<Popover.Content
					align="end"
					sideOffset={4}
					collisionPadding={8}
					aria-label={t("figures.columns")}
					className="z-50 flex max-h-[70vh] w-80 flex-col rounded-3 bg-raised shadow-2"
				>
					<p className="flex-none px-3 pt-2.5 pb-1.5 text-11 text-ink-3">
						{t("figures.columnsHint")}
					</p>
					<ul ref={list} className="min-h-0 flex-1 overflow-y-auto px-1 pb-1">
						{[...columns, ...rest].map((id) => {
							const on = columns.includes(id);
							const name = t(`metric.${id}`);
							const step = (by: -1 | 1, part: string) => {
								const Icon = by < 0 ? ArrowUp : ArrowDown;
								return (
									<button
										type="button"
										data-part={part}
										aria-label={t(by < 0 ? "figures.earlier" : "figures.later", { name })}
										aria-keyshortcuts={by < 0 ? "Alt+ArrowUp" : "Alt+ArrowDown"}
										onClick={() => move(id, by, part)}
										className="grid size-6 place-items-center rounded-1 text-ink-3 hover:bg-hover hover:text-ink"
									>
										<Icon size={14} aria-hidden />
									</button>
								);
							};
							return (
								<li
									key={id}
									data-column={id}
									onKeyDown={onKey(id)}
									className="flex h-7 items-center gap-0.5 rounded-2 pr-1 pl-2 hover:bg-hover"
								>
									<label className="flex min-w-0 flex-1 items-center gap-2">
										<input
											type="checkbox"
											data-part="show"
											checked={on}
											onChange={() => {
												onColumns(on ? columns.filter((one) => one !== id) : [...columns, id]);
												if (on) onPinned(pinned.filter((one) => one !== id));
											}}
											className="size-4 flex-none accent-[var(--accent)]"
										/>
										<span className="truncate">{name}</span>
									</label>
									{on && (
										<>
											<button
												type="button"
												data-part="pin"
												aria-pressed={pinned.includes(id)}
												aria-label={t("figures.pin", { name })}
												title={t("figures.pin", { name })}
												onClick={() =>
													onPinned(
														pinned.includes(id)
															? pinned.filter((one) => one !== id)
															: [...pinned, id],
													)
												}
												className={cx(
													"grid size-6 place-items-center rounded-1 hover:bg-hover",
													pinned.includes(id) ? "text-accent-text" : "text-ink-3 hover:text-ink",
												)}
											>
												<Pin
													size={14}
													aria-hidden
													fill={pinned.includes(id) ? "currentColor" : "none"}
												/>
											</button>
											{step(-1, "up")}
											{step(1, "down")}
										</>
									)}
								</li>
							);
						})}
					</ul>
					<div className="flex-none border-line border-t p-1">
						<Button variant="ghost" size="s" onClick={onReset}>
							{t("figures.usual")}
						</Button>
					</div>
				</Popover.Content>
			</Popover.Portal>
		</Popover.Root>
	);
}
