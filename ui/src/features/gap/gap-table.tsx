import { ArrowDown } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { GapLine, GetRoi, RoiFigures, RoiRow } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { columnsOf, written as figure, figureOf, nameOf } from "@/components/figures/columns";
import { Figure, FigureTable } from "@/components/passport/figure";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { countColumn, figureColumn, moneyColumn, textColumn } from "@/lib/screen-columns";
import { Marks, MarksKey } from "./marks";
import { MADE, type Part, type Side, size, written } from "./side";

/** Rows that stand there until all of them are asked for. */
const FIRST = 25;
const CELL = "num whitespace-nowrap px-2 text-right";

type Line = { figures: RoiFigures; line: GapLine; key: string; name: string };

/** Meta beside the CRM, row by row: two marks, both figures, what lies between, and what each costs. */
export function GapTable({
	part,
	of,
	side,
	head,
	chosen,
	onChoose,
	days,
	crediting,
	stale,
}: {
	part: Part;
	/** The report that its figures stand in. */
	of: GetRoi;
	side: Side;
	/** What a row is. */
	head: string;
	/** The row whose gap is taken apart. */
	chosen: string | null;
	onChoose: (key: string | null) => void;
	/** In words, for files. */
	days: string;
	crediting: string;
	/** Other figures are on their way. */
	stale: boolean;
}) {
	const { t, locale } = useWords();
	const { currency } = part;
	const { meta, crm, ratio, rates } = MADE[side];
	const [sort, setSort] = useState<string>("spend");
	const [all, setAll] = useState(false);
	const columns = columnsOf(["spend", meta, crm, ratio, ...rates]);
	const column = (id: string) => columns.find((one) => one.id === id);
	const title = (row: RoiRow) => nameOf(row) || t(`remainder.${row.remainder}`);
	const rows = useMemo(() => {
		const rank = ({ row, line }: Part["rows"][number]) => {
			const value = sort === "gap" ? line[side].gap : figureOf(row, sort);
			return value === null ? Number.NEGATIVE_INFINITY : Number(value);
		};
		// A gap is large either way.
		const far = (value: number) => (sort === "gap" ? Math.abs(value) : value);
		return [...part.rows].sort(
			(a, b) => far(rank(b)) - far(rank(a)) || a.row.name.localeCompare(b.row.name),
		);
	}, [part.rows, sort, side]);
	const body = useRef<HTMLTableSectionElement>(null);
	const before = useRef(chosen);
	useEffect(() => {
		const was = before.current;
		before.current = chosen;
		// What leads back to all rows goes with it: the focus goes to the row that was looked at.
		if (was === null || chosen !== null || document.activeElement !== document.body) return;
		const names = [...(body.current?.querySelectorAll<HTMLElement>("[data-choose]") ?? [])];
		names.find((one) => one.dataset.choose === was)?.focus();
	}, [chosen]);
	const seen = all ? rows : rows.slice(0, FIRST);
	const most = Math.max(
		0,
		...part.rows.map(({ row }) => Math.max(size(row, meta), size(row, crm))),
	);
	const sums = (["attributed", "unattributed", "total"] as const).map((key) => ({
		key,
		name: t(key === "attributed" ? "gap.allRows" : `figures.${key}`),
		...part.sums[key],
	}));
	/** Quotients of what ads brought and what they did not would say nothing. */
	const bare = (key: string) => key === "unattributed" || key === "total";
	const text = (line: Line, id: string) => {
		const one = column(id);
		return one ? figure(locale, one, line.figures, currency) : "—";
	};
	const file = useSaveTable(`gap-${side}`, () => {
		const money = moneyColumn(currency);
		const gap = side === "revenue" ? money : countColumn;
		const columnFor = (id: string) =>
			figureColumn(column(id)?.kind ?? "text", currency)(t(`metric.${id}`));
		const value = (line: Line, id: string) => {
			const found = figureOf(line.figures, id);
			return found === null ? null : String(found);
		};
		const cells = (line: Line, sum: boolean) => ({
			cells: [
				line.name,
				value(line, "spend"),
				value(line, meta),
				value(line, crm),
				line.line[side].gap,
				...[ratio, ...rates].map((id) => (bare(line.key) ? null : value(line, id))),
			],
			depth: 0,
			sum,
		});
		return {
			title: `${t("nav.gap")}: ${t(`gap.side.${side}`)}`,
			facts: [
				{ label: t("figures.file.days"), text: days },
				{ label: t("figures.currency"), text: currency },
				{ label: t("attribution.title"), text: crediting },
			],
			columns: [
				textColumn(head),
				columnFor("spend"),
				columnFor(meta),
				columnFor(crm),
				gap(t("gap.difference")),
				columnFor(ratio),
				...rates.map(columnFor),
			],
			rows: [
				...seen.map(({ row, line }) =>
					cells({ key: row.key, name: title(row), figures: row, line }, false),
				),
				...sums.map((sum) => cells(sum, true)),
			],
		};
	});
	const top = (id: string, name: string, unit = "", full?: string) => (
		<th
			key={id}
			scope="col"
			aria-sort={sort === id ? "descending" : "none"}
			className="whitespace-nowrap px-2 text-right font-medium last:pr-4"
		>
			<button
				type="button"
				title={full}
				onClick={() => setSort(id)}
				className="inline-flex items-center gap-0.5 rounded-1 text-right hover:text-ink"
			>
				{name}
				{sort === id && <ArrowDown size={12} aria-hidden className="flex-none" />}
			</button>
			{unit && <span className="block font-normal">{unit}</span>}
		</th>
	);
	const sign = currencySign(currency);
	const cells = (line: Line) => {
		const opened = (id: string) => (
			<Figure
				of={{
					report: of,
					currency,
					row: line.key,
					name: line.name,
					metric: id,
					shown: figureOf(line.figures, id),
				}}
			>
				{text(line, id)}
			</Figure>
		);
		const own = line.line[side];
		return (
			<>
				<td className={cx(CELL, "text-ink-2")}>{opened("spend")}</td>
				<td className={CELL}>{opened(meta)}</td>
				<td className={CELL}>{opened(crm)}</td>
				<td className={cx(CELL, "font-medium")}>
					{written(locale, side, currency, own.gap, true)}
				</td>
				<td className={cx(CELL, "last:pr-4")}>
					{bare(line.key) ? (
						"—"
					) : own.no_ratio ? (
						<span className="text-ink-3" title={t(`gap.noRatio.${own.no_ratio}`)}>
							{t(`gap.blank.${own.no_ratio}`)}
						</span>
					) : (
						opened(ratio)
					)}
				</td>
				{rates.map((id) => (
					<td key={id} className={cx(CELL, "last:pr-4 text-ink-2")}>
						{bare(line.key) ? "—" : opened(id)}
					</td>
				))}
			</>
		);
	};
	return (
		<Panel
			title={t(`gap.side.${side}`)}
			className="flex-none"
			actions={
				<>
					<MarksKey />
					<SaveTools formats={["csv", "xlsx"]} file={file} />
				</>
			}
		>
			<div className="overflow-x-auto">
				<FigureTable
					data-testid="gap-table"
					aria-busy={stale || undefined}
					className={cx(
						"w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tfoot_tr:last-child>*]:border-b-0",
						stale && "opacity-60",
					)}
				>
					<thead>
						<tr className="h-10 align-middle text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{head}
							</th>
							<td className="w-[22%] min-w-[120px]" />
							{top("spend", t("metricShort.spend"), sign)}
							{top(meta, t("gap.meta"), side === "revenue" ? sign : "", t(`metric.${meta}`))}
							{top(crm, t("gap.crm"), side === "revenue" ? sign : "", t(`metric.${crm}`))}
							{top("gap", t("gap.difference"), side === "revenue" ? sign : "")}
							{top(ratio, t("gap.ratio"))}
							{rates.map((id) =>
								top(id, t(`metricShort.${id}`), column(id)?.kind === "money" ? sign : ""),
							)}
						</tr>
					</thead>
					<tbody ref={body}>
						{seen.map(({ row, line }) => {
							const name = title(row);
							const on = chosen === row.key;
							return (
								<tr key={row.key} className={cx("h-8", on ? "bg-selected" : "hover:bg-hover")}>
									<th
										scope="row"
										className="w-[30%] min-w-[200px] max-w-0 pl-4 text-left font-normal"
									>
										<span className="flex min-w-0 items-center gap-2">
											<StatusGlyph status={row.remainder ? null : row.status} />
											<button
												type="button"
												aria-pressed={on}
												data-choose={row.key}
												title={t("gap.showWhy", { name })}
												onClick={() => onChoose(on ? null : row.key)}
												className="truncate rounded-1 text-left font-medium hover:underline"
											>
												{name}
											</button>
											{row.waiting_for_sync && <Tag tone="info">{t("campaigns.waiting")}</Tag>}
											{row.other_currency && <Tag tone="line">{t("campaigns.otherCurrency")}</Tag>}
										</span>
									</th>
									<td className="px-2">
										<Marks
											meta={row[meta] === null ? null : size(row, meta)}
											crm={size(row, crm)}
											most={most}
										/>
									</td>
									{cells({ key: row.key, name, figures: row, line })}
								</tr>
							);
						})}
					</tbody>
					<tfoot className="bg-sunken text-ink-2 [&_tr:first-child>*]:border-t [&_tr:first-child>*]:border-t-line-2">
						{sums.map((sum) => (
							<tr
								key={sum.key}
								className={cx("h-7", sum.key === "total" && "h-8 font-semibold text-ink")}
							>
								<th
									scope="row"
									className={cx(
										"pl-4 text-left",
										sum.key === "total" ? "font-semibold" : "font-normal",
									)}
								>
									{sum.name}
								</th>
								<td />
								{cells(sum)}
							</tr>
						))}
					</tfoot>
				</FigureTable>
			</div>
			{rows.length > FIRST && <AllRows count={rows.length} all={all} onChange={setAll} />}
		</Panel>
	);
}
