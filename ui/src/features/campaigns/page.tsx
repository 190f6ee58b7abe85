import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { RoiBy, RoiRow } from "@/bindings";
import { AccountTotalsLine } from "@/components/account-totals";
import { CurrencyPicker } from "@/components/currency-picker";
import { ConvertedMark, ExchangeNote } from "@/components/exchange-note";
import { nameOf } from "@/components/figures/columns";
import { type FiguresChoice, FiguresView } from "@/components/figures/view";
import { StatusGlyph } from "@/components/status-glyph";
import { cx, Empty, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day as dayText } from "@/lib/format";

const LEVELS = ["account", "campaign", "adset", "ad"] as const satisfies readonly RoiBy[];
const USUAL = [
	"spend",
	"impressions",
	"link_ctr",
	"leads",
	"cpl",
	"opportunities",
	"sales",
	"revenue",
	"roas",
	"roi_percent",
];

interface View extends Partial<FiguresChoice> {
	by?: RoiBy;
}

/** What another page asks this one to show; kept in the address, not between starts. */
interface Asked {
	/** Only this campaign, by local id, and its name. */
	campaign?: string;
	name?: string;
	/** Only what is not synced yet. */
	waiting?: boolean;
	/** Only this day. */
	day?: string;
	sort?: string;
}

function Name({ row, depth }: { row: RoiRow; depth: number }) {
	const { t } = useWords();
	const name = nameOf(row) || (row.remainder ? t(`remainder.${row.remainder}`) : "");
	return (
		<>
			<StatusGlyph status={row.remainder ? null : row.status} />
			<span className={cx("truncate", depth === 0 && "font-medium")} title={name}>
				{name}
			</span>
			<ConvertedMark of={row.converted} />
			{row.waiting_for_sync && <Tag tone="info">{t("campaigns.waiting")}</Tag>}
			{row.no_spend && <Tag tone="line">{t("campaigns.noSpend")}</Tag>}
			{row.other_currency && <Tag tone="line">{t("campaigns.otherCurrency")}</Tag>}
		</>
	);
}

export default function CampaignsPage() {
	const { t, locale } = useWords();
	const { range, comparison, attribution, asOf, convertTo, view: kept, keepView } = useSession();
	const navigate = useNavigate();
	const asked = useSearch({ strict: false }) as Asked;
	const view = kept<View>("campaigns", {});
	const narrow = Boolean(asked.campaign || asked.waiting);
	// Campaigns are what another page speaks of, whatever level was looked at last.
	const by = narrow ? "campaign" : (view.by ?? "campaign");
	const base = {
		...(asked.day ? { from: asked.day, to: asked.day } : range),
		by,
		attribution,
		convert_to: convertTo,
		accounts: [],
		campaign: null,
		ad_set: null,
		as_of: asOf,
	};
	const extra = useMemo(() => {
		const without = (key: keyof Asked) => () => {
			const rest = { ...asked };
			delete rest[key];
			if (key === "campaign") delete rest.name;
			void navigate({ to: "/campaigns", search: rest as never, replace: true });
		};
		return [
			...(asked.campaign
				? [
						{
							key: "campaign",
							field: t("figures.field.campaign"),
							op: t("figures.op.is"),
							value: asked.name ?? asked.campaign,
							keeps: (row: RoiRow) => row.id === asked.campaign,
							onRemove: without("campaign"),
						},
					]
				: []),
			...(asked.waiting
				? [
						{
							key: "waiting",
							field: t("figures.field.status"),
							op: t("figures.op.is"),
							value: t("campaigns.waiting"),
							keeps: (row: RoiRow) => row.waiting_for_sync,
							onRemove: without("waiting"),
						},
					]
				: []),
			...(asked.day
				? [
						{
							key: "day",
							field: t("chart.day"),
							op: t("figures.op.is"),
							value: dayText(locale, asked.day, "long"),
							onRemove: without("day"),
						},
					]
				: []),
		];
	}, [asked, locale, navigate, t]);
	const sort = asked.sort ? { sort: { id: asked.sort, down: true } } : {};
	return (
		<Page
			title={t("nav.campaigns")}
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
				// Rows that were open at one level are none of another.
				key={by}
				name={by}
				label={t(`campaigns.${by}`)}
				comparison={comparison}
				base={base}
				usual={USUAL}
				choice={{ ...view, ...sort }}
				onChoice={(choice) => {
					if (asked.sort) {
						const { sort: _, ...rest } = asked;
						void navigate({ to: "/campaigns", search: rest as never, replace: true });
					}
					keepView("campaigns", { ...view, ...choice });
				}}
				extra={extra}
				note={by === "account" && <AccountTotalsLine asOf={asOf} />}
				reportNote={(report) => <ExchangeNote exchanged={report.exchanged} zones={report.zones} />}
				currencyPicker={(choice) => <CurrencyPicker {...choice} />}
				nameHead={t(`campaigns.${by}.one`)}
				nameCell={(row, depth) => <Name row={row} depth={depth} />}
				tabs={
					<nav aria-label={t("campaigns.levels")} className="flex h-10 items-stretch gap-0.5">
						{LEVELS.map((level) => (
							<button
								key={level}
								type="button"
								aria-pressed={by === level}
								onClick={() => {
									keepView("campaigns", { ...view, by: level });
									if (narrow) void navigate({ to: "/campaigns", search: {} as never });
								}}
								className={cx(
									"-mb-px border-b-2 px-2.5 font-medium",
									by === level
										? "border-accent text-ink dark:border-accent-text"
										: "border-transparent text-ink-2 hover:text-ink",
								)}
							>
								{t(`campaigns.${level}`)}
							</button>
						))}
					</nav>
				}
				nothing={<Empty title={t("campaigns.nothing")}>{t("campaigns.nothingText")}</Empty>}
			/>
		</Page>
	);
}
