import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Pace, PaceBy, PacingGroup, PacingRow } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, currencySign, money, percent, period } from "@/lib/format";
import { query } from "@/lib/ipc";
import { moneyColumn, percentColumn, textColumn } from "@/lib/screen-columns";
import { PaceBar, PaceKey } from "./pace-bar";
import { reason, Verdict } from "./verdict";

/** Rows that stand there until all of them are asked for. */
const FIRST = 25;
/** What is wanted least goes first where there is little room. */
const LEAST = "@max-[980px]:hidden";

/** Every row with its budget, where it stands and where it will end. */
export function PaceTable({
	group,
	by,
	days,
}: {
	group: PacingGroup;
	by: PaceBy;
	/** The month. */
	days: { from: string; to: string };
}) {
	const { t, locale } = useWords();
	const [all, setAll] = useState(false);
	const { currency, rows } = group;
	const seen = all ? rows : rows.slice(0, FIRST);
	const head = t(by === "account" ? "figures.field.account" : "figures.field.campaign");
	const file = useSaveTable(`pacing-${by}-${days.from}-${days.to}`, () => {
		const money = moneyColumn(currency);
		const accounts = by === "campaign";
		const line = (name: string, account: string | null, pace: Pace, sum: boolean) => ({
			cells: [
				name,
				...(accounts ? [account] : []),
				pace.budget,
				pace.spent,
				pace.pace_percent,
				pace.expected,
				pace.low,
				pace.high,
				pace.needed_per_day,
				pace.recent_per_day,
				pace.verdict ? t(`pacing.verdict.${pace.verdict}`) : reason(t, pace),
			],
			depth: 0,
			sum,
		});
		return {
			title: t("nav.pacing"),
			facts: [
				{ label: t("figures.file.days"), text: period(locale, days.from, days.to) },
				{ label: t("figures.currency"), text: currency },
			],
			columns: [
				textColumn(head),
				...(accounts ? [textColumn(t("figures.field.account"))] : []),
				money(t("pacing.cell.budget")),
				money(t("pacing.cell.spent")),
				percentColumn(t("pacing.file.pace")),
				money(t("pacing.cell.end")),
				money(t("pacing.file.low")),
				money(t("pacing.file.high")),
				money(t("pacing.cell.needed")),
				money(t("pacing.file.recent")),
				textColumn(t("pacing.verdict")),
			],
			rows: [
				...seen.map((row) => line(row.name, row.account_name, row, false)),
				line(t("figures.total"), null, group.total, true),
			],
		};
	});
	return (
		<Panel
			title={t(by === "account" ? "pacing.accounts" : "nav.campaigns")}
			hint={currencySign(currency)}
			actions={
				<>
					<PaceKey />
					<SaveTools formats={["csv", "xlsx"]} file={file} />
				</>
			}
		>
			<div className="@container overflow-x-auto">
				<table
					data-testid="pace-table"
					className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tfoot_tr:last-child>*]:border-b-0"
				>
					<thead>
						<tr className="h-9 align-middle text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{head}
							</th>
							{(["budget", "spent"] as const).map((id) => (
								<th key={id} scope="col" className="px-2 text-right font-medium">
									{t(`pacing.cell.${id}`)}
								</th>
							))}
							<th
								scope="col"
								className={cx("w-[35%] min-w-[150px] px-2 text-left font-medium", LEAST)}
							>
								{t("pacing.month")}
							</th>
							{(["end", "needed"] as const).map((id) => (
								<th key={id} scope="col" className="px-2 text-right font-medium">
									{t(`pacing.cell.${id}`)}
								</th>
							))}
							<th scope="col" className="pr-4 pl-2 text-left font-medium">
								{t("pacing.verdict")}
							</th>
						</tr>
					</thead>
					<tbody>
						{seen.map((row) => (
							<Row key={row.id} row={row} currency={currency} opens={by === "campaign"} />
						))}
					</tbody>
					<tfoot className="bg-sunken">
						<tr className="h-11 font-semibold [&>*]:border-t [&>*]:border-t-line-2">
							<th scope="row" className="pl-4 text-left font-semibold">
								{t("figures.total")}
							</th>
							<Cells pace={group.total} currency={currency} of="total" />
						</tr>
					</tfoot>
				</table>
			</div>
			{rows.length > FIRST && <AllRows count={rows.length} all={all} onChange={setAll} />}
		</Panel>
	);
}

