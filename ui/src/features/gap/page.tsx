import { useQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import { useState } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useReport, useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { RoiBy } from "@/bindings";
import { CurrencyPicker } from "@/components/currency-picker";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { nameOf } from "@/components/figures/columns";
import { NoFigures } from "@/components/no-figures";
import { Segmented, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { instant, period } from "@/lib/format";
import { query, sameMoment } from "@/lib/ipc";
import { GapTable } from "./gap-table";
import { isSomething, partsOf, SIDES, type Side } from "./side";
import { ViewChoice } from "./view-choice";
import { Why } from "./why";

const LEVELS = ["account", "campaign", "adset", "ad"] as const satisfies readonly RoiBy[];
type Level = (typeof LEVELS)[number];

/** How a person likes the page; kept between starts. */
interface View {
	side?: Side;
	by?: Level;
}

/** What Meta claims beside what the CRM holds, and why they differ. */
export default function GapPage() {
	const { t, locale } = useWords();
	const { asOf, view: kept, keepView } = useSession();
	const view = kept<View>("gap", {});
	const side = SIDES.find((one) => one === view.side) ?? "leads";
	const by = LEVELS.find((one) => one === view.by) ?? "campaign";
	const [shown, setShown] = useState<string | null>(null);
	const [row, setRow] = useState<string | null>(null);
	const change = (edit: View) => keepView("gap", { ...view, ...edit });
	const report = useReport(by);
	const asked = useQuery({
		...query("getGap", { report }),
		placeholderData: sameMoment(asOf),
	});
	const gap = asked.data;
	const parts = gap ? partsOf(gap).filter(isSomething) : [];
	const part = parts.find(({ currency }) => currency === shown) ?? parts[0];
	const chosen = part?.rows.find((one) => one.row.key === row);
	const own = gap && {
		...report,
		by: gap.report.by,
		from: gap.report.from,
		to: gap.report.to,
		attribution: gap.report.attribution,
		convert_to: gap.report.exchanged?.to ?? null,
	};
	return (
		<Page
			title={t("nav.gap")}
			tools={
				<>
					<AttributionPicker />
					{gap && (
						<CurrencyPicker
							found={parts.map(({ currency }) => currency)}
							shown={part?.currency}
							onShow={setShown}
							exchanged={gap.report.exchanged}
						/>
					)}
					<PeriodPicker compares={false} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip changes={false} />}
		>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<ViewChoice value="gap" />
				<Segmented
					label={t("gap.what")}
					value={side}
					onChange={(next) => change({ side: next })}
					options={SIDES.map((value) => ({
						value,
						label: t(`gap.side.${value}`),
						testId: `side-${value}`,
					}))}
				/>
				<Segmented
					label={t("gap.by")}
					value={by}
					onChange={(next) => {
						setRow(null);
						change({ by: next });
					}}
					options={LEVELS.map((value) => ({
						value,
						label: t(`gap.by.${value}`),
						testId: `by-${value}`,
					}))}
				/>
			</div>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{!gap && !asked.error && (
				<>
					<Skeleton className="h-56 flex-none" />
					<Skeleton className="h-80 flex-none" />
				</>
			)}
			{gap && <ExchangeNote exchanged={gap.report.exchanged} />}
			{gap && !part && (
				<NoFigures icon={Scale} title={t("gap.none")}>
					{t("gap.noneText")}
				</NoFigures>
			)}
			{gap && own && part && (
				<>
					<Why
						gap={gap}
						of={own}
						currency={part.currency}
						side={side}
						row={
							chosen
								? {
										key: chosen.row.key,
										name: nameOf(chosen.row) || t(`remainder.${chosen.row.remainder}`),
									}
								: { key: "total", name: t("figures.total") }
						}
						figures={chosen?.row ?? part.sums.total.figures}
						compared={chosen?.row ?? part.sums.attributed.figures}
						line={chosen?.line ?? part.sums.total.line}
						onAll={chosen ? () => setRow(null) : null}
					/>
					<GapTable
						part={part}
						of={own}
						side={side}
						head={t(`gap.row.${gap.report.by}`)}
						chosen={row}
						onChoose={setRow}
						days={[
							period(locale, gap.report.from, gap.report.to),
							...(asOf ? [t("asOf.at", { time: instant(locale, asOf) })] : []),
						].join(", ")}
						crediting={attributionLabel(t, gap.report.attribution)}
						stale={asked.isPlaceholderData}
					/>
				</>
			)}
		</Page>
	);
}
