/** Which rows moved a number, as a table. */
import { type ReactNode, useState } from "react";
import type {
	Contribution,
	ContributionGroup,
	ContributionRow,
	Contributions,
	ScreenFact,
} from "@/bindings";
import { AllRows } from "@/components/all-rows";
import { type Column, isBlended } from "@/components/figures/columns";
import { added } from "@/components/figures/sums";
import { Figure } from "@/components/passport/figure";
import type { RowOf } from "@/components/passport/number";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { Explained } from "@/components/ui/explained";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencySign, percent, signOf } from "@/lib/format";
import { figureColumn, textColumn } from "@/lib/screen-columns";
import { type ChangeLine, ChangeTable, metricColumns } from "./cause-table";
import { type Moved, tone, type Writing, writing } from "./change";
import { RowName, useRowName } from "./row-name";

/** Rows that stand there until all of them are asked for. */
const FIRST = 25;
/** Rows that are drawn one by one. */
const DRAWN = 8;

/** How all of these are written, with the decimals that the core tells. */
export function writingOf(locale: string, column: Column, group: ContributionGroup): Writing {
	const all = [group.whole, ...group.rows, ...(group.unattributed ? [group.unattributed] : [])];
	return writing(
		locale,
		column,
		group.currency,
		all.map(({ before, after, mix, rate, contribution }) => ({
			before,
			after,
			parts: [mix, rate, contribution],
		})),
	);
}

/** What the number of the whole is called, and the row that it is. */
export function wholeOf(metric: string): "attributed" | "total" {
	// What sets the CRM against Meta is of what is attributed.
	return isBlended(metric) ? "attributed" : "total";
}

/** The steps from the earlier number to the later: mix and rate of a quotient, else the rows. */
export function useSteps() {
	const { t } = useWords();
	const nameOf = useRowName();
	return (group: ContributionGroup, write: Writing) => {
		const { whole, rows, unattributed } = group;
		const step = ({ key, part }: Moved, name: ReactNode) => ({
			key,
			part,
			name,
			figure: write.signed(part),
		});
		if (whole.mix !== null && whole.rate !== null) {
			return (["mix", "rate"] as const).map((key) =>
				step(
					{ key, part: whole[key] ?? "0" },
					<Explained meaning={t(`contributions.${key}.text`)}>
						{t(`contributions.${key}`)}
					</Explained>,
				),
			);
		}
		const moving = rows.filter(({ contribution }) => signOf(contribution) !== 0);
		const others = moving.slice(DRAWN);
		return [
			...moving.slice(0, DRAWN).map((row) =>
				step(
					{ key: row.key, part: row.contribution ?? "0" },
					<span className="block max-w-[260px] truncate" title={nameOf(row)}>
						{nameOf(row)}
					</span>,
				),
			),
			...(others.length > 0
				? [
						step(
							{ key: "others", part: added(others.map((row) => row.contribution ?? "0")) },
							t("contributions.others", { count: others.length }),
						),
					]
				: []),
			...(unattributed
				? [
						step(
							{ key: "unattributed", part: unattributed.contribution ?? "0" },
							t("figures.unattributed"),
						),
					]
				: []),
		];
	};
}

