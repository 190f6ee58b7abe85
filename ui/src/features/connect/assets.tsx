import { Ban, CircleAlert, Clock } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import type { AdAccountAsset, AssetProblem, Assets, WhatsAppNumber } from "@/bindings";
import { Button, Checkbox, cx, SearchField, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { money } from "@/lib/format";
import { toAppError } from "@/lib/ipc";
import { type Choice, listsPages } from "./choice";

/** What Meta offers in the portfolio, to be ticked. */
export function AssetLists({
	assets,
	features,
	choice,
	onChange,
	onAsk,
	retry,
}: {
	assets: Assets;
	/** What is switched on. What is off is not asked of Meta, and has no list. */
	features: readonly string[];
	choice: Choice;
	onChange: (choice: Choice) => void;
	/** Asks Meta for a permission that was declined. */
	onAsk: () => void;
	retry: () => void;
}) {
	const { t } = useWords();
	const [search, setSearch] = useState("");
	const wanted = search.trim().toLowerCase();
	const shown = assets.ad_accounts.filter((account) =>
		`${account.name} ${account.id} ${account.currency}`.toLowerCase().includes(wanted),
	);
	const toggle = (list: string[], id: string) =>
		list.includes(id) ? list.filter((one) => one !== id) : [...list, id];
	return (
		<div className="flex flex-col gap-6">
			{assets.problems.map((problem) => (
				<Problem key={problem.part} problem={problem} onAsk={onAsk} retry={retry} />
			))}
			<section>
				<Head
					title={t("connect.accounts")}
					of={{ chosen: choice.accounts.length, all: assets.ad_accounts.length }}
				>
					<SearchField
						label={t("connect.search")}
						value={search}
						onChange={setSearch}
						className="ml-auto w-[200px]"
					/>
				</Head>
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
							end={<span className="num text-12 text-ink-3">{account.id}</span>}
							tags={
								<>
									<Tag tone="line">{account.currency}</Tag>
									<AccountStatus account={account} />
								</>
							}
							detail={<AccountDetail account={account} />}
						/>
					))}
					{shown.length === 0 && (
						<Nothing>
							{assets.ad_accounts.length > 0
								? t("connect.noMatch", { search: search.trim() })
								: t("connect.noAccounts")}
						</Nothing>
					)}
				</List>
			</section>
			<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
				{listsPages(features) && (
					<section className="min-w-0">
						<Head
							title={t("connect.pages")}
							of={{ chosen: choice.pages.length, all: assets.pages.length }}
						/>
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
							{assets.pages.length === 0 && <Nothing>{t("connect.noPages")}</Nothing>}
						</List>
					</section>
				)}
				{features.includes("whatsapp") && (
					<section className="min-w-0">
						<Head
							title="WhatsApp"
							of={{ chosen: choice.whatsapp.length, all: assets.whatsapp.length }}
						/>
						<List>
							{assets.whatsapp.map((account) => {
								const [first, ...others] = account.phone_numbers;
								const single = first && others.length === 0;
								return (
									<Row
										key={account.id}
										label={single ? first.display : account.name}
										checked={choice.whatsapp.includes(account.id)}
										onToggle={() =>
											onChange({ ...choice, whatsapp: toggle(choice.whatsapp, account.id) })
										}
										tags={single && <NumberState number={first} />}
										detail={
											single ? (
												[
													account.name,
													first.verified
														? first.verified_name !== account.name && first.verified_name
														: t("connect.unverifiedHint"),
												]
													.filter(Boolean)
													.join(" · ")
											) : first ? (
												<span className="flex flex-col gap-0.5">
													{account.phone_numbers.map((number) => (
														<span key={number.id} className="flex items-center gap-2">
															{number.display} <NumberState number={number} />
														</span>
													))}
												</span>
											) : (
												t("connect.noNumbers")
											)
										}
									/>
								);
							})}
							{assets.whatsapp.length === 0 && <Nothing>{t("connect.noWhatsapp")}</Nothing>}
						</List>
					</section>
				)}
			</div>
		</div>
	);
}