/** A row, and below a campaign its ad sets when they are asked for. */
function Row({
	row,
	currency,
	opens,
	below,
}: {
	row: PacingRow;
	currency: string;
	opens: boolean;
	below?: boolean;
}) {
	const { t } = useWords();
	const [open, setOpen] = useState(false);
	const sets = useQuery({
		...query("getPacing", { by: "adset", campaign: row.id }),
		enabled: open,
	});
	const Chevron = open ? ChevronDown : ChevronRight;
	const found = sets.data?.groups.flatMap((group) => group.rows) ?? [];
	return (
		<>
			<tr className={cx("h-11 hover:bg-hover", below && "bg-sunken text-ink-2")}>
				<th
					scope="row"
					className={cx(
						"w-[45%] min-w-[180px] max-w-0 text-left font-normal",
						below ? "pl-11" : opens ? "pl-2" : "pl-4",
					)}
				>
					<span className="flex min-w-0 items-center gap-2">
						{opens && (
							<button
								type="button"
								aria-expanded={open}
								aria-label={t("pacing.open", { name: row.name })}
								onClick={() => setOpen(!open)}
								className="grid size-6 flex-none place-items-center rounded-1 text-ink-3 hover:bg-hover hover:text-ink"
							>
								<Chevron size={14} aria-hidden />
							</button>
						)}
						{row.status !== null && <StatusGlyph status={row.status} />}
						<span className="min-w-0">
							{opens ? (
								<Link
									to="/campaigns"
									search={{ campaign: row.id, name: row.name } as never}
									className="block truncate rounded-1 font-medium hover:underline"
									title={row.name}
								>
									{row.name}
								</Link>
							) : (
								<span className={cx("block truncate", !below && "font-medium")} title={row.name}>
									{row.name}
								</span>
							)}
							{opens && (
								<span className="block truncate text-11 text-ink-3">{row.account_name}</span>
							)}
						</span>
					</span>
				</th>
				<Cells pace={row} currency={currency} of={opens ? "campaign" : "account"} />
			</tr>
			{open && sets.error && (
				<tr className="h-8 bg-sunken">
					<td colSpan={7} className="pl-11 text-12 text-negative" role="alert">
						{t("pacing.notRead")}
					</td>
				</tr>
			)}
			{open && sets.data && found.length === 0 && (
				<tr className="h-8 bg-sunken">
					<td colSpan={7} className="pl-11 text-12 text-ink-3">
						{t("pacing.noSets")}
					</td>
				</tr>
			)}
			{open &&
				found.map((set) => <Row key={set.id} row={set} currency={currency} opens={false} below />)}
		</>
	);
}

function Cells({
	pace,
	currency,
	of,
}: {
	pace: Pace;
	currency: string;
	of: "campaign" | "account" | "total";
}) {
	const { t, locale } = useWords();
	const set = pace.budget_set && money(locale, pace.budget_set, currency);
	return (
		<>
			<Two
				main={amount(locale, pace.budget, currency)}
				more={
					set
						? t(`pacing.source.${pace.budget_source ?? "daily"}`, { amount: set })
						: pace.budget_source && of !== "total" && t(`pacing.source.sum.${of}`)
				}
			/>
			<Two
				main={amount(locale, pace.spent, currency)}
				more={
					pace.pace_percent !== null &&
					t("pacing.pace", { pace: percent(locale, pace.pace_percent, 0) })
				}
			/>
			<td className={cx("px-2", LEAST)}>
				<PaceBar pace={pace} currency={currency} />
			</td>
			<Two
				main={amount(locale, pace.expected, currency)}
				more={
					pace.low !== null &&
					pace.low !== pace.high &&
					`${amount(locale, pace.low, currency)} – ${amount(locale, pace.high, currency)}`
				}
			/>
			<Two
				main={amount(locale, pace.needed_per_day, currency)}
				more={
					pace.days_left > 0 &&
					t("pacing.recentShort", { amount: amount(locale, pace.recent_per_day, currency) })
				}
			/>
			<td className="whitespace-nowrap pr-4 pl-2 font-normal">
				<Verdict pace={pace} />
			</td>
		</>
	);
}

/** A figure, and what it is made of below it. */
function Two({ main, more }: { main: string; more?: string | false | null }) {
	return (
		<td className="num whitespace-nowrap px-2 text-right">
			<span className="block leading-[18px]">{main}</span>
			{more && <span className="block font-normal text-11 text-ink-3 leading-4">{more}</span>}
		</td>
	);
}
