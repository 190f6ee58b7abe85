import { useQueries, useQuery } from "@tanstack/react-query";
import { ArrowUpDown, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useUndo } from "@/app/undo";
import type {
	GetReach,
	GetRoi,
	RoiBy,
	RoiFigures,
	RoiReport,
	RoiRow,
	ScreenFormat,
	ScreenTable,
} from "@/bindings";
import { useChannel } from "@/components/channel";
import type { CurrencyChoice } from "@/components/currency-picker";
import { Failure } from "@/components/failure";
import { LearnedNote } from "@/components/learned";
import { type RowOf, together } from "@/components/passport/number";
import { PeopleBar, peopleOf } from "@/components/people/bar";
import { useSaveTable } from "@/components/save-file";
import { SaveMenu } from "@/components/save-menu";
import { Banner, Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { currencySign, instant, period } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import type { Comparison } from "@/lib/period";
import {
	COLUMNS,
	type Column,
	columnsOf,
	costsKnown,
	nameOf,
	type Sort,
	sorted,
	unitOf,
} from "./columns";
import { ColumnsMenu } from "./columns-menu";
import { FilterBar, useNarrowing } from "./filter-bar";
import { type Filter, filtered } from "./filters";
import { screenTable } from "./screen-table";
import { sumOf } from "./sums";
import { FiguresTable, type Footer, type TreeRow } from "./table";

/** Meta counts the people of ads, and not of creatives. */
const WITHOUT_PEOPLE = COLUMNS.filter((column) => column.asks !== "people").map(({ id }) => id);

/** How a person likes a table of figures; kept between starts. */
export interface FiguresChoice {
	columns: string[];
	pinned: string[];
	widths: Record<string, number>;
	sort: Sort;
	filters: Filter[];
	/** Whether each figure shows how it moved since the period compared with. */
	changes: boolean;
	/** Keys of the rows that stand first, whatever the order. */
	pinnedRows: string[];
}

/** What a person chose, with what is usual for the rest. */
export function wholeChoice(
	choice: Partial<FiguresChoice>,
	usual: readonly string[],
): FiguresChoice {
	return {
		columns: [...usual],
		pinned: [],
		widths: {},
		sort: { id: "revenue", down: true },
		filters: [],
		changes: false,
		pinnedRows: [],
		...choice,
	};
}

/** The rows in one currency of a report. */
function inCurrency(report: RoiReport, currency: string) {
	if (report.currency === currency) return report;
	return report.other_currencies.find((other) => other.currency === currency) ?? null;
}

/** What lies under a row, as a question to the core; null for what has nothing under it. */
function under(base: GetRoi, by: RoiBy, row: RoiRow): GetRoi | null {
	if (!row.id) return null;
	switch (by) {
		case "account":
			return { ...base, by: "campaign", accounts: [row.id] };
		case "campaign":
			return { ...base, by: "adset", campaign: row.id };
		case "adset":
			return { ...base, by: "ad", ad_set: row.id };
		default:
			return null;
	}
}

/** Skeletons come after a moment only: what is stored is nearly always there sooner. */
function useLate(on: boolean): boolean {
	const [late, setLate] = useState(false);
	useEffect(() => {
		if (!on) {
			setLate(false);
			return;
		}
		const timer = setTimeout(() => setLate(true), 150);
		return () => clearTimeout(timer);
	}, [on]);
	return on && late;
}

/** Why margins stay blank: nobody knows what some of the sales cost. */
function CostsNote({ columns, total }: { columns: readonly Column[]; total: RoiFigures }) {
	const { t, locale } = useWords();
	const blank = columns.filter((column) => column.needsCosts);
	const [first] = blank;
	const costs = first && costsKnown(locale, first, total);
	if (!costs) return null;
	const names = new Intl.ListFormat(locale).format(blank.map(({ id }) => t(`metric.${id}`)));
	return (
		<p data-testid="costs-note" className="text-12 text-ink-3">
			{t("figures.costsKnown", costs)}. {t("figures.costsBlank", { names })}
		</p>
	);
}

/** Whether there is nothing to add up: a row of dashes and zeros says less than none. */
function isNothing({ spend, leads, opportunities, sales, revenue }: RoiFigures): boolean {
	return [spend, leads, opportunities, sales, revenue].every((one) => Number(one ?? 0) === 0);
}

/** Which of the chosen ad accounts could not be read: the figures below are of the others. */
function Partial() {
	const { t, failure } = useWords();
	const accounts = useQuery(query("listAdAccounts", {}));
	const chosen = (accounts.data ?? []).filter((one) => one.selected);
	const failed = chosen.filter((one) => one.last_error);
	if (accounts.error) {
		return (
			<Banner
				tone="negative"
				icon={TriangleAlert}
				actions={<Button onClick={() => void accounts.refetch()}>{t("action.retry")}</Button>}
			>
				{failure(accounts.error)}
			</Banner>
		);
	}
	if (failed.length === 0) return null;
	return (
		<Banner tone="warning" icon={TriangleAlert} testId="partial">
			<b className="font-semibold">
				{t("figures.partial", { ok: chosen.length - failed.length, count: chosen.length })}
			</b>{" "}
			{t("figures.partialWhich", { names: failed.map((one) => one.name).join(", ") })}
		</Banner>
	);
}

/** A table of figures with all that belongs to it: search, filters, columns, sums, file. */
export function FiguresView({
	name,
	label,
	base: asked,
	comparison,
	usual,
	choice,
	onChoice,
	tabs,
	views,
	onInto,
	onParts,
	within = [],
	extra = [],
	note,
	reportNote,
	currencyPicker,
	nameCell,
	nameHead,
	rowHeight = 32,
	nothing,
}: {
	/** What the file is called. */
	name: string;
	label: string;
	base: GetRoi;
	/** What the person compares periods with. */
	comparison: Comparison;
	usual: readonly string[];
	choice: Partial<FiguresChoice>;
	onChoice: (choice: FiguresChoice) => void;
	tabs?: ReactNode;
	/** Stands first among the tools. */
	views?: ReactNode;
	/** Shows what lies under a row alone; there is no way to where it is absent. */
	onInto?: (row: RoiRow, by: RoiBy) => void;
	/** Shows a row by age, gender, country, placement or device. */
	onParts?: (row: RoiRow, by: RoiBy) => void;
	/** What all rows lie in, from the outside in, for files. */
	within?: readonly string[];
	/** Narrowings that came from another page. */
	extra?: ReadonlyArray<{
		key: string;
		field: string;
		op: string;
		value: string;
		/** Rows that pass; every row does when it is part of the question already. */
		keeps?: (row: RoiRow) => boolean;
		onRemove: () => void;
	}>;
	/** Stands above the table. */
	note?: ReactNode;
	/** The same, of what was read. */
	reportNote?: (report: RoiReport) => ReactNode;
	/** Chooses between the currencies that were found. */
	currencyPicker?: (choice: CurrencyChoice) => ReactNode;
	nameCell: (row: RoiRow, depth: number) => ReactNode;
	nameHead: string;
	rowHeight?: number;
	nothing: ReactNode;
}) {
	const { t, locale, failure } = useWords();
	const { done } = useUndo();
	const channelName = useChannel();
	const view = wholeChoice(choice, usual);
	const change = (edit: Partial<FiguresChoice>) => onChoice({ ...view, ...edit });
	const [search, setSearch] = useState("");
	const adder = useRef<HTMLButtonElement>(null);
	const [chosen, setChosen] = useState<string | null>(null);
	const [open, setOpen] = useState<ReadonlySet<string>>(new Set());

	// A column is dragged many times a second; what it comes to is kept once.
	const [dragged, setDragged] = useState<Record<string, number>>({});
	const keep = useRef<ReturnType<typeof setTimeout>>(undefined);
	const widths = { ...view.widths, ...dragged };
	const onWidth = (id: string, width: number) => {
		setDragged((before) => ({ ...before, [id]: width }));
		clearTimeout(keep.current);
		keep.current = setTimeout(() => change({ widths: { ...widths, [id]: width } }), 400);
	};

	const changes = view.changes && comparison !== "none";
	const base: GetRoi = {
		...asked,
		compare: changes,
		compare_with: comparison === "year" ? "year" : "previous",
		new_customers: columnsOf(view.columns).some((column) => column.asks === "new_customers"),
		people:
			asked.by !== "creative" &&
			asked.by !== "channel" &&
			columnsOf(view.columns).some((column) => column.asks === "people"),
	};
	const report = useQuery({
		...query("getRoi", base),
		placeholderData: sameMoment(base.as_of ?? null),
	});
	const currencies = report.data
		? [report.data.currency, ...report.data.other_currencies.map((other) => other.currency)]
		: [];
	const currency =
		chosen && currencies.includes(chosen) ? chosen : (report.data?.currency ?? "USD");
	const shown = report.data ? inCurrency(report.data, currency) : null;
	const all = useMemo(() => {
		const found = shown?.rows ?? [];
		if (asked.by !== "channel") return found;
		return found.map((row) => ({ ...row, name: channelName(row.name) }));
	}, [shown, asked.by, channelName]);
	const rows = useMemo(() => {
		const pins = new Set(view.pinnedRows);
		const ordered = sorted(
			filtered(all, view.filters, search).filter((row) =>
				extra.every((one) => one.keeps?.(row) ?? true),
			),
			view.sort,
		);
		return [
			...ordered.filter((row) => pins.has(row.key)),
			...ordered.filter((row) => !pins.has(row.key)),
		];
	}, [all, view.filters, search, view.sort, view.pinnedRows, extra]);
	const hidden = useMemo(() => {
		const here = new Set(rows.map((row) => row.key));
		return all.filter((row) => !here.has(row.key));
	}, [all, rows]);

	// What lies under an open row is read when it is opened, level by level.
	const first = rows.flatMap((row) => {
		const ask = open.has(row.key) ? under(base, base.by, row) : null;
		return ask ? [{ id: row.key, ask }] : [];
	});
	const firstAnswers = useQueries({ queries: first.map(({ ask }) => query("getRoi", ask)) });
	const second = first.flatMap(({ id, ask }, at) => {
		const found = firstAnswers[at]?.data;
		return (found ? (inCurrency(found, currency)?.rows ?? []) : []).flatMap((row) => {
			const inner = open.has(`${id}/${row.key}`) ? under(base, ask.by, row) : null;
			return inner ? [{ id: `${id}/${row.key}`, ask: inner }] : [];
		});
	});
	const secondAnswers = useQueries({ queries: second.map(({ ask }) => query("getRoi", ask)) });
	const answers = new Map([
		...first.map(({ id, ask }, at) => [id, { ask, answer: firstAnswers[at] }] as const),
		...second.map(({ id, ask }, at) => [id, { ask, answer: secondAnswers[at] }] as const),
	]);
	// Of each level that is in sight, and of the whole of it.
	const levels = [base, ...first.map(({ ask }) => ask), ...second.map(({ ask }) => ask)].map(
		(ask) => ask.by,
	);
	const people = peopleOf(base, currency);
	const asksPeople =
		base.people && people && report.data
			? [...new Set(levels)].map((by) => ({ ...people, by }))
			: [];
	const wholeOf = useQuery({
		...query("getReach", asksPeople[0] ?? (people as GetReach)),
		enabled: asksPeople.length > 0,
	});
	/** Where the figures of a row come from, or those of a sum of rows. */
	const rowOf = (
		ask: GetRoi,
		row: string,
		title: string,
		path: readonly string[],
		of?: RowOf["people"],
	): RowOf => ({
		report: ask,
		currency,
		row,
		name: title,
		within: path,
		...(of && { people: of }),
	});
	const branch = (
		row: RoiRow,
		ask: GetRoi,
		path: readonly string[],
		depth: number,
		id: string,
	): TreeRow[] => {
		const { by } = ask;
		const title = nameOf(row) || (row.remainder ? t(`remainder.${row.remainder}`) : "");
		// Two levels lie under a row on screen at most.
		const holds = under(base, by, row) !== null;
		const opens = depth < 2 && holds;
		const isOpen = opens && open.has(id);
		const self: TreeRow = {
			kind: "row",
			id,
			row,
			depth,
			open: opens ? isOpen : null,
			...(holds && onInto && { into: () => onInto(row, by) }),
			of: rowOf(
				ask,
				row.key,
				title,
				path,
				row.external_id ? { by, external_id: row.external_id } : undefined,
			),
			...(row.id && onParts && { parts: () => onParts(row, by) }),
		};
		if (!isOpen) return [self];
		const below = answers.get(id);
		const note = (state: "loading" | "failed" | "none", text: string, retry?: () => void) => [
			self,
			{ kind: "note" as const, id: `${id}/`, depth: depth + 1, state, text, retry },
		];
		if (below?.answer?.error) {
			return note("failed", failure(below.answer.error), () => void below.answer?.refetch());
		}
		if (!below?.answer?.data) return note("loading", t("figures.loading"));
		const found = inCurrency(below.answer.data, currency)?.rows ?? [];
		if (found.length === 0) return note("none", t("figures.nothingUnder"));
		return [
			self,
			...sorted(found, view.sort).flatMap((child) =>
				branch(child, below.ask, [...path, title], depth + 1, `${id}/${child.key}`),
			),
		];
	};
	const tree = rows.flatMap((row) => branch(row, base, within, 0, row.key));

	const pinned = new Set(view.pinned);
	const columns = columnsOf([
		...view.columns.filter((id) => pinned.has(id)),
		...view.columns.filter((id) => !pinned.has(id)),
	]);
	const counted = (count: number) => t(`figures.rows.${base.by}`, { count });
	const before = (of: readonly RoiRow[]) =>
		changes ? sumOf(of.flatMap((row) => row.previous ?? [])) : null;
	const keysOf = (of: readonly RoiRow[]) => of.map((row) => row.key);
	const sumOfRows = (label: string, of: readonly RoiRow[], others: readonly RoiRow[]) => ({
		label,
		of: rowOf(base, together(keysOf(of), keysOf(others)), label, within),
	});
	const footers: Footer[] =
		!shown || (all.length === 0 && isNothing(shown.total))
			? []
			: [
					...(hidden.length > 0
						? [
								{
									...sumOfRows(t("figures.shown", { what: counted(rows.length) }), rows, hidden),
									figures: sumOf(rows),
									previous: before(rows),
								},
								{
									...sumOfRows(t("figures.hidden", { count: hidden.length }), hidden, rows),
									figures: sumOf(hidden),
									previous: before(hidden),
								},
							]
						: [
								{
									...sumOfRows(counted(rows.length), rows, []),
									figures: shown.attributed,
									previous: before(rows),
								},
							]),
					{
						label: t("figures.unattributed"),
						figures: shown.unattributed,
						previous: shown.previous_unattributed,
						of: rowOf(base, "unattributed", t("figures.unattributed"), within),
					},
					{
						label: t("figures.total"),
						figures: shown.total,
						previous: shown.previous_total,
						strong: true,
						// By channel all that was spent stands against all that came of it.
						bare: base.by !== "channel",
						of: rowOf(
							base,
							"total",
							t("figures.total"),
							within,
							wholeOf.data?.whole.row ?? undefined,
						),
					},
				];
	const narrowing = useNarrowing(all, currency);
	const table = (format: ScreenFormat): ScreenTable => {
		const credited = report.data ? attributionLabel(t, report.data.attribution) : "";
		const told = [
			...narrowing(view.filters),
			...extra.map((one) => `${one.field} ${one.op} ${one.value}`),
			...(search.trim() ? [`${t("figures.search")}: ${search.trim()}`] : []),
		];
		const before = report.data?.previous_period;
		const facts: Array<[string, string | null | undefined]> = [
			[t("figures.file.days"), period(locale, base.from, base.to)],
			[t("period.compare"), changes && before ? period(locale, before.from, before.to) : null],
			[t("asOf.title"), base.as_of ? instant(locale, base.as_of) : null],
			[t("attribution.title"), credited],
			[t("figures.currency"), `${currency} (${currencySign(currency)})`],
			[
				t("exchange.converted"),
				report.data?.exchanged?.from
					.map(({ currency: from, lowest_rate, highest_rate, source, first_day, last_day }) => {
						const rate =
							lowest_rate === highest_rate ? lowest_rate : `${lowest_rate} – ${highest_rate}`;
						const days = period(locale, first_day, last_day);
						return `${from} ${t("exchange.at", { rate, source: t(`exchange.source.${source}`), days })}`;
					})
					.join("; "),
			],
			[t("figures.file.within"), within.join(" / ")],
			[t("figures.filter"), told.join("; ")],
		];
		return screenTable({
			title: label,
			facts: facts.flatMap(([name, text]) => (text ? [{ label: name, text }] : [])),
			nameHead,
			idHead: format === "csv" ? t("figures.file.id") : null,
			columns,
			headOf: (column) => ({
				head: t(`metric.${column.id}`),
				unit: unitOf(column, currency, (from) => t(`figures.from.${from}`)),
			}),
			moved: changes
				? { before: t("figures.file.before"), change: t("figures.file.change") }
				: null,
			rows: tree,
			footers,
			currency,
			remainder: (row) => (row.remainder ? t(`remainder.${row.remainder}`) : ""),
		});
	};
	// Files of two moments lie beside each other.
	const then = base.as_of ? `-as-of-${base.as_of.slice(0, 16).replace(":", "")}Z` : "";
	const file = useSaveTable(`${name}-${base.from}-${base.to}${then}`, table);
	/** Offers to put everything back as it was chosen before. */
	const takenBack = (text: string, undone: string) =>
		done({ key: `${name}-${text}`, text: t(text), undo: () => onChoice(view), undone: t(undone) });
	const narrowed = search !== "" || view.filters.length > 0 || extra.length > 0;
	const clear = () => {
		setSearch("");
		// The button that was pressed goes with what it clears.
		adder.current?.focus();
		if (view.filters.length > 0) {
			change({ filters: [] });
			takenBack("figures.cleared", "figures.clearedBack");
		}
		for (const one of extra) one.onRemove();
	};
	const loading = useLate(report.isPending);

	return (
		<>
			<div className="-mx-5 first:-mt-4 flex min-h-10 flex-none flex-wrap items-center border-line border-b px-5">
				{tabs}
				<div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-1 py-1">
					{views}
					{currencyPicker?.({
						found: currencies,
						shown: currency,
						onShow: setChosen,
						exchanged: report.data?.exchanged,
					})}
					<Button
						variant="ghost"
						size="s"
						icon={ArrowUpDown}
						aria-pressed={changes}
						reason={comparison === "none" ? t("figures.changesOff") : undefined}
						className={changes ? "!bg-selected !text-accent-text" : undefined}
						onClick={() => change({ changes: !view.changes })}
						data-testid="figures-changes"
					>
						{t("figures.changes")}
					</Button>
					<ColumnsMenu
						columns={view.columns}
						{...((base.by === "creative" || base.by === "channel") && {
							offered: WITHOUT_PEOPLE,
						})}
						pinned={view.pinned}
						onColumns={(ids) => change({ columns: ids })}
						onPinned={(ids) => change({ pinned: ids })}
						onReset={() => {
							setDragged({});
							change({ columns: [...usual], pinned: [], widths: {} });
							takenBack("figures.reset", "figures.resetBack");
						}}
					/>
					<SaveMenu
						busy={file.busy}
						reason={shown ? undefined : t("figures.nothingToExport")}
						formats={["csv", "xlsx"]}
						onSave={file.save}
					/>
				</div>
			</div>
			<FilterBar
				rows={all}
				currency={currency}
				search={search}
				onSearch={setSearch}
				filters={view.filters}
				onChange={(filters) => change({ filters })}
				extra={extra}
				adder={adder}
			>
				{narrowed && (
					<Button variant="ghost" onClick={clear}>
						{t("figures.clear")}
					</Button>
				)}
				<span role="status" className="num ml-auto truncate text-12 text-ink-3">
					{file.said || (shown && t("figures.count", { shown: rows.length, all: all.length }))}
				</span>
			</FilterBar>
			{!report.error && <Partial />}
			{note}
			{report.data && reportNote?.(report.data)}
			{asksPeople.length > 0 && <PeopleBar asks={asksPeople} />}
			<LearnedNote learned={report.data?.learned} />
			{shown && <CostsNote columns={columns} total={shown.total} />}
			{report.error ? (
				<Failure error={report.error} retry={() => void report.refetch()} />
			) : (
				<FiguresTable
					label={label}
					testId="campaign-table"
					nameHead={nameHead}
					name={nameCell}
					rows={tree}
					rowHeight={changes ? Math.max(44, rowHeight) : rowHeight}
					columns={columns}
					changes={changes}
					pinned={pinned}
					widths={widths}
					onWidth={onWidth}
					currency={currency}
					credited={report.data ? attributionLabel(t, report.data.attribution) : ""}
					sort={view.sort}
					onSort={(id) =>
						change({ sort: { id, down: view.sort.id === id ? !view.sort.down : id !== "name" } })
					}
					onToggle={(id) =>
						setOpen((before) => {
							const next = new Set(before);
							if (!next.delete(id)) next.add(id);
							return next;
						})
					}
					pinnedRows={new Set(view.pinnedRows)}
					onPin={(key) =>
						change({
							pinnedRows: view.pinnedRows.includes(key)
								? view.pinnedRows.filter((one) => one !== key)
								: [...view.pinnedRows, key],
						})
					}
					footers={footers}
					loading={loading}
					stale={report.isPlaceholderData}
					empty={
						report.isPending ? null : narrowed && all.length > 0 ? (
							<Empty
								title={t(`figures.noMatch.${base.by}`)}
								actions={<Button onClick={clear}>{t("figures.clear")}</Button>}
							/>
						) : (
							nothing
						)
					}
				/>
			)}
		</>
	);
}
