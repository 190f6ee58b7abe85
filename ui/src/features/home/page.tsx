import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import { Failure } from "@/components/failure";
import { Button, Skeleton } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { query } from "@/lib/ipc";
import { Board } from "./board";
import { FirstRun } from "./first-run";

export default function HomePage() {
	const { t } = useWords();
	const { range } = useSession();
	const setup = useQuery(query("getSetupState", {}));
	const [currency, setCurrency] = useState<string | null>(null);
	const empty =
		setup.data && !setup.data.has_insights && !setup.data.has_contacts && !setup.data.has_sales;
	const home = useQuery({
		...query("getHome", { ...range, currency }),
		enabled: Boolean(setup.data && !empty),
		placeholderData: (before) => before,
	});
	const currencies = home.data?.currencies ?? [];
	return (
		<Page
			title={t("nav.home")}
			tools={
				!empty && (
					<>
						<PeriodPicker />
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
		>
			{setup.error && <Failure error={setup.error} retry={() => void setup.refetch()} />}
			{empty && setup.data && <FirstRun setup={setup.data} />}
			{home.error && <Failure error={home.error} retry={() => void home.refetch()} />}
			{home.data && <Board home={home.data} />}
			{!home.data && !home.error && !empty && !setup.error && (
				<div className="grid gap-3" aria-hidden>
					<Skeleton className="h-[128px]" />
					<Skeleton className="h-[240px]" />
					<Skeleton className="h-[280px]" />
				</div>
			)}
		</Page>
	);
}
