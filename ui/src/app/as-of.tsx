/** Figures as they were known at an earlier moment: where it is chosen, and where it is said. */
import { useNavigate } from "@tanstack/react-router";
import { History } from "lucide-react";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant, moment } from "@/lib/format";
import { MomentPicker } from "./moment-picker";
import { useSession } from "./session";

/** Which moment the figures are of; it holds on every page with figures. */
export function AsOfPicker() {
	const { t, locale } = useWords();
	const { asOf, setAsOf, zone } = useSession();
	return (
		<MomentPicker
			icon={History}
			name={t("asOf.title")}
			text={
				<span className="num">
					{asOf === null ? t("asOf.now") : t("asOf.at", { time: instant(locale, asOf, zone) })}
				</span>
			}
			first={{ label: t("moment.now"), onSelect: () => setAsOf(null), testId: "as-of-now" }}
			value={asOf}
			onChoose={setAsOf}
			testId="as-of-picker"
		/>
	);
}

/** Says that a page shows what was known then, for as long as it does. */
export function AsOfStrip({
	changes = true,
}: {
	/** Whether it leads to what has changed since. */
	changes?: boolean;
}) {
	const { t, locale } = useWords();
	const { asOf, setAsOf, zone } = useSession();
	const navigate = useNavigate();
	if (asOf === null) return null;
	return (
		<div
			data-testid="as-of-strip"
			className="flex min-h-9 flex-wrap items-center gap-x-2.5 gap-y-1 border-info-line border-t bg-info-soft py-1 pr-5 pl-5"
		>
			<History size={16} strokeWidth={1.75} aria-hidden className="flex-none text-info" />
			<p role="status" className="min-w-0 flex-1">
				<b className="num font-semibold">{t("asOf.strip", { time: moment(locale, asOf, zone) })}</b>{" "}
				<span className="text-ink-2">{t("asOf.meaning")}</span>
			</p>
			{changes && (
				<Button
					onClick={() => {
						setAsOf(null);
						void navigate({ to: "/changes", search: { since: asOf } as never });
					}}
				>
					{t("asOf.changes")}
				</Button>
			)}
			<Button
				onClick={() => {
					setAsOf(null);
					// The strip goes with what it says: the focus stays on the page.
					document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
				}}
				data-testid="back-to-now"
			>
				{t("asOf.back")}
			</Button>
		</div>
	);
}