function Problem({
	problem,
	onAsk,
	retry,
}: {
	problem: AssetProblem;
	onAsk: () => void;
	retry: () => void;
}) {
	const { t, failure } = useWords();
	return (
		<div
			role="status"
			className="flex flex-wrap items-center gap-2.5 rounded-3 border border-warning-line bg-warning-soft py-1.5 pr-1.5 pl-3"
		>
			<CircleAlert size={16} aria-hidden className="flex-none text-warning" />
			<p className="min-w-0 flex-1">
				<b className="font-semibold">{t(`connect.part.${problem.part}`)}</b>{" "}
				{failure(toAppError(problem.error))}
			</p>
			{problem.error.code === "permission_missing" ? (
				<Button onClick={onAsk}>{t("connection.ask")}</Button>
			) : (
				<Button onClick={retry}>{t("action.retry")}</Button>
			)}
		</div>
	);
}

function AccountStatus({ account }: { account: AdAccountAsset }) {
	const { t } = useWords();
	if (account.status === "active") return null;
	const grace = account.disable_reason === "grace" || account.status === "pending";
	return (
		<Tag tone={grace ? "warning" : "negative"} icon={grace ? Clock : Ban}>
			{t(`account.${account.status}`)}
		</Tag>
	);
}

function AccountDetail({ account }: { account: AdAccountAsset }) {
	const { t, locale } = useWords();
	const spent = account.spent_28_days
		? t("connect.spent", { amount: money(locale, account.spent_28_days, account.currency) })
		: t("connect.noSpend");
	return (
		<>
			{/* Why it stands still says more than that it spends nothing. */}
			{(!account.disable_reason || account.spent_28_days) &&
				[place(account.timezone), spent].join(" · ")}
			{account.disable_reason && (
				<span className="block whitespace-normal text-ink-2">
					{t(`account.why.${account.disable_reason}`)}
				</span>
			)}
		</>
	);
}

/** A time zone as people say it, with how far it is from UTC now: Buenos Aires (UTC−3). */
function place(zone: string): string {
	const city = zone.split("/").pop()?.replace(/_/g, " ") ?? zone;
	try {
		const offset = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" })
			.formatToParts(new Date())
			.find((part) => part.type === "timeZoneName")
			?.value.replace("GMT", "UTC")
			.replace("-", "\u2212");
		return offset && city !== "UTC" ? `${city} (${offset})` : city;
	} catch {
		return city;
	}
}

const QUALITY: Record<string, "positive" | "warning" | "negative"> = {
	GREEN: "positive",
	YELLOW: "warning",
	RED: "negative",
};

function NumberState({ number }: { number: WhatsAppNumber }) {
	const { t } = useWords();
	if (!number.verified) {
		return (
			<Tag tone="warning" icon={Clock}>
				{t("connect.unverified")}
			</Tag>
		);
	}
	const tone = QUALITY[number.quality ?? ""];
	return tone ? <Tag tone={tone}>{t(`connect.quality.${number.quality}`)}</Tag> : null;
}

function Head({
	title,
	of,
	children,
}: {
	title: string;
	of: { chosen: number; all: number };
	children?: ReactNode;
}) {
	const { t } = useWords();
	return (
		<div className="mb-2 flex h-7 items-center gap-2">
			<h2 className="font-semibold text-14">{title}</h2>
			<span className="num text-12 text-ink-3">{of.all > 0 && t("connect.of", of)}</span>
			{children}
		</div>
	);
}

export const List = ({ children }: { children: ReactNode }) => (
	<ul className="overflow-hidden rounded-3 border border-line bg-surface">{children}</ul>
);

const Nothing = ({ children }: { children: ReactNode }) => (
	<li className="flex min-h-[60px] items-center px-3.5 text-ink-3">{children}</li>
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
	detail: ReactNode;
	end?: ReactNode;
	testId?: string;
}) {
	const note = useId();
	return (
		<li
			data-testid={testId}
			className={cx("border-line border-t first:border-t-0", disabled && "bg-sunken")}
		>
			{/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox stands inside */}
			<label className="flex min-h-[60px] items-center gap-3 px-3.5 py-2 leading-[18px]">
				<Checkbox
					label={label}
					aria-describedby={note}
					checked={checked}
					disabled={disabled}
					onChange={onToggle}
				/>
				<span className="min-w-0 flex-1">
					<span className="flex items-center gap-2">
						<b className={cx("num truncate font-medium", disabled && "text-ink-2")}>{label}</b>
						{tags}
					</span>
					<small id={note} className="num block truncate text-12 text-ink-3">
						{detail}
					</small>
				</span>
				{end}
			</label>
		</li>
	);
}
