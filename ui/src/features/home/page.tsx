import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import { Failure } from "@/components/failure";
import { Banner, Button, Skeleton } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { today } from "@/lib/period";
import { Board } from "./board";
import { FirstRun, share } from "./first-run";
import { LoadingKpis } from "./kpis";
import { hasFigures, homeQuestion } from "./question";

export default function HomePage() {
	const { t } = useWords();
	const { range, comparison, attribution, asOf, now } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const first = progress.data?.first && !progress.data.finished_at ? progress.data : null;
	const setup = useQuery(query("getSetupState", {}));
	const [currency, setCurrency] = useState<string | null>(null);
	const empty = setup.data && !hasFigures(setup.data);
	const home = useQuery({
		...homeQuestion(range, comparison, attribution, currency, asOf),
		enabled: Boolean(setup.data && !empty),
		placeholderData: sameMoment(asOf),
	});
	const currencies = home.data?.currencies ?? [];
	return (
		<Page
			title={t("nav.home")}
			tools={
				!empty && (
					<>
						<AttributionPicker />
						<PeriodPicker />
						<AsOfPicker />
						{currencies.length > 1 && home.data && (
							<Menu
								trigger={
									<Button>
										{currencySign(home.data.currency)} ·{" "}
										{t("home.currencies", { count: currencies.length })}
									</Button>
								}
							>
								{currencies.map((code) => (
									<MenuItem
										key={code}
										checked={code === home.data?.currency}
										onSelect={() => setCurrency(code)}
									>
										{code}
									</MenuItem>
								))}
							</Menu>
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
