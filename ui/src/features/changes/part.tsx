/** What one cause added to a figure: how it was worked out, what it stands on, and where it fell. */
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { createContext, Fragment, type ReactNode, useContext, useRef, useState } from "react";
import { useSession } from "@/app/session";
import type { ChangeCause, ChangeGroup, Changes, MetricChange } from "@/bindings";
import { Failure } from "@/components/failure";
import { columnsOf } from "@/components/figures/columns";
import { added } from "@/components/figures/sums";
import { Facts, Inspector } from "@/components/inspector";
import { Door } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { PAGE, Section } from "@/components/passport/passport";
import { useExplain } from "@/components/passport/provider";
import { AdDay, apart, List, Outcome, sumsOf } from "@/components/passport/rows";
import { IconButton, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { currencySign, moment, period, signOf } from "@/lib/format";
import { query } from "@/lib/ipc";
import { causesOf, writing } from "./change";

export interface Part {
	change: MetricChange;
	/** The place of the cause among the parts. */
	at: number;
	/** Whose figure it is, before and after. */
	of: { before: RowOf; after: RowOf };
}

type Open = (part: Part, from: HTMLElement) => void;
const Context = createContext<Open | null>(null);

/** A part of a change that shows, when it is pressed, what it is made of. */
export function PartFigure({ part, children }: { part: Part; children: ReactNode }) {
	const open = useContext(Context);
	return open ? <Door onOpen={(from) => open(part, from)}>{children}</Door> : children;
}

/** Holds one opened part at a time, over the page. */
export function PartProvider({
	changes,
	group,
	rowOf,
	children,
}: {
	changes: Changes;
	group: ChangeGroup;
	/** Where the figures of a row come from. */
	rowOf: (row: string, name: string) => Part["of"];
	children: ReactNode;
}) {
	// From the whole to a campaign of it, and back.
	const [opened, setOpened] = useState<Part[]>([]);
	const from = useRef<HTMLElement | null>(null);
	const explain = useExplain();
	const part = opened.at(-1);
	const door = () =>
		(from.current?.isConnected ? from.current : null) ??
		document.querySelector<HTMLElement>("main");
	const close = () => {
		setOpened([]);
		door()?.focus({ preventScroll: true });
	};
	return (
		<Context.Provider
			value={(next, element) => {
				from.current = element;
				setOpened([next]);
			}}
		>
			{children}
			{part && (
				<PartPassport
					key={`${opened.length} ${part.at} ${part.change.metric} ${part.of.after.row}`}
					part={part}
					before={opened.at(-2)}
					changes={changes}
					group={group}
					rowOf={rowOf}
					onOpen={(next) => setOpened([...opened, next])}
					onBack={() => setOpened(opened.slice(0, -1))}
					onFigure={(side) => {
						const back = door();
						setOpened([]);
						if (back)
							explain?.(
								{ ...part.of[side], metric: part.change.metric, shown: part.change[side] },
								back,
							);
					}}
					onClose={close}
				/>
			)}
		</Context.Provider>
	);
}

/** The rows that made the part: what Meta told, and what the CRM holds. */
function PartRows({
	changes,
	cause,
	part,
	group,
}: {
	changes: Changes;
	cause: ChangeCause | undefined;
	part: Part;
	group: ChangeGroup;
}) {
	const { t } = useWords();
	const { report, row } = part.of.after;
	const { currency } = group;
	const read = useQuery({
		...query("explainChange", {
			changes: {
				report: { ...report, as_of: changes.until, attribution: changes.attribution },
				since: changes.since,
				attribution_then: changes.attribution_then,
			},
			cause: cause ?? "unexplained",
			currency,
			row,
			metric: part.change.metric,
			limit: PAGE,
		}),
		enabled: cause !== undefined,
	});
	if (read.error) return <Failure error={read.error} retry={() => void read.refetch()} />;
	const found = read.data;
	if (!found) return <Skeleton className="mt-5 h-24" />;
	const meta = sumsOf(found, "meta");
	const crm = sumsOf(found, "crm");
	return (
		<div data-testid="part-rows">
			<List
				title={t("passport.meta")}
				all={found.ad_days_count}
				listed={found.ad_days.length}
				sums={meta}
			>
				{found.ad_days.map((one) => (
					<AdDay
						key={`${one.day}${one.account_id}${one.ad_external_id}`}
						row={one}
						sums={meta}
						currency={currency}
					/>
				))}
			</List>
			<List
				title={t("passport.crm")}
				all={found.outcomes_count}
				listed={found.outcomes.length}
				sums={crm}
			>
				{apart(found.outcomes).map(([key, one]) => (
					<Outcome key={key} row={one} sums={crm} currency={currency} />
				))}
			</List>
			{found.ad_days_count + found.outcomes_count === 0 && (
				<p className="mt-5 text-ink-2">{t("changes.part.noRows")}</p>
			)}
		</div>
	);
}

const LINK =
	"rounded-1 underline decoration-dotted decoration-line-2 underline-offset-4 hover:decoration-current";

function PartPassport({
	part,
	before,
	changes,
	group,
	rowOf,
	onOpen,
	onBack,
	onFigure,
	onClose,
}: {
	part: Part;
	/** The whole that this is a part of. */
	before: Part | undefined;
	changes: Changes;
	group: ChangeGroup;
	rowOf: (row: string, name: string) => Part["of"];
	onOpen: (next: Part) => void;
	onBack: () => void;
	onFigure: (side: "before" | "after") => void;
	onClose: () => void;
}) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const { change, at, of } = part;
	const [column] = columnsOf([change.metric]);
	if (!column) return null;
	const cause = changes.causes[at];
	const metric = t(`metric.${change.metric}`);
	const name = of.after.name;
	const then = moment(locale, changes.since, zone);
	const now = changes.until === null ? t("moment.now") : moment(locale, changes.until, zone);
	const inside =
		of.after.row !== "total"
			? []
			: [
					...group.rows.map((row) => ({
						key: row.key,
						name: row.name || t(`remainder.${row.remainder}`),
						change: row.metrics.find((one) => one.metric === change.metric),
					})),
					{
						key: "unattributed",
						name: t("figures.unattributed"),
						change: group.unattributed.find((one) => one.metric === change.metric),
					},
				]
					.flatMap((row) =>
						row.change && signOf(row.change.parts[at]) !== 0
							? [{ ...row, change: row.change }]
							: [],
					)
					.sort(
						(a, b) => Math.abs(Number(b.change.parts[at])) - Math.abs(Number(a.change.parts[at])),
					);
	const write = writing(locale, column, group.currency, [
		change,
		...inside.map((row) => row.change),
	]);
	const money = column.kind === "money" ? `${currencySign(group.currency)}\u00a0` : "";
	return (
		<Inspector
			over
			testId="part-passport"
			label={`${t(`cause.${cause}`)}, ${metric}, ${name}`}
			title={
				<span className="flex min-w-0 items-center gap-1">
					{before && (
						<IconButton
							icon={ArrowLeft}
							label={t("passport.back", { name: before.of.after.name })}
							onClick={onBack}
							className="-ml-2"
						/>
					)}
					<span className="truncate">
						{metric}: {t(`cause.${cause}`)}
					</span>
				</span>
			}
			onClose={onClose}
		>
			<p
				data-selectable
				data-testid="part-value"
				className="num font-semibold text-24 tracking-[-.02em]"
			>
				{write.signed(change.parts[at])}
			</p>
			<p className="text-ink-2">{name}</p>
			<Section title={t("passport.formula")}>
				<p className="mb-1.5">
					{t(`cause.${cause}.text`)} {column.ratio && t("changes.part.quotient")}
				</p>
				<dl className="num grid grid-cols-[minmax(0,1fr)_auto] rounded-2 bg-sunken px-3 py-1">
					<dt className="py-1">{then}</dt>
					<dd className="py-1 text-right">
						<button
							type="button"
							title={t("passport.hint")}
							onClick={() => onFigure("before")}
							className={LINK}
						>
							{money}
							{write.plain(change.before)}
						</button>
					</dd>
					{causesOf([change], changes.causes).map((one) => (
						<Fragment key={one.cause}>
							<dt className={one.at === at ? "py-1 font-semibold" : "py-1 text-ink-2"}>
								{t(`cause.${one.cause}`)}
							</dt>
							<dd
								className={
									one.at === at ? "py-1 text-right font-semibold" : "py-1 text-right text-ink-2"
								}
							>
								{write.signed(change.parts[one.at])}
							</dd>
						</Fragment>
					))}
					<dt className="border-line-2 border-t py-1 font-medium">{now}</dt>
					<dd className="border-line-2 border-t py-1 text-right font-medium">
						<button
							type="button"
							title={t("passport.hint")}
							onClick={() => onFigure("after")}
							className={LINK}
						>
							{money}
							{write.plain(change.after)}
						</button>
					</dd>
				</dl>
			</Section>
			<Section title={t("passport.basis")}>
				<Facts
					rows={[
						[t("figures.file.days"), period(locale, changes.from, changes.to)],
						[t("changes.before"), then],
						[t("changes.after"), now],
						[t("attribution.title"), column.credited && attributionLabel(t, changes.attribution)],
						[t("figures.currency"), `${group.currency} (${currencySign(group.currency)})`],
					]}
				/>
			</Section>
			{inside.length > 0 && (
				<Section title={t("changes.campaigns", { name: t(`cause.${cause}`) })}>
					<ul>
						{inside.map((row) => (
							<li key={row.key} className="flex h-7 items-center gap-3">
								<span className="min-w-0 flex-1 truncate" title={row.name}>
									{row.name}
								</span>
								<button
									type="button"
									title={t("passport.hint")}
									onClick={() => onOpen({ change: row.change, at, of: rowOf(row.key, row.name) })}
									className={`num ${LINK}`}
								>
									{write.signed(row.change.parts[at])}
								</button>
							</li>
						))}
					</ul>
					{!column.ratio && (
						<p
							className="num mt-1.5 flex border-line-2 border-t pt-1.5 font-medium"
							data-testid="part-sum"
						>
							<span className="flex-1">{t("changes.part.together")}</span>
							{write.signed(added(inside.flatMap((row) => row.change.parts[at] ?? [])))}
						</p>
					)}
				</Section>
			)}
			<PartRows changes={changes} cause={cause} part={part} group={group} />
		</Inspector>
	);
}
