import { ChevronDown, Minus, TriangleAlert } from "lucide-react";
import type { Severity } from "@/bindings";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";

const LOOK = {
	high: { icon: TriangleAlert, tone: "text-warning" },
	medium: { icon: Minus, tone: "text-ink-3" },
	low: { icon: ChevronDown, tone: "text-ink-3" },
} as const;

/** How much a changed setting may cost: a shape as well as a colour. */
export function SeverityMark({ severity, named }: { severity: Severity; named?: boolean }) {
	const { t } = useWords();
	const { icon: Icon, tone } = LOOK[severity];
	const text = t(`drift.severity.${severity}`);
	return (
		<span className="inline-flex flex-none items-center gap-1 text-12 text-ink-2" title={text}>
			<Icon size={14} aria-hidden className={cx("flex-none", tone)} />
			<span className={named ? undefined : "sr-only"}>{text}</span>
		</span>
	);
}
