import type { TemplateEventRow } from "@/bindings";
import { useWords } from "@/i18n";

/** Says what happened to a template at the provider, in a sentence. */
export function useHappened() {
	const { t } = useWords();
	return (event: TemplateEventRow): string => {
		const word = (value: string | null) => {
			if (!value) return "—";
			if (event.kind === "quality") return t(`templates.quality.${value}`, { defaultValue: value });
			if (event.kind.startsWith("category")) {
				return t(`templates.category.${value}`, { defaultValue: value });
			}
			return t(`templates.told.${value}`, { defaultValue: value });
		};
		const values = { before: word(event.before), after: word(event.after) };
		const reason =
			event.reason && event.kind === "status"
				? t(`templates.rejected.${event.reason}`, { defaultValue: event.reason })
				: null;
		const said = {
			status: event.before
				? t("templates.event.status", values)
				: t("templates.event.first", values),
			quality: t("templates.event.quality", values),
			category: t("templates.event.category", values),
			category_announced: t("templates.event.categoryAnnounced", values),
			components: t("templates.event.components", values),
		}[event.kind];
		return [said ?? event.kind, reason].filter(Boolean).join(" ");
	};
}

/** What happened to a template at the provider. */
export function Happened({ event, named }: { event: TemplateEventRow; named?: boolean }) {
	const happened = useHappened();
	return (
		<>
			{named && (
				<b className="font-medium">
					{event.name} ({event.language}):{" "}
				</b>
			)}
			{happened(event)}
		</>
	);
}
