import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, CircleAlert, CircleDashed, Gauge, LoaderCircle, Lock } from "lucide-react";
import type {
	SyncKindProgress,
	SyncProgress,
	SyncScopeProgress,
	SyncState,
	WireError,
} from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Button, cx, Panel, Progress, Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { clock, count, percent, period } from "@/lib/format";
import { type AppError, call, toAppError } from "@/lib/ipc";
import { duration } from "./duration";

export const TONES: Record<SyncState, Tone> = {
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
export const SLOW_FROM = 75;

/** The whole run: how far, how fast, how long still. */
export function Run({ progress }: { progress: SyncProgress }) {
	const { t, locale, failure } = useWords();
	const running = progress.finished_at === null;
	const cancel = useMutation<unknown, AppError, void>({ mutationFn: () => call("cancelSync", {}) });
	const share =
		progress.slices_total > 0
			? (100 * progress.slices_done) / progress.slices_total
			: // Nothing was to be read, or it ended before that was known.
				progress.state === "done"
				? 100
				: 0;
	const rows = progress.rows_added + progress.rows_changed + progress.rows_unchanged;
	const facts: Array<[string, string]> = [
		[
			"sync.slices",
			t("sync.of", {
				done: count(locale, progress.slices_done),
				total: count(locale, progress.slices_total),
			}),
		],
		["sync.rows", count(locale, rows)],
		running
			? ["sync.paceNow", t("sync.perMinute", { rows: count(locale, progress.rows_per_minute) })]
			: ["sync.changed", count(locale, progress.rows_added + progress.rows_changed)],
		running
			? ["sync.left", left(t, progress)]
			: ["sync.took", duration(progress.started_at, progress.finished_at)],
		[
			"sync.calls",
			[progress.calls, progress.waits, progress.errors].map((n) => count(locale, n)).join(" · "),
		],
	];
	return (
		<Panel className="flex-none">
			<div className="px-5 pt-4 pb-3.5">
				<div className="flex items-start gap-4">
					<div className="min-w-0">
						<h2 className="font-semibold text-20 tracking-[-.02em]">
							{t(progress.first ? "sync.first" : "sync.again")}, {}
							<span className="num">{period(locale, progress.since, progress.until)}</span>
						</h2>
						<p className="text-ink-2">
							{running
								? t("sync.runningText")
								: t("sync.finishedText", {
										time: progress.finished_at ? clock(locale, progress.finished_at) : "",
									})}
						</p>
					</div>
					<span className="ml-auto flex items-center gap-2">
						<span data-testid="sync-state" data-state={progress.state}>
							<Tag tone={TONES[progress.state]}>{t(`sync.state.${progress.state}`)}</Tag>
						</span>
						{running && (
							<Button
								size="l"
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
						thick
						percent={share}
						label={t("nav.sync")}
						tone={progress.state === "done" ? "positive" : "accent"}
					/>
				</div>
				{progress.error && (
					<p role="alert" className="mt-3 text-negative">
						{failure(toAppError(progress.error))}
					</p>
				)}
				{cancel.error && (
					<p role="alert" className="mt-3 text-negative">
						{failure(cancel.error)}
					</p>
				)}
			</div>
			<dl className="grid grid-cols-5 border-line border-t max-[860px]:grid-cols-2">
				{facts.map(([key, value]) => (
					<div key={key} className="min-w-0 border-line border-l px-5 py-2.5 first:border-l-0">
						<dt className="truncate text-11 text-ink-3">{t(key)}</dt>
						<dd className="num truncate font-semibold text-16 tracking-[-.01em]">{value}</dd>
					</div>
				))}
			</dl>
		</Panel>
	);
}

/** What is left is an estimate, so it is a range. */
function left(t: ReturnType<typeof useWords>["t"], progress: SyncProgress): string {
	const { seconds_left_low: low, seconds_left_high: high } = progress;
	if (low === null || high === null) return "—";
	if (high < 60) return t("sync.underMinute");
	const minutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
	return t("sync.minutes", { low: minutes(low), high: minutes(high) });
}

const ICONS: Partial<Record<SyncState, typeof Check>> = {
	waiting: CircleDashed,
	running: LoaderCircle,
	slowed: Gauge,
	done: Check,
};

const KINDS = ["campaigns", "ad_sets", "ads", "creatives", "insights", "leads"];

/** What could not be read: of a kind of object, or else of the whole. Told once each. */
function troublesOf(
	scope: SyncScopeProgress,
	kinds: readonly SyncKindProgress[],
): Array<{ kind: string | null; error: WireError }> {
	const of = kinds.flatMap((kind) =>
		kind.error ? [{ kind: kind.kind as string | null, error: kind.error }] : [],
	);
	const told = of.some((one) => one.error.message === scope.error?.message);
	return scope.error && !told ? [...of, { kind: null, error: scope.error }] : of;
}

/** One ad account, or one page: a cell for each kind of object. */
export function Scope({
	scope,
	ended,
	alone,
}: {
	scope: SyncScopeProgress;
	/** The run is over: what still waits was not read. */
	ended?: boolean;
	/** Nothing else was read either. */
	alone?: boolean;
}) {
	const { t, locale, failure, details } = useWords();
	const page = scope.currency === null;
	const refused = scope.state === "failed" && scope.error?.code === "permission_missing";
	const kinds = [
		...KINDS.flatMap((name) => scope.kinds.find((kind) => kind.kind === name) ?? []),
		// Parts of ads by age, country and so on, where they are read.
		...scope.kinds.filter((kind) => !KINDS.includes(kind.kind)),
	];
	const forms = page ? kinds.find((kind) => kind.kind === "leads")?.total : undefined;
	const troubles = troublesOf(scope, kinds);
	const left = ended && scope.state === "waiting";
	return (
		<Panel>
			<div className="flex min-h-10 flex-wrap items-center gap-2 px-4 pt-1">
				<h3 className="truncate font-semibold text-14">{scope.name || scope.scope}</h3>
				{scope.currency && <Tag tone="line">{scope.currency}</Tag>}
				{page && (
					<Tag tone="line">{forms ? t("sync.forms", { count: forms }) : t("sync.page")}</Tag>
				)}
				<Tag tone={TONES[scope.state]} icon={refused ? Lock : (ICONS[scope.state] ?? CircleAlert)}>
					{t(refused ? "sync.state.refused" : left ? "sync.blocked" : `sync.state.${scope.state}`)}
				</Tag>
				{(scope.rows > 0 || (scope.state !== "failed" && !left)) && (
					<>
						<span className="num ml-auto text-12 text-ink-2">
							{t(page ? "count.leads" : "sync.rowCount", { count: scope.rows })}
						</span>
						<b className="num w-12 text-right font-semibold">{percent(locale, scope.percent, 0)}</b>
					</>
				)}
			</div>
			{kinds.length > 0 && (
				<div className="grid grid-cols-[repeat(auto-fit,minmax(96px,1fr))] gap-4 px-4 pt-0.5 pb-3.5">
					{kinds.map((kind) => (
						<Cell key={kind.kind} kind={kind} ended={ended ?? false} />
					))}
				</div>
			)}
			{scope.state === "slowed" && (
				<p className="flex items-center gap-2 border-line border-t bg-warning-soft px-4 py-2 text-12 text-ink-2">
					<Gauge size={16} aria-hidden className="flex-none text-warning" />
					{t("sync.slowed", {
						percent: scope.usage_percent ?? SLOW_FROM,
						minutes: Math.max(1, Math.round((scope.waiting_seconds ?? 60) / 60)),
					})}
				</p>
			)}
			{troubles.map(({ kind, error }) => (
				<div
					key={kind ?? ""}
					className="flex flex-wrap items-center gap-2 border-line border-t px-4 py-2.5"
				>
					<p className="min-w-0 flex-1 text-ink-2">
						{kind && <b className="font-medium">{t(`sync.kind.${kind}`)}: </b>}
						{failure(toAppError(error))} {!alone && t("sync.othersGoOn")}
					</p>
					{error.code === "permission_missing" && (
						<Button asChild size="s">
							<Link to="/connect" search={{ rerequest: 1, from: "/sync" }}>
								{t("connection.ask")}
							</Link>
						</Button>
					)}
					<CopyButton
						variant="ghost"
						label={t("action.copyDetails")}
						text={[scope.scope, kind, details(error)].filter(Boolean).join(" · ")}
					/>
				</div>
			))}
		</Panel>
	);
}

/** Done is green, running blue, waiting an empty track, and what was not read a red word. */
function Cell({ kind, ended }: { kind: SyncKindProgress; ended: boolean }) {
	const { t, locale, failure } = useWords();
	const name = t(`sync.kind.${kind.kind}`);
	const failed = kind.state === "failed";
	const waiting = kind.state === "waiting";
	const cut = kind.state === "partly" || (kind.error !== null && !failed);
	// Days of figures, forms or ads of leads; a listing is one part, and tells what it found.
	const inParts = kind.total > 1 && kind.state !== "done";
	return (
		<div className="min-w-0" data-kind={kind.kind}>
			<p className="truncate text-11 text-ink-3">{name}</p>
			<p
				className={cx(
					"num mb-[5px] truncate",
					failed
						? "font-medium text-negative"
						: waiting
							? "text-ink-3"
							: cut
								? "font-medium text-warning"
								: "font-medium",
				)}
				title={kind.error ? failure(toAppError(kind.error)) : undefined}
			>
				{failed ? (
					t(kind.error?.code === "permission_missing" ? "sync.refused" : "sync.blocked")
				) : waiting ? (
					t(ended ? "sync.blocked" : "sync.state.waiting")
				) : inParts ? (
					<>
						{count(locale, kind.done)}{" "}
						<span className="font-normal text-12 text-ink-3">
							{t(kind.kind === "insights" ? "sync.ofDays" : "sync.ofParts", {
								count: kind.total,
							})}
						</span>
					</>
				) : (
					count(locale, kind.rows)
				)}
			</p>
			<Progress
				label={name}
				percent={
					kind.state === "done"
						? 100
						: failed || waiting || kind.total === 0
							? 0
							: (100 * kind.done) / kind.total
				}
				tone={kind.state === "done" ? "positive" : cut ? "warning" : "accent"}
			/>
		</div>
	);
}
