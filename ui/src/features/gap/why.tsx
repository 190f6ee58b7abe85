import { X } from "lucide-react";
import type { GapLine, GapReport, GetRoi, RoiFigures } from "@/bindings";
import { columnsOf, written as figure } from "@/components/figures/columns";
import { Figure } from "@/components/passport/figure";
import { Steps, scaleOf } from "@/components/steps";
import { Explained } from "@/components/ui/explained";
import { Button, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { count, currencySign, percent } from "@/lib/format";
import { MADE, type Side, way, written } from "./side";

/** What the gap of a row, or of all rows, is made of: a step for each cause that rows tell. */
export function Why({
	gap,
	of,
	currency,
	side,
	row,
	figures,
	compared,
	line,
	onAll,
}: {
	gap: GapReport;
	/** The report that the figures stand in. */
	of: GetRoi;
	currency: string;
	side: Side;
	row: { key: string; name: string };
	figures: RoiFigures;
	/** Those whose ratio says something: of the total without what is not attributed. */
	compared: RoiFigures;
	line: GapLine;
	/** Back to all rows; null where they are shown. */
	onAll: (() => void) | null;
}) {
	const { t, locale } = useWords();
	const { meta, crm, ratio } = MADE[side];
	const own = line[side];
	const claimed = Number(figures[meta] ?? 0);
	const held = Number(figures[crm]);
	const steps = way(own, claimed);
	const amount = (value: string | null, signed = false) =>
		written(locale, side, currency, value, signed);
	const opened = (metric: string) => {
		const [column] = columnsOf([metric]);
		const shown = (figures as unknown as Record<string, string | number | null>)[metric] ?? null;
		return (
			<Figure of={{ report: of, currency, row: row.key, name: row.name, metric, shown }}>
				{column ? figure(locale, column, figures, currency) : "—"}
			</Figure>
		);
	};
	const setting = gap.meta_window;
	const crediting = attributionLabel(t, gap.report.attribution);
	const others = gap.meta_settings.filter(({ setting: one }) => one !== setting?.setting);
	const money = side === "revenue";
	return (
		<Panel
			title={t("gap.why", { name: row.name })}
			hint={money ? currencySign(currency) : undefined}
			className="flex-none"
			actions={
				onAll && (
					<Button variant="ghost" size="s" icon={X} onClick={onAll} data-testid="gap-all">
						{t("gap.allRows")}
					</Button>
				)
			}
		>
			<p className="border-line border-t px-4 py-2.5 text-ink-2" data-testid="gap-sum">
				<b className="num font-semibold text-ink">{amount(own.gap, true)}</b>{" "}
				{own.no_ratio === null
					? t(compared === figures ? `gap.of.${side}` : `gap.attributed.${side}`, {
							share: percent(
								locale,
								(compared as unknown as Record<string, string | null>)[ratio] ?? null,
								0,
							),
						})
					: t(`gap.noRatio.${own.no_ratio}`)}
			</p>
			{steps.length > 0 ? (
				<Steps
					testId="gap-steps"
					caption={t("gap.caption", { name: row.name })}
					heads={[t("gap.cause"), t(`metric.${crm}`)]}
					first={{
						name: t("gap.metaClaims"),
						figure: opened(meta),
						value: claimed,
						fill: "var(--series-2)",
					}}
					last={{ name: t("gap.crmHolds"), figure: opened(crm), value: held }}
					scale={scaleOf([claimed, held, ...steps.map(({ to }) => to)])}
					steps={steps.map(({ cause, amount: by, from, to }) => ({
						key: cause,
						name: (
							<Explained
								meaning={t(`gap.cause.${cause}.text`, {
									setting: setting?.setting ?? "",
									crediting,
								})}
							>
								{t(`gap.cause.${cause}`)}
							</Explained>
						),
						figure: amount(by, true),
						className: cause === "not_explained" ? "text-ink-3" : undefined,
						from,
						to,
						fill: cause === "not_explained" ? "var(--series-other)" : "var(--series-3)",
					}))}
				/>
			) : (
				<p className="border-line border-t px-4 py-2.5 text-ink-2">{t("gap.same")}</p>
			)}
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3" data-testid="gap-settings">
				{setting &&
					`${t("gap.metaCredits", {
						setting: setting.setting,
						click: t("attribution.days", { count: setting.click_days ?? 0 }),
						view: t("attribution.days", { count: setting.view_days ?? 0 }),
						days: count(locale, setting.ad_days),
						count: setting.ad_days,
					})} `}
				{others.length > 0 &&
					`${t("gap.otherSettings", {
						settings: others
							.map(({ setting: one, ad_days }) => `${one} (${count(locale, ad_days)})`)
							.join(", "),
					})} `}
				{t("gap.crmCredits", { crediting })}
				{!gap.tells_views && ` ${t("gap.noViews")}`}
			</p>
		</Panel>
	);
}
