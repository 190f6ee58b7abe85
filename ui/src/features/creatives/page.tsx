import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Images } from "lucide-react";
import { useMemo, useState } from "react";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { CreativeRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { Thumb } from "@/components/thumb";
import { cx, Empty, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, count, currencySign, percent, ratio, signOf } from "@/lib/format";
import { query } from "@/lib/ipc";

type Head =
	| "spend"
	| "impressions"
	| "link_ctr"
	| "leads"
	| "cpl"
	| "revenue"
	| "roas"
	| "roi_percent";
const HEADS: readonly Head[] = [
	"spend",
	"impressions",
	"link_ctr",
	"leads",
	"cpl",
	"revenue",
	"roas",
	"roi_percent",
];

function cell(locale: string, head: Head, row: CreativeRow): string {
	switch (head) {
		case "spend":
		case "cpl":
		case "revenue":
			return amount(locale, row[head], row.currency);
		case "link_ctr":
			return percent(locale, row.link_ctr, 2);
		case "roi_percent":
			return percent(locale, row.roi_percent, 0);
		case "roas":
			return ratio(locale, row.roas);
		default:
			return count(locale, row[head]);
	}
}

export default function CreativesPage() {
	const { t, locale } = useWords();
	const { range } = useSession();
	const [sort, setSort] = useState<{ id: Head; down: boolean }>({ id: "spend", down: true });
	const list = useQuery({
		...query("listCreatives", { ...range, currency: null }),
		placeholderData: keepPreviousData,
	});
	const rows = useMemo(() => {
		const way = sort.down ? -1 : 1;
		const value = (row: CreativeRow) =>
			row[sort.id] === null || row[sort.id] === undefined
				? Number.NEGATIVE_INFINITY
				: Number(row[sort.id]);
		return [...(list.data ?? [])].sort(
			(a, b) => way * (value(a) - value(b)) || a.name.localeCompare(b.name),
		);
	}, [list.data, sort]);
	return (
		<Page title={t("nav.creatives")} tools={<PeriodPicker />} fill>
			{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
			{list.isPending && <Skeleton className="h-64" />}
			{list.data && rows.length === 0 && (
				<Empty icon={Images} title={t("creatives.none")}>
					{t("creatives.noneText")}
				</Empty>
			)}
			{rows.length > 0 && (
				<div className="min-h-0 flex-1 overflow-auto rounded-3 border border-line bg-surface">
					<table
						className="min-w-full border-separate border-spacing-0"
						aria-label={t("nav.creatives")}
					>
						<thead>
							<tr className="text-11 text-ink-3">
								<th className="sticky top-0 left-0 z-20 h-10 min-w-[320px] border-line border-b bg-surface pl-4 text-left font-medium">
									{t("creatives.creative")}
								</th>
								{HEADS.map((head) => (
									<th
										key={head}
										aria-sort={sort.id === head ? (sort.down ? "descending" : "ascending") : "none"}
										className="sticky top-0 z-10 border-line border-b bg-surface px-2 text-right font-medium last:pr-4"
									>
										<button
											type="button"
											className="text-right font-medium leading-[14px] hover:text-ink"
											onClick={() =>
												setSort({ id: head, down: sort.id === head ? !sort.down : true })
											}
										>
											{t(`metric.${head}`)} {sort.id === head && (sort.down ? "↓" : "↑")}
											<span className="block font-normal">
												{["spend", "cpl", "revenue"].includes(head)
													? currencySign(rows[0]?.currency ?? "")
													: "\u00a0"}
											</span>
										</button>
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{rows.map((row) => (
								<tr key={row.id} className="group h-14 [&>*]:border-line [&>*]:border-b">
									<th
										scope="row"
										className="sticky left-0 z-[5] max-w-[420px] bg-surface pl-4 text-left font-normal group-hover:bg-hover"
									>
										<span className="flex min-w-0 items-center gap-3">
											<Thumb id={row.id} known={row.has_thumbnail} size={40} />
											<span className="min-w-0">
												<b className="block truncate font-medium">{row.headline ?? row.name}</b>
												<small className="block truncate text-11 text-ink-3">
													{row.body ?? row.campaign_name ?? row.external_id}
												</small>
											</span>
										</span>
									</th>
									{HEADS.map((head) => (
										<td
											key={head}
											className={cx(
												"num px-2 text-right last:pr-4 group-hover:bg-hover",
												head === "roi_percent" && signOf(row.roi_percent) < 0 && "text-negative",
											)}
										>
											{cell(locale, head, row)}
										</td>
									))}
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</Page>
	);
}
