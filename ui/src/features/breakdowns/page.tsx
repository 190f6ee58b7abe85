import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChartBarStacked, History, Info } from "lucide-react";
import { useState } from "react";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Crumbs, Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import type { Breakdown, GetBreakdown, RoiBy } from "@/bindings";
import { Failure } from "@/components/failure";
import { BringFigures } from "@/components/no-figures";
import { Banner, Button, Empty, Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day } from "@/lib/format";
import { query } from "@/lib/ipc";
import { Group } from "./group";
import { isSomething } from "./parts";
import { TurnOn } from "./turn-on";

const KINDS = [
	"age",
	"gender",
	"country",
	"placement",
	"device",
] as const satisfies readonly Breakdown[];

/** What another page asks this one to show alone; kept in the address. */
interface Asked {
	of?: { by: Exclude<RoiBy, "creative">; id: string; name: string };
}

interface View {
	by?: Breakdown;
}

/** Only a part of what there is, as the core is asked for it. */
function within(of: Asked["of"]): Pick<GetBreakdown, "accounts" | "campaign" | "ad_set" | "ad"> {
	return {
		accounts: of?.by === "account" ? [of.id] : [],
		campaign: of?.by === "campaign" ? of.id : null,
		ad_set: of?.by === "adset" ? of.id : null,
		ad: of?.by === "ad" ? of.id : null,
	};
}

/** Whom ads reached and where: Meta's figures by age, gender, country, placement or device. */
export default function BreakdownsPage() {
	const { t, locale } = useWords();
	const { range, comparison, asOf, online, view: kept, keepView } = useSession();
	const navigate = useNavigate();
	const { of } = useSearch({ strict: false }) as Asked;
	const { by = "age" } = kept<View>("breakdowns", {});
	const [chosen, setChosen] = useState<string | null>(null);
	const asked = useQuery({
		...query("getBreakdown", {
			...range,
			by,
			...within(of),
			compare: comparison !== "none",
			compare_with: comparison === "year" ? "year" : "previous",
		}),
		placeholderData: keepPreviousData,
	});
	const report = asked.data;
	const groups = report?.groups ?? [];
	const group = groups.find((one) => one.currency === chosen) ?? groups[0];
	const read = group !== undefined && group.rows.length > 0;
	const unread = report?.unread_days ?? [];
	const [first, last] = [unread[0], unread.at(-1)];
	const kind = t(`breakdown.${report?.by ?? by}`);
	return (
		<Page
			title={of ? (report?.name ?? of.name) : t("nav.breakdowns")}
			{...(of && {
				part: of.id,
				crumb: (
					<Crumbs
						steps={[{ name: t("nav.breakdowns"), go: () => void navigate({ to: "/breakdowns" }) }]}
					/>
				),
			})}
			tools={
				<>
					<Segmented
						label={t("breakdowns.by")}
						value={by}
						onChange={(next) =>
							keepView("breakdowns", { ...kept<View>("breakdowns", {}), by: next })
						}
						options={KINDS.map((value) => ({
							value,
							label: t(`breakdown.${value}`),
							testId: `by-${value}`,
						}))}
					/>
					{groups.length > 1 && (
						<Segmented
							label={t("figures.currency")}
							value={group?.currency ?? ""}
							onChange={setChosen}
							options={groups.map(({ currency }) => ({ value: currency, label: currency }))}
						/>
					)}
					<PeriodPicker />
					<Button icon={History} reason={t("breakdowns.noHistory")}>
						{t("asOf.now")}
					</Button>
				</>
			}
		>
			{asOf !== null && (
				<Banner tone="info" icon={History}>
					{t("breakdowns.noHistory")}
				</Banner>
			)}
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!report && !asked.error && (
				<>
					<Skeleton className="h-72 flex-none" />
					<Skeleton className="h-72 flex-none" />
				</>
			)}
			{report && !read && (
				<Empty
					icon={ChartBarStacked}
					title={t(
						!group ? "breakdowns.nothing" : report.synced ? "breakdowns.soon" : "breakdowns.off",
						{ kind },
					)}
					actions={
						!group ? <BringFigures /> : report.synced ? <SyncButton primary /> : <TurnOn primary />
					}
				>
					{!group ? (
						t("breakdowns.nothingText")
					) : report.synced ? (
						t(online ? "breakdowns.soonText" : "breakdowns.soonOffline")
					) : (
						<>
							<p>{t("breakdowns.offText")}</p>
							<p className="mt-1 text-12 text-ink-3">{t("breakdowns.cost")}</p>
						</>
					)}
				</Empty>
			)}
			{read && !report?.synced && (
				<Banner tone="warning" icon={Info} actions={<TurnOn />} testId="breakdowns-stopped">
					{t("breakdowns.stopped", { kind })}
				</Banner>
			)}
			{report && read && first && last && (
				<Banner tone="info" icon={Info} testId="breakdowns-unread">
					{t("breakdowns.unreadDays", {
						count: unread.length,
						days: count(locale, unread.length),
						first: day(locale, first, "long"),
						last: day(locale, last, "long"),
						row: t("breakdowns.unread"),
						since: day(locale, report.read_from, "long"),
					})}
				</Banner>
			)}
			{report && group && read && (
				<Group
					key={report.by}
					report={report}
					group={group}
					changes={comparison !== "none"}
					within={of ? (report.name ?? of.name) : null}
					stale={asked.isPlaceholderData}
				/>
			)}
			{read && (
				<p className="flex-none px-1 pb-1 text-12 text-ink-3" data-testid="breakdowns-sure">
					{t("breakdowns.noCrm")}{" "}
					{isSomething(group.left_out)
						? t("breakdowns.rest", { row: t("breakdowns.leftOut") })
						: t("breakdowns.exact")}
				</p>
			)}
		</Page>
	);
}
