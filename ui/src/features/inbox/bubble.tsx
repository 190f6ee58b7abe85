import { useMutation } from "@tanstack/react-query";
import { Bot, RotateCcw } from "lucide-react";
import { useRef } from "react";
import type { ConversationMessage, ConversationReply } from "@/bindings";
import { Button, cx, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, unitPrice } from "@/lib/format";
import { type AppError, call } from "@/lib/ipc";
import { hasMedia, MessageMedia } from "./message-media";
import { MessageStatus } from "./status";
import { whyWord } from "./why";

/** When each thing happened with a message, for whoever points at its status. */
function useTimes(message: ConversationMessage) {
	const { t, locale } = useWords();
	const times: Array<[string, string | null]> = [
		["sent", message.sent_at],
		["delivered", message.delivered_at],
		["read", message.read_at],
		["failed", message.failed_at],
	];
	return times
		.flatMap(([word, at]) => (at ? [`${t(`inbox.status.${word}`)} ${clock(locale, at)}`] : []))
		.join(" · ");
}

/** Sends a text that did not go out once more, as a message of its own. */
function Again({ conversation, body }: { conversation: string; body: string }) {
	const { t, failure } = useWords();
	// One for each attempt that a person makes: pressed twice, it is sent once.
	const key = useRef(crypto.randomUUID());
	const again = useMutation<ConversationReply, AppError, void>({
		mutationFn: () => call("replyToConversation", { id: conversation, body, key: key.current }),
		onSuccess: () => {
			key.current = crypto.randomUUID();
		},
	});
	const state = again.data?.state;
	const kept = state === "held" || state === "skipped" ? state : null;
	return (
		<div className="mt-1.5 flex flex-wrap items-center gap-2">
			{(!again.data || state === "skipped") && (
				<Button
					size="s"
					icon={RotateCcw}
					busy={again.isPending}
					data-testid="send-again"
					onClick={() => again.mutate()}
				>
					{t("inbox.sendAgain")}
				</Button>
			)}
			{kept && (
				<span role="status" className="text-12 text-warning">
					{t(`inbox.${kept}`, { why: t(whyWord(again.data?.reason)) })}
				</span>
			)}
			{again.error && (
				<span role="alert" className="text-12 text-negative">
					{failure(again.error)}
				</span>
			)}
		</div>
	);
}

/** One message. */
export function Bubble({
	message,
	answered,
	conversation,
	marked,
}: {
	message: ConversationMessage;
	/** It is the one that was looked for. */
	marked?: boolean;
	/** Where it may be sent again, while free text may be sent there. */
	conversation?: string | undefined;
	/** The message it answers. */
	answered?: ConversationMessage | undefined;
}) {
	const { t, locale } = useWords();
	const times = useTimes(message);
	const ours = message.direction === "outbound";
	const why = message.error_text ?? t("inbox.failedCode", { code: message.error_code ?? "—" });
	const other = ours && message.origin !== "person";
	const nothing = !message.body && !hasMedia(message);
	return (
		<article
			data-testid="message"
			data-direction={message.direction}
			data-marked={marked || undefined}
			className={cx("flex px-5 py-1", ours ? "justify-end" : "justify-start")}
		>
			<div
				data-selectable
				className={cx(
					"min-w-24 max-w-[min(560px,80%)] rounded-3 border px-3 py-2",
					ours ? "border-accent-line bg-accent-soft" : "border-line bg-surface dark:bg-raised",
					message.status === "failed" && "!border-negative-line !bg-negative-soft",
					marked && "outline-2 outline-accent outline-offset-2",
				)}
			>
				{(other || message.kind === "template") && (
					<span className="mb-1 flex flex-wrap gap-1.5">
						{other && (
							<Tag icon={message.automatic ? Bot : undefined} tone="line">
								{t(`inbox.origin.${message.origin}`)}
								{message.origin_name && (
									<span className="max-w-64 truncate" title={message.origin_name}>
										· {message.origin_name}
									</span>
								)}
							</Tag>
						)}
						{message.kind === "template" && (
							<Tag tone="line">
								<span className="max-w-64 truncate" title={message.template ?? undefined}>
									{message.template
										? t("inbox.template", { name: message.template })
										: t("inbox.templateGone")}
								</span>
							</Tag>
						)}
					</span>
				)}
				{answered && (
					<span className="mb-1 block truncate border-line-2 border-l-2 pl-2 text-12 text-ink-2">
						<span className="sr-only">{t("inbox.answers")} </span>
						{answered.body || t(`inbox.kind.${answered.kind}`)}
					</span>
				)}
				<MessageMedia message={message} />
				{message.body && (
					<p className="whitespace-pre-wrap break-words [overflow-wrap:anywhere]">{message.body}</p>
				)}
				{nothing && <p className="text-ink-3 italic">{t(`inbox.kind.${message.kind}`)}</p>}
				{message.status === "failed" && (
					<p className="mt-1 text-12 text-negative">{t("inbox.failedBecause", { why })}</p>
				)}
				{conversation &&
					message.status === "failed" &&
					message.kind === "text" &&
					message.origin === "person" &&
					message.body && <Again conversation={conversation} body={message.body} />}
				<p className="num mt-0.5 flex items-center justify-end gap-1.5 text-11 text-ink-3">
					{message.author && <span className="truncate">{message.author}</span>}
					{message.price && message.currency && (
						<span>{unitPrice(locale, message.price, message.currency)}</span>
					)}
					<time dateTime={message.at}>{clock(locale, message.at)}</time>
					{ours && <MessageStatus status={message.status} at={times || undefined} />}
				</p>
			</div>
		</article>
	);
}
