import { Link } from "@tanstack/react-router";
import {
	BatteryLow,
	ChartNoAxesColumn,
	ChevronRight,
	Clock,
	Database,
	SlidersHorizontal,
	TrendingDown,
	TrendingUp,
	TriangleAlert,
} from "lucide-react";
import { useSession } from "@/app/session";
import type { Attention } from "@/bindings";
import { cx, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { age, day, money, percent, period, ratio, signOf } from "@/lib/format";

const ICONS: Record<string, typeof TrendingDown> = {
	spend_without_sales: TrendingDown,
	waiting_for_sync: Database,
	account_failing: TriangleAlert,
	account_stale: Clock,
	unusual_up: TrendingUp,
	unusual_down: TrendingDown,
	ad_tired: BatteryLow,
	settings_changed: SlidersHorizontal,
};

/** What the colour of an alert says, where it is not a warning. */
function tone({ kind, params }: Attention): string {
	if (kind === "spend_without_sales" || params.better === "no") return "text-negative";
	return params.better === "yes" ? "text-positive" : "text-warning";
}

/** The values of a sentence about a figure out of the ordinary, as they are read. */
function unusualValues(t: Translate, locale: string, p: Attention["params"]) {
	const { currency = "USD", cost = "0", metric = "", from = "", to = "" } = p;
	const figure = (text: string | undefined) =>
		p.unit === "percent" ? percent(locale, text, 2) : money(locale, text, currency);
	const what = metric === "spend" ? "spend" : "cost";
	const sign = signOf(cost) < 0 ? "less" : "more";
	return {
		metric: t(`metric.${metric}`),
		days: period(locale, from, to),
		value: figure(p.value),
		expected: figure(p.expected),
		change: `${signOf(p.change) > 0 ? "+" : ""}${percent(locale, p.change, 0)}`,
		cause: t(`attention.unusual.${p.cause ?? "nobody"}`, {
			campaign: p.campaign ?? "",
			share: percent(locale, p.share, 0),
		}),
		cost: t(`attention.unusual.${what}.${sign}`, {
			cost: money(locale, cost.replace(/^-/, ""), currency),
		}),
	};
}

type Translate = ReturnType<typeof useWords>["t"];

/** The values of the sentence about an ad that is clicked less than it was. */
function tiredValues(t: Translate, locale: string, p: Attention["params"]) {
	const { from = "", to = "", frequency } = p;
	return {
		days: period(locale, from, to),
		now: percent(locale, p.now, 2),
		before: percent(locale, p.before, 2),
		sure: percent(locale, p.sure, 0),
		frequency: frequency
			? t("attention.ad_tired.frequency", {
					day: day(locale, to),
					frequency: ratio(locale, frequency),
				})
			: "",
	};
}

/** Where the evidence of an alert is. */
function evidence(item: Attention): { to: string; search?: Record<string, unknown> } {
	switch (item.kind) {
		case "spend_without_sales":
			return {
				to: "/campaigns",
				search: item.about ? { campaign: item.about, name: item.name } : {},
			};
		case "waiting_for_sync":
			return { to: "/campaigns", search: { waiting: true } };
		case "unusual_up":
		case "unusual_down":
			return { to: "/campaigns", search: { day: item.params.to } };
		case "ad_tired":
			return {
				to: "/campaigns",
				search: { campaign: item.about, name: item.params.campaign },
			};
		case "settings_changed":
			return { to: "/changes/settings" };
		default:
			return { to: "/sync" };
	}
}

/** What wants attention, each with the figures that show it and a way to them. */
export function NeedsAttention({ items }: { items: readonly Attention[] }) {
	const { t, locale } = useWords();
	const { now } = useSession();
	if (items.length === 0) return null;
	return (
		<Panel
			title={
				<>
					{t("attention.title")} <Tag>{items.length}</Tag>
				</>
			}
		>
			<ul>
				{items.map((item) => {
					const Icon = ICONS[item.kind] ?? ChartNoAxesColumn;
					const p = item.params;
					const values = {
						...p,
						name: item.name ?? "",
						spend: p.spend ? money(locale, p.spend, p.currency ?? "USD") : "",
						revenue: p.revenue ? money(locale, p.revenue, p.currency ?? "USD") : "",
						...(p.metric ? unusualValues(t, locale, p) : {}),
						...(p.settings ? { count: Number(p.settings) } : {}),
						...(item.kind === "ad_tired" ? tiredValues(t, locale, p) : {}),
					};
					return (
						<li
							key={`${item.kind}${item.about}${p.metric ?? item.name}`}
							className="border-line border-t"
						>
							<Link
								{...(evidence(item) as { to: "/" })}
								className="ring-inside grid grid-cols-[16px_1fr_auto] gap-x-2.5 py-2 pr-3 pl-4 hover:bg-hover"
							>
								<Icon size={16} aria-hidden className={cx("mt-0.5", tone(item))} />
								<div>
									<p className="font-medium">{t(`attention.${item.kind}`, values)}</p>
									<p className="text-12 text-ink-2">{t(`attention.${item.kind}.text`, values)}</p>
								</div>
								<span className="num flex h-5 items-center gap-1 text-11 text-ink-3">
									{item.at && age(item.at, now)}
									<ChevronRight size={14} aria-hidden />
								</span>
							</Link>
						</li>
					);
				})}
			</ul>
		</Panel>
	);
}
