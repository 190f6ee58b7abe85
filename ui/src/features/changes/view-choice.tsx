import { PlaceChoice } from "@/components/place-choice";
import { useWords } from "@/i18n";

/** What changes: what figures say of the same days, what they say of others, and what is set at Meta. */
export function ViewChoice({ value }: { value: "figures" | "periods" | "settings" }) {
	const { t } = useWords();
	return (
		<PlaceChoice
			label={t("changes.view")}
			value={value}
			places={[
				{ value: "figures", label: t("changes.view.figures"), to: "/changes" },
				{
					value: "periods",
					label: t("changes.view.periods"),
					to: "/changes/periods",
					testId: "view-periods",
				},
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
