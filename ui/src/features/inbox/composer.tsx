import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { Clock, MessageSquareText, SendHorizontal, StickyNote, TriangleAlert } from "lucide-react";
import { useRef, useState } from "react";
import type { ConversationReply, ConversationRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, cx, Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { recent } from "@/lib/format";
import { type AppError, call } from "@/lib/ipc";
import { ariaKeys, keysOf, useShortcut } from "@/lib/shortcuts";
import { leftUntil } from "./lines";
import { TemplatePicker } from "./template-picker";
import { whyWord } from "./why";

type What = "answer" | "note";

interface Begun {
	text: string;
	what: What;
}

/** What was begun in each conversation and not sent, for as long as the window is open. */
const allBegun = new WeakMap<QueryClient, Map<string, Begun>>();

/** Whoever looks something up in another conversation, or on another page, finds it again. */
function useBegun(id: string) {
	const client = useQueryClient();
	const all = allBegun.get(client) ?? new Map<string, Begun>();
	allBegun.set(client, all);
	const [begun, setBegun] = useState<Begun>(() => all.get(id) ?? { text: "", what: "answer" });
	const keep = (next: Begun) => {
		if (next.text) all.set(id, next);
		else all.delete(id);
		setBegun(next);
	};
	return [begun, keep] as const;
}

/** Whether free text may be sent, and for how long yet. */
function WindowNote({
	row,
	left,
	sendsTemplates,
	now,
}: {
	row: ConversationRow;
	left: string | null;
	sendsTemplates: boolean;
	now: number;
}) {
	const { t, locale } = useWords();
	if (!row.open_until) return null;
	const over = row.last_inbound_at
		? sendsTemplates
			? "inbox.windowClosed"
			: "inbox.windowClosedHere"
		: sendsTemplates
			? "inbox.windowNever"
			: "inbox.windowNeverHere";
	return (
		<p
			data-testid="window"
			className={cx("num flex items-center gap-1.5 text-12", left ? "text-ink-3" : "text-warning")}
		>
			<Clock size={14} strokeWidth={1.75} aria-hidden className="flex-none" />
			{left ? t("inbox.windowOpen", { at: recent(locale, row.open_until, now), left }) : t(over)}
		</p>
	);
}

/** What became of the last answer, where it was not simply sent. */
function Told({ reply }: { reply: ConversationReply }) {
	const { t } = useWords();
	const why = t(whyWord(reply.reason));
	const state = reply.state === "held" || reply.state === "skipped" ? reply.state : "queued";
	const trouble = state !== "queued";
	const Icon = trouble ? TriangleAlert : Clock;
	return (
		<p
			role="status"
			data-testid="reply-state"
			className={cx("flex items-center gap-1.5 text-12", trouble ? "text-warning" : "text-ink-3")}
		>
			<Icon size={14} strokeWidth={1.75} aria-hidden className="flex-none" />
			{t(`inbox.${state}`, { why })}
		</p>
	);
}

/**
 * Answers, or writes a note for the others. Ctrl+Enter sends. Where free text may not be sent now,
 * only a template can be sent and a note be written. `sent` are the dispatches whose messages stand in the conversation.
 */
export function Composer({
	row,
	now,
	sent,
}: {
	row: ConversationRow;
	now: number;
	sent: ReadonlySet<string>;
}) {
	const { t } = useWords();
	const left = row.open_until ? leftUntil(row.open_until, now) : null;
	const closed = row.open_until !== null && left === null;
	// Nobody answers a group from here.
	const mute = closed || !row.contact_id;
	const [{ text, what: chosen }, keep] = useBegun(row.id);
	const what: What = mute ? "note" : chosen;
	const setText = (next: string) => keep({ text: next, what });
	// One for each answer: pressed twice, it is sent once.
	const key = useRef(crypto.randomUUID());
	const box = useRef<HTMLTextAreaElement>(null);
	const write = useMutation<ConversationReply | null, AppError>({
		mutationFn: async () => {
			setTemplateReply(null);
			if (what === "answer") {
				return call("replyToConversation", { id: row.id, body: text, key: key.current });
			}
			await call("addConversationNote", { id: row.id, body: text });
			return null;
		},
		onSuccess: (reply) => {
			// What is not sent stays to be copied or changed.
			if (reply?.state !== "skipped") setText("");
			key.current = crypto.randomUUID();
		},
	});
	useShortcut("reply", () => box.current?.focus());
	// Of all channels these alone send templates as such.
	const sendsTemplates =
		row.contact_id !== null && (row.provider === "whatsapp_cloud" || row.provider === "ycloud");
	const [picking, setPicking] = useState(false);
	const [templateReply, setTemplateReply] = useState<ConversationReply | null>(null);
	useShortcut("template", () => (sendsTemplates ? setPicking(true) : false));
	const go = () => text.trim() && !write.isPending && write.mutate();
	const last = templateReply ?? write.data;
	const reply = last && !sent.has(last.dispatch_id) ? last : null;
	const answer = what === "answer";
	return (
		<>
			<form
				className="flex flex-col gap-2"
				onSubmit={(event) => {
					event.preventDefault();
					go();
				}}
			>
				<div className="flex flex-wrap items-center gap-x-4 gap-y-1">
					{!mute && (
						<Segmented<What>
							label={t("inbox.write")}
							value={what}
							onChange={(next) => keep({ text, what: next })}
							options={[
								{ value: "answer", label: t("inbox.answer"), testId: "write-answer" },
								{ value: "note", label: t("inbox.note"), testId: "write-note" },
							]}
						/>
					)}
					<WindowNote row={row} left={left} sendsTemplates={sendsTemplates} now={now} />
					{reply && <Told reply={reply} />}
					{sendsTemplates && (
						<Button
							className="ml-auto"
							size="s"
							variant={closed ? "primary" : "plain"}
							icon={MessageSquareText}
							title={keysOf("template")}
							aria-keyshortcuts={ariaKeys("template")}
							data-testid="pick-template"
							onClick={() => setPicking(true)}
						>
							{t("inbox.templateSend")}
						</Button>
					)}
				</div>
				{write.error && <Failure error={write.error} />}
				<div className="flex items-end gap-2">
					<textarea
						ref={box}
						rows={2}
						data-testid={what}
						aria-label={t(answer ? "inbox.answer" : "inbox.note")}
						placeholder={t(answer ? "inbox.answerPlaceholder" : "inbox.notePlaceholder")}
						value={text}
						onChange={(event) => setText(event.target.value)}
						onKeyDown={(event) => {
							if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
								event.preventDefault();
								go();
							}
							if (event.key === "Escape") {
								// Back to the list, where the arrows go on.
								const row = document.querySelector<HTMLElement>("[data-item][aria-current=true]");
								if (row) row.focus();
								else event.currentTarget.blur();
							}
							// As the first character it asks for a template.
							if (event.key === "/" && !text && sendsTemplates) {
								event.preventDefault();
								setPicking(true);
							}
						}}
						className={cx(
							"min-h-12 min-w-0 flex-1 resize-y rounded-2 border px-2.5 py-1.5 leading-5 placeholder:text-ink-3",
							answer
								? "border-control bg-surface dark:bg-sunken"
								: "border-warning-line bg-warning-soft",
						)}
					/>
					<Button
						type="submit"
						variant={answer ? "primary" : "plain"}
						size="l"
						icon={answer ? SendHorizontal : StickyNote}
						data-testid="write"
						busy={write.isPending}
						disabled={!text.trim()}
					>
						{t(answer ? "inbox.send" : "inbox.noteAdd")}
					</Button>
				</div>
			</form>
			{picking && (
				<TemplatePicker
					row={row}
					onClose={() => setPicking(false)}
					onSent={(done) => {
						setTemplateReply(done);
						setPicking(false);
					}}
				/>
			)}
		</>
	);
}
