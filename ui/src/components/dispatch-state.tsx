import { Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";

const TONES: Record<string, Tone> = {
	sent: "info",
	delivered: "positive",
	read: "positive",
	failed: "negative",
	bounced: "negative",
	unknown: "warning",
	running: "accent",
	paused: "warning",
	done: "positive",
};

/** Where a message that goes out, or a bulk send, stands. */
export function DispatchState({ state }: { state: string }) {
	const { t } = useWords();
	return <Tag tone={TONES[state] ?? "neutral"}>{t(`outbox.state.${state}`)}</Tag>;
}
