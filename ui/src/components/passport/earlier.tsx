/** What a number was: in the days before, and as it was known a week ago; and where it says why. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { useSession } from "@/app/session";
import type { Contribution, Contributions } from "@/bindings";
import {
	changeBetween,
	columnsOf,
	isAsked,
	isBlended,
	movedText,
	toneOf,
} from "@/components/figures/columns";
import { cx, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant, period } from "@/lib/format";
import { query } from "@/lib/ipc";
import { momentAgo } from "@/lib/moment";
import { type FigureOf, question } from "./number";
import { Section, useWhole } from "./passport";

/** Whether the row is one of which it is told what it was: one of a report, or the whole of it. */
export function hasEarlier({ row, metric }: FigureOf): boolean {
	if (isAsked(metric) || row.startsWith("rows:") || row.startsWith("but:")) return false;
	// What sets the CRM against Meta is told of what is attributed, all else of everything.
	if (row === "attributed") return isBlended(metric);
	return !((row === "total" || row === "unattributed") && isBlended(metric));
}

function findIn(told: Contributions | undefined, { row, currency }: FigureOf) {
	const group = told?.groups.find((one) => one.currency === currency);
	if (!group) return null;
	if (row === "total" || row === "attributed") return group.whole;
	if (row === "unattributed") return group.unattributed;
	return group.rows.find((one) => one.key === row) ?? null;
}

export function Earlier({ figure }: { figure: FigureOf }) {
	const { t, locale } = useWords();
	const { now, zone, range, asOf, comparison, view, keepView } = useSession();
	const { report } = question(figure);
	const until = report.as_of ?? null;
	// One moment for as long as it is looked at.
	const [weekAgo] = useState(() =>
		momentAgo(zone, until === null ? now : Date.parse(until), "week"),
	);
	const { metric, currency } = figure;
	const compare_with = comparison === "year" ? ("year" as const) : ("previous" as const);
	const between = useQuery(
		query("getContributions", { report: { ...report, compare_with }, metric }),
	);
	const since = useQuery(query("getContributions", { report, metric, since: weekAgo }));
	const [column] = columnsOf([metric]);
	const whole = useWhole(currency);
	if (!column) return null;
	// The pages show the days and the moment that are chosen for all pages.
	const isShown = report.from === range.from && report.to === range.to && until === asOf;
	const remember = () => keepView("changes", { ...view<object>("changes", {}), metric });
	const link = "whitespace-nowrap text-accent-text underline-offset-4 hover:underline";
	const line = (
		name: string,
		asked: { data: Contributions | undefined; isError: boolean },
		why: { to: string; search?: object; label: string },
	) => {
		const found: Contribution | null = findIn(asked.data, figure);
		const moved = found && changeBetween(locale, column, found.after, found.before, currency);
		return (
			<Fragment key={name}>
				<dt className="py-1">
					{name}
					{isShown && (
						<>
							{" "}
							<Link
								to={why.to as never}
								search={(why.search ?? {}) as never}
								onClick={remember}
								className={link}
							>
								{why.label}
							</Link>
						</>
					)}
				</dt>
				<dd className="py-1 text-right">
					{asked.data || asked.isError ? (
						<>
							{whole(metric, found?.before ?? null)}
							{moved && (
								<span className={cx("block text-12", toneOf(moved.good, "text-ink-2"))}>
									{movedText(moved)}
								</span>
							)}
						</>
					) : (
						<Skeleton className="ml-auto h-4 w-16" />
					)}
				</dd>
			</Fragment>
		);
	};
	const days = between.data?.compared;
	return (
		<Section title={t("passport.earlier")}>
			<dl
				data-testid="passport-earlier"
				className="num grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-2 bg-sunken px-3 py-1"
			>
				{line(days ? period(locale, days.from, days.to) : t("period.compare.previous"), between, {
					to: "/changes/periods",
					label: t("passport.whyMoved"),
				})}
				{line(t("asOf.at", { time: instant(locale, weekAgo, zone) }), since, {
					to: "/changes",
					search: { since: weekAgo },
					label: t("asOf.changes"),
				})}
			</dl>
		</Section>
	);
}
