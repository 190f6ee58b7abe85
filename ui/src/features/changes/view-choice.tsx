import { PlaceChoice } from "@/components/place-choice";
import { useWords } from "@/i18n";

/** The two things that change between syncs: what figures say, and what is set at Meta. */
export function ViewChoice({ value }: { value: "figures" | "settings" }) {
	const { t } = useWords();
	return (
		<PlaceChoice
			label={t("changes.view")}
			value={value}
			places={[
				{ value: "figures", label: t("changes.view.figures"), to: "/changes" },
				{
					value: "settings",
					label: t("changes.view.settings"),
					to: "/changes/settings",
					testId: "view-settings",
				},
			]}
		/>
	);
}
