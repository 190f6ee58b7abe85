import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import {
	BadgeDollarSign,
	Bell,
	Check,
	EyeOff,
	FileSpreadsheet,
	FlaskConical,
	HardDrive,
	KeyRound,
	ListTree,
	PlugZap,
	WifiOff,
} from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { SyncButton } from "@/app/sync-button";
import { CreateWorkspace } from "@/app/workspace-menu";
import type { SetupState, SyncProgress } from "@/bindings";
import { Button, cx, Panel, Progress } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { NoKpis } from "./kpis";

type Icon = typeof Check;

/** The part of all slices that is done, in percent. */
export function share(progress: SyncProgress): number {
	return progress.slices_total > 0
		? Math.floor((100 * progress.slices_done) / progress.slices_total)
		: 0;
}

/** Nothing is here yet: ways in, or the first sync while it runs, and how far setting up has come. */
export function FirstRun({ setup }: { setup: SetupState }) {
	const { t } = useWords();
	const progress = useQuery(query("getSyncProgress", {}));
	const running = progress.data && !progress.data.finished_at ? progress.data : null;
	const [creating, setCreating] = useState<"/" | "/connect" | "/import" | null>(null);
	return (
		<>
			<NoKpis />
			<div className="grid flex-1 grid-cols-[minmax(0,1fr)_336px] gap-3 max-[1000px]:grid-cols-1">
				<Panel>
					<div className="flex flex-1 flex-col px-11 py-10 max-[1100px]:px-6 max-[1100px]:py-6">
						{running ? (
							<Running progress={running} />
						) : (
							<WaysIn setup={setup} last={progress.data ?? null} onCreate={setCreating} />
						)}
						<div className="mt-auto grid grid-cols-3 gap-6 pt-8 max-[1000px]:grid-cols-1 max-[1000px]:gap-3">
							<Safe icon={HardDrive} title={t("first.safe1")} text={t("first.safe1Text")} />
							<Safe icon={KeyRound} title={t("first.safe2")} text={t("first.safe2Text")} />
							<Safe icon={EyeOff} title={t("first.safe3")} text={t("first.safe3Text")} />
						</div>
					</div>
				</Panel>
				<div className="flex min-w-0 flex-col gap-3">
					<Checklist setup={setup} onCreate={() => setCreating("/")} />
					<Panel title={t("first.see")} className="flex-1">
						<ul className="px-4 pb-3.5 text-ink-2">
							<See icon={BadgeDollarSign}>{t("first.see1")}</See>
							<See icon={ListTree}>{t("first.see2")}</See>
							<See icon={Bell}>{t("first.see3")}</See>
							<See icon={WifiOff}>{t("first.see4")}</See>
						</ul>
					</Panel>
				</div>
			</div>
			<CreateWorkspace
				open={creating !== null}
				to={creating ?? "/"}
				onClose={() => setCreating(null)}
			/>
		</>
	);
}

function Hero({ title, text }: { title: string; text: string }) {
	return (
		<>
			<h2 className="max-w-[560px] font-semibold text-28 tracking-[-.022em]">{title}</h2>
			<p className="mt-2 max-w-[560px] text-14 text-ink-2 leading-[22px]">{text}</p>
		</>
	);
}

function Way({
	icon: Icon,
	title,
	children,
	action,
	note,
	first,
}: {
	icon: Icon;
	title: string;
	children: ReactNode;
	action: ReactNode;
	note?: string;
	first?: boolean;
}) {
	return (
		<li className="flex items-center gap-4 border-line border-b py-[18px] max-[760px]:flex-wrap">
			<span
				className={cx(
					"grid size-9 flex-none place-items-center rounded-3",
					first ? "bg-accent-soft text-accent-text" : "bg-sunken text-ink-2",
				)}
			>
				<Icon size={16} strokeWidth={1.75} aria-hidden />
			</span>
			<div className="min-w-0 flex-1">
				<h3 className="font-semibold text-14">{title}</h3>
				<div className="max-w-[470px] text-ink-2">{children}</div>
			</div>
			<div className="flex flex-none flex-col items-end gap-1 [&>:first-child]:min-w-[148px]">
				{action}
				{note && <span className="text-11 text-ink-3">{note}</span>}
			</div>
		</li>
	);
}

