import { Ban, Check, CheckCheck, CircleHelp, Clock, TriangleAlert } from "lucide-react";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";

const ICONS: Record<string, typeof Check> = {
	pending: Clock,
	sent: Check,
	delivered: CheckCheck,
	read: CheckCheck,
	failed: TriangleAlert,
	unknown: CircleHelp,
	cancelled: Ban,
};

/** How far a message has come, as a picture with its word. */
export function MessageStatus({ status, at }: { status: string; at?: string | undefined }) {
	const { t } = useWords();
	const Icon = ICONS[status];
	if (!Icon) return null;
	const word = t(`inbox.status.${status}`);
	return (
		<span
			title={at ? `${word} · ${at}` : word}
			data-status={status}
			className={cx(
				"inline-grid flex-none place-items-center",
				status === "read" && "text-accent-text",
				status === "failed" && "text-negative",
				status === "unknown" && "text-warning",
			)}
		>
			<Icon size={14} strokeWidth={2} aria-hidden />
			<span className="sr-only">{word}</span>
		</span>
	);
}
