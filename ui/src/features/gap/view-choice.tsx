import { PlaceChoice } from "@/components/place-choice";
import { useWords } from "@/i18n";

/** The two questions: how far Meta and the CRM lie apart, and what of Meta's actions is counted. */
export function ViewChoice({ value }: { value: "gap" | "actions" }) {
	const { t } = useWords();
	return (
		<PlaceChoice
			label={t("gap.view")}
			value={value}
			places={[
				{ value: "gap", label: t("gap.view.gap"), to: "/gap", testId: "view-gap" },
				{
					value: "actions",
					label: t("gap.view.actions"),
					to: "/gap/actions",
					testId: "view-actions",
				},
			]}
		/>
	);
}