function WaysIn({
	setup,
	last,
	onCreate,
}: {
	setup: SetupState;
	last: SyncProgress | null;
	onCreate: (to: "/connect" | "/import") => void;
}) {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	const sample = useMutation<unknown, AppError, void>({
		mutationFn: () => call("openSampleWorkspace", {}),
	});
	const inWorkspace = setup.workspace !== null;
	const go = (to: "/connect" | "/import") => () =>
		inWorkspace ? void navigate({ to }) : onCreate(to);
	const ready = setup.connected && setup.ad_accounts > 0;
	return (
		<>
			<Hero title={t("first.title")} text={t("first.text")} />
			<ul className="mt-7 border-line border-t">
				{ready ? (
					<Way icon={PlugZap} first title={t("first.sync")} action={<SyncButton primary />}>
						<p>{t(setup.synced ? "first.syncEmpty" : "first.syncText")}</p>
						{last?.error && (
							<p role="alert" className="mt-1 text-negative">
								{t("first.failed")} {failure(last.error)}{" "}
								<Link to="/sync" className="font-medium text-accent-text hover:underline">
									{t("home.seeSync")}
								</Link>
							</p>
						)}
					</Way>
				) : (
					<Way
						icon={PlugZap}
						first
						title={t(setup.connected ? "nav.chooseAccounts" : "first.connect")}
						note={t("first.connectTime")}
						action={
							<Button
								variant="primary"
								size="l"
								data-testid="connect-meta"
								onClick={go("/connect")}
							>
								{t(setup.connected ? "nav.chooseAccounts" : "nav.connect")}
							</Button>
						}
					>
						{t(setup.connected ? "first.chooseText" : "first.connectText")}
					</Way>
				)}
				<Way
					icon={FileSpreadsheet}
					title={t("first.import")}
					note={t("first.importNote")}
					action={
						<Button size="l" onClick={go("/import")}>
							{t("first.importButton")}
						</Button>
					}
				>
					{t("first.importText")}
				</Way>
				{!setup.workspace?.sample && (
					<Way
						icon={FlaskConical}
						title={t("first.sample")}
						note={t("first.sampleNote")}
						action={
							<Button
								size="l"
								busy={sample.isPending}
								data-testid="open-sample"
								onClick={() => sample.mutate()}
							>
								{t("first.sampleButton")}
							</Button>
						}
					>
						{t("first.sampleText")}
						{sample.error && (
							<p role="alert" className="mt-1 text-negative">
								{failure(sample.error)}
							</p>
						)}
					</Way>
				)}
			</ul>
		</>
	);
}

/** The first sync, as far as it is. */
function Running({ progress }: { progress: SyncProgress }) {
	const { t, failure } = useWords();
	const done = share(progress);
	const { seconds_left_low: low, seconds_left_high: high } = progress;
	const left =
		low === null || high === null
			? null
			: high < 60
				? t("first.leftSoon")
				: t("first.left", { low: Math.floor(low / 60), high: Math.ceil(high / 60) });
	return (
		<>
			<Hero title={t("first.running")} text={t("first.runningText")} />
			<div className="mt-7" data-testid="first-sync">
				<div className="num mb-2 flex flex-wrap items-baseline gap-x-3 text-12 text-ink-2">
					<b className="font-semibold text-20 text-ink tracking-[-.02em]">
						{t("home.share", { share: done })}
					</b>
					<span>{t("first.rows", { count: progress.rows_added })}</span>
					{left && <span className="ml-auto">{left}</span>}
				</div>
				<Progress percent={done} label={t("first.progress")} />
				<ul className="mt-5 border-line border-t">
					{progress.scopes.map((scope) => (
						<li
							key={`${scope.scope}${scope.name}`}
							className="flex min-h-9 items-center gap-3 border-line border-b py-1.5"
						>
							<span className="min-w-0 flex-1">
								<span className="block truncate font-medium">{scope.name}</span>
								{scope.error && (
									<span className="block text-12 text-negative">{failure(scope.error)}</span>
								)}
							</span>
							<span
								className={cx(
									"num text-12",
									scope.state === "failed"
										? "text-negative"
										: scope.state === "slowed" || scope.state === "partly"
											? "text-warning"
											: "text-ink-2",
								)}
							>
								{t(`first.account.${scope.state}`)}
							</span>
							<span className="num w-10 text-right text-12 text-ink-2">
								{t("home.share", { share: scope.percent })}
							</span>
						</li>
					))}
				</ul>
				<Button asChild className="mt-4">
					<Link to="/sync">{t("first.seeAll")}</Link>
				</Button>
			</div>
		</>
	);
}

