import { CalendarDays, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Button, TextField } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { period as periodText } from "@/lib/format";
import { lengthInDays } from "@/lib/period";
import { useSession } from "./session";

/** Which days are shown, and which they are compared with; both hold on every page. */
export function PeriodPicker({
	compares = true,
}: {
	/** Whether the page shows a comparison now. */
	compares?: boolean;
}) {
	const { t, locale } = useWords();
	const { period, setPeriod, range, comparison, setComparison } = useSession();
	const [custom, setCustom] = useState(false);
	const [from, setFrom] = useState(range.from);
	const [to, setTo] = useState(range.to);
	const wrong = from > to;
	return (
		<>
			<Menu
				trigger={
					<Button icon={CalendarDays} data-testid="period-picker">
						<span className="num">{periodText(locale, range.from, range.to)}</span>
						{compares && comparison !== "none" && (
							<span className="hidden font-normal text-ink-3 xl:inline">
								{comparison === "year"
									? t("period.vsYear")
									: t("period.vs", { count: lengthInDays(range.from, range.to) })}
							</span>
						)}
						<ChevronDown size={14} aria-hidden className="text-ink-3" />
					</Button>
				}
			>
				{(["7", "30", "90", "month"] as const).map((kind) => (
					<MenuItem key={kind} checked={period.kind === kind} onSelect={() => setPeriod({ kind })}>
						{t(`period.${kind}`)}
					</MenuItem>
				))}
				<MenuLine />
				<MenuItem checked={period.kind === "custom"} onSelect={() => setCustom(true)}>
					{t("period.custom")}
				</MenuItem>
				<MenuLine />
				<MenuTitle>{t("period.compare")}</MenuTitle>
				{(["previous", "year", "none"] as const).map((kind) => (
					<MenuItem
						key={kind}
						checked={comparison === kind}
						onSelect={() => setComparison(kind)}
						testId={`compare-${kind}`}
					>
						{t(`period.compare.${kind}`)}
					</MenuItem>
				))}
			</Menu>
			<Dialog
				open={custom}
				onClose={() => setCustom(false)}
				title={t("period.custom")}
				width={380}
				footer={
					<>
						<Button size="l" onClick={() => setCustom(false)}>
							{t("action.cancel")}
						</Button>
						<Button
							size="l"
							variant="primary"
							disabled={wrong || !from || !to}
							onClick={() => {
								setPeriod({ kind: "custom", from, to });
								setCustom(false);
							}}
						>
							{t("action.apply")}
						</Button>
					</>
				}
			>
				<div className="grid grid-cols-2 gap-3">
					<TextField
						type="date"
						label={t("period.from")}
						value={from}
						onChange={(e) => setFrom(e.target.value)}
					/>
					<TextField
						type="date"
						label={t("period.to")}
						value={to}
						onChange={(e) => setTo(e.target.value)}
						error={wrong ? t("period.wrong") : undefined}
					/>
				</div>
			</Dialog>
		</>
	);
}
