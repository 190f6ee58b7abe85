import { Camera, Mail, MessageCircle, MessageSquareText, MessagesSquare, Send } from "lucide-react";
import type { ChannelKind } from "@/bindings";
import { useWords } from "@/i18n";

const ICONS = {
	whatsapp: MessageCircle,
	sms: MessageSquareText,
	telegram: Send,
	email: Mail,
	messenger: MessagesSquare,
	instagram: Camera,
} satisfies Record<ChannelKind, typeof Mail>;

/** What people use to talk, as a picture with its name. */
export function ChannelIcon({ kind, size = 14 }: { kind: ChannelKind; size?: number }) {
	const { t } = useWords();
	const Icon = ICONS[kind];
	const name = t(`channelKind.${kind}`);
	return (
		<span title={name} className="inline-grid flex-none place-items-center text-ink-3">
			<Icon size={size} strokeWidth={1.75} aria-hidden />
			<span className="sr-only">{name}</span>
		</span>
	);
}
