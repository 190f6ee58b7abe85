import {
	type KeyboardEvent,
	type RefObject,
	useCallback,
	useEffect,
	useRef,
	useState,
} from "react";
import type { BoardColumn, Board as BoardData, OpportunityCard } from "@/bindings";
import { cx, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, money, percent } from "@/lib/format";
import { pressed as isPressed } from "@/lib/shortcuts";
import { Card, CardFace } from "./card";
import { useCardDrag } from "./drag";

/** One function that always does what the newest of these does. */
function useLatest<A extends unknown[]>(newest: (...args: A) => void): (...args: A) => void {
	const latest = useRef(newest);
	useEffect(() => {
		latest.current = newest;
	});
	return useCallback((...args: A) => latest.current(...args), []);
}

/** The stages side by side. One card of all takes the focus; the arrows go from it to the others. */
export function Board({
	board,
	stages,
	onMove,
	onEdit,
	onSale,
	onContact,
}: {
	board: BoardData;
	stages: RefObject<HTMLDivElement | null>;
	onMove: (card: OpportunityCard, to: BoardColumn) => void;
	onEdit: (card: OpportunityCard) => void;
	onSale: (card: OpportunityCard) => void;
	onContact: (card: OpportunityCard) => void;
}) {
	const { t } = useWords();
	const { columns } = board;
	const [focused, setFocused] = useState<string | null>(null);
	const { drag, start, picture } = useCardDrag((card, _, to) => {
		const column = columns.find((one) => one.stage_id === to);
		if (column) onMove(card, column);
	});
	const all = columns.flatMap((column) => column.cards);
	const owned = new Set(all.map((card) => card.owner?.id ?? "")).size > 1;
	const current = all.find((card) => card.id === focused) ?? all[0];

	const focus = (card: OpportunityCard | undefined) => {
		if (!card) return;
		stages.current?.querySelector<HTMLElement>(`[data-card="${card.id}"]`)?.focus();
	};
	const onKey = (
		event: KeyboardEvent<HTMLElement>,
		card: OpportunityCard,
		column: BoardColumn,
		place: number,
	) => {
		if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
		const at = columns.indexOf(column);
		const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (sideways && isPressed(event, "move")) {
			const next = columns[at + sideways];
			// Without this the window would go back to the page before.
			event.preventDefault();
			if (next) onMove(card, next);
		} else if (event.altKey) {
			return;
		} else if (sideways) {
			event.preventDefault();
			for (let to = at + sideways; to >= 0 && to < columns.length; to += sideways) {
				const cards = columns[to]?.cards ?? [];
				if (cards.length === 0) continue;
				focus(cards[Math.min(place, cards.length - 1)]);
				return;
			}
		} else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			focus(column.cards[place + (event.key === "ArrowDown" ? 1 : -1)]);
		} else if (event.key === "Home" || event.key === "End") {
			event.preventDefault();
			focus(event.key === "Home" ? column.cards[0] : column.cards.at(-1));
		} else if (event.key === "Enter" || event.key === " ") {
			event.preventDefault();
			onEdit(card);
		}
	};
	const onFocus = useCallback((card: OpportunityCard) => setFocused(card.id), []);
	const keyed = useLatest(onKey);
	const pressed = useLatest(start);
	const moved = useLatest(onMove);
	const edited = useLatest(onEdit);
	const sold = useLatest(onSale);
	const visited = useLatest(onContact);

	return (
		<>
			<p id="pipeline-keys" className="sr-only">
				{t("pipeline.keys")}
			</p>
			<div ref={stages} data-board className="flex min-h-0 flex-1 gap-2 overflow-x-auto pb-1">
				{columns.map((column) => (
					<section
						key={column.stage_id}
						data-stage={column.stage_id}
						data-testid="board-column"
						aria-labelledby={`stage-${column.stage_id}`}
						className={cx(
							"flex w-64 flex-none flex-col rounded-3 border bg-sunken",
							drag?.over === column.stage_id && drag.from !== column.stage_id
								? "border-accent"
								: "border-line",
						)}
					>
						<Head column={column} />
						<ul className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto p-2 pt-0.5">
							{column.cards.map((card, place) => (
								<Card
									key={card.id}
									card={card}
									column={column}
									columns={columns}
									current={card.id === current?.id}
									carried={drag?.card.id === card.id}
									owned={owned}
									place={place}
									onFocus={onFocus}
									onKey={keyed}
									onPress={pressed}
									onMove={moved}
									onEdit={edited}
									onSale={sold}
									onContact={visited}
								/>
							))}
							{column.cards.length < column.count && (
								<li className="px-1 py-2 text-12 text-ink-3">
									{t("pipeline.more", {
										shown: column.cards.length,
										all: column.count,
									})}
								</li>
							)}
							{column.count === 0 && (
								<li className="px-1 py-2 text-12 text-ink-3">{t("pipeline.none")}</li>
							)}
						</ul>
					</section>
				))}
			</div>
			{drag && (
				<div
					ref={picture}
					aria-hidden
					style={{ left: drag.left, top: drag.top, width: drag.width }}
					className="pointer-events-none fixed z-50 rounded-2 border border-accent-line bg-surface p-2.5 shadow-3 dark:bg-raised"
				>
					<CardFace card={drag.card} owned={owned} />
				</div>
			)}
		</>
	);
}

function Head({ column }: { column: BoardColumn }) {
	const { t, locale } = useWords();
	return (
		<header className="flex-none px-3 pt-2.5 pb-2">
			<div className="flex items-center gap-2">
				<h2 id={`stage-${column.stage_id}`} className="truncate font-semibold">
					{column.name}
				</h2>
				<span className="num text-12 text-ink-3">{count(locale, column.count)}</span>
				<span className="ml-auto">
					{column.outcome === "won" && <Tag tone="positive">{t("pipeline.won")}</Tag>}
					{column.outcome === "lost" && <Tag tone="negative">{t("pipeline.lost")}</Tag>}
					{column.outcome === null && (
						<span className="num text-11 text-ink-3" title={t("pipeline.probability")}>
							{percent(locale, String(column.probability), 0)}
						</span>
					)}
				</span>
			</div>
			<ul className="num mt-0.5 flex flex-wrap gap-x-3 text-12 text-ink-2">
				{column.totals.map((sum) => (
					<li key={sum.currency}>{money(locale, sum.amount, sum.currency)}</li>
				))}
				{column.totals.length === 0 && <li className="text-ink-3">—</li>}
			</ul>
		</header>
	);
}