/** By how much each row moved the number, the one that moved it most first. */
export function ContributionPanel({
	told,
	group,
	column,
	rowOf,
	facts,
}: {
	told: Contributions;
	group: ContributionGroup;
	column: Column;
	/** Where the figures of a row come from, before and after. */
	rowOf: (row: string, name: string) => { before: RowOf; after: RowOf };
	/** What a file says it stands on. */
	facts: ScreenFact[];
}) {
	const { t, locale } = useWords();
	const nameOf = useRowName();
	const [all, setAll] = useState(false);
	const { metric, by } = told;
	const { currency, whole, unattributed } = group;
	// Where it is not known by how much, every row may have.
	const rows = group.rows.filter(
		({ mix, rate, contribution }) =>
			contribution === null || [mix, rate, contribution].some((part) => signOf(part) !== 0),
	);
	const write = writingOf(locale, column, group);
	const weighs = whole.mix !== null;
	const seen = all ? rows : rows.slice(0, FIRST);
	const name = t(`metric.${metric}`);
	const sums = [
		...(unattributed ? [{ row: "unattributed" as const, told: unattributed }] : []),
		{ row: wholeOf(metric), told: whole },
	];
	const head = t(`gap.row.${by}`);
	const title = t("contributions.rows", { name });
	const file = useSaveTable(`contributions-${metric}`, () => {
		const { value, part } = metricColumns(column, currency);
		const weight = figureColumn("percent", currency, 1);
		const cells = (of: string, one: Contribution) => [
			of,
			one.before,
			one.after,
			...(weighs ? [one.weight_before, one.weight_after, one.mix, one.rate] : []),
			one.contribution,
		];
		return {
			title,
			facts,
			columns: [
				textColumn(head),
				value(t("changes.before")),
				value(t("changes.after")),
				...(weighs
					? [
							weight(t("contributions.weightBefore")),
							weight(t("contributions.weight")),
							part(t("contributions.mix")),
							part(t("contributions.rate")),
						]
					: []),
				part(t("contributions.moved")),
			],
			rows: [
				...seen.map((row) => ({ cells: cells(nameOf(row), row), depth: 0, sum: false })),
				...sums.map(({ row, told: one }) => ({
					cells: cells(t(`figures.${row}`), one),
					depth: 0,
					sum: true,
				})),
			],
		};
	});
	const figures = (row: string, named: string, one: Contribution, strong: boolean) => {
		const of = rowOf(row, named);
		const figure = (side: "before" | "after") =>
			// What is not known may stand in a row that was not there.
			one[side] === null ? (
				write.plain(null)
			) : (
				<Figure of={{ ...of[side], metric, shown: one[side] }}>{write.plain(one[side])}</Figure>
			);
		const weight = (text: string | null) => (text === null ? "" : percent(locale, text, 1));
		const part = (text: string | null) => (signOf(text) === 0 ? "" : write.signed(text));
		return [
			{ key: "before", shown: figure("before"), className: !strong && "text-ink-2" },
			{ key: "after", shown: figure("after"), className: !strong && "font-medium" },
			...(weighs
				? [
						{ key: "was", shown: weight(one.weight_before), className: !strong && "text-ink-2" },
						{ key: "is", shown: weight(one.weight_after), className: !strong && "text-ink-2" },
						{ key: "mix", shown: part(one.mix) },
						{ key: "rate", shown: part(one.rate) },
					]
				: []),
			{
				key: "moved",
				shown: write.signed(one.contribution),
				className: cx(!strong && "font-medium", tone(metric, one.contribution)),
			},
		];
	};
	const line = (row: ContributionRow): ChangeLine => {
		const named = nameOf(row);
		return {
			key: row.key,
			cells: figures(row.key, named, row, false),
			name: <RowName row={row} by={by} metric={metric} />,
		};
	};
	return (
		<Panel
			title={title}
			hint={column.kind === "money" ? currencySign(currency) : undefined}
			className="flex-none"
			actions={<SaveTools formats={["csv", "xlsx"]} file={file} />}
		>
			<ChangeTable
				testId="contributions"
				heads={[
					{ key: "name", shown: head },
					{ key: "before", shown: t("changes.before") },
					{ key: "after", shown: t("changes.after") },
					...(weighs
						? [
								{ key: "was", shown: t("contributions.weightBefore") },
								{
									key: "is",
									shown: t("contributions.weight"),
									meaning: t("contributions.weight.text", { name }),
								},
								{
									key: "mix",
									shown: t("contributions.mix"),
									meaning: t("contributions.mix.text"),
								},
								{
									key: "rate",
									shown: t("contributions.rate"),
									meaning: t("contributions.rate.text"),
								},
							]
						: []),
					{ key: "moved", shown: t("contributions.moved") },
				]}
				rows={seen.map(line)}
				foot={sums.map(({ row, told: one }) => ({
					key: row,
					name: t(`figures.${row}`),
					strong: row !== "unattributed",
					cells: figures(row, t(`figures.${row}`), one, row !== "unattributed"),
				}))}
			/>
			{rows.length > FIRST && <AllRows count={rows.length} all={all} onChange={setAll} />}
		</Panel>
	);
}
