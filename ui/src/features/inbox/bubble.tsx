import { Bot } from "lucide-react";
import type { ConversationMessage } from "@/bindings";
import { cx, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, money } from "@/lib/format";
import { hasMedia, MessageMedia } from "./message-media";
import { MessageStatus } from "./status";

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

/** One message. */
export function Bubble({
	message,
	answered,
}: {
	message: ConversationMessage;
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
			className={cx("flex px-5 py-1", ours ? "justify-end" : "justify-start")}
		>
			<div
				data-selectable
				className={cx(
					"min-w-24 max-w-[min(560px,80%)] rounded-3 border px-3 py-2",
					ours ? "border-accent-line bg-accent-soft" : "border-line bg-surface dark:bg-raised",
					message.status === "failed" && "!border-negative-line !bg-negative-soft",
				)}
			>
				{(other || message.kind === "template") && (
					<span className="mb-1 flex flex-wrap gap-1.5">
						{other && (
							<Tag icon={message.automatic ? Bot : undefined} tone="line">
								{t(`inbox.origin.${message.origin}`)}
								{message.origin_name ? ` · ${message.origin_name}` : ""}
							</Tag>
						)}
						{message.kind === "template" && (
							<Tag tone="line">
								{message.template
									? t("inbox.template", { name: message.template })
									: t("inbox.templateGone")}
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
				<p className="num mt-0.5 flex items-center justify-end gap-1.5 text-11 text-ink-3">
					{message.author && <span className="truncate">{message.author}</span>}
					{message.price && message.currency && (
						<span>{money(locale, message.price, message.currency)}</span>
					)}
					<time dateTime={message.at}>{clock(locale, message.at)}</time>
					{ours && <MessageStatus status={message.status} at={times || undefined} />}
				</p>
			</div>
		</article>
	);
}
