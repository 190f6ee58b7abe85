import { Check, ChevronDown } from "lucide-react";
import type { ActionMapReport, ActionTypeRow } from "@/bindings";
import { SaveTools, useSaveTable } from "@/components/save-file";
import { Explained } from "@/components/ui/explained";
import { Button, cx, Panel, Tag } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { count, money } from "@/lib/format";
import { countColumn, textColumn } from "@/lib/screen-columns";
import { EVENTS, type Event, first, has, without } from "./lists";

const CELL = "num whitespace-nowrap px-2 text-right";
const FIGURES = ["told", "value", "ads", "days", "counts"] as const;

/** Every action type: what Meta told, what of it counts, and in which other one it is contained. */
export function ActionTable({
	report,
	days,
	busy,
	reason,
	onList,
}: {
	report: ActionMapReport;
	/** In words, for files. */
	days: string;
	busy: boolean;
	/** Why nothing can be changed now. */
	reason: string | undefined;
	onList: (event: Event, list: readonly string[]) => void;
}) {
	const { t, locale } = useWords();
	const windows = [
		...new Set(report.types.flatMap((row) => row.windows.map(({ window }) => window))),
	].sort();
	const taken = (row: ActionTypeRow) => [
		...(row.as_leads ? [{ event: "leads" as const, of: row.as_leads }] : []),
		...(row.as_purchases ? [{ event: "purchases" as const, of: row.as_purchases }] : []),
	];
	/** Whether it is the same events as one that counts. */
	const again = (row: ActionTypeRow) =>
		taken(row).length === 0 &&
		report.types.some(
			(other) => taken(other).length > 0 && row.overlaps.includes(other.action_type),
		);
	/** Of two types that look for the same event in the same places neither holds the other. */
	const twin = (row: ActionTypeRow) =>
		report.types.find((other) => other.within === null && row.overlaps.includes(other.action_type))
			?.action_type;
	const contained = (row: ActionTypeRow) => {
		const same = twin(row);
		if (row.within) return row.within;
		if (same) return t("actions.sameAs", { type: same });
		if (row.overlaps.length === 0) return "—";
		const others = count(locale, row.overlaps.length);
		return t("actions.holds", { count: row.overlaps.length, others });
	};
	const places = (row: ActionTypeRow) =>
		row.places.map((place) => t(`actions.place.${place}`)).join(", ");
	const file = useSaveTable("actions", () => ({
		title: t("actions.types"),
		facts: [{ label: t("figures.file.days"), text: days }],
		columns: [
			textColumn(t("actions.type")),
			textColumn(t("actions.kind")),
			countColumn(t("actions.told")),
			textColumn(t("actions.value")),
			countColumn(t("actions.ads")),
			countColumn(t("actions.days")),
			countColumn(t("actions.counts")),
			textColumn(t("actions.within")),
			textColumn(t("actions.overlaps")),
		],
		rows: report.types.map((row) => ({
			cells: [
				row.action_type,
				t(`actions.kind.${row.kind}`),
				String(row.count),
				row.values.map(({ currency, amount }) => `${amount} ${currency}`).join(", ") || null,
				String(row.ads),
				String(row.days),
				taken(row).length > 0
					? String(taken(row).reduce((sum, { of }) => sum + of.count, 0))
					: null,
				row.within,
				row.overlaps.join(", ") || null,
			],
			depth: 0,
			sum: false,
		})),
	}));
	return (
		<Panel
			title={t("actions.types")}
			className="flex-none"
			actions={<SaveTools formats={["csv", "xlsx"]} file={file} />}
		>
			<div className="overflow-x-auto">
				<table
					data-testid="action-table"
					className="w-full border-separate border-spacing-0 [&_:is(td,th)]:border-line [&_:is(td,th)]:border-b [&_tbody_tr:last-child>*]:border-b-0"
				>
					<thead>
						<tr className="h-8 text-11 text-ink-3 [&>*]:border-t">
							<th scope="col" className="pl-4 text-left font-medium">
								{t("actions.type")}
							</th>
							<th scope="col" className="px-2 text-left font-medium">
								{t("actions.kind")}
							</th>
							{FIGURES.map((id) => (
								<th key={id} scope="col" className={cx(CELL, "font-medium")}>
									{t(`actions.${id}`)}
								</th>
							))}
							{windows.map((window) => (
								<th key={window} scope="col" className={cx(CELL, "font-medium")}>
									{window === "1d_view" ? t("actions.afterView") : window}
								</th>
							))}
							<th scope="col" className="px-2 text-left font-medium">
								{t("actions.within")}
							</th>
							<td className="pr-4" />
						</tr>
					</thead>
					<tbody>
						{report.types.map((row) => {
							const counts = taken(row);
							const same = again(row);
							const events = EVENTS.filter((event) => has(report[event], row.action_type));
							return (
								<tr key={row.action_type} className="h-8 hover:bg-hover">
									<th
										scope="row"
										className={cx(
											"w-full min-w-[300px] max-w-0 pl-4 text-left",
											counts.length > 0 ? "font-medium" : "font-normal",
											same && "text-ink-2",
										)}
									>
										<span className="flex min-w-0 items-center gap-2">
											<span className="grid w-4 flex-none place-items-center">
												{counts.length > 0 && (
													<Check size={14} aria-hidden className="text-positive" />
												)}
											</span>
											<span data-selectable className="truncate" title={row.action_type}>
												{row.action_type}
											</span>
											{same && (
												<span className="flex-none max-[1679px]:hidden">
													<Tag tone="line">{t("actions.again")}</Tag>
												</span>
											)}
										</span>
									</th>
									<td className="whitespace-nowrap px-2 text-ink-2">
										{places(row) ? (
											<Explained meaning={t("actions.looksAt", { places: places(row) })}>
												{t(`actions.kind.${row.kind}`)}
											</Explained>
										) : (
											t(`actions.kind.${row.kind}`)
										)}
									</td>
									<td className={CELL}>{count(locale, row.count, 2)}</td>
									<td className={cx(CELL, "text-ink-2")}>
										{row.values.length > 0
											? row.values
													.map(({ currency, amount }) => money(locale, amount, currency))
													.join(" · ")
											: "—"}
									</td>
									<td className={cx(CELL, "text-ink-2")}>{count(locale, row.ads)}</td>
									<td className={cx(CELL, "text-ink-2")}>{count(locale, row.days)}</td>
									<td className={cx(CELL, "font-medium")}>
										{counts.length > 0
											? counts
													.map(
														({ event, of }) =>
															`${count(locale, of.count, 2)} ${t(`actions.as.${event}`)}`,
													)
													.join(", ")
											: "—"}
									</td>
									{windows.map((window) => (
										<td key={window} className={cx(CELL, "text-ink-2")}>
											{count(
												locale,
												row.windows.find((one) => one.window === window)?.count ?? null,
												2,
											)}
										</td>
									))}
									<td className="max-w-[240px] truncate px-2 text-ink-2" title={contained(row)}>
										{contained(row)}
									</td>
									<td className="whitespace-nowrap pr-3 text-right">
										<Menu
											trigger={
												<Button
													variant="ghost"
													size="s"
													busy={busy}
													reason={reason}
													aria-label={t("actions.changeOf", { type: row.action_type })}
												>
													{t("actions.change")}
													<ChevronDown size={14} aria-hidden className="text-ink-3" />
												</Button>
											}
										>
											{EVENTS.map((event) => {
												const { list } = report[event];
												return (
													<MenuItem
														key={event}
														checked={list[0] === row.action_type}
														disabled={list[0] === row.action_type}
														testId={`first-${event}`}
														onSelect={() => onList(event, first(list, row.action_type))}
													>
														{t(`actions.first.${event}`)}
													</MenuItem>
												);
											})}
											{events.length > 0 && <MenuLine />}
											{events.map((event) => {
												const rest = without(report[event].list, row.action_type);
												return (
													<MenuItem
														key={event}
														disabled={rest.length === 0}
														testId={`without-${event}`}
														onSelect={() => onList(event, rest)}
													>
														{t(`actions.without.${event}`)}
													</MenuItem>
												);
											})}
										</Menu>
									</td>
								</tr>
							);
						})}
					</tbody>
				</table>
			</div>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3">{t("actions.hint")}</p>
		</Panel>
	);
}
