import { ArrowDown } from "lucide-react";
import { useMemo, useState } from "react";
import type { AttributionModel, GetRoi, ModelGroup, ModelRow, RoiFigures } from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { columnsOf, written } from "@/components/figures/columns";
import { Figure, FigureTable } from "@/components/passport/figure";
import type { FigureOf } from "@/components/passport/number";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Panel, Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, currencySign, percent } from "@/lib/format";
import { figureColumn, moneyColumn, percentColumn, textColumn } from "@/lib/screen-columns";

/** Rows that stand there until all of them are asked for. */
const FIRST = 25;
const SHOWN = ["revenue", "sales", "roas"] as const;
type Shown = (typeof SHOWN)[number];
type Sort = "spend" | "spread" | number;

/** Campaigns by model: what each would be told to have earned. */
export function ModelTable({
	group,
	of,
	models,
	current,
	days,
	windows,
}: {
	group: ModelGroup;
	/** The report that its figures stand in under a model. */
	of: (model: AttributionModel) => GetRoi;
	models: readonly AttributionModel[];
	/** The model that the other pages show. */
	current: AttributionModel;
	/** In words, for files. */
	days: string;
	/** How far touches count, in words; empty without a limit. */
	windows: string;
}) {
	const { t, locale } = useWords();
	const [shown, setShown] = useState<Shown>("revenue");
	const [sort, setSort] = useState<Sort>("spend");
	const [all, setAll] = useState(false);
	const { currency } = group;
	const [column] = columnsOf([shown]);
	const text = (figures: RoiFigures | undefined): string =>
		figures && column ? written(locale, column, figures, currency) : "—";
	const rows = useMemo(() => {
		const rank = (row: ModelRow): number => {
			if (sort === "spend") return Number(row.figures[0]?.spend ?? -1);
			if (sort === "spread") return Number(row.spread ?? -1);
			return Number(row.figures[sort]?.[shown] ?? -1);
		};
		return [...group.rows].sort((a, b) => rank(b) - rank(a) || a.name.localeCompare(b.name));
	}, [group.rows, sort, shown]);
	const whole = { key: "total", name: t("figures.total") };
	const seen = all ? rows : rows.slice(0, FIRST);
	const file = useSaveTable(`models-${shown}`, () => {
		const figure = (of: RoiFigures | undefined) => {
			const value = of?.[shown];
			return value === null || value === undefined ? null : String(value);
		};
		const kind = column?.kind ?? "text";
		const line = (cells: Array<string | null>, sum: boolean) => ({ cells, depth: 0, sum });
		const byModel = (of: readonly (RoiFigures | undefined)[]) =>
			models.map((_, at) => figure(of[at]));
		return {
			title: `${t("models.title")}: ${t(`metric.${shown}`)}`,
			facts: [
				{ label: t("figures.file.days"), text: days },
				{ label: t("figures.currency"), text: currency },
				...(windows ? [{ label: t("attribution.window"), text: windows }] : []),
			],
			columns: [
				textColumn(t("figures.field.campaign")),
				moneyColumn(currency)(t("metric.spend")),
				...models.map((model) => figureColumn(kind, currency)(t(`model.${model}`))),
				percentColumn(t("models.spread")),
			],
			rows: [
				...seen.map((row) =>
					line(
						[
							row.name || t(`remainder.${row.remainder}`),
							row.figures[0]?.spend ?? null,
							...byModel(row.figures),
							row.spread,
						],
						false,
					),
				),
				line([t("figures.unattributed"), null, ...byModel(group.unattributed), null], true),
				line(
					[
						t("figures.total"),
						group.total.spend,
						...(shown === "roas" ? models.map(() => null) : byModel(group.totals)),
						null,
					],
					true,
				),
			],
		};
	});
	const head = (id: Sort, name: string, hint?: string) => (
		<th
			key={id}
			scope="col"
			aria-sort={sort === id ? "descending" : "none"}
			className={cx(
				"px-2 text-right font-medium last:pr-4",
				typeof id === "number" && models[id] === current && "bg-selected text-ink",
			)}
		>
			<button
				type="button"
				title={hint}
				onClick={() => setSort(id)}
				className="inline-flex items-center gap-0.5 rounded-1 text-right hover:text-ink"
			>
				{name}
				{sort === id && <ArrowDown size={12} aria-hidden className="flex-none" />}
			</button>
		</th>
	);
	/** A figure of a row under a model, which can be opened. */
	const figure = (
		model: AttributionModel,
		row: { key: string; name: string },
		metric: Shown | "spend",
		figures: RoiFigures | undefined,
	): FigureOf | null =>
		figures
			? {
					report: of(model),
					currency,
					row: row.key,
					name: row.name,
					metric,
					shown: figures[metric] ?? null,
				}
			: null;
	const cells = (
		row: { key: string; name: string },
		figures: readonly (RoiFigures | undefined)[],
	) =>
		models.map((model, at) => (
			<td
				key={model}
				className={cx(
					"num whitespace-nowrap px-2 text-right",
					model === current && "bg-selected font-medium",
				)}
			>
				<Figure of={figure(model, row, shown, figures[at])}>{text(figures[at])}</Figure>
			</td>
		));
	return (
		<Panel
			title={t("models.title")}
			hint={currencySign(currency)}
			className="flex-none"
			actions={
				<>
					<SaveTools formats={["csv", "xlsx"]} file={file} />
					<Segmented
						label={t("models.show")}
						value={shown}
						onChange={setShown}
						options={SHOWN.map((metric) => ({ value: metric, label: t(`metric.${metric}`) }))}
					/>
				</>
			}
		>
			<div className="overflow-x-auto">
				<FigureTable
					data-testid="model-table"
					className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tfoot_tr:last-child>*]:border-b-0"
				>
					<thead>
						<tr className="h-9 align-middle text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{t("figures.field.campaign")}
							</th>
							{head("spend", t("metric.spend"))}
							{models.map((model, at) => head(at, t(`model.${model}`)))}
							{head("spread", t("models.spread"), t("models.spreadHint"))}
						</tr>
					</thead>
					<tbody>
						{seen.map((row) => {
							const name = row.name || t(`remainder.${row.remainder}`);
							return (
								<tr key={row.key} className="h-8 hover:bg-hover">
									<th
										scope="row"
										className="w-full min-w-[180px] max-w-0 pl-4 text-left font-normal"
									>
										<span className="flex min-w-0 items-center gap-2">
											<StatusGlyph status={row.remainder ? null : row.status} />
											<span className="truncate font-medium" title={name}>
												{name}
											</span>
										</span>
									</th>
									<td className="num whitespace-nowrap px-2 text-right text-ink-2">
										<Figure of={figure(current, { key: row.key, name }, "spend", row.figures[0])}>
											{amount(locale, row.figures[0]?.spend, currency)}
										</Figure>
									</td>
									{cells({ key: row.key, name }, row.figures)}
									<td className="num whitespace-nowrap pr-4 pl-2 text-right text-ink-2">
										{percent(locale, row.spread, 0)}
									</td>
								</tr>
							);
						})}
					</tbody>
					<tfoot className="bg-sunken text-ink-2">
						<tr className="h-7 [&>*]:border-t [&>*]:border-t-line-2">
							<th scope="row" className="pl-4 text-left font-normal">
								{t("figures.unattributed")}
							</th>
							<td />
							{cells({ key: "unattributed", name: t("figures.unattributed") }, group.unattributed)}
							<td />
						</tr>
						<tr className="h-8 font-semibold text-ink">
							<th scope="row" className="pl-4 text-left font-semibold">
								{t("figures.total")}
							</th>
							<td className="num whitespace-nowrap px-2 text-right">
								<Figure of={figure(current, whole, "spend", group.total)}>
									{amount(locale, group.total.spend, currency)}
								</Figure>
							</td>
							{cells(
								whole,
								models.map((_, at) => (shown === "roas" ? undefined : group.totals[at])),
							)}
							<td />
						</tr>
					</tfoot>
				</FigureTable>
			</div>
			{rows.length > FIRST && <AllRows count={rows.length} all={all} onChange={setAll} />}
		</Panel>
	);
}
