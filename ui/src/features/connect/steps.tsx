import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Mark } from "@/app/shell";
import type { Assets, Connection, Portfolio } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, cx, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";
import { List } from "./assets";
import { type Choice, listsPages, STEPS, type Step, type Whose } from "./choice";

export function Rail({
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
export function Read({
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

export function Portfolios({
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
export function Confirm({
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
