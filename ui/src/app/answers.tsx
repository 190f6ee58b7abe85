/** Figures as answers of the palette: "roas last week" says it before a page is opened. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { type GetRoi, metrics, type RoiFigures, type RoiReport, type RoiRow } from "@/bindings";
import {
	type Change,
	changeOf,
	columnsOf,
	costsKnown,
	nameOf,
	written,
} from "@/components/figures/columns";
import { sumOf } from "@/components/figures/sums";
import { useWords } from "@/i18n";
import { type Question, understood } from "@/lib/ask";
import { attributionLabel } from "@/lib/attribution";
import { currencySign, instant, period as periodText } from "@/lib/format";
import { type AppError, query } from "@/lib/ipc";
import { today } from "@/lib/period";
import { plain } from "@/lib/plain";
import { useSession } from "./session";

/** A figure as it stands in the list. */
export interface Answer {
	id: string;
	/** The metric, and what it is of. */
	title: string;
	/** Days, where it comes from, and how it is credited. */
	basis: string;
	/** With its currency. */
	value: string;
	change: Change | null;
	run: () => void;
}

/** No more than so many campaigns or accounts are named for a name that fits several. */
const MOST_NAMED = 5;

/** What the answers stand on, in a currency. */
function groupsOf(report: RoiReport) {
	return [report, ...report.other_currencies];
}

function fits(row: RoiRow, name: readonly string[]): boolean {
	const text = plain(`${nameOf(row)} ${row.external_id ?? ""}`);
	return name.every((word) => text.includes(word));
}

interface About {
	name: string;
	by: "campaign" | "account";
	row: RoiRow | null;
	figures: RoiFigures;
	before: RoiFigures | null;
	currency: string;
}

/**
 * What the words ask for, from what is stored: it needs no network. `none` is a name that nothing
 * has; `pending` while the core is asked; `error` what it could not read.
 */
export function useAnswers(text: string): {
	answers: Answer[];
	none: string | null;
	pending: boolean;
	error: AppError | null;
} {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const { range, comparison, attribution, asOf, convertTo, setAttribution, setPeriod, now } =
		useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const late = useDeferredValue(text);
	const question = useMemo<Question | null>(
		() => (settings.data ? understood(late, today(settings.data.timezone, now)) : null),
		[late, settings.data, now],
	);
	const kept = attribution ?? settings.data?.attribution ?? null;
	const credited =
		question?.model && kept ? { ...kept, model: question.model } : (attribution ?? null);
	const days = question?.days ?? range;
	const asked: GetRoi = {
		...days,
		by: "campaign",
		accounts: [],
		campaign: null,
		ad_set: null,
		attribution: credited,
		// As of the moment that every page shows.
		as_of: asOf,
		convert_to: convertTo,
		compare: comparison !== "none",
		compare_with: comparison === "year" ? "year" : "previous",
		new_customers: columnsOf(question?.metrics ?? []).some((one) => one.asks === "new_customers"),
		people: columnsOf(question?.metrics ?? []).some((one) => one.asks === "people"),
	};
	const campaigns = useQuery({
		...query("getRoi", asked),
		enabled: question !== null,
		placeholderData: keepPreviousData,
	});
	const name = question?.name ?? [];
	const found = (report: RoiReport | undefined) =>
		(report ? groupsOf(report) : []).flatMap((group) =>
			group.rows.filter((row) => fits(row, name)),
		);
	const ofCampaigns = name.length > 0 ? found(campaigns.data) : [];
	// An account is looked for where no campaign has the name.
	const byAccount = name.length > 0 && campaigns.data !== undefined && ofCampaigns.length === 0;
	const accounts = useQuery({
		...query("getRoi", { ...asked, by: "account" }),
		enabled: question !== null && byAccount,
	});
	const fresh = !campaigns.isPlaceholderData;
	if (!question || !campaigns.data || !fresh) {
		const error = question ? campaigns.error : null;
		return { answers: [], none: null, pending: question !== null && !error, error };
	}
	const report = campaigns.data;
	const named = ofCampaigns.length > 0 ? ofCampaigns : found(accounts.data);
	const about: About[] =
		name.length > 0
			? named.slice(0, MOST_NAMED).map((row) => ({
					name: nameOf(row) || t(`remainder.${row.remainder}`),
					by: ofCampaigns.length > 0 ? ("campaign" as const) : ("account" as const),
					row,
					figures: row,
					before: row.previous,
					currency: row.currency,
				}))
			: groupsOf(report).map((group) => ({
					name: t("ask.whole"),
					by: "campaign" as const,
					row: null,
					figures: group.total,
					before: group.previous_total,
					currency: group.currency,
				}));
	// What nobody attributed to a campaign cost none of their spend: a ratio is of what is, as in
	// their table, whose total leaves it blank.
	const ofRatios: About[] =
		name.length > 0
			? about
			: groupsOf(report).map((group) => ({
					name: t("figures.rows.campaign", { count: group.rows.length }),
					by: "campaign" as const,
					row: null,
					figures: group.attributed,
					before: report.previous_period
						? sumOf(group.rows.flatMap((row) => row.previous ?? []))
						: null,
					currency: group.currency,
				}));
	const answers = question.metrics.flatMap((id) => {
		const [column] = columnsOf([id]);
		const metric = metrics.find((one) => one.id === id);
		if (!column || !metric) return [];
		return (column.ratio ? ofRatios : about)
			.filter((of, at) => at === 0 || of.row !== null || isThere(of.figures, id))
			.map((of): Answer => {
				const figure = written(locale, column, of.figures, of.currency);
				const money = metric.unit === "money" && figure !== "—";
				// A dash alone leaves one asking.
				const costs = figure === "—" ? costsKnown(locale, column, of.figures) : null;
				const blank =
					figure === "—" && column.asks === "people"
						? t("ask.people")
						: costs && t("figures.costsKnown", costs);
				return {
					id: `${id}-${of.row?.key ?? "whole"}-${of.currency}`,
					title: of.row ? `${t(`metric.${id}`)} · ${of.name}` : t(`metric.${id}`),
					basis: [
						periodText(locale, days.from, days.to),
						t(`from.${metric.source}`),
						blank,
						metric.credited && !blank ? attributionLabel(t, report.attribution) : null,
						asOf ? t("asOf.at", { time: instant(locale, asOf) }) : null,
						of.row || blank ? null : of.name,
					]
						.filter(Boolean)
						.join(" · "),
					value: money ? `${currencySign(of.currency)}\u00a0${figure}` : figure,
					change: changeOf(locale, column, of.figures, of.before, of.currency),
					run: () => {
						if (question.days) setPeriod({ kind: "custom", ...question.days });
						if (question.model && credited) setAttribution(credited);
						void navigate({ to: "/campaigns", search: { ...searchOf(of), sort: id } as never });
					},
				};
			});
	});
	return {
		answers,
		none: name.length > 0 && about.length === 0 && !accounts.isFetching ? name.join(" ") : null,
		pending: accounts.isFetching,
		error: accounts.error,
	};
}

/** Whether there is a figure at all: what is only in one currency has none in the others. */
function isThere(figures: RoiFigures, id: string): boolean {
	const value = (figures as unknown as Record<string, unknown>)[id];
	return value !== null && value !== undefined && Number(value) !== 0;
}

/** What of it the page of campaigns shows. */
function searchOf({ row, name, by }: About): Record<string, unknown> {
	if (!row?.id) return {};
	return by === "campaign"
		? { campaign: row.id, name }
		: { path: [{ by: "account", id: row.id, name }] };
}
