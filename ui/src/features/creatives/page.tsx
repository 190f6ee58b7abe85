import { Images } from "lucide-react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useReport, useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { RoiRow } from "@/bindings";
import { CurrencyPicker } from "@/components/currency-picker";
import { ConvertedMark, ExchangeNote } from "@/components/exchange-note";
import { nameOf } from "@/components/figures/columns";
import { type FiguresChoice, FiguresView, wholeChoice } from "@/components/figures/view";
import { ViewsMenu } from "@/components/figures/views-menu";
import { NoFigures } from "@/components/no-figures";
import { Thumb } from "@/components/thumb";
import { useWords } from "@/i18n";

const USUAL = [
	"spend",
	"impressions",
	"link_ctr",
	"leads",
	"cpl",
	"revenue",
	"roas",
	"roi_percent",
];

interface View extends Partial<FiguresChoice> {
	/** The id of the saved view that was opened last. */
	current?: string | null;
}

function Name({ row }: { row: RoiRow }) {
	const { t } = useWords();
	const name = nameOf(row) || (row.remainder ? t(`remainder.${row.remainder}`) : "");
	const second = row.creative?.body ?? row.campaign_name ?? row.account_name;
	return (
		<span className="flex min-w-0 items-center gap-2.5">
			{row.creative_id ? (
				<Thumb id={row.creative_id} known={row.creative?.has_thumbnail ?? false} />
			) : (
				<span className="w-8 flex-none" />
			)}
			<span className="min-w-0">
				<span className="flex min-w-0 items-center gap-1.5">
					<b className="block truncate font-medium leading-[18px]" title={name}>
						{name}
					</b>
					<ConvertedMark of={row.converted} />
				</span>
				{second && (
					<small className="block truncate text-11 text-ink-3 leading-[15px]" title={second}>
						{second}
					</small>
				)}
			</span>
		</span>
	);
}

export default function CreativesPage() {
	const { t } = useWords();
	const { comparison, view: kept, keepView } = useSession();
	const base = useReport("creative");
	const view = kept<View>("creatives", {});
	const { current = null, ...own } = view;
	const choice = { sort: { id: "spend", down: true }, ...own };
	return (
		<Page
			title={t("nav.creatives")}
			tools={
				<>
					<AttributionPicker />
					<PeriodPicker compares={view.changes ?? false} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip />}
			fill
		>
			<FiguresView
				name="creative"
				label={t("nav.creatives")}
				comparison={comparison}
				base={base}
				usual={USUAL}
				choice={choice}
				reportNote={(report) => <ExchangeNote exchanged={report.exchanged} zones={report.zones} />}
				currencyPicker={(picked) => <CurrencyPicker {...picked} />}
				onChoice={(next) => keepView("creatives", { ...next, current })}
				views={
					<ViewsMenu
						screen="creatives"
						by="creative"
						choice={wholeChoice(choice, USUAL)}
						current={current}
						onCurrent={(id) => keepView("creatives", { ...own, current: id })}
						onOpen={(id, opened) => keepView("creatives", { ...opened.choice, current: id })}
					/>
				}
				nameHead={t("creatives.creative")}
				nameCell={(row) => <Name row={row} />}
				rowHeight={44}
				nothing={
					<NoFigures icon={Images} title={t("creatives.none")}>
						{t("creatives.noneText")}
					</NoFigures>
				}
			/>
		</Page>
	);
}
