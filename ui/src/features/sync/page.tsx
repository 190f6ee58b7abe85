import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleAlert, Gauge, LoaderCircle, Plug } from "lucide-react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { SyncButton } from "@/app/sync-button";
import type { SyncProgress, SyncScopeProgress, SyncState } from "@/bindings";
import { Failure } from "@/components/failure";
import { Sparkline } from "@/components/sparkline";
import { Button, cx, Empty, Panel, Progress, Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { age, clock, count, instant, percent, period } from "@/lib/format";
import { type AppError, call, query, toAppError } from "@/lib/ipc";

const TONES: Record<SyncState, Tone> = {
	waiting: "neutral",
	running: "accent",
	slowed: "warning",
	done: "positive",
	partly: "warning",
	failed: "negative",
	cancelled: "neutral",
	interrupted: "warning",
};

/** From this use on Meta's limits slow the sync down. */
const SLOW_FROM = 75;

export default function SyncPage() {
	const { t } = useWords();
	const setup = useQuery(query("getSetupState", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const running = progress.data && !progress.data.finished_at;
	const none = setup.data && !setup.data.connected && !setup.data.has_insights;
	return (
		<Page title={t("nav.sync")} tools={!none && <SyncButton primary={!running} />}>
			{setup.error && <Failure error={setup.error} retry={() => void setup.refetch()} />}
			{none ? (
				<Empty
					icon={Plug}
					title={t("sync.none")}
					actions={
						<Button asChild variant="primary" size="l">
							<Link to="/connect">{t("nav.connect")}</Link>
						</Button>
					}
				>
					{t("sync.noneText")}
				</Empty>
			) : (
				<div className="grid grid-cols-[minmax(0,1fr)_380px] gap-3 max-[1180px]:grid-cols-1">
					<div className="flex min-w-0 flex-col gap-3">
						{progress.data ? <Run progress={progress.data} /> : <Idle />}
						{progress.data?.scopes.map((scope) => (
							<Scope key={`${scope.scope}${scope.name}`} scope={scope} />
						))}
					</div>
					<div className="flex min-w-0 flex-col gap-3">
						{progress.data && progress.data.pace.length > 1 && (
							<Panel title={t("sync.pace")} hint={t("sync.paceHint")}>
								<div className="px-4 pb-3">
									<Sparkline
										values={progress.data.pace.map((point) => String(point.rows_per_minute))}
										height={64}
									/>
								</div>
							</Panel>
						)}
						{progress.data && <Usage scopes={progress.data.scopes} />}
						<History />
					</div>
				</div>
			)}
		</Page>
	);
}

function Idle() {
	const { t } = useWords();
	return (
		<Panel className="p-5">
			<span data-testid="sync-state" data-state="idle">
				{t("sync.idle")}
			</span>
		</Panel>
	);
}

function Run({ progress }: { progress: SyncProgress }) {
	const { t, locale, failure } = useWords();
	const running = progress.finished_at === null;
	const cancel = useMutation<unknown, AppError, void>({ mutationFn: () => call("cancelSync", {}) });
	const percent =
		progress.slices_total > 0
			? (100 * progress.slices_done) / progress.slices_total
			: running
				? 0
				: 100;
	const rows = progress.rows_added + progress.rows_changed + progress.rows_unchanged;
	const minutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
	const left =
		!running || progress.seconds_left_low === null || progress.seconds_left_high === null
			? "—"
			: progress.seconds_left_high < 60
				? t("sync.underMinute")
				: t("sync.minutes", {
						low: minutes(progress.seconds_left_low),
						high: minutes(progress.seconds_left_high),
					});
	const facts: Array<[string, string]> = [
		[
			"sync.slices",
			t("sync.of", {
				done: count(locale, progress.slices_done),
				total: count(locale, progress.slices_total),
			}),
		],
		["sync.rows", count(locale, rows)],
		["sync.changed", count(locale, progress.rows_added + progress.rows_changed)],
		["sync.left", left],
		[
			"sync.calls",
			`${count(locale, progress.calls)} · ${count(locale, progress.waits)} · ${count(locale, progress.errors)}`,
		],
	];
	return (
		<Panel>
			<div className="px-5 pt-4 pb-3">
				<div className="flex items-start gap-2">
					<div>
						<h2 className="font-semibold text-20 tracking-[-.01em]">
							{progress.first ? t("sync.first") : t("sync.again")}
						</h2>
						<p className="mt-0.5 text-ink-2">
							{running
								? t("sync.runningText")
								: t("sync.finishedText", {
										time: progress.finished_at ? clock(locale, progress.finished_at) : "",
									})}{" "}
							<span className="num text-ink-3">
								{period(locale, progress.since, progress.until)}
							</span>
						</p>
					</div>
					<span className="ml-auto flex items-center gap-2">
						<span data-testid="sync-state" data-state={progress.state}>
							<Tag tone={TONES[progress.state]}>{t(`sync.state.${progress.state}`)}</Tag>
						</span>
						{running && (
							<Button
								data-testid="sync-cancel"
								busy={cancel.isPending}
								onClick={() => cancel.mutate()}
							>
								{t("action.cancel")}
							</Button>
						)}
					</span>
				</div>
				<div className="mt-3">
					<Progress
						percent={percent}
						label={t("nav.sync")}
						tone={progress.state === "done" ? "positive" : "accent"}
					/>
				</div>
				{progress.error && (
					<p role="alert" className="mt-3 text-negative">
						{failure(toAppError(progress.error))}
					</p>
				)}
			</div>
			<dl className="grid grid-cols-5 border-line border-t">
				{facts.map(([key, value]) => (
					<div key={key} className="border-line border-l px-5 py-3 first:border-l-0">
						<dt className="text-11 text-ink-3">{t(key)}</dt>
						<dd className="num font-semibold text-16">{value}</dd>
					</div>
				))}
			</dl>
		</Panel>
	);
}

const KINDS = ["campaigns", "ad_sets", "ads", "creatives", "insights", "leads"];

function Scope({ scope }: { scope: SyncScopeProgress }) {
	const { t, locale, failure } = useWords();
	const Icon =
		scope.state === "done"
			? Check
			: scope.state === "slowed"
				? Gauge
				: scope.state === "failed"
					? CircleAlert
					: LoaderCircle;
	const kinds = KINDS.map((name) => scope.kinds.find((kind) => kind.kind === name)).filter(
		(kind) => kind !== undefined,
	);
	return (
		<Panel>
			<div className="flex items-center gap-2 px-4 pt-3">
				<h3 className="truncate font-semibold text-14">{scope.name || scope.scope}</h3>
				{scope.currency && <Tag tone="line">{scope.currency}</Tag>}
				<Tag tone={TONES[scope.state]} icon={Icon}>
					{t(`sync.state.${scope.state}`)}
				</Tag>
				<span className="num ml-auto text-12 text-ink-2">
					{t("sync.rowCount", { count: scope.rows })}
				</span>
				<b className="num w-12 text-right font-semibold">{percent(locale, scope.percent, 0)}</b>
			</div>
			<div className="grid grid-cols-6 gap-4 px-4 pt-2 pb-4 max-[1180px]:grid-cols-3">
				{kinds.map((kind) => (
					<div key={kind.kind} className="min-w-0">
						<p className="truncate text-11 text-ink-3">{t(`sync.kind.${kind.kind}`)}</p>
						<p
							className={cx(
								"num mb-1 truncate font-medium",
								kind.state === "failed" && "text-negative",
							)}
						>
							{kind.state === "failed"
								? t("sync.blocked")
								: kind.state === "waiting"
									? t("sync.state.waiting")
									: kind.total > 1
										? t("sync.of", { done: kind.done, total: kind.total })
										: t(`sync.state.${kind.state}`)}
						</p>
						<Progress
							label={t(`sync.kind.${kind.kind}`)}
							percent={
								kind.state === "done" ? 100 : kind.total > 0 ? (100 * kind.done) / kind.total : 0
							}
							tone={kind.state === "done" ? "positive" : "accent"}
						/>
					</div>
				))}
			</div>
			{scope.state === "slowed" && (
				<p className="flex items-center gap-2 bg-warning-soft px-4 py-2">
					<Gauge size={16} aria-hidden className="text-warning" />
					{t("sync.slowed", {
						percent: scope.usage_percent ?? SLOW_FROM,
						minutes: Math.max(1, Math.round((scope.waiting_seconds ?? 60) / 60)),
					})}
				</p>
			)}
			{scope.error && (
				<p className="border-line border-t px-4 py-2 text-negative">
					{failure(toAppError(scope.error))}
				</p>
			)}
		</Panel>
	);
}

function Usage({ scopes }: { scopes: SyncScopeProgress[] }) {
	const { t, locale } = useWords();
	const known = scopes.filter((scope) => scope.usage_percent !== null);
	if (known.length === 0) return null;
	return (
		<Panel title={t("sync.usage")}>
			<ul className="flex flex-col gap-3 px-4 pb-4">
				{known.map((scope) => {
					const used = scope.usage_percent ?? 0;
					return (
						<li key={scope.scope}>
							<p className="num mb-1 flex justify-between gap-3">
								<span className="truncate">{scope.name}</span>{" "}
								<b className={cx("font-semibold", used >= SLOW_FROM && "text-warning")}>
									{percent(locale, used, 0)}
								</b>
							</p>
							<div className="relative">
								<Progress
									percent={used}
									label={scope.name}
									tone={used >= SLOW_FROM ? "warning" : "accent"}
								/>
								<i
									data-swatch
									className="-top-0.5 absolute h-2 w-px bg-ink-3"
									style={{ left: `${SLOW_FROM}%` }}
								/>
							</div>
						</li>
					);
				})}
				<li className="text-12 text-ink-3">{t("sync.usageHint")}</li>
			</ul>
		</Panel>
	);
}

function History() {
	const { t, locale } = useWords();
	const { now } = useSession();
	const info = useQuery(query("getAppInfo", {}));
	const runs = useQuery(query("listSyncRuns", { page: { limit: 12, cursor: null } }));
	const next = info.data?.next_sync_at;
	return (
		<Panel title={t("sync.runs")}>
			{runs.error && <Failure error={runs.error} retry={() => void runs.refetch()} />}
			<table className="num w-full">
				<thead>
					<tr className="h-7 border-line border-y text-11 text-ink-3">
						<th className="pl-4 text-left font-medium">{t("sync.started")}</th>
						<th className="px-2 text-left font-medium">{t("sync.outcome")}</th>
						<th className="px-2 text-right font-medium">{t("sync.new")}</th>
						<th className="px-2 pr-4 text-right font-medium">{t("sync.restated")}</th>
					</tr>
				</thead>
				<tbody>
					{(runs.data?.rows ?? []).map((run) => (
						<tr
							key={run.run}
							className="h-8 border-line border-b last:border-b-0"
							title={run.error ?? undefined}
						>
							<td className="pl-4">{instant(locale, run.started_at)}</td>
							<td className="px-2">
								<Tag tone={TONES[run.state]}>{t(`sync.state.${run.state}`)}</Tag>
							</td>
							<td className="px-2 text-right">{count(locale, run.rows_added)}</td>
							<td className="px-2 pr-4 text-right">{count(locale, run.rows_changed)}</td>
						</tr>
					))}
					{runs.data?.rows.length === 0 && (
						<tr>
							<td colSpan={4} className="px-4 py-3 text-ink-3">
								{t("sync.noRuns")}
							</td>
						</tr>
					)}
				</tbody>
			</table>
			<p className="px-4 py-2.5 text-12 text-ink-3">
				{next && Date.parse(next) > now
					? t("sync.next", { time: instant(locale, next) })
					: t("sync.safe")}
				{runs.data?.rows[0]?.finished_at
					? ` ${t("sync.lastAge", { age: age(runs.data.rows[0].finished_at, now) })}`
					: ""}
			</p>
		</Panel>
	);
}
