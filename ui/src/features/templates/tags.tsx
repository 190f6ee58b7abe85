import type { TemplateRow, TemplateState } from "@/bindings";
import { Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { QUALITY_TONE, STATE_ICON, STATE_TONE } from "./names";

/** A template's state; the provider's own word where there is none of ours for it. */
export function StateTag({ state, told }: { state: TemplateState; told: string | null }) {
	const { t } = useWords();
	const own = state === "unknown" && told ? told : t(`templates.state.${state}`);
	return (
		<span className="inline-flex align-middle">
			<Tag tone={STATE_TONE[state]} icon={STATE_ICON[state]}>
				{own}
			</Tag>
		</span>
	);
}

/** How well a template is received; a dash while it is not known. */
export function QualityTag({ quality }: { quality: string | null }) {
	const { t } = useWords();
	if (!quality) return <span className="text-ink-3">—</span>;
	return (
		<span className="inline-flex align-middle">
			<Tag tone={QUALITY_TONE[quality] ?? "neutral"}>{t(`templates.quality.${quality}`)}</Tag>
		</span>
	);
}

/** A category, and what it was before Meta changed it. */
export function CategoryText({
	row,
}: {
	row: Pick<TemplateRow, "category" | "previous_category">;
}) {
	const { t } = useWords();
	return (
		<span className="inline-flex items-center gap-1.5">
			<span className="text-ink-2">{t(`templates.category.${row.category}`)}</span>
			{row.previous_category && (
				<Tag tone="warning">
					{t("templates.was", { category: t(`templates.category.${row.previous_category}`) })}
				</Tag>
			)}
		</span>
	);
}
