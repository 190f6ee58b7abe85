import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { House, RefreshCw } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { MetaSpendNote } from "@/components/meta-spend-note";
import { NoFigures } from "@/components/no-figures";
import { NoSalesNote } from "@/components/no-sales-note";
import { Banner, Button, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query, sameMoment } from "@/lib/ipc";
import { today } from "@/lib/period";
import { Board } from "./board";
import { FirstRun, share } from "./first-run";
import { LoadingKpis } from "./kpis";
import { hasFigures, homeQuestion } from "./question";

export default function HomePage() {
	const { t } = useWords();
	const { range, comparison, attribution, asOf, convertTo, now } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const first = progress.data?.first && !progress.data.finished_at ? progress.data : null;
	const setup = useQuery(query("getSetupState", {}));
	const [currency, setCurrency] = useState<string | null>(null);
	const empty = setup.data && !hasFigures(setup.data);
	const home = useQuery({
		...homeQuestion(range, comparison, attribution, currency, asOf, convertTo),
		enabled: Boolean(setup.data && !empty),
		placeholderData: sameMoment(asOf),
	});
	// Nothing was heard of either side by then: it is not that there was nothing.
	const nothingThen = asOf !== null && home.data?.kpis.every((kpi) => kpi.as_of === null);
	return (
		<Page
			title={t("nav.home")}
			tools={
				!empty && (
					<>
						<AttributionPicker />
						<PeriodPicker />
						<AsOfPicker />
						{home.data && (
							<CurrencyPicker
								found={home.data.currencies}
								shown={home.data.currency}
								onShow={setCurrency}
								exchanged={home.data.exchanged}
							/>
						)}
						<SyncButton />
					</>
				)
			}
			strip={!empty && <AsOfStrip />}
		>
			{setup.error && <Failure error={setup.error} retry={() => void setup.refetch()} />}
			{empty && setup.data && <FirstRun setup={setup.data} />}
			{home.error && <Failure error={home.error} retry={() => void home.refetch()} />}
			{first && !empty && (
				<Banner
					tone="flat"
					icon={RefreshCw}
					testId="first-sync-banner"
					actions={
						<Button asChild size="s">
							<Link to="/sync">{t("home.seeSync")}</Link>
						</Button>
					}
				>
					<b className="font-semibold">{t("home.firstSync", { share: share(first) })}</b>{" "}
					{t("home.firstSyncMeaning")}
				</Banner>
			)}
			{home.data && (
				<ExchangeNote exchanged={home.data.exchanged} zones={home.data.zones}>
					{asOf === null && (
						<>
							<NoSalesNote />
							<MetaSpendNote {...range} />
						</>
					)}
				</ExchangeNote>
			)}
			{nothingThen && <NoFigures icon={House} title={t("home.nothingThen")} />}
			{home.data && !nothingThen && (
				<Board
					home={home.data}
					// Then, that day was the one still going on.
					today={
						settings.data
							? today(settings.data.timezone, asOf === null ? now : Date.parse(asOf))
							: null
					}
				/>
			)}
			{!home.data && !home.error && !empty && !setup.error && (
				<>
					<LoadingKpis />
					<Skeleton className="h-[240px] flex-none" />
					<Skeleton className="h-[280px] flex-none" />
				</>
			)}
		</Page>
	);
}
