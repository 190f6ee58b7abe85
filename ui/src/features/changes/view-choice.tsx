import { useNavigate } from "@tanstack/react-router";
import { Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** The two things that change between syncs: what figures say, and what is set at Meta. */
export function ViewChoice({ value }: { value: "figures" | "settings" }) {
	const { t } = useWords();
	const navigate = useNavigate();
	return (
		<Segmented
			label={t("changes.view")}
			value={value}
			onChange={(to) => void navigate({ to: to === "settings" ? "/changes/settings" : "/changes" })}
			options={[
				{ value: "figures", label: t("changes.view.figures") },
				{ value: "settings", label: t("changes.view.settings"), testId: "view-settings" },
			]}
		/>
	);
}
