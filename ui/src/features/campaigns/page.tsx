import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Megaphone } from "lucide-react";
import { useMemo } from "react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { AttributionPicker } from "@/app/attribution-picker";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Crumbs, Page } from "@/app/shell";
import type { RoiBy, RoiRow } from "@/bindings";
import { AccountTotalsLine } from "@/components/account-totals";
import { CurrencyPicker } from "@/components/currency-picker";
import { ConvertedMark, ExchangeNote } from "@/components/exchange-note";
import { columnsOf, nameOf } from "@/components/figures/columns";
import { type FiguresChoice, FiguresView, wholeChoice } from "@/components/figures/view";
import { ViewsMenu } from "@/components/figures/views-menu";
import { MetaSpendNote } from "@/components/meta-spend-note";
import { BringFigures, NoFigures } from "@/components/no-figures";
import { NoSalesNote } from "@/components/no-sales-note";
import { StatusGlyph } from "@/components/status-glyph";
import { Button, cx, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day as dayText } from "@/lib/format";

const LEVELS = [
	"channel",
	"account",
	"campaign",
	"adset",
	"ad",
] as const satisfies readonly RoiBy[];
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

/** Of channels: what came of all that was spent. */
const USUAL_OF_CHANNELS = [
	"spend",
	"leads",
	"cpl",
	"new_customers",
	"cac",
	"sales",
	"revenue",
	"roas",
	"roi_percent",
];

interface View extends Partial<FiguresChoice> {
	by?: RoiBy;
	/** The id of the saved view that was opened last. */
	current?: string | null;
}

/** A row that was gone into: what lies under it is shown alone. */
interface Step {
	by: "account" | "campaign" | "adset";
	id: string;
	name: string;
}
const UNDER = { account: "campaign", campaign: "adset", adset: "ad" } as const;

/** A row and what it lies in, from the outside in. */
function pathTo(row: RoiRow, by: RoiBy): Step[] {
	const { account_id, account_name, campaign_id, campaign_name } = row;
	const own = { id: row.id as string, name: nameOf(row) };
	const account: Step[] = account_id
		? [{ by: "account", id: account_id, name: account_name ?? account_id }]
		: [];
	const campaign: Step[] = campaign_id
		? [{ by: "campaign", id: campaign_id, name: campaign_name ?? campaign_id }]
		: [];
	switch (by) {
		case "account":
			return [{ by, ...own }];
		case "campaign":
			return [...account, { by, ...own }];
		case "adset":
			return [...account, ...campaign, { by, ...own }];
		default:
			return [];
	}
}

/** What another page asks this one to show; kept in the address, not between starts. */
interface Asked {
	/** Only this campaign, by local id, and its name. */
	campaign?: string;
	name?: string;
	/** What was gone into. */
	path?: Step[];
	/** Only what is not synced yet. */
	waiting?: boolean;
	/** At this level, whatever was looked at last. */
	by?: RoiBy;
	/** Only this day. */
	day?: string;
	sort?: string;
}

