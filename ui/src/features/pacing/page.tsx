import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Gauge, History } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { PaceBy } from "@/bindings";
import { Failure } from "@/components/failure";
import { BringFigures } from "@/components/no-figures";
import { Banner, Empty, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day, percent, period } from "@/lib/format";
import { query } from "@/lib/ipc";
import { BudgetMoveTool } from "./budget-move";
import { PaceTable } from "./pace-table";
import { Summary } from "./summary";

const BY = ["campaign", "account"] as const satisfies readonly PaceBy[];

/** Where this month's spend will end, beside the budgets, and what each day left may spend. */
export default function PacingPage() {
	const { t, locale } = useWords();
	const { online, asOf } = useSession();
	const [by, setBy] = useState<(typeof BY)[number]>("campaign");
	const asked = useQuery({ ...query("getPacing", { by }), placeholderData: keepPreviousData });
	const report = asked.data;
	const known = report?.groups
		.flatMap((group) => group.rows)
		.reduce<string | null>((first, { known_until: day }) => {
			if (!day) return first;
			return first === null || day < first ? day : first;
		}, null);
	return (
		<Page
			title={t("nav.pacing")}
			tools={
				<>
					{report && (
						<span className="num text-12 text-ink-3">{period(locale, report.from, report.to)}</span>
					)}
					<Segmented
						label={t("pacing.by")}
						value={by}
						onChange={setBy}
						options={BY.map((value) => ({ value, label: t(`pacing.by.${value}`) }))}
					/>
				</>
			}
		>
			{asOf !== null && (
				<Banner tone="info" icon={History}>
					{t("pacing.ofToday")}
				</Banner>
			)}
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!report && !asked.error && (
				<>
					<Skeleton className="h-[84px] flex-none" />
					<Skeleton className="h-96 flex-none" />
				</>
			)}
			{report?.groups.length === 0 && (
				<Empty icon={Gauge} title={t("pacing.none")} actions={<BringFigures />}>
					{t(online ? "pacing.noneText" : "pacing.noneOffline")}
				</Empty>
			)}
			{report?.groups.map((group) => (
				<div key={group.currency} className="flex flex-none flex-col gap-3">
					<Summary total={group.total} currency={group.currency} />
					<PaceTable group={group} by={report.by} days={report} />
				</div>
			))}
			{report && report.groups.length > 0 && (
				<p className="flex-none px-1 pb-1 text-12 text-ink-3" data-testid="pacing-sure">
					{known && t("pacing.until", { day: day(locale, known, "long") })}{" "}
					{report.past.tried > 0 &&
						t("pacing.past", {
							count: report.past.tried,
							inside: count(locale, report.past.inside),
						})}{" "}
					{t("pacing.published", {
						share: percent(locale, (100 * report.published.inside) / report.published.tried, 0),
						tried: count(locale, report.published.tried),
					})}
				</p>
			)}
			{report && report.groups.length > 0 && <BudgetMoveTool />}
		</Page>
	);
}
