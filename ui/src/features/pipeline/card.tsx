import { CalendarDays, Ellipsis, Megaphone, UserRound } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent } from "react";
import { useSession } from "@/app/session";
import type { BoardColumn, OpportunityCard } from "@/bindings";
import { cx, IconButton, Tag } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { day, instant, money } from "@/lib/format";

/** What a card says, standing in its column or carried by the pointer. */
export function CardFace({
	card,
	owned,
}: {
	card: OpportunityCard;
	/** Whether to say whose it is: not where all are of one person. */
	owned: boolean;
}) {
	const { t, locale } = useWords();
	const { now } = useSession();
	const late = card.state === "open" && card.deadline_at && Date.parse(card.deadline_at) < now;
	return (
		<>
			<p className="line-clamp-2 pr-6 font-medium">{card.name || card.contact_name}</p>
			<p className="truncate text-12 text-ink-2">{card.contact_name}</p>
			<p className="num mt-1 font-semibold">
				{card.value === null ? (
					<span className="font-normal text-ink-3">{t("pipeline.noValue")}</span>
				) : (
					money(locale, card.value, card.currency)
				)}
			</p>
			{card.lost_reason && (
				<p className="mt-0.5 line-clamp-2 text-12 text-ink-2">{card.lost_reason}</p>
			)}
			{(card.campaign || card.expected_close || late || (owned && card.owner)) && (
				<div className="mt-1.5 flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-11 text-ink-3">
					{card.campaign && (
						<span className="inline-flex min-w-0 items-center gap-1">
							<Megaphone size={12} aria-hidden className="flex-none" />
							<span className="truncate">{card.campaign}</span>
						</span>
					)}
					{owned && card.owner && (
						<span className="inline-flex min-w-0 items-center gap-1">
							<UserRound size={12} aria-hidden className="flex-none" />
							<span className="sr-only">{t("contacts.owner")}</span>
							<span className="truncate">{card.owner.name}</span>
						</span>
					)}
					{card.expected_close && (
						<span className="num inline-flex items-center gap-1">
							<CalendarDays size={12} aria-hidden />
							<span className="sr-only">{t("pipeline.close")}</span>
							{day(locale, card.expected_close)}
						</span>
					)}
					{late && card.deadline_at && (
						<span title={instant(locale, card.deadline_at)}>
							<Tag tone="warning">{t("pipeline.late")}</Tag>
						</span>
					)}
				</div>
			)}
		</>
	);
}

/** Drawn again only when something of it changes: a board holds many. */
export const Card = memo(function Card({
	card,
	column,
	columns,
	current,
	carried,
	owned,
	place,
	onFocus,
	onKey,
	onPress,
	onMove,
	onEdit,
	onSale,
	onContact,
}: {
	card: OpportunityCard;
	column: BoardColumn;
	columns: readonly BoardColumn[];
	/** The one card of the board that Tab comes to. */
	current: boolean;
	carried: boolean;
	owned: boolean;
	/** Where it stands in its column, from 0. */
	place: number;
	onFocus: (card: OpportunityCard) => void;
	onKey: (
		event: KeyboardEvent<HTMLElement>,
		card: OpportunityCard,
		column: BoardColumn,
		place: number,
	) => void;
	onPress: (event: PointerEvent<HTMLElement>, card: OpportunityCard, stage: string) => void;
	onMove: (card: OpportunityCard, stage: BoardColumn) => void;
	onEdit: (card: OpportunityCard) => void;
	/** It came to a sale, which is entered with its value. */
	onSale: (card: OpportunityCard) => void;
	onContact: (card: OpportunityCard) => void;
}) {
	const { t, locale } = useWords();
	const value = card.value === null ? "" : `, ${money(locale, card.value, card.currency)}`;
	const where = columns.indexOf(column);
	const hint = (at: number) =>
		at === where - 1 ? "Alt ←" : at === where + 1 ? "Alt →" : undefined;
	return (
		<li className="relative">
			{/* biome-ignore lint/a11y/useSemanticElements: a button may not hold the card's lines */}
			<div
				role="button"
				tabIndex={current ? 0 : -1}
				data-card={card.id}
				data-testid="opportunity-card"
				aria-label={`${card.name || card.contact_name}, ${card.contact_name}${value}`}
				aria-describedby="pipeline-keys"
				onFocus={() => onFocus(card)}
				onKeyDown={(event) => onKey(event, card, column, place)}
				onPointerDown={(event) => onPress(event, card, column.stage_id)}
				onDoubleClick={() => onEdit(card)}
				className={cx(
					"cursor-grab rounded-2 border border-line bg-surface p-2.5 shadow-1 hover:border-line-2 dark:bg-raised",
					carried && "opacity-40",
				)}
			>
				<CardFace card={card} owned={owned} />
			</div>
			<span className="absolute top-1.5 right-1.5">
				<Menu
					trigger={
						<IconButton
							icon={Ellipsis}
							label={t("pipeline.actions", { name: card.name || card.contact_name })}
							tabIndex={current ? 0 : -1}
							onFocus={() => onFocus(card)}
							className="!size-6"
						/>
					}
				>
					<MenuTitle>{t("pipeline.moveTo")}</MenuTitle>
					{columns.map((stage, at) => (
						<MenuItem
							key={stage.stage_id}
							checked={stage.stage_id === column.stage_id}
							hint={hint(at)}
							onSelect={() => onMove(card, stage)}
						>
							{stage.name}
						</MenuItem>
					))}
					<MenuLine />
					<MenuItem onSelect={() => onEdit(card)}>{t("pipeline.edit")}</MenuItem>
					<MenuItem onSelect={() => onSale(card)}>{t("sale.add")}</MenuItem>
					<MenuItem onSelect={() => onContact(card)}>{t("sales.openContact")}</MenuItem>
				</Menu>
			</span>
		</li>
	);
});
