import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Grid3x3 } from "lucide-react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { CohortReport, GetCohorts } from "@/bindings";
import { Failure } from "@/components/failure";
import { NoFigures } from "@/components/no-figures";
import { Button, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query, sameMoment } from "@/lib/ipc";
import { today } from "@/lib/period";
import { type Choice, CohortPicker, firstDay, USUAL } from "./choice";
import { PredictionPanels } from "./prediction";
import { Triangle } from "./triangle";

/** What money loses with each month, in percent. */
const DISCOUNT = "1";

/** What became of the people who were acquired in the same month or by the same campaign. */
export default function CohortsPage() {
	const { t } = useWords();
	const { now, asOf, view, keepView } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const choice: Choice = { ...USUAL, ...view<Partial<Choice>>("cohorts", {}) };
	const choose = (edit: Partial<Choice>) => keepView("cohorts", { ...choice, ...edit });
	const to = today(settings.data?.timezone ?? "UTC", asOf === null ? now : Date.parse(asOf));
	const question: GetCohorts = {
		by: choice.by,
		from: firstDay(to, choice.months),
		to,
		start: choice.start,
		acquired_by: choice.start === "sale" ? choice.acquired : "last_touch",
		campaign: null,
		until: null,
		as_of: asOf,
		value_months: choice.age,
		predict: null,
	};
	const asked = useQuery({
		...query("getCohorts", question),
		enabled: settings.isFetched,
		placeholderData: sameMoment(asOf),
	});
	const full = (report: CohortReport | undefined) =>
		(report?.groups ?? []).filter((group) => group.rows.length > 0);
	const groups = full(asked.data);
	// It takes longer: the triangle stands there before.
	const foreseen = useQuery({
		...query("getCohorts", {
			...question,
			predict: { months: choice.ahead, monthly_discount_percent: DISCOUNT },
		}),
		enabled: groups.length > 0 && !asked.isPlaceholderData,
		placeholderData: sameMoment(asOf),
	});
	const same = (report: CohortReport | undefined) =>
		report &&
		report.by === choice.by &&
		report.start === choice.start &&
		report.from === asked.data?.from &&
		report.value_months === asked.data?.value_months;
	// The longer answer holds all of the shorter one, once it answers the same question.
	const report = same(foreseen.data) ? foreseen.data : asked.data;
	const predicted = full(foreseen.data);
	return (
		<Page
			title={t("nav.cohorts")}
			tools={
				<>
					<CohortPicker choice={choice} choose={choose} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip />}
		>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!asked.data && !asked.error && (
				<>
					<Skeleton className="h-96 flex-none" />
					<Skeleton className="h-64 flex-none" />
				</>
			)}
			{asked.data && groups.length === 0 && (
				<NoFigures
					icon={Grid3x3}
					title={t("cohorts.none")}
					actions={
						<>
							<Button asChild variant="primary" size="l">
								<Link to="/import">{t("nav.import")}</Link>
							</Button>
							{choice.months < 36 && (
								<Button size="l" onClick={() => choose({ months: 36 })}>
									{t("cohorts.months", { count: 36 })}
								</Button>
							)}
						</>
					}
				>
					{t("cohorts.noneText")}
				</NoFigures>
			)}
			{report &&
				full(report).map((group, at) => (
					<Triangle
						key={group.currency}
						report={report}
						first={at === 0}
						group={group}
						choice={choice}
						choose={choose}
					/>
				))}
			{groups.length > 0 &&
				(foreseen.error ? (
					<Failure error={foreseen.error} retry={() => void foreseen.refetch()} />
				) : predicted.length === 0 ? (
					<Skeleton className="h-64 flex-none" />
				) : (
					predicted.map((group) => (
						<PredictionPanels key={group.currency} group={group} choice={choice} choose={choose} />
					))
				))}
		</Page>
	);
}
