import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, Check, CloudOff, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ConnectSearch } from "@/app/router";
import { useSession } from "@/app/session";
import { Mark } from "@/app/shell";
import type { Assets, Connection, Portfolio } from "@/bindings";
import { Failure } from "@/components/failure";
import { FEATURES } from "@/components/meta-app-form";
import { Banner, Button, cx, IconButton, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { useArrival } from "@/lib/arrival";
import { clock } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Missing, Pledges, SignInEnds } from "./aside";
import { AssetLists, List } from "./assets";
import {
	type Choice,
	choiceOf,
	chosenBefore,
	type Kept,
	listsPages,
	NOTHING_KEPT,
	onlyOne,
	STEPS,
	type Step,
	type Whose,
	whoseOf,
} from "./choice";
import { type Begin, SignIn } from "./sign-in";

/** Connects Meta in four steps. Where there is only one choice the step makes itself. */
export default function ConnectPage() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const router = useRouter();
	const link: ConnectSearch = useSearch({ strict: false });
	const { view, keepView, online, offlineSince, workspace } = useSession();
	const connection = useQuery(query("getConnection", {}));
	const setup = useQuery(query("getSetupState", {}));
	const app = useQuery(query("getMetaApp", {}));
	const features: readonly string[] = app.data?.features ?? FEATURES;
	const inWindow = app.data?.redirect_mode === "login_success";
	const state = connection.data?.state;
	const signedIn = state === "connected" || state === "expiring" || state === "missing_scope";
	// Signing in begins at once when the wizard was opened for that, or from inside it.
	const [begin, setBegin] = useState<Begin>(link.rerequest ? "ask" : link.again ? "again" : null);
	const [signingIn, setSigningIn] = useState(begin !== null);

	const place = `connect:${workspace ?? ""}`;
	const kept = view<Kept>(place, NOTHING_KEPT);
	const keep = (edit: Partial<Kept>) => keepView(place, { ...kept, ...edit });

	const listing = signedIn && !signingIn;
	const portfolios = useQuery({ ...query("listPortfolios", {}), enabled: listing });
	// Without the permission to list portfolios everything the person may use is still listed.
	const refused = portfolios.error?.code === "permission_missing";
	const offered = portfolios.data ?? (refused ? [] : undefined);
	const whose = offered && whoseOf(kept.whose, offered, connection.data?.portfolio ?? null);
	const skips = { portfolio: offered !== undefined && offered.length <= 1 };
	const wantsAssets = whose !== undefined && (kept.step !== "portfolio" || skips.portfolio);
	const assets = useQuery({
		...query("listAssets", { portfolio_id: whose?.id ?? null }),
		enabled: listing && wantsAssets,
	});
	const choice = whose ? choiceOf(kept, whose.id, assets.data) : null;

	const steps = STEPS.filter(
		(name) =>
			!(name === "portfolio" && skips.portfolio) && !(name === "assets" && onlyOne(assets.data)),
	);
	const step = stepOf(kept.step, !listing, steps);
	const at = STEPS.indexOf(step);
	const previous = steps[steps.indexOf(step) - 1];

	// What failed for want of a network is read again when there is one.
	const failedOffline = [portfolios, assets].filter((read) => read.error?.code === "offline");
	const readAgain = useRef<() => void>(() => undefined);
	readAgain.current = () => {
		for (const read of failedOffline) void read.refetch();
	};
	useEffect(() => {
		if (online) readAgain.current();
	}, [online]);

	const select = useMutation<unknown, AppError, void>({
		mutationFn: () =>
			call("selectAssets", {
				portfolio_id: whose?.id ?? null,
				portfolio_name: whose?.name ?? null,
				ad_account_ids: choice?.accounts ?? [],
				page_ids: choice?.pages ?? [],
				whatsapp_ids: choice?.whatsapp ?? [],
				start_sync: true,
			}),
		onSuccess: () => {
			keepView(place, NOTHING_KEPT);
			void navigate({ to: "/sync" });
		},
	});
	const tryNow = useMutation<unknown, AppError, void>({
		mutationFn: () => call("tryNetwork", {}),
	});
	const { from } = link;
	const leave = from ? () => router.history.push(from) : null;
	const close = leave ?? (() => void navigate({ to: "/" }));
	const signedInNow = () => {
		// Who had chosen accounts before comes back to what they were doing.
		const came = link.again || link.rerequest;
		if (came && leave && (setup.data?.ad_accounts ?? 0) > 0) return leave();
		setBegin(null);
		setSigningIn(false);
		if (kept.step === "signIn") keep({ step: "portfolio" });
	};
	const ask = () => {
		setBegin("ask");
		setSigningIn(true);
	};

	const title = useArrival(`/connect/${step}`);
	const counts = choice
		? t("connect.counts", {
				accounts: choice.accounts.length,
				pages: choice.pages.length,
				numbers: choice.whatsapp.length,
			})
		: "";
	const done: Record<Step, string | null> = {
		signIn: signedIn ? (connection.data?.user_name ?? null) : null,
		portfolio: whose?.name ?? null,
		assets: counts || null,
		confirm: null,
	};
	const missing = signedIn ? (connection.data?.missing ?? []) : [];
	const lacks =
		step === "assets" && choice?.accounts.length === 0 ? t("connect.chooseOne") : undefined;

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves the wizard from anywhere in it
		<div
			className="grid h-screen grid-cols-[272px_minmax(0,1fr)_312px] max-[1180px]:grid-cols-[240px_minmax(0,1fr)] max-[860px]:grid-cols-1 max-[860px]:grid-rows-[auto_minmax(0,1fr)]"
			onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
		>
			<Rail at={at} done={done} inWindow={inWindow} />
			<div className="flex min-h-0 min-w-0 flex-col">
				<main
					className="relative min-h-0 flex-1 overflow-y-auto px-10 pt-9 pb-8 max-[860px]:px-5 max-[860px]:pt-5"
					data-region
					tabIndex={-1}
				>
					<div className="mx-auto max-w-[776px]">
						<header className="mb-6 flex items-start gap-3">
							<div className="min-w-0">
								<h1
									ref={title}
									tabIndex={-1}
									className="font-semibold text-24 tracking-[-.02em] focus:!shadow-none"
								>
									{t(`connect.${step}.title`)}
								</h1>
								<p className="mt-1 text-ink-2">
									{step === "assets" && whose?.name && (
										<>
											{t("connect.assets.whose")} <b className="font-medium">{whose.name}</b>
											{whose.name.endsWith(".") ? " " : ". "}
										</>
									)}
									{step === "assets" && assets.data && chosenBefore(assets.data)
										? t("connect.assets.again")
										: t(
												step === "signIn" && inWindow
													? "connect.signIn.textWindow"
													: `connect.${step}.text`,
											)}
								</p>
							</div>
							<span className="ml-auto">
								<IconButton icon={X} label={t("action.close")} onClick={close} />
							</span>
						</header>
						{!online && (
							<div className="mb-4">
								<Banner
									tone="info"
									icon={CloudOff}
									testId="offline-banner"
									actions={
										<Button busy={tryNow.isPending} onClick={() => tryNow.mutate()}>
											{t("offline.tryNow")}
										</Button>
									}
								>
									<b className="font-semibold">
										{offlineSince
											? t("offline.since", { time: clock(locale, offlineSince) })
											: t("offline.title")}
									</b>{" "}
									{t("connect.offline")}
								</Banner>
							</div>
						)}
						{missing.length > 0 && step !== "signIn" && (
							<div className="mb-4 rounded-3 border border-warning-line bg-warning-soft px-3.5 py-3 min-[1181px]:hidden">
								<Missing missing={missing} onAsk={ask} />
							</div>
						)}
						{step === "signIn" && connection.isPending && <Skeleton className="h-32" />}
						{step === "signIn" && connection.error && (
							<Failure error={connection.error} retry={() => void connection.refetch()} />
						)}
						{step === "signIn" && connection.data && (
							<SignIn
								begin={begin}
								signedInAs={signedIn ? (connection.data.user_name ?? null) : null}
								onDone={signedInNow}
								onLeave={leave}
							/>
						)}
						{step === "portfolio" && (
							<Read
								error={portfolios.error}
								retry={() => void portfolios.refetch()}
								onAsk={ask}
								ready={offered !== undefined}
								rows={2}
								label={t("connect.readingPortfolios")}
							>
								<Portfolios
									list={offered ?? []}
									value={whose ?? null}
									onChange={(next) => keep({ whose: next })}
								/>
							</Read>
						)}
						{step === "assets" && (
							<Read
								error={assets.error}
								retry={() => void assets.refetch()}
								onAsk={ask}
								ready={Boolean(assets.data && choice)}
								rows={4}
								label={t("connect.readingAssets")}
							>
								{assets.data && choice && (
									<AssetLists
										assets={assets.data}
										features={features}
										choice={choice}
										onAsk={ask}
										retry={() => void assets.refetch()}
										onChange={(next) => keep({ ticked: { ...next, of: whose?.id ?? null } })}
									/>
								)}
							</Read>
						)}
						{step === "confirm" && (
							<Read
								error={select.error ?? assets.error}
								retry={() => (select.error ? select.mutate() : void assets.refetch())}
								onAsk={ask}
								ready={Boolean(assets.data && choice && !select.error)}
								rows={3}
								label={t("connect.readingAssets")}
							>
								{assets.data && choice && (
									<Confirm
										assets={assets.data}
										features={features}
										choice={choice}
										connection={connection.data}
									/>
								)}
							</Read>
						)}
						<div className="mt-8 min-[1181px]:hidden">
							<Pledges features={features} />
						</div>
					</div>
				</main>
				{step !== "signIn" && (
					<footer className="flex min-h-16 flex-none flex-wrap items-center gap-3 border-line border-t px-10 py-3 max-[860px]:px-5">
						<Button
							size="l"
							icon={ArrowLeft}
							onClick={() => {
								select.reset();
								if (previous === undefined || previous === "signIn") setSigningIn(true);
								else keep({ step: previous });
							}}
						>
							{t("action.back")}
						</Button>
						<span className="num ml-auto text-12 text-ink-3">{lacks ?? counts}</span>
						<Button
							size="l"
							variant="primary"
							busy={select.isPending}
							disabled={step !== "portfolio" ? !choice : offered === undefined}
							reason={lacks ?? (step === "confirm" && !online ? t("offline.title") : undefined)}
							data-testid="wizard-continue"
							onClick={() => {
								if (step === "portfolio") keep({ step: "assets" });
								else if (step === "assets") keep({ step: "confirm" });
								else select.mutate();
							}}
						>
							{step === "confirm" ? t("connect.start") : t("action.continue")}{" "}
							<ArrowRight size={16} aria-hidden />
						</Button>
					</footer>
				)}
			</div>
			<aside
				className="overflow-y-auto border-line border-l bg-surface px-6 py-8 max-[1180px]:hidden"
				data-region
				tabIndex={-1}
			>
				<Pledges features={features} />
				{missing.length > 0 && (
					<div className="border-line border-b py-5">
						<Missing missing={missing} onAsk={step === "signIn" ? null : ask} />
					</div>
				)}
				{connection.data && signedIn && (
					<div className="pt-5">
						<SignInEnds connection={connection.data} />
					</div>
				)}
			</aside>
		</div>
	);
}

