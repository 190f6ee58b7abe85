import { type UseQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Inbox, MessagesSquare, SearchX } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { ConversationRow, FoundMessage, InboxFound } from "@/bindings";
import { Failure } from "@/components/failure";
import { ToChannels } from "@/components/to-channels";
import { cx, Empty, SearchField, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, recent } from "@/lib/format";
import { type AppError, pages, query } from "@/lib/ipc";
import { ariaKeys, useShortcut } from "@/lib/shortcuts";
import { ChannelIcon } from "./channel-icon";
import { ConversationItem, ConversationList } from "./conversation-list";
import { excerpt } from "./excerpt";
import { listKeys } from "./list-keys";
import { useStaying } from "./staying";
import { Thread, useConversation, useThread } from "./thread";

type Which = "open" | "unread" | "mine" | "nobody" | "closed" | "all";

/** What is asked for, of those that are shown. */
const ASKED: Record<Which, { state: string | null; assigned: string | null; unread: boolean }> = {
	open: { state: "open", assigned: null, unread: false },
	unread: { state: null, assigned: null, unread: true },
	mine: { state: "open", assigned: "me", unread: false },
	nobody: { state: "open", assigned: "nobody", unread: false },
	closed: { state: "closed", assigned: null, unread: false },
	all: { state: null, assigned: null, unread: false },
};

/** A message that was found, with the words in their place. */
function FoundItem({
	hit,
	text,
	on,
	now,
	onOpen,
}: {
	hit: FoundMessage;
	/** What was looked for. */
	text: string;
	on: boolean;
	now: number;
	onOpen: () => void;
}) {
	const { t, locale } = useWords();
	return (
		<button
			type="button"
			data-testid="hit"
			data-item
			aria-current={on || undefined}
			onClick={onOpen}
			className={cx(
				"flex w-full flex-col gap-0.5 border-line border-b px-4 py-2 text-left focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]",
				on ? "bg-selected" : "hover:bg-hover",
			)}
		>
			<span className="flex items-center gap-2">
				<ChannelIcon kind={hit.kind} />
				<span className="min-w-0 flex-1 truncate font-medium">{hit.name}</span>
				<span className="num text-11 text-ink-3">{recent(locale, hit.at, now)}</span>
			</span>
			<span className="line-clamp-2 text-12 text-ink-2">
				{hit.direction === "outbound" && <span className="text-ink-3">{t("inbox.you")} </span>}
				{excerpt(hit.body, text).map((part) =>
					part.found ? (
						<mark key={part.at} className="bg-warning-soft text-ink">
							{part.text}
						</mark>
					) : (
						part.text
					),
				)}
			</span>
		</button>
	);
}

/** People and messages that were looked for. */
function Found({
	text,
	found,
	open,
	now,
	onOpen,
}: {
	text: string;
	found: UseQueryResult<InboxFound, AppError>;
	open: string | null;
	now: number;
	onOpen: (id: string, message?: string) => void;
}) {
	const { t } = useWords();
	if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
	if (!found.data) return <Skeleton className="m-4 h-40" />;
	const { people, messages } = found.data;
	if (people.length + messages.length === 0) {
		return (
			<Empty icon={SearchX} title={t("inbox.nothingFound")}>
				{t("inbox.nothingFoundText")}
			</Empty>
		);
	}
	const head =
		"sticky top-0 border-line border-b bg-app px-4 py-1.5 font-medium text-11 text-ink-3";
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: the arrows go on from the result that has the focus
		<div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={listKeys}>
			{people.length > 0 && <h3 className={head}>{t("inbox.people")}</h3>}
			{people.map((row) => (
				<ConversationItem
					key={row.id}
					row={row}
					on={row.id === open}
					now={now}
					onOpen={() => onOpen(row.id)}
				/>
			))}
			{messages.length > 0 && <h3 className={head}>{t("inbox.messages")}</h3>}
			{messages.map((hit) => (
				<FoundItem
					key={hit.id}
					hit={hit}
					text={text}
					on={hit.conversation_id === open}
					now={now}
					onOpen={() => onOpen(hit.conversation_id, hit.id)}
				/>
			))}
		</div>
	);
}

/** Keys that act on the conversation that stands open. */
function Keys({ row }: { row: ConversationRow }) {
	const { mark, assign, end } = useConversation(row.id);
	useShortcut("endConversation", () => end.mutate(row.state !== "closed"));
	useShortcut("assign", () => assign.mutate(row.assigned_to ? "nobody" : "me"));
	useShortcut("markUnread", () => mark.mutate(false));
	return null;
}

