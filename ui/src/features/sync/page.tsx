import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Plug, TriangleAlert } from "lucide-react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import { Failure } from "@/components/failure";
import { BringFigures } from "@/components/no-figures";
import { Empty, Panel, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { age, count, instant } from "@/lib/format";
import { query } from "@/lib/ipc";
import { Runs } from "./history";
import { Pace, Usage } from "./pace";
import { Run, Scope } from "./run";

/** The sync that runs or ran last, account by account, and the runs before it. */
export default function SyncPage() {
	const { t } = useWords();
	const setup = useQuery(query("getSetupState", {}));
	const sync = useQuery(query("getSyncProgress", {}));
	const progress = sync.data;
	const running = progress && !progress.finished_at;
	const none =
		setup.data &&
		!setup.data.has_insights &&
		(!setup.data.connected || setup.data.ad_accounts === 0);
	return (
		<Page title={t("nav.sync")} tools={!none && <SyncButton primary={!running} />}>
			{setup.error && <Failure error={setup.error} retry={() => void setup.refetch()} />}
			{sync.error && <Failure error={sync.error} retry={() => void sync.refetch()} />}
			{none ? (
				<Empty icon={Plug} title={t("sync.none")} actions={<BringFigures />}>
					{t(setup.data.connected ? "sync.noAccounts" : "sync.noneText")}
				</Empty>
			) : (
				<>
					{sync.isPending && <Skeleton className="h-[84px] flex-none" />}
					{progress ? <Run progress={progress} /> : sync.isSuccess && <Idle />}
					<div className="grid grid-cols-[minmax(0,1fr)_344px] items-start gap-3 max-[1100px]:grid-cols-1">
						<div className="flex min-w-0 flex-col gap-3">
							{progress ? (
								progress.scopes.map((scope) => (
									<Scope
										key={`${scope.scope}${scope.name}`}
										scope={scope}
										ended={progress.finished_at !== null}
										alone={
											progress.finished_at !== null &&
											progress.scopes.every(
												({ state }) => state === "failed" || state === "waiting",
											)
										}
									/>
								))
							) : (
								<IdleAccounts />
							)}
						</div>
						<div className="flex min-w-0 flex-col gap-3">
							{progress && progress.pace.length > 1 && <Pace points={progress.pace} />}
							{progress && <Usage scopes={progress.scopes} />}
							<Runs />
						</div>
					</div>
				</>
			)}
		</Page>
	);
}

/** Nothing was synced since Rumbo was opened: how the last run ended and when the next one is due. */
function Idle() {
	const { t, locale } = useWords();
	const { now } = useSession();
	const info = useQuery(query("getAppInfo", {}));
	const runs = useQuery(query("listSyncRuns", { page: { limit: 1, cursor: null } }));
	const last = runs.data?.rows[0];
	const next = info.data?.next_sync_at;
	return (
		<Panel className="flex-none">
			<div className="px-5 py-4">
				<h2
					className="font-semibold text-20 tracking-[-.02em]"
					data-testid="sync-state"
					data-state="idle"
				>
					{t("sync.idle")}
				</h2>
				<p className="mt-0.5 text-ink-2">
					{last
						? t("sync.idleLast", {
								time: instant(locale, last.finished_at ?? last.started_at),
								rows: count(locale, last.rows_added + last.rows_changed),
							})
						: t("sync.noRuns")}{" "}
					{next && Date.parse(next) > now && t("sync.next", { time: instant(locale, next) })}
				</p>
			</div>
		</Panel>
	);
}

/** The accounts as the last runs left them. */
function IdleAccounts() {
	const { t, failure } = useWords();
	const { now } = useSession();
	const accounts = useQuery(query("listAdAccounts", {}));
	if (accounts.error)
		return <Failure error={accounts.error} retry={() => void accounts.refetch()} />;
	return (accounts.data ?? [])
		.filter((account) => account.selected)
		.map((account) => (
			<Panel key={account.id}>
				<div className="flex min-h-11 items-center gap-2 px-4">
					<h3 className="truncate font-semibold text-14">{account.name}</h3>
					<Tag tone="line">{account.currency}</Tag>
					{account.last_error_code ? (
						<Tag tone="negative" icon={TriangleAlert}>
							{t("sync.state.failed")}
						</Tag>
					) : (
						account.last_synced_at && (
							<Tag tone="positive" icon={CircleCheck}>
								{t("sync.upToDate")}
							</Tag>
						)
					)}
					<span className="num ml-auto text-12 text-ink-3">
						{account.last_synced_at
							? t("sync.ago", { age: age(account.last_synced_at, now) })
							: t("status.never")}
					</span>
				</div>
				{account.last_error_code && (
					<p className="px-4 pb-3 text-ink-2">
						{failure({
							code: account.last_error_code,
							message: account.last_error ?? "",
							reason: account.last_error_reason,
							params: account.last_error_params as Record<string, string>,
						})}
					</p>
				)}
			</Panel>
		));
}
