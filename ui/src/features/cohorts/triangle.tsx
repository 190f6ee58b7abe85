import { type FocusEvent, type KeyboardEvent, useRef, useState } from "react";
import type { CohortCell, CohortGroup, CohortReport, CohortRow } from "@/bindings";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Panel, Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import {
	amount,
	compact,
	count,
	currencySign,
	money,
	month,
	percent,
	period,
	ratio,
} from "@/lib/format";
import {
	countColumn,
	moneyColumn,
	percentColumn,
	ratioColumn,
	textColumn,
} from "@/lib/screen-columns";
import { type Choice, METRICS, type Metric } from "./choice";

const NBSP = "\u00a0";
/** The lightest and the darkest a cell gets, in percent of the accent: text stays readable on both. */
const LIGHTEST = 5;
const DARKEST = 42;

/** What a cell tells as a number, for its shade. */
function weight(cell: CohortCell, metric: Metric): number {
	if (metric === "retention") return Number(cell.retention_percent ?? 0);
	if (metric === "revenue") return Number(cell.revenue);
	return Number(cell.cumulative_margin_per_person ?? 0);
}

/** An amount in the room of a cell: from 100 on without cents, from a hundred thousand on in K and M. */
function short(locale: string, text: string | null, currency: string): string {
	const size = Math.abs(Number(text));
	if (text === null || size < 100) return amount(locale, text, currency);
	const whole = Math.round(Number(text));
	return size < 100_000 ? count(locale, whole) : compact(locale, whole);
}

/** Where the focus is: a row, and a month of age. */
type Place = { row: number; age: number };

const MOVES: Record<string, (place: Place, last: Place) => Place> = {
	ArrowRight: ({ row, age }, last) => ({ row, age: Math.min(age + 1, last.age) }),
	ArrowLeft: ({ row, age }) => ({ row, age: Math.max(age - 1, 0) }),
	ArrowDown: ({ row, age }, last) => ({ row: Math.min(row + 1, last.row), age }),
	ArrowUp: ({ row, age }) => ({ row: Math.max(row - 1, 0), age }),
	Home: ({ row }) => ({ row, age: 0 }),
	End: ({ row }, last) => ({ row, age: last.age }),
};