/** Every conversation, the one written in last first; one stands open beside the list (`?open=`). */
export default function InboxPage() {
	const { t, locale } = useWords();
	const { now } = useSession();
	const asked = useSearch({ strict: false }) as { open?: string };
	const [which, setWhich] = useState<Which>("open");
	const [text, setText] = useState("");
	const search = useDeferredValue(text.trim());
	const [open, setOpen] = useState<string | null>(asked.open ?? null);
	/** The message that was looked for, to be shown in its conversation. */
	const [target, setTarget] = useState<string | null>(null);
	const show = (id: string, message: string | null = null) => {
		setOpen(id);
		setTarget(message);
	};
	const box = useRef<HTMLInputElement>(null);
	const request = { ...ASKED[which], channel_id: null };
	const list = useInfiniteQuery(pages("listConversations", request, 100));
	const listed = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const waits = list.data?.pages[0];
	// Whoever stands open is known from the conversation itself: the list need not have it.
	const thread = useThread(open);
	const row = listed.find((one) => one.id === open) ?? thread.data?.pages[0]?.conversation;
	const rows = useStaying(which, listed, row);
	const found = useQuery({
		...query("searchInbox", { text: search, limit: 50 }),
		enabled: search !== "",
		placeholderData: (before) => before,
	});
	// The keys go through what is shown.
	const ids = search
		? [
				...new Set<string>([
					...(found.data?.people ?? []).map((one) => one.id),
					...(found.data?.messages ?? []).map((one) => one.conversation_id),
				]),
			]
		: rows.map((one) => one.id as string);
	const reading = search ? found.isPending : list.isPending;
	/** Steps that were asked for while there was nothing yet to step through. */
	const steps = useRef(0);
	const go = (by: number) => {
		if (reading) {
			steps.current += by;
			return;
		}
		const at = open === null ? -1 : ids.indexOf(open);
		// From nowhere the first step is to the first one, whichever way.
		const to = at < 0 ? Math.max(0, by - 1) : Math.max(0, at + by);
		const next = ids[Math.min(to, ids.length - 1)];
		if (next) show(next);
	};
	useEffect(() => {
		if (reading || steps.current === 0) return;
		const by = steps.current;
		steps.current = 0;
		go(by);
	});
	useShortcut("nextConversation", () => go(1));
	useShortcut("previousConversation", () => go(-1));
	useShortcut("findMessage", () => box.current?.focus());

	const counted = (label: string, number: number | undefined) =>
		number ? `${label} ${number >= 1000 ? "999+" : count(locale, number)}` : label;
	// Before anything came in there is nothing to choose from.
	const empty = list.data && which === "open" && listed.length === 0 && !search && !open;
	return (
		<Page title={t("nav.inbox")} fill>
			{row && <Keys row={row} />}
			<div className="flex flex-none flex-wrap items-center gap-2">
				<SearchField
					ref={box}
					label={t("inbox.find")}
					value={text}
					onChange={setText}
					aria-keyshortcuts={ariaKeys("findMessage")}
					onKeyDown={(event) => {
						if (event.key !== "Enter" || !search) return;
						event.preventDefault();
						const { people, messages } = found.data ?? {};
						if (people?.[0]) show(people[0].id);
						else if (messages?.[0]) show(messages[0].conversation_id, messages[0].id);
					}}
				/>
				<Segmented<Which>
					label={t("inbox.show")}
					value={which}
					onChange={setWhich}
					options={[
						{ value: "open", label: t("inbox.all"), testId: "which-open" },
						{
							value: "unread",
							label: counted(t("inbox.unread"), waits?.unread),
							testId: "which-unread",
						},
						{ value: "mine", label: counted(t("inbox.mine"), waits?.mine), testId: "which-mine" },
						{ value: "nobody", label: t("inbox.nobody"), testId: "which-nobody" },
						{ value: "closed", label: t("inbox.closed"), testId: "which-closed" },
						{ value: "all", label: t("inbox.everything"), testId: "which-all" },
					]}
				/>
			</div>
			{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
			{empty ? (
				<div className="grid min-h-0 flex-1 place-items-center overflow-y-auto rounded-3 border border-line bg-surface">
					<Empty icon={MessagesSquare} title={t("inbox.none")} actions={<ToChannels />}>
						{t("inbox.noneText")}
					</Empty>
				</div>
			) : (
				<div className="grid min-h-0 flex-1 grid-cols-[minmax(240px,340px)_minmax(0,1fr)] overflow-hidden rounded-3 border border-line bg-surface">
					<div className="flex min-h-0 flex-col border-line border-r">
						{search ? (
							<Found text={search} found={found} open={open} now={now} onOpen={show} />
						) : list.isPending ? (
							<Skeleton className="m-4 h-64" />
						) : (
							<ConversationList
								rows={rows}
								open={open}
								now={now}
								more={list}
								onOpen={(one) => show(one.id)}
							>
								<Empty icon={Inbox} title={t("inbox.noneHere")}>
									{t("inbox.noneHereText")}
								</Empty>
							</ConversationList>
						)}
					</div>
					{open ? (
						<Thread key={open} id={open} target={target} now={now} />
					) : (
						<div className="grid min-h-0 place-items-center bg-app">
							<Empty icon={MessagesSquare} title={t("inbox.choose")}>
								{t("inbox.chooseText")}
							</Empty>
						</div>
					)}
				</div>
			)}
		</Page>
	);
}
