import { useNavigate } from "@tanstack/react-router";
import { Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** The two questions: how far Meta and the CRM lie apart, and what of Meta's actions is counted. */
export function ViewChoice({ value }: { value: "gap" | "actions" }) {
	const { t } = useWords();
	const navigate = useNavigate();
	return (
		<Segmented
			label={t("gap.view")}
			value={value}
			onChange={(to) => void navigate({ to: to === "actions" ? "/gap/actions" : "/gap" })}
			options={[
				{ value: "gap", label: t("gap.view.gap"), testId: "view-gap" },
				{ value: "actions", label: t("gap.view.actions"), testId: "view-actions" },
			]}
		/>
	);
}