/** Months or campaigns by month of age; what is not over yet for everybody is grey. */
export function Triangle({
	report,
	group,
	choice,
	choose,
	first,
}: {
	report: CohortReport;
	group: CohortGroup;
	/** The choices stand on the first one, and hold for all. */
	first: boolean;
	choice: Choice;
	choose: (edit: Partial<Choice>) => void;
}) {
	const { t, locale } = useWords();
	const { currency } = group;
	const { metric } = choice;
	const [place, setPlace] = useState<Place>({ row: 0, age: 0 });
	const [looked, setLooked] = useState<Place | null>(null);
	const body = useRef<HTMLTableElement>(null);
	const rows = [...group.rows, group.average];
	const ages = Math.max(0, ...group.rows.map((row) => row.cells.length));
	// Everybody buys in the first month of a customer: it would leave the others pale.
	const from = metric === "retention" && report.start === "sale" ? 1 : 0;
	const highest = Math.max(
		0,
		...group.rows.flatMap((row) =>
			row.cells
				.filter((cell, age) => cell.mature && age >= from)
				.map((cell) => weight(cell, metric)),
		),
	);
	const predicted = group.prediction !== null;
	const name = (row: CohortRow): string => {
		if (row.month) return month(locale, row.month);
		if (row.campaign) return row.campaign.name || t("cohorts.noCampaign");
		return row.key === "average" ? t("cohorts.average") : t("figures.unattributed");
	};
	const text = (cell: CohortCell): string => {
		if (metric === "retention") return percent(locale, cell.retention_percent, 0);
		return short(
			locale,
			metric === "revenue" ? cell.revenue : cell.cumulative_margin_per_person,
			currency,
		);
	};
	const said = (row: CohortRow, age: number): string => {
		const cell = row.cells[age];
		if (!cell) return t("cohorts.cellNone", { name: name(row), age });
		const sentence = t("cohorts.cellText", {
			name: name(row),
			age,
			active: count(locale, cell.active),
			people: count(locale, cell.people),
			share: percent(locale, cell.retention_percent),
			orders: count(locale, cell.orders),
			revenue: money(locale, cell.revenue, currency),
			refunds: money(locale, cell.refunds, currency),
			margin: money(locale, cell.margin, currency),
			each: money(locale, cell.cumulative_margin_per_person, currency),
		});
		return cell.mature ? sentence : `${sentence} ${t("cohorts.immature")}`;
	};
	const move = (event: KeyboardEvent) => {
		const step = MOVES[event.key];
		if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
		event.preventDefault();
		const next = step(place, { row: rows.length - 1, age: ages - 1 });
		setPlace(next);
		body.current?.querySelector<HTMLElement>(`[data-place="${next.row}-${next.age}"]`)?.focus();
	};
	const leave = (event: FocusEvent) => {
		if (!event.currentTarget.contains(event.relatedTarget)) setLooked(null);
	};
	const paybackText = (row: CohortRow) => {
		const { day, earliest, latest, observed_days } = row.payback;
		const days = (n: number) => `${count(locale, n)}${NBSP}d`;
		const only = (main: string) => ({ main, between: null, whole: main });
		if (day === null) {
			if (row.cac === null || observed_days === 0) return only("—");
			return only(`>${NBSP}${days(observed_days)}`);
		}
		if (earliest === null || earliest === latest) return only(days(day));
		const between = `${count(locale, earliest)}–${latest === null ? "…" : count(locale, latest)}`;
		return { main: days(day), between, whole: `${days(day)} (${between})` };
	};
	const payback = (row: CohortRow) => {
		const { main, between } = paybackText(row);
		return between === null ? (
			main
		) : (
			<>
				{main}
				<span className="ml-1 text-11 text-ink-3" title={t("cohorts.paybackInterval")}>
					{between}
				</span>
			</>
		);
	};
	const file = useSaveTable(`cohorts-${report.by}-${metric}`, () => {
		const money = moneyColumn(currency);
		const ofAge = metric === "retention" ? percentColumn : money;
		const value = (cell: CohortCell) =>
			metric === "retention"
				? cell.retention_percent
				: metric === "revenue"
					? cell.revenue
					: cell.cumulative_margin_per_person;
		return {
			title: `${t("nav.cohorts")}: ${t(`cohorts.metric.${metric}`)}`,
			facts: [
				{ label: t("figures.file.days"), text: period(locale, report.from, report.to) },
				{ label: t("figures.currency"), text: currency },
				{ label: t("cohorts.people"), text: t(`cohorts.startText.${report.start}`) },
			],
			columns: [
				textColumn(report.by === "month" ? t("cohorts.month") : t("figures.field.campaign")),
				countColumn(t(`cohorts.start.${report.start}`)),
				money(t("metric.spend")),
				money(t(report.start === "sale" ? "metric.cac" : "metric.cpl")),
				money(t("cohorts.value", { months: report.value_months })),
				ratioColumn(t("cohorts.perCac")),
				textColumn(t("cohorts.payback")),
				...(predicted ? [money(t("cohorts.ltv"))] : []),
				// What is grey on screen: later months than these are not over for everybody.
				countColumn(t("cohorts.complete")),
				...Array.from({ length: ages }, (_, age) => ofAge(`M${age}`)),
			],
			rows: rows.map((row) => ({
				cells: [
					name(row),
					String(row.people),
					row.spend,
					row.cac,
					row.value,
					row.value_per_cac,
					paybackText(row).whole,
					...(predicted ? [row.predicted?.lifetime_value_per_person ?? null] : []),
					row.key === "average" ? null : String(row.mature_months),
					...Array.from({ length: ages }, (_, age) => {
						const cell = row.cells[age];
						return cell ? value(cell) : null;
					}),
				],
				depth: 0,
				sum: row.key === "average",
			})),
		};
	});
	const shown = looked && rows[looked.row];
	const heads = [
		{ id: "people", name: t(`cohorts.start.${report.start}`) },
		{ id: "spend", name: t("metric.spend") },
		{ id: "cac", name: t(report.start === "sale" ? "metric.cac" : "metric.cpl") },
		{
			id: "value",
			name: t("cohorts.value", { months: report.value_months }),
			hint: t("cohorts.valueHint", { count: report.value_months }),
		},
		{ id: "ratio", name: t("cohorts.perCac"), hint: t("cohorts.perCacHint") },
		{ id: "payback", name: t("cohorts.payback"), hint: t("cohorts.paybackHint") },
		...(predicted
			? [{ id: "ltv", name: t("cohorts.ltv"), hint: t("cohorts.ltvHint", { count: choice.ahead }) }]
			: []),
	];
	return (
		<Panel
			title={t(`cohorts.by.${report.by}`)}
			hint={currencySign(currency)}
			className="flex-none"
			actions={
				<>
					<SaveTools formats={["csv", "xlsx"]} file={file} />
					{first && (
						<>
							<Segmented
								label={t("cohorts.rows")}
								value={choice.by}
								onChange={(by) => choose({ by })}
								options={[
									{ value: "month", label: t("cohorts.month") },
									{ value: "campaign", label: t("figures.field.campaign") },
								]}
							/>
							<Segmented
								label={t("cohorts.show")}
								value={metric}
								onChange={(next) => choose({ metric: next })}
								options={METRICS.map((one) => ({ value: one, label: t(`cohorts.metric.${one}`) }))}
							/>
						</>
					)}
				</>
			}
		>
			<div className="overflow-x-auto">
				<table
					ref={body}
					data-testid="cohort-table"
					onKeyDown={move}
					onBlur={leave}
					onMouseLeave={() => setLooked(null)}
					className="w-full border-separate border-spacing-0"
				>
					<caption className="sr-only">{t("cohorts.caption")}</caption>
					<thead>
						<tr className="h-9 text-11 text-ink-3 [&>*]:border-line [&>*]:border-y [&>*]:font-medium">
							<th scope="col" className="sticky left-0 z-1 bg-surface pr-3 pl-4 text-left">
								{report.by === "month" ? t("cohorts.month") : t("figures.field.campaign")}
							</th>
							{heads.map((head) => (
								<th
									key={head.id}
									scope="col"
									title={head.hint}
									className="whitespace-nowrap px-2 text-right"
								>
									{head.name}
								</th>
							))}
							{Array.from({ length: ages }, (_, age) => (
								<th
									key={age}
									scope="col"
									title={t("cohorts.ageHint", { age: age + 1 })}
									className="num min-w-11 px-0.5 text-center first-of-type:pl-4 last:pr-4"
								>
									M{age}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{rows.map((row, at) => {
							const mean = row.key === "average";
							return (
								<tr
									key={row.key}
									data-testid={mean ? "cohort-average" : undefined}
									className={cx(
										"group h-8",
										mean && "[&>*]:border-line-2 [&>*]:border-t [&>*]:font-semibold",
									)}
								>
									<th
										scope="row"
										className={cx(
											"sticky left-0 z-1 max-w-60 whitespace-nowrap bg-surface pr-3 pl-4 text-left",
											mean ? "font-semibold" : "font-medium",
										)}
									>
										<span className="flex min-w-0 items-center gap-2">
											{row.campaign && <StatusGlyph status={row.campaign.status} />}
											<span className="truncate" title={name(row)}>
												{name(row)}
											</span>
										</span>
									</th>
									<td className="num px-2 text-right">{count(locale, row.people)}</td>
									<td className="num whitespace-nowrap px-2 text-right text-ink-2">
										{amount(locale, row.spend, currency)}
									</td>
									<td className="num whitespace-nowrap px-2 text-right">
										{amount(locale, row.cac, currency)}
									</td>
									<td className="num whitespace-nowrap px-2 text-right">
										{amount(locale, row.value, currency)}
									</td>
									<td className="num px-2 text-right text-ink-2">
										{ratio(locale, row.value_per_cac)}
									</td>
									<td className="num whitespace-nowrap px-2 text-right">{payback(row)}</td>
									{predicted && (
										<td className="num whitespace-nowrap px-2 text-right">
											{amount(locale, row.predicted?.lifetime_value_per_person, currency)}
										</td>
									)}
									{Array.from({ length: ages }, (_, age) => {
										const cell = row.cells[age];
										const here = place.row === at && place.age === age;
										const share =
											cell?.mature && highest > 0
												? Math.min(1, Math.max(0, weight(cell, metric) / highest))
												: 0;
										return (
											<td key={age} className="p-px last:pr-4">
												<button
													type="button"
													tabIndex={here ? 0 : -1}
													data-place={`${at}-${age}`}
													data-immature={cell && !cell.mature ? true : undefined}
													onFocus={() => {
														setPlace({ row: at, age });
														setLooked({ row: at, age });
													}}
													onMouseEnter={() => setLooked({ row: at, age })}
													className={cx(
														"num relative block h-[30px] w-full min-w-11 whitespace-nowrap rounded-1 px-1 text-center text-12 focus-visible:z-1",
														cell &&
															!cell.mature &&
															"bg-sunken text-ink-3 shadow-[inset_0_0_0_1px_var(--border-1)] focus-visible:shadow-[var(--focus-ring)]",
													)}
													style={
														cell?.mature && !mean
															? {
																	// Shade carries the same as the figure, never more.
																	background: `color-mix(in oklab, var(--accent) ${Math.round(LIGHTEST + share * (DARKEST - LIGHTEST))}%, var(--bg-surface))`,
																}
															: undefined
													}
												>
													{cell ? text(cell) : <span className="sr-only">—</span>}
													{cell && !cell.mature && (
														<span className="sr-only"> ({t("cohorts.immatureShort")})</span>
													)}
												</button>
											</td>
										);
									})}
								</tr>
							);
						})}
					</tbody>
				</table>
			</div>
			<p
				aria-live="polite"
				data-testid="cohort-cell"
				className="min-h-9 border-line border-t px-4 py-2 text-12 text-ink-2"
			>
				{shown && looked ? said(shown, looked.age) : t("cohorts.hint")}
			</p>
			<Notes group={group} />
		</Panel>
	);
}

/** What a reader must know of the figures. */
function Notes({ group }: { group: CohortGroup }) {
	const { t, locale } = useWords();
	const { orders, orders_without_cost: missing } = group.average.to_date;
	const notes = [
		missing > 0 &&
			(missing === orders
				? t("cohorts.noCosts")
				: t("cohorts.someCosts", { count: missing, all: count(locale, orders) })),
		group.other_currency_sales > 0 &&
			t("cohorts.otherCurrency", { count: group.other_currency_sales }),
	].filter(Boolean);
	if (notes.length === 0) return null;
	return <p className="border-line border-t px-4 py-2 text-12 text-ink-3">{notes.join(" ")}</p>;
}
