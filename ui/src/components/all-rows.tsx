import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** Below a table that shows its first rows: shows all of them, and the first ones again. */
export function AllRows({
	count,
	all,
	onChange,
}: {
	count: number;
	all: boolean;
	onChange: (all: boolean) => void;
}) {
	const { t } = useWords();
	return (
		<div className="border-line border-t p-1">
			<Button variant="ghost" size="s" onClick={() => onChange(!all)}>
				{all ? t("action.fewer") : t("action.all", { count })}
			</Button>
		</div>
	);
}
