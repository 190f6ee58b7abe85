import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, useState } from "react";
import { useSession } from "@/app/session";
import type { SyncRunRow } from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Failure } from "@/components/failure";
import { Button, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { query } from "@/lib/ipc";
import { duration } from "./duration";
import { TONES } from "./run";

const STEP = 12;
/** The core gives no more rows at once. */
const MOST = 1000;

/** Past runs, newest first; each opens on everything that is known of it. */
export function Runs() {
	const { t, locale } = useWords();
	const { now } = useSession();
	const [limit, setLimit] = useState(STEP);
	const [open, setOpen] = useState<number | null>(null);
	const info = useQuery(query("getAppInfo", {}));
	const runs = useQuery({
		...query("listSyncRuns", { page: { limit, cursor: null } }),
		placeholderData: keepPreviousData,
	});
	const next = info.data?.next_sync_at;
	const rows = runs.data?.rows ?? [];
	return (
		<Panel title={t("sync.runs")}>
			{runs.error && <Failure error={runs.error} retry={() => void runs.refetch()} />}
			<table className="w-full table-fixed text-12" data-testid="sync-runs">
				<colgroup>
					<col className="w-[118px]" />
					<col />
					<col className="w-[66px]" />
					<col className="w-[70px]" />
				</colgroup>
				<thead>
					<tr className="h-6 border-line border-y text-11 text-ink-3">
						<th className="pl-4 text-left font-medium">{t("sync.started")}</th>
						<th className="px-1 text-left font-medium">{t("sync.runKind")}</th>
						<th className="px-1 text-right font-medium">{t("sync.took")}</th>
						<th className="pr-4 pl-1 text-right font-medium">{t("sync.changes")}</th>
					</tr>
				</thead>
				<tbody>
					{rows.map((run) => {
						const shown = open === run.run;
						const Chevron = shown ? ChevronDown : ChevronRight;
						const changes = run.rows_added + run.rows_changed;
						return (
							<Fragment key={run.run}>
								<tr className="h-7 border-line border-b last:border-b-0">
									<td className="pl-1">
										<button
											type="button"
											aria-expanded={shown}
											onClick={() => setOpen(shown ? null : run.run)}
											className="num flex h-6 items-center gap-0.5 rounded-1 text-ink-2 hover:text-ink"
										>
											<Chevron size={12} aria-hidden className="text-ink-3" />
											{instant(locale, run.started_at)}
										</button>
									</td>
									<td className="truncate px-1">
										{run.state === "done" ? (
											runName(t, run)
										) : (
											<Tag tone={TONES[run.state]}>{t(`sync.state.${run.state}`)}</Tag>
										)}
									</td>
									<td className="num px-1 text-right text-ink-2">
										{duration(run.started_at, run.finished_at)}
									</td>
									<td className="num pr-4 pl-1 text-right">
										{changes > 0 ? `+${count(locale, changes)}` : "0"}
									</td>
								</tr>
								{shown && (
									<tr className="border-line border-b last:border-b-0">
										<td colSpan={4} className="px-4 py-2.5">
											<RunDetails run={run} />
										</td>
									</tr>
								)}
							</Fragment>
						);
					})}
					{runs.data && rows.length === 0 && (
						<tr>
							<td colSpan={4} className="px-4 py-3 text-ink-3">
								{t("sync.noRuns")}
							</td>
						</tr>
					)}
				</tbody>
			</table>
			{runs.data?.next && limit < MOST && (
				<div className="border-line border-t px-3 py-2">
					<Button
						size="s"
						variant="ghost"
						busy={runs.isPlaceholderData}
						onClick={() => setLimit((before) => Math.min(MOST, before * 2))}
					>
						{t("sync.older")}
					</Button>
				</div>
			)}
			<p className="border-line border-t px-4 py-3 text-12 text-ink-3">
				{t("sync.safe")}{" "}
				{next && Date.parse(next) > now && t("sync.next", { time: instant(locale, next) })}
			</p>
		</Panel>
	);
}

/** What set it off, or that it was a file. */
function runName(t: ReturnType<typeof useWords>["t"], run: SyncRunRow): string {
	return run.kind === "ads_import"
		? t("sync.trigger.import")
		: t(`sync.trigger.${run.trigger}`, { defaultValue: run.trigger });
}

function RunDetails({ run }: { run: SyncRunRow }) {
	const { t, locale, failure } = useWords();
	const facts: Array<[string, string]> = [
		["sync.outcome", t(`sync.state.${run.state}`)],
		["sync.trigger", runName(t, run)],
		["sync.new", count(locale, run.rows_added)],
		["sync.restated", count(locale, run.rows_changed)],
		["sync.unchanged", count(locale, run.rows_unchanged)],
		[
			"sync.calls",
			[run.calls, run.waits, run.errors].map((number) => count(locale, number)).join(" · "),
		],
	];
	return (
		<div data-testid="run-details">
			<dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-0.5">
				{facts.map(([key, value]) => (
					<div key={key} className="contents">
						<dt className="text-ink-3">{t(key)}</dt>
						<dd className="num text-right">{value}</dd>
					</div>
				))}
			</dl>
			{run.error_code && (
				<div className="mt-2 flex flex-wrap items-center gap-2">
					<p className="min-w-0 flex-1 text-negative">
						{failure({
							code: run.error_code,
							message: run.error ?? "",
							reason: run.error_reason,
							params: run.error_params as Record<string, string>,
						})}
					</p>
					<CopyButton
						variant="ghost"
						label={t("action.copyDetails")}
						text={`${run.error_code}: ${run.error ?? ""}`}
					/>
				</div>
			)}
		</div>
	);
}