function Checklist({ setup, onCreate }: { setup: SetupState; onCreate: () => void }) {
	const { t } = useWords();
	const steps: Array<{ key: string; done: boolean; to: ComponentProps<typeof Link>["to"] }> = [
		{ key: "first.stepWorkspace", done: setup.workspace !== null, to: "/settings" },
		{ key: "first.stepConnect", done: setup.connected, to: "/connect" },
		{ key: "first.stepAccounts", done: setup.ad_accounts > 0, to: "/connect" },
		{ key: "first.stepSync", done: setup.synced, to: "/sync" },
		{ key: "first.stepSales", done: setup.has_sales, to: "/import" },
	];
	const done = steps.filter((step) => step.done).length;
	const next = steps.findIndex((step) => !step.done);
	const row =
		"ring-inside grid w-full grid-cols-[20px_1fr] gap-x-3 px-4 py-[9px] text-left hover:bg-hover";
	return (
		<Panel
			title={t("first.steps")}
			actions={
				<span className="num pr-2 text-12 text-ink-3">
					{t("first.stepsDone", { done, all: steps.length })}
				</span>
			}
		>
			<div className="px-4 pb-2">
				<Progress percent={(100 * done) / steps.length} label={t("first.steps")} />
			</div>
			<ol>
				{steps.map((step, at) => {
					const state = step.done ? "done" : at === next ? "now" : "open";
					const inside = (
						<>
							<span
								className={cx(
									"num grid size-5 place-items-center rounded-full font-semibold text-11",
									state === "done" &&
										"bg-positive-soft text-positive shadow-[inset_0_0_0_1px_var(--positive-line)]",
									state === "now" && "bg-accent text-on-accent",
									state === "open" && "text-ink-2 shadow-[inset_0_0_0_1px_var(--border-control)]",
								)}
							>
								{state === "done" ? (
									<Check size={12} strokeWidth={2} aria-hidden />
								) : (
									<span aria-hidden>{at + 1}</span>
								)}
								<span className="sr-only">{t(`first.${state}`)}</span>
							</span>
							<span className={cx("font-medium", state === "done" && "text-ink-2")}>
								{t(step.key)}
							</span>
							<small className="col-start-2 text-12 text-ink-3">{t(`${step.key}Text`)}</small>
						</>
					);
					return (
						<li key={step.key}>
							{/* Without a workspace there is nothing behind the pages. */}
							{setup.workspace ? (
								<Link
									to={step.to}
									className={row}
									aria-current={state === "now" ? "step" : undefined}
								>
									{inside}
								</Link>
							) : (
								<button
									type="button"
									onClick={onCreate}
									className={row}
									aria-current={state === "now" ? "step" : undefined}
								>
									{inside}
								</button>
							)}
						</li>
					);
				})}
			</ol>
			<p className="px-4 pt-2.5 pb-3.5 text-12 text-ink-3">{t("first.saved")}</p>
		</Panel>
	);
}

function See({ icon: Icon, children }: { icon: Icon; children: ReactNode }) {
	return (
		<li className="grid grid-cols-[16px_1fr] gap-3 py-1.5">
			<Icon size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 text-ink-3" />
			{children}
		</li>
	);
}

function Safe({ icon: Icon, title, text }: { icon: Icon; title: string; text: string }) {
	return (
		<div className="grid grid-cols-[16px_1fr] content-start gap-x-2.5 gap-y-0.5 text-12 text-ink-2 leading-[17px]">
			<Icon size={16} strokeWidth={1.75} aria-hidden className="row-span-2 text-ink-3" />
			<b className="font-medium text-ink">{title}</b>
			<p className="col-start-2">{text}</p>
		</div>
	);
}
