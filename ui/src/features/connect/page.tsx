import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, CloudOff, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ConnectSearch } from "@/app/router";
import { useSession } from "@/app/session";
import { Failure } from "@/components/failure";
import { FEATURES } from "@/components/meta-app-form";
import { Banner, Button, IconButton, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { useArrival } from "@/lib/arrival";
import { clock } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Missing, Pledges, SignInEnds } from "./aside";
import { AssetLists } from "./assets";
import {
	choiceOf,
	chosenBefore,
	type Kept,
	NOTHING_KEPT,
	onlyOne,
	STEPS,
	type Step,
	whoseOf,
} from "./choice";
import { type Begin, SignIn } from "./sign-in";
import { Confirm, Portfolios, Rail, Read } from "./steps";

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