/** Where the person is: the step kept, moved on past those that make themselves. */
function stepOf(kept: Step, notYet: boolean, steps: Step[]): Step {
	if (notYet) return "signIn";
	const wanted = STEPS.indexOf(kept === "signIn" ? "portfolio" : kept);
	return steps.find((name) => STEPS.indexOf(name) >= wanted) ?? "confirm";
}

function Rail({
	at,
	done,
	inWindow,
}: {
	at: number;
	done: Record<Step, string | null>;
	/** Whether Meta answers in a window of Rumbo's own. */
	inWindow: boolean;
}) {
	const { t } = useWords();
	return (
		<aside
			className="flex flex-col overflow-y-auto border-line border-r bg-sidebar p-5 max-[860px]:border-r-0 max-[860px]:border-b max-[860px]:py-3"
			data-region
			tabIndex={-1}
			aria-label={t("connect.steps")}
		>
			<p className="flex items-center gap-2.5 font-semibold text-14 max-[860px]:sr-only">
				<Mark /> {t("nav.connect")}
			</p>
			<ol className="mt-7 max-[860px]:mt-0 max-[860px]:flex max-[860px]:flex-wrap max-[860px]:gap-x-5 max-[860px]:gap-y-2">
				{STEPS.map((name, place) => (
					<li
						key={name}
						aria-current={place === at ? "step" : undefined}
						className={cx(
							"relative grid grid-cols-[24px_1fr] gap-x-3 pb-6 max-[860px]:gap-x-2 max-[860px]:pb-0",
							place < STEPS.length - 1 &&
								"before:absolute before:top-7 before:bottom-1 before:left-[11.5px] before:w-px before:bg-line-2 max-[860px]:before:hidden",
						)}
					>
						<span
							className={cx(
								"grid size-6 place-items-center rounded-full border font-semibold text-12",
								place < at
									? "border-positive-line bg-positive-soft text-positive"
									: place === at
										? "border-transparent bg-accent text-on-accent"
										: "border-control text-ink-2",
							)}
						>
							{place < at ? <Check size={14} aria-label={t("connect.done")} /> : place + 1}
						</span>
						<span className="min-w-0">
							<b
								className={cx(
									"block leading-6",
									place === at ? "font-semibold" : "font-medium text-ink-2",
								)}
							>
								{t(`connect.${name}`)}
							</b>
							<small className="block text-12 text-ink-3 max-[860px]:hidden">
								{place < at && done[name]
									? done[name]
									: t(
											name === "signIn" && inWindow
												? "connect.signIn.hintWindow"
												: `connect.${name}.hint`,
										)}
							</small>
						</span>
					</li>
				))}
			</ol>
			<p className="mt-auto pt-4 text-12 text-ink-3 max-[860px]:hidden">{t("connect.kept")}</p>
		</aside>
	);
}

