import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, Check, Minus, Search, TriangleAlert, X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useSession } from "@/app/session";
import { Mark } from "@/app/shell";
import type { Assets, Portfolio } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, Checkbox, cx, IconButton, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, money } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { SignIn } from "./sign-in";

const STEPS = ["signIn", "portfolio", "assets", "confirm"] as const;
type Step = (typeof STEPS)[number];

interface Choice {
	portfolio: Portfolio | null;
	accounts: string[];
	pages: string[];
	whatsapp: string[];
}

/** Connects Meta in four steps. Where there is only one choice the step makes itself. */
export default function ConnectPage() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const client = useQueryClient();
	const { view, keepView } = useSession();
	const connection = useQuery(query("getConnection", {}));
	const state = connection.data?.state;
	const signedIn = state === "connected" || state === "expiring" || state === "missing_scope";
	const [again, setAgain] = useState(false);
	const [choice, setChoice] = useState<Choice | null>(null);
	const kept = view<Step>("connect-step", "signIn");
	const step: Step = !signedIn || again ? "signIn" : kept === "signIn" ? "portfolio" : kept;
	const go = (next: Step) => keepView("connect-step", next);

	const portfolios = useQuery({ ...query("listPortfolios", {}), enabled: signedIn && !again });
	const only = portfolios.data && portfolios.data.length <= 1;
	const portfolio = choice?.portfolio ?? portfolios.data?.[0] ?? null;
	const assets = useQuery({
		...query("listAssets", { portfolio_id: portfolio?.id ?? null }),
		enabled:
			signedIn &&
			!again &&
			(step === "assets" || step === "confirm" || Boolean(only)) &&
			portfolios.data !== undefined,
	});
	// biome-ignore lint/correctness/useExhaustiveDependencies: the step moves on when the list has come
	useEffect(() => {
		if (step === "portfolio" && only) go("assets");
	}, [step, only]);
	useEffect(() => {
		const list = assets.data;
		if (!list || choice?.accounts.length) return;
		setChoice((before) => ({ portfolio: before?.portfolio ?? portfolio, ...preselected(list) }));
	}, [assets.data, choice, portfolio]);

	const select = useMutation<unknown, AppError, void>({
		mutationFn: () =>
			call("selectAssets", {
				portfolio_id: portfolio?.id ?? null,
				portfolio_name: portfolio?.name ?? null,
				ad_account_ids: choice?.accounts ?? [],
				page_ids: choice?.pages ?? [],
				whatsapp_ids: choice?.whatsapp ?? [],
				start_sync: true,
			}),
		onSuccess: () => {
			go("signIn");
			void client.invalidateQueries();
			void navigate({ to: "/sync" });
		},
	});
	const close = () => void navigate({ to: "/" });
	const at = STEPS.indexOf(step);
	const done: Record<Step, string | null> = {
		signIn: connection.data?.user_name ?? null,
		portfolio: portfolio?.name ?? null,
		assets: choice
			? t("connect.chosen", { accounts: choice.accounts.length, pages: choice.pages.length })
			: null,
		confirm: null,
	};
	const counts = choice
		? t("connect.counts", {
				accounts: choice.accounts.length,
				pages: choice.pages.length,
				numbers: choice.whatsapp.length,
			})
		: "";

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves the wizard from anywhere in it
		<div
			className="grid h-screen grid-cols-[272px_minmax(0,1fr)_300px] max-[1180px]:grid-cols-[220px_minmax(0,1fr)]"
			onKeyDown={(event) => event.key === "Escape" && close()}
		>
			<aside
				className="flex flex-col border-line border-r bg-sidebar p-5"
				data-region
				tabIndex={-1}
			>
				<p className="mb-8 flex items-center gap-3 font-semibold text-14">
					<Mark /> {t("nav.connect")}
				</p>
				<ol className="flex flex-col gap-6">
					{STEPS.map((name, place) => (
						<li
							key={name}
							aria-current={name === step ? "step" : undefined}
							className="grid grid-cols-[24px_1fr] gap-x-3"
						>
							<span
								className={cx(
									"grid size-6 place-items-center rounded-full border font-medium text-12",
									place < at
										? "border-positive-line bg-positive-soft text-positive"
										: place === at
											? "border-transparent bg-accent text-on-accent"
											: "border-control text-ink-2",
								)}
							>
								{place < at ? <Check size={14} aria-label={t("connect.done")} /> : place + 1}
							</span>
							<span>
								<b className={cx("font-medium", place === at && "font-semibold")}>
									{t(`connect.${name}`)}
								</b>
								<small className="block truncate text-12 text-ink-3">
									{place < at && done[name] ? done[name] : t(`connect.${name}.hint`)}
								</small>
							</span>
						</li>
					))}
				</ol>
				<p className="mt-auto text-12 text-ink-3">{t("connect.kept")}</p>
			</aside>
			<div className="flex min-h-0 min-w-0 flex-col">
				<main className="min-h-0 flex-1 overflow-y-auto px-10 py-8" data-region tabIndex={-1}>
					<div className="mx-auto max-w-[760px]">
						<div className="mb-6 flex items-start">
							<div>
								<h1 className="font-semibold text-24 tracking-[-.01em]">
									{t(`connect.${step}.title`)}
								</h1>
								<p className="mt-1 text-ink-2">{t(`connect.${step}.text`)}</p>
							</div>
							<span className="ml-auto">
								<IconButton icon={X} label={t("action.close")} onClick={close} />
							</span>
						</div>
						{step === "signIn" && (
							<SignIn
								onDone={() => {
									setAgain(false);
									go("portfolio");
								}}
							/>
						)}
						{step === "portfolio" && (
							<Portfolios
								list={portfolios.data}
								error={portfolios.error}
								retry={() => void portfolios.refetch()}
								value={portfolio}
								onChange={(next) =>
									setChoice({ portfolio: next, accounts: [], pages: [], whatsapp: [] })
								}
							/>
						)}
						{step === "assets" &&
							(assets.error ? (
								<Failure error={assets.error} retry={() => void assets.refetch()} />
							) : assets.data && choice ? (
								<AssetLists assets={assets.data} choice={choice} onChange={setChoice} />
							) : (
								<div className="flex flex-col gap-2">
									<Skeleton className="h-14" />
									<Skeleton className="h-14" />
									<Skeleton className="h-14" />
								</div>
							))}
						{step === "confirm" && (
							<div className="flex flex-col gap-4">
								<ul className="rounded-3 border border-line bg-surface">
									{(assets.data?.ad_accounts ?? [])
										.filter((account) => choice?.accounts.includes(account.id))
										.map((account) => (
											<li
												key={account.id}
												className="flex items-center gap-2 border-line border-t px-4 py-2.5 first:border-t-0"
											>
												<b className="font-medium">{account.name}</b>{" "}
												<Tag tone="line">{account.currency}</Tag>
												<span className="num ml-auto text-ink-3">{account.id}</span>
											</li>
										))}
								</ul>
								<p className="text-ink-2">{t("connect.firstSync")}</p>
								{select.error && <Failure error={select.error} retry={() => select.mutate()} />}
							</div>
						)}
					</div>
				</main>
				{step !== "signIn" && (
					<footer className="flex flex-none items-center gap-3 border-line border-t px-10 py-3">
						<Button
							size="l"
							icon={ArrowLeft}
							onClick={() => {
								const previous = STEPS[at - 1];
								if (previous === "signIn" || (previous === "portfolio" && only)) setAgain(true);
								else if (previous) go(previous);
							}}
						>
							{t("action.back")}
						</Button>
						<span className="num ml-auto text-12 text-ink-3">{counts}</span>
						<Button
							size="l"
							variant="primary"
							busy={select.isPending}
							disabled={step === "assets" && !choice?.accounts.length}
							title={
								step === "assets" && !choice?.accounts.length ? t("connect.chooseOne") : undefined
							}
							data-testid="wizard-continue"
							onClick={() => {
								if (step === "portfolio") go("assets");
								else if (step === "assets") go("confirm");
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
				className="overflow-y-auto border-line border-l bg-surface p-6 max-[1180px]:hidden"
				data-region
				tabIndex={-1}
			>
				<Pledge
					title={t("connect.reads")}
					items={["connect.reads1", "connect.reads2", "connect.reads3"]}
					icon="yes"
				/>
				<Pledge
					title={t("connect.leaves")}
					items={["connect.leaves1", "connect.leaves2", "connect.leaves3"]}
					icon="no"
				/>
				{(connection.data?.missing ?? []).map((missing) => (
					<div
						key={missing.scope}
						className="grid grid-cols-[16px_1fr] gap-x-2.5 border-line border-b py-4"
					>
						<TriangleAlert size={16} aria-hidden className="mt-0.5 text-warning" />
						<div>
							<p className="font-medium">{t("connect.missing")}</p>
							<p className="text-12 text-ink-2">
								<code className="font-mono">{missing.scope}</code>:{" "}
								{t(`feature.${missing.feature}`)}
							</p>
							<Button size="s" className="mt-2" onClick={() => setAgain(true)}>
								{t("connection.ask")}
							</Button>
						</div>
					</div>
				))}
				{connection.data?.expires_at && signedIn && (
					<p className="num mt-4 flex justify-between text-12 text-ink-2">
						{t("connect.ends")}{" "}
						<span>{day(locale, connection.data.expires_at.slice(0, 10), "long")}</span>
					</p>
				)}
			</aside>
		</div>
	);
}

function preselected(list: Assets): Omit<Choice, "portfolio"> {
	const before = list.ad_accounts
		.filter((account) => account.selected)
		.map((account) => account.id);
	const spending = list.ad_accounts
		.filter((account) => Number(account.spent_28_days ?? 0) > 0)
		.map((account) => account.id);
	const all = list.ad_accounts.filter((account) => account.selectable).map((account) => account.id);
	return {
		accounts: before.length ? before : spending.length ? spending : all.length === 1 ? all : [],
		pages: list.pages.map((page) => page.id),
		whatsapp: list.whatsapp.map((account) => account.id),
	};
}

function Pledge({ title, items, icon }: { title: string; items: string[]; icon: "yes" | "no" }) {
	const { t } = useWords();
	return (
		<section className="mb-6 border-line border-b pb-5">
			<h2 className="mb-3 font-semibold text-14">{title}</h2>
			<ul className="flex flex-col gap-2">
				{items.map((key) => (
					<li key={key} className="grid grid-cols-[16px_1fr] gap-x-2.5">
						{icon === "yes" ? (
							<Check size={16} aria-hidden className="mt-0.5 text-positive" />
						) : (
							<Minus size={16} aria-hidden className="mt-0.5 text-ink-3" />
						)}
						{t(key)}
					</li>
				))}
			</ul>
		</section>
	);
}

function Portfolios({
	list,
	error,
	retry,
	value,
	onChange,
}: {
	list: Portfolio[] | undefined;
	error: AppError | null;
	retry: () => void;
	value: Portfolio | null;
	onChange: (portfolio: Portfolio) => void;
}) {
	const { t } = useWords();
	if (error) return <Failure error={error} retry={retry} />;
	if (!list) return <Skeleton className="h-14" />;
	return (
		<fieldset className="rounded-3 border border-line bg-surface">
			<legend className="sr-only">{t("connect.portfolio")}</legend>
			{list.map((portfolio) => (
				<label
					key={portfolio.id}
					className="flex items-center gap-3 border-line border-t px-4 py-3 first:border-t-0"
				>
					<input
						type="radio"
						name="portfolio"
						className="size-4 accent-[var(--accent)]"
						checked={value?.id === portfolio.id}
						onChange={() => onChange(portfolio)}
					/>
					<b className="font-medium">{portfolio.name}</b>
					{portfolio.verified && <Tag tone="positive">{t("connect.verified")}</Tag>}
					<span className="num ml-auto text-ink-3">{portfolio.id}</span>
				</label>
			))}
		</fieldset>
	);
}

function AssetLists({
	assets,
	choice,
	onChange,
}: {
	assets: Assets;
	choice: Choice;
	onChange: (choice: Choice) => void;
}) {
	const { t, locale, failure } = useWords();
	const [search, setSearch] = useState("");
	const shown = useMemo(
		() =>
			assets.ad_accounts.filter((account) =>
				`${account.name} ${account.id}`.toLowerCase().includes(search.toLowerCase()),
			),
		[assets, search],
	);
	const toggle = (list: string[], id: string) =>
		list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
	return (
		<div className="flex flex-col gap-6">
			{assets.problems.map((problem) => (
				<p
					key={problem.part}
					className="rounded-3 border border-warning-line bg-warning-soft px-3 py-2"
				>
					<b className="font-semibold">{t(`connect.part.${problem.part}`)}</b>{" "}
					{failure({
						...problem.error,
						params: problem.error.params as Record<string, string>,
						field: null,
						retryAfterMs: null,
					})}
				</p>
			))}
			<section>
				<div className="mb-2 flex items-center gap-2">
					<h2 className="font-semibold text-14">{t("connect.accounts")}</h2>
					<span className="num text-12 text-ink-3">
						{t("connect.of", { chosen: choice.accounts.length, all: assets.ad_accounts.length })}
					</span>
					<label className="ml-auto flex h-7 w-48 items-center gap-2 rounded-2 border border-control bg-surface px-2 text-ink-3 dark:bg-sunken">
						<Search size={14} aria-hidden />
						<input
							aria-label={t("connect.search")}
							placeholder={t("connect.search")}
							value={search}
							onChange={(event) => setSearch(event.target.value)}
							className="min-w-0 flex-1 bg-transparent text-ink outline-none focus-visible:shadow-none"
						/>
					</label>
				</div>
				<List>
					{shown.map((account) => (
						<Row
							key={account.id}
							testId="account-row"
							label={account.name}
							checked={choice.accounts.includes(account.id)}
							disabled={!account.selectable}
							onToggle={() =>
								onChange({ ...choice, accounts: toggle(choice.accounts, account.id) })
							}
							end={<span className="num text-ink-3">{account.id}</span>}
							tags={
								<>
									<Tag tone="line">{account.currency}</Tag>
									{account.status !== "active" && (
										<Tag tone="negative">{t(`account.${account.status}`)}</Tag>
									)}
								</>
							}
							detail={[
								account.timezone.split("/").pop()?.replace(/_/g, " "),
								account.spent_28_days
									? t("connect.spent", {
											amount: money(locale, account.spent_28_days, account.currency),
										})
									: t("connect.noSpend"),
							].join(" · ")}
						/>
					))}
				</List>
			</section>
			<div className="grid grid-cols-2 gap-4">
				<section>
					<h2 className="mb-2 font-semibold text-14">{t("connect.pages")}</h2>
					<List>
						{assets.pages.map((page) => (
							<Row
								key={page.id}
								label={page.name}
								checked={choice.pages.includes(page.id)}
								onToggle={() => onChange({ ...choice, pages: toggle(choice.pages, page.id) })}
								detail={
									page.active_forms === null
										? t("connect.formsUnknown")
										: t("connect.forms", { count: page.active_forms })
								}
							/>
						))}
						{assets.pages.length === 0 && (
							<li className="px-4 py-3 text-ink-3">{t("connect.noPages")}</li>
						)}
					</List>
				</section>
				<section>
					<h2 className="mb-2 font-semibold text-14">WhatsApp</h2>
					<List>
						{assets.whatsapp.map((account) => (
							<Row
								key={account.id}
								label={account.name}
								checked={choice.whatsapp.includes(account.id)}
								onToggle={() =>
									onChange({ ...choice, whatsapp: toggle(choice.whatsapp, account.id) })
								}
								detail={account.phone_numbers.map((number) => number.display).join(" · ")}
							/>
						))}
						{assets.whatsapp.length === 0 && (
							<li className="px-4 py-3 text-ink-3">{t("connect.noWhatsapp")}</li>
						)}
					</List>
				</section>
			</div>
		</div>
	);
}

const List = ({ children }: { children: ReactNode }) => (
	<ul className="rounded-3 border border-line bg-surface">{children}</ul>
);

function Row({
	label,
	checked,
	disabled,
	onToggle,
	tags,
	detail,
	end,
	testId,
}: {
	label: string;
	checked: boolean;
	disabled?: boolean;
	onToggle: () => void;
	tags?: ReactNode;
	detail: string;
	end?: ReactNode;
	testId?: string;
}) {
	return (
		<li
			data-testid={testId}
			className={cx("border-line border-t first:border-t-0", disabled && "bg-sunken")}
		>
			{/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox stands inside */}
			<label className="flex items-center gap-3 px-4 py-2.5">
				<Checkbox label={label} checked={checked} disabled={disabled} onChange={onToggle} />
				<span className="min-w-0">
					<span className="flex items-center gap-2">
						<b className="truncate font-medium">{label}</b> {tags}
					</span>
					<small className="num block truncate text-12 text-ink-3">{detail}</small>
				</span>
				<span className="ml-auto">{end}</span>
			</label>
		</li>
	);
}
