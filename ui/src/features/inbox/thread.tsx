import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
	CircleCheck,
	Ellipsis,
	ExternalLink,
	PauseCircle,
	RotateCcw,
	StickyNote,
	Trash2,
	UserRound,
	UserRoundPlus,
} from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useUndo } from "@/app/undo";
import {
	type ConversationNote,
	type ConversationRow,
	type ConversationThread,
	commands,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { Banner, Button, IconButton, Skeleton, Tag } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { clock, day as dayText, instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { ariaKeys, keysOf } from "@/lib/shortcuts";
import { Bubble } from "./bubble";
import { ChannelIcon } from "./channel-icon";
import { Composer } from "./composer";
import { type Line, leftUntil, linesOf } from "./lines";

/** Messages read at once. */
const PAGE = 60;
/** Pages read on the way to a message that was looked for. */
const FARTHEST = 50;

/** What a person does with a conversation; whoever may not is told so by the core. */
export function useConversation(id: string) {
	const { t } = useWords();
	const { done, forget } = useUndo();
	const mark = useMutation({
		mutationFn: (read: boolean) => call("markConversation", { id, read }),
	});
	const assign = useMutation({
		mutationFn: (to: string) => call("assignConversation", { id, to }),
	});
	const end = useMutation({
		mutationFn: (closed: boolean) => call("closeConversation", { id, closed }),
		// A key does it: whoever pressed it by chance takes it back.
		onSuccess: ({ name, state }) => {
			const key = `conversation-${id}`;
			if (state !== "closed") forget(key);
			else
				done({
					key,
					text: t("inbox.closedNow", { name }),
					undo: () => call("closeConversation", { id, closed: false }),
					undone: t("inbox.openAgain", { name }),
				});
		},
	});
	return { mark, assign, end };
}

/** A conversation page by page, the newest first; none is read without an id. */
export function useThread(id: string | null) {
	return useInfiniteQuery<
		ConversationThread,
		AppError,
		{ pages: ConversationThread[] },
		readonly ["getConversation", string],
		string | null
	>({
		queryKey: ["getConversation", id ?? ""],
		queryFn: ({ pageParam }) =>
			call("getConversation", { id: id ?? "", page: { limit: PAGE, cursor: pageParam } }),
		enabled: id !== null,
		initialPageParam: null,
		getNextPageParam: (last) => last.next,
	});
}

function NoteLine({ note, conversation }: { note: ConversationNote; conversation: string }) {
	const { t, locale } = useWords();
	const { done } = useUndo();
	const remove = useMutation({
		mutationFn: () => call("removeConversationNote", { id: note.id }),
		onSuccess: () =>
			done({
				key: `note-${note.id}`,
				text: t("inbox.noteGone"),
				undo: () => call("addConversationNote", { id: conversation, body: note.body }),
				undone: t("inbox.noteBack"),
			}),
	});
	return (
		<div className="flex justify-center px-5 py-1">
			<div className="group flex w-[min(560px,90%)] items-start gap-2 rounded-3 border border-warning-line bg-warning-soft px-3 py-2">
				<StickyNote size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 text-warning" />
				<div className="min-w-0 flex-1" data-selectable>
					<p className="whitespace-pre-wrap break-words">{note.body}</p>
					<p className="num text-11 text-ink-3">
						{note.author ? t("inbox.noteBy", { name: note.author }) : t("inbox.noteOf")} ·{" "}
						{clock(locale, note.at)}
					</p>
					{remove.error && <Failure error={remove.error} />}
				</div>
				<IconButton
					icon={Trash2}
					label={t("inbox.noteRemove")}
					className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
					onClick={() => remove.mutate()}
				/>
			</div>
		</div>
	);
}

function DayLine({ day, now }: { day: string; now: number }) {
	const { t, locale } = useWords();
	const date = new Date(`${day}T12:00:00`).toDateString();
	const today = new Date(now).toDateString();
	const yesterday = new Date(now - 86_400_000).toDateString();
	return (
		<p className="py-2 text-center font-medium text-11 text-ink-3">
			{date === today
				? t("inbox.today")
				: date === yesterday
					? t("inbox.yesterday")
					: dayText(locale, day, "long")}
		</p>
	);
}

/** That an agent writes with the person elsewhere, and everything automatic waits. */
function Paused({ row, now }: { row: ConversationRow; now: number }) {
	const { t, locale } = useWords();
	const resume = useMutation({
		mutationFn: () => call("resumeAutomation", { id: row.id }),
	});
	const until = row.automation_paused_until;
	if (!until || Date.parse(until) <= now) return null;
	return (
		<div className="py-1">
			<Banner
				tone="info"
				icon={PauseCircle}
				testId="paused"
				actions={
					<Button size="s" busy={resume.isPending} onClick={() => resume.mutate()}>
						{t("inbox.resume")}
					</Button>
				}
			>
				{t("inbox.paused", { at: instant(locale, until) })}
			</Banner>
			{resume.error && <Failure error={resume.error} />}
		</div>
	);
}

/** Who looks after it: oneself, another of the team, or nobody. */
function Assign({ row, onAssign }: { row: ConversationRow; onAssign: (to: string) => void }) {
	const { t } = useWords();
	const team = useQuery(query("listOwners", {}));
	const all = team.data ?? [];
	return (
		<Menu
			trigger={
				<Button
					icon={UserRoundPlus}
					title={keysOf("assign")}
					aria-keyshortcuts={ariaKeys("assign")}
					data-testid="assign"
				>
					<span className="max-w-36 truncate">{row.assignee ?? t("inbox.assign")}</span>
				</Button>
			}
		>
			<MenuItem hint={keysOf("assign")} testId="assign-me" onSelect={() => onAssign("me")}>
				{t("inbox.assignMe")}
			</MenuItem>
			{all.length > 1 && (
				<>
					<MenuLine />
					{all.map((one) => (
						<MenuItem
							key={one.id}
							testId="assign-to"
							checked={one.id === row.assigned_to}
							onSelect={() => onAssign(one.id)}
						>
							{one.name}
						</MenuItem>
					))}
				</>
			)}
			<MenuLine />
			<MenuItem
				testId="assign-nobody"
				checked={!row.assigned_to}
				onSelect={() => onAssign("nobody")}
			>
				{t("inbox.assignNobody")}
			</MenuItem>
		</Menu>
	);
}

/** Who it is with, and what can be done with it. */
function Head({
	row,
	chatwoot,
	now,
}: {
	row: ConversationRow;
	chatwoot: string | null;
	now: number;
}) {
	const { t } = useWords();
	const navigate = useNavigate();
	const { mark, assign, end } = useConversation(row.id);
	const closed = row.state === "closed";
	const failed = mark.error ?? assign.error ?? end.error;
	return (
		<header className="flex-none border-line border-b bg-surface px-5 py-2">
			<div className="flex min-h-8 items-center gap-2">
				<ChannelIcon kind={row.kind} size={16} />
				<div className="min-w-0 flex-1">
					<h2 className="truncate font-semibold text-14" title={row.name}>
						{row.name}
					</h2>
					<p
						data-selectable
						className="num truncate text-12 text-ink-3"
						title={`${row.address} · ${row.channel}`}
					>
						{row.address} · {row.channel}
					</p>
				</div>
				{closed && <Tag>{t("inbox.ended")}</Tag>}
				<span className="flex flex-none items-center gap-2">
					{chatwoot && (
						<IconButton
							icon={ExternalLink}
							label={t("inbox.chatwoot")}
							data-testid="chatwoot"
							onClick={() => void commands.openOutside(chatwoot)}
						/>
					)}
					{row.contact_id && (
						<IconButton
							icon={UserRound}
							label={t("inbox.contact")}
							data-testid="contact"
							onClick={() =>
								void navigate({ to: "/contacts", search: { open: row.contact_id } as never })
							}
						/>
					)}
					<Assign row={row} onAssign={(to) => assign.mutate(to)} />
					<Button
						icon={closed ? RotateCcw : CircleCheck}
						title={keysOf("endConversation")}
						aria-keyshortcuts={ariaKeys("endConversation")}
						data-testid="end"
						onClick={() => end.mutate(!closed)}
					>
						{t(closed ? "inbox.reopen" : "inbox.end")}
					</Button>
					<Menu trigger={<IconButton icon={Ellipsis} label={t("inbox.more")} />}>
						<MenuItem hint={keysOf("markUnread")} onSelect={() => mark.mutate(false)}>
							{t("inbox.markUnread")}
						</MenuItem>
						<MenuItem onSelect={() => void navigator.clipboard.writeText(row.address)}>
							{t("inbox.copyAddress")}
						</MenuItem>
					</Menu>
				</span>
			</div>
			{failed && <Failure error={failed} />}
			<Paused row={row} now={now} />
		</header>
	);
}

function LineOf({
	line,
	now,
	answered,
	conversation,
	marked,
	id,
}: {
	line: Line;
	id: string;
	/** Where free text may be sent now. */
	conversation: string | undefined;
	/** It was looked for. */
	marked: boolean;
	now: number;
	answered: Map<string, Extract<Line, { kind: "message" }>["message"]>;
}) {
	if (line.kind === "day") return <DayLine day={line.day} now={now} />;
	if (line.kind === "note") return <NoteLine note={line.note} conversation={id} />;
	const { message } = line;
	const to = message.reply_to ? answered.get(message.reply_to) : undefined;
	return <Bubble message={message} answered={to} conversation={conversation} marked={marked} />;
}

/** One conversation: its messages and notes, the newest in sight, older ones as one scrolls up. */
export function Thread({
	id,
	target,
	now,
}: {
	id: string;
	/** A message to show, however far back it is. */
	target: string | null;
	now: number;
}) {
	const { t } = useWords();
	const pane = useRef<HTMLDivElement>(null);
	const thread = useThread(id);
	const pages = thread.data?.pages;
	const row = pages?.[0]?.conversation;
	const messages = useMemo(() => pages?.flatMap((page) => page.messages) ?? [], [pages]);
	const notes = pages?.[0]?.notes;
	const lines = useMemo(() => linesOf(messages, notes ?? []), [messages, notes]);
	const answered = useMemo(
		() => new Map(messages.map((message) => [message.id as string, message])),
		[messages],
	);
	const sent = useMemo(
		() =>
			new Set(messages.flatMap(({ dispatch_id }) => (dispatch_id ? [dispatch_id as string] : []))),
		[messages],
	);
	const virtual = useVirtualizer({
		count: lines.length,
		getScrollElement: () => pane.current,
		estimateSize: () => 64,
		overscan: 12,
		getItemKey: (at) => lines[at]?.key ?? at,
	});
	const { hasNextPage, isFetchingNextPage, fetchNextPage } = thread;
	const items = virtual.getVirtualItems();
	const first = items[0]?.index ?? 0;
	const newest = lines.at(-1)?.key;
	const oldest = useRef<{ key: string; count: number } | null>(null);
	// The newest line is in sight at first, and whenever another one comes.
	// biome-ignore lint/correctness/useExhaustiveDependencies: a line that comes moves the view, nothing else
	useLayoutEffect(() => {
		if (lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
	}, [newest]);
	// What was read above what one looks at pushes it down: the view goes with it.
	// biome-ignore lint/correctness/useExhaustiveDependencies: only a page of older ones moves the view
	useLayoutEffect(() => {
		const before = oldest.current;
		const head = lines[0]?.key ?? "";
		if (before && before.key !== head && lines.length > before.count) {
			virtual.scrollToIndex(lines.length - before.count, { align: "start" });
		}
		oldest.current = { key: head, count: lines.length };
	}, [pages?.length]);
	useEffect(() => {
		if (items.length > 0 && first < 3 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
	}, [items.length, first, hasNextPage, isFetchingNextPage, fetchNextPage]);
	const reached = useRef<string | null>(null);
	useEffect(() => {
		if (!target || reached.current === target) return;
		const at = lines.findIndex((line) => line.key === target);
		if (at >= 0) {
			reached.current = target;
			virtual.scrollToIndex(at, { align: "center" });
		} else if (hasNextPage && !isFetchingNextPage && (pages?.length ?? 0) < FARTHEST) {
			void fetchNextPage();
		}
	}, [target, lines, pages?.length, virtual, hasNextPage, isFetchingNextPage, fetchNextPage]);
	// What stands open is read.
	const unread = row?.unread ?? 0;
	const { mark } = useConversation(id);
	const read = mark.mutate;
	const seen = useRef<string | null>(null);
	useEffect(() => {
		if (unread === 0 || !newest || seen.current === newest) return;
		seen.current = newest;
		read(true);
	}, [unread, newest, read]);

	if (thread.error && !row) {
		return <Failure error={thread.error} retry={() => void thread.refetch()} />;
	}
	if (!row) return <Skeleton className="m-5 h-64" />;
	const open = row.open_until === null || leftUntil(row.open_until, now) !== null;
	const writable = row.contact_id && open ? row.id : undefined;
	return (
		<section
			aria-label={t("inbox.thread", { name: row.name })}
			className="flex min-h-0 min-w-0 flex-1 flex-col"
		>
			<Head row={row} chatwoot={pages?.[0]?.chatwoot_url ?? null} now={now} />
			<div
				ref={pane}
				data-region
				tabIndex={-1}
				role="log"
				className="min-h-0 flex-1 overflow-y-auto bg-app py-2 focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]"
			>
				<div style={{ height: virtual.getTotalSize() }} className="relative">
					{items.map((item) => {
						const line = lines[item.index];
						if (!line) return null;
						return (
							<div
								key={item.key}
								ref={virtual.measureElement}
								data-index={item.index}
								style={{ transform: `translateY(${item.start}px)` }}
								className="absolute inset-x-0 top-0"
							>
								<LineOf
									line={line}
									now={now}
									answered={answered}
									conversation={writable}
									id={id}
									marked={line.key === target}
								/>
							</div>
						);
					})}
				</div>
			</div>
			<footer className="flex-none border-line border-t bg-surface px-5 py-3">
				<Composer row={row} now={now} sent={sent} />
			</footer>
		</section>
	);
}