/** A list that Meta is asked for: while it comes, when it does not, and what to do then. */
function Read({
	error,
	retry,
	onAsk,
	ready,
	rows,
	label,
	children,
}: {
	error: AppError | null;
	retry: () => void;
	onAsk: () => void;
	ready: boolean;
	rows: number;
	label: string;
	children: ReactNode;
}) {
	const { t } = useWords();
	if (error && !ready) {
		return (
			<div data-testid="wizard-failed" data-code={error.code}>
				<Failure error={error} retry={retry} />
				{/* Without a network the words above say it already. */}
				{error.code !== "offline" && (
					<p className="mx-auto max-w-md text-center text-ink-2">
						{t(`connect.next.${error.code}`, { defaultValue: t("connect.next") })}
					</p>
				)}
				{(error.code === "permission_missing" || error.code === "needs_sign_in") && (
					<p className="mt-3 flex justify-center">
						<Button onClick={onAsk}>
							{error.code === "needs_sign_in" ? t("connection.again") : t("connection.ask")}
						</Button>
					</p>
				)}
			</div>
		);
	}
	if (ready) return children;
	return (
		<div className="flex flex-col gap-2">
			<p role="status" className="text-12 text-ink-3">
				{label}
			</p>
			{Array.from({ length: rows }, (_, row) => (
				<Skeleton key={row} className="h-[60px]" />
			))}
		</div>
	);
}

