import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { columnsOf } from "@/components/figures/columns";
import { Button, Segmented } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";

const MAIN = ["revenue", "roas", "spend", "leads", "sales"] as const;

/** Which metric is looked at: five in a row, the others in a menu, with how far each moved. */
export function MetricChoice({
	metric,
	metrics,
	hint,
	onChange,
}: {
	metric: string;
	/** The ids of all that there are. */
	metrics: readonly string[];
	/** How far one moved, where that is known. */
	hint?: (metric: string) => ReactNode;
	onChange: (metric: string) => void;
}) {
	const { t } = useWords();
	const others = columnsOf(metrics).filter(({ id }) => !MAIN.some((main) => main === id));
	const isOther = others.some(({ id }) => id === metric);
	return (
		<>
			<Segmented
				label={t("changes.metric")}
				value={metric}
				onChange={onChange}
				options={MAIN.map((id) => ({ value: id as string, label: t(`metric.${id}`) }))}
			/>
			<Menu
				align="start"
				trigger={
					<Button
						variant={isOther ? "plain" : "ghost"}
						aria-pressed={isOther}
						data-testid="other-metrics"
					>
						{isOther ? t(`metric.${metric}`) : t("changes.others")}
						<ChevronDown size={14} aria-hidden className="text-ink-3" />
					</Button>
				}
			>
				{others.map(({ id }) => (
					<MenuItem
						key={id}
						checked={id === metric}
						onSelect={() => onChange(id)}
						hint={hint?.(id)}
					>
						{t(`metric.${id}`)}
					</MenuItem>
				))}
			</Menu>
		</>
	);
}
