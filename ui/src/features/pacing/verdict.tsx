import { Check, CircleHelp, TrendingDown, TrendingUp } from "lucide-react";
import type { Pace, PaceVerdict } from "@/bindings";
import { Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";

const LOOKS: Record<PaceVerdict, { tone: Tone; icon: typeof Check }> = {
	on_track: { tone: "positive", icon: Check },
	under: { tone: "warning", icon: TrendingDown },
	over: { tone: "negative", icon: TrendingUp },
	open: { tone: "neutral", icon: CircleHelp },
};

/** How the month will end beside its budget, or why nothing is said of that. */
export function Verdict({ pace }: { pace: Pace }) {
	const { t } = useWords();
	if (pace.verdict) {
		const { tone, icon } = LOOKS[pace.verdict];
		return (
			<span title={t(`pacing.verdict.${pace.verdict}.text`)}>
				<Tag tone={tone} icon={icon}>
					{t(`pacing.verdict.${pace.verdict}`)}
				</Tag>
			</span>
		);
	}
	return <span className="text-12 text-ink-3">{reason(t, pace)}</span>;
}

type Translate = ReturnType<typeof useWords>["t"];

/** Why there is no verdict, in a few words. */
export function reason(t: Translate, pace: Pace): string {
	if (pace.no_forecast === "too_young") {
		return t("pacing.gap.too_young", { count: pace.days_known ?? 0 });
	}
	if (pace.no_forecast) return t(`pacing.gap.${pace.no_forecast}`);
	return t(`pacing.gap.${pace.no_budget ?? "not_set"}`);
}