function Name({ row, depth, bare }: { row: RoiRow; depth: number; bare: boolean }) {
	const { t } = useWords();
	const name = nameOf(row) || (row.remainder ? t(`remainder.${row.remainder}`) : "");
	return (
		<>
			{!bare && <StatusGlyph status={row.remainder ? null : row.status} />}
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

/** Whose spend is shown, and where that of others is entered. */
function ChannelNote() {
	const { t } = useWords();
	return (
		<p className="text-12 text-ink-3" data-testid="channel-note">
			{t("campaigns.channelNote")}{" "}
			<Link
				to="/spend"
				className="whitespace-nowrap text-accent-text underline-offset-4 hover:underline"
			>
				{t("campaigns.enterSpend")}
			</Link>
		</p>
	);
}

export default function CampaignsPage() {
	const { t, locale } = useWords();
	const { range, comparison, attribution, asOf, convertTo, view: kept, keepView } = useSession();
	const navigate = useNavigate();
	const asked = useSearch({ strict: false }) as Asked;
	const { by: level, current = null, ...view } = kept<View>("campaigns", {});
	const path = asked.path ?? [];
	const inside = path.at(-1);
	const narrow = Boolean(asked.campaign || asked.waiting || inside);
	// Campaigns are what another page speaks of, whatever level was looked at last.
	const by = inside ? UNDER[inside.by] : narrow ? "campaign" : (asked.by ?? level ?? "campaign");
	const keep = (next: View) => keepView("campaigns", { by: level, current, ...view, ...next });
	const goInto = (steps: Step[]) =>
		void navigate({
			to: "/campaigns",
			search: (steps.length > 0 ? { path: steps } : {}) as never,
		});
	const base = {
		...(asked.day ? { from: asked.day, to: asked.day } : range),
		by,
		attribution,
		convert_to: convertTo,
		accounts: inside?.by === "account" ? [inside.id] : [],
		campaign: inside?.by === "campaign" ? inside.id : null,
		ad_set: inside?.by === "adset" ? inside.id : null,
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
	const usually = by === "channel" ? USUAL_OF_CHANNELS : USUAL;
	const usual = view.columns ?? usually;
	const choice: Partial<FiguresChoice> = {
		...view,
		...(asked.sort && {
			sort: { id: asked.sort, down: true },
			// What was asked for is to be seen.
			columns: columnsOf([asked.sort]).some((one) => !usual.includes(one.id))
				? [asked.sort, ...usual]
				: [...usual],
		}),
	};
	const titles = [{ name: t("nav.campaigns"), to: [] as Step[] }].concat(
		path.map((step, at) => ({ name: step.name, to: path.slice(0, at + 1) })),
	);
	return (
		<Page
			title={titles.at(-1)?.name}
			{...(inside && {
				part: inside.id,
				crumb: (
					<Crumbs
						steps={titles.slice(0, -1).map(({ name, to }) => ({ name, go: () => goInto(to) }))}
					/>
				),
			})}
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
				key={`${by}${inside?.id ?? ""}`}
				name={by}
				label={t(`campaigns.${by}`)}
				comparison={comparison}
				base={base}
				usual={usually}
				choice={choice}
				within={path.map((step) => step.name)}
				onInto={(row, of) => goInto(pathTo(row, of))}
				onParts={(row, of) =>
					void navigate({
						to: "/breakdowns",
						search: { of: { by: of, id: row.id, name: nameOf(row) } } as never,
					})
				}
				views={
					<ViewsMenu
						screen="campaigns"
						by={by}
						choice={wholeChoice(choice, usually)}
						current={current}
						onCurrent={(id) => keep({ current: id })}
						onOpen={(id, opened) => {
							keepView("campaigns", { ...opened.choice, by: opened.by, current: id });
							if (narrow || asked.sort) goInto([]);
						}}
					/>
				}
				onChoice={(next) => {
					if (asked.sort) {
						const { sort: _, ...rest } = asked;
						void navigate({ to: "/campaigns", search: rest as never, replace: true });
					}
					keep(next);
				}}
				extra={extra}
				note={by === "account" && <AccountTotalsLine asOf={asOf} />}
				reportNote={(report) => (
					<ExchangeNote exchanged={report.exchanged} zones={report.zones}>
						{by === "channel" && <ChannelNote />}
						{asOf === null && <NoSalesNote />}
						{by !== "channel" && !inside && asOf === null && (
							<MetaSpendNote from={base.from} to={base.to} />
						)}
					</ExchangeNote>
				)}
				currencyPicker={(choice) => <CurrencyPicker {...choice} />}
				nameHead={t(`campaigns.${by}.one`)}
				nameCell={(row, depth) => <Name row={row} depth={depth} bare={by === "channel"} />}
				tabs={
					<nav aria-label={t("campaigns.levels")} className="flex h-10 items-stretch gap-0.5">
						{LEVELS.map((one) => (
							<button
								key={one}
								type="button"
								aria-pressed={by === one}
								onClick={() => {
									keep({ by: one });
									if (narrow || asked.by) void navigate({ to: "/campaigns", search: {} as never });
								}}
								className={cx(
									"-mb-px border-b-2 px-2.5 font-medium",
									by === one
										? "border-accent text-ink dark:border-accent-text"
										: "border-transparent text-ink-2 hover:text-ink",
								)}
							>
								{t(`campaigns.${one}`)}
							</button>
						))}
					</nav>
				}
				nothing={
					<NoFigures
						icon={Megaphone}
						title={t("campaigns.nothing")}
						actions={
							<>
								<BringFigures />
								<Button asChild size="l">
									<Link to="/import">{t("nav.import")}</Link>
								</Button>
							</>
						}
					>
						{t("campaigns.nothingText")}
					</NoFigures>
				}
			/>
		</Page>
	);
}
