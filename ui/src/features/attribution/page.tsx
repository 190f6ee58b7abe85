import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Split } from "lucide-react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { LearnedPanel } from "@/components/learned";
import { NoFigures } from "@/components/no-figures";
import { reportTold } from "@/components/passport/number";
import { Button, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant, period } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { Disagreement } from "./disagreement";
import { ModelTable } from "./model-table";
import { Windows } from "./windows";

/** What every model says of the same touches, how far they disagree, and what a window leaves out. */
export default function AttributionPage() {
	const { t, locale } = useWords();
	const { range, attribution, asOf, convertTo } = useSession();
	const asked = useQuery({
		...query("compareModels", {
			...range,
			by: "campaign",
			attribution,
			as_of: asOf,
			convert_to: convertTo,
		}),
		placeholderData: sameMoment(asOf),
	});
	const compared = asked.data;
	const groups = (compared?.groups ?? []).filter(
		(group) => group.rows.length > 0 || group.total.sales > 0,
	);
	const [main] = groups;
	return (
		<Page
			title={t("nav.attribution")}
			tools={
				<>
					<AttributionPicker />
					{compared && (
						<CurrencyPicker
							found={groups.map((group) => group.currency)}
							shown={main?.currency}
							exchanged={compared.exchanged}
						/>
					)}
					<PeriodPicker compares={false} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip />}
		>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!compared && !asked.error && (
				<>
					<Skeleton className="h-80 flex-none" />
					<Skeleton className="h-64 flex-none" />
				</>
			)}
			{compared && !main && (
				<NoFigures
					icon={Split}
					title={t("models.none")}
					actions={
						<Button asChild variant="primary" size="l">
							<Link to="/import">{t("nav.import")}</Link>
						</Button>
					}
				>
					{t("models.noneText")}
				</NoFigures>
			)}
			{compared && <ExchangeNote exchanged={compared.exchanged} />}
			{compared &&
				groups.map((group) => (
					<ModelTable
						key={group.currency}
						group={group}
						of={(model) => {
							const attribution = { ...compared.attribution, model };
							return reportTold({ ...compared, attribution }, asOf);
						}}
						models={compared.models}
						current={compared.attribution.model}
						days={[
							period(locale, compared.from, compared.to),
							...(asOf ? [t("asOf.at", { time: instant(locale, asOf) })] : []),
						].join(", ")}
						windows={
							compared.attribution.window_days === null
								? ""
								: t("attribution.days", { count: compared.attribution.window_days })
						}
					/>
				))}
			{compared && main && (
				<div className="grid flex-none grid-cols-2 items-start gap-3 max-[1180px]:grid-cols-1">
					<Disagreement
						group={main}
						models={compared.models}
						current={compared.attribution.model}
					/>
					<Windows advice={compared.windows} now={compared.attribution} />
				</div>
			)}
			{compared && main && <LearnedPanel learned={compared.learned} />}
		</Page>
	);
}