function Portfolios({
	list,
	value,
	onChange,
}: {
	list: Portfolio[];
	value: Whose | null;
	onChange: (whose: Whose) => void;
}) {
	const { t } = useWords();
	const row = "flex min-h-[60px] items-center gap-3 border-line border-t px-3.5 first:border-t-0";
	return (
		<fieldset className="overflow-hidden rounded-3 border border-line bg-surface">
			<legend className="sr-only">{t("connect.portfolio")}</legend>
			{list.map((portfolio) => (
				<label key={portfolio.id} className={row}>
					<input
						type="radio"
						name="portfolio"
						className="size-4 accent-[var(--accent)]"
						checked={value?.id === portfolio.id}
						onChange={() => onChange({ id: portfolio.id, name: portfolio.name })}
					/>
					<b className="truncate font-medium">{portfolio.name}</b>
					{portfolio.verified && <Tag tone="positive">{t("connect.verified")}</Tag>}
					<span className="num ml-auto text-12 text-ink-3">{portfolio.id}</span>
				</label>
			))}
			<label className={row}>
				<input
					type="radio"
					name="portfolio"
					className="size-4 accent-[var(--accent)]"
					checked={value?.id === null}
					onChange={() => onChange({ id: null, name: null })}
				/>
				<span>
					<b className="font-medium">{t("connect.everything")}</b>
					<small className="block text-12 text-ink-3">{t("connect.everythingHint")}</small>
				</span>
			</label>
		</fieldset>
	);
}

/** What is read from now on, and with which permissions. */
function Confirm({
	assets,
	features,
	choice,
	connection,
}: {
	assets: Assets;
	features: readonly string[];
	choice: Choice;
	connection: Connection | undefined;
}) {
	const { t } = useWords();
	const named = (all: ReadonlyArray<{ id: string; name: string }>, ids: string[]) =>
		all.filter((one) => ids.includes(one.id)).map((one) => one.name);
	const pages = named(assets.pages, choice.pages);
	const whatsapp = named(assets.whatsapp, choice.whatsapp);
	const granted = (connection?.granted ?? []).filter((scope) => scope !== "public_profile");
	return (
		<div className="flex flex-col gap-4">
			<List>
				{assets.ad_accounts
					.filter((account) => choice.accounts.includes(account.id))
					.map((account) => (
						<li
							key={account.id}
							className="flex min-h-11 items-center gap-2 border-line border-t px-3.5 first:border-t-0"
						>
							<b className="truncate font-medium">{account.name}</b>
							<Tag tone="line">{account.currency}</Tag>
							<span className="num ml-auto text-12 text-ink-3">{account.id}</span>
						</li>
					))}
			</List>
			<dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
				{[
					...(listsPages(features)
						? [{ label: t("connect.pages"), value: pages.join(", ") || t("connect.none") }]
						: []),
					...(features.includes("whatsapp")
						? [{ label: "WhatsApp", value: whatsapp.join(", ") || t("connect.none") }]
						: []),
					{ label: t("connect.permissions"), value: granted.join(", ") },
				].map((one) => (
					<div key={one.label} className="contents">
						<dt className="text-ink-3">{one.label}</dt>
						<dd>{one.value}</dd>
					</div>
				))}
			</dl>
			<p className="text-ink-2">{t("connect.firstSync")}</p>
		</div>
	);
}
