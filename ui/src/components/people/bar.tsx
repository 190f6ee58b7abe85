/** Above a table with people in it: what Meta answered, what it is still to answer, and the way to ask. */
import { useMutation, useQueries } from "@tanstack/react-query";
import { TriangleAlert, UsersRound } from "lucide-react";
import { useSession } from "@/app/session";
import type { AskReach, GetReach, GetRoi, ReachAccount, ReachReport } from "@/bindings";
import { Banner, Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, moment } from "@/lib/format";
import { call, query, toAppError } from "@/lib/ipc";

/** Whose people a table shows; null where Meta knows none. */
export function peopleOf(report: GetRoi, currency: string): GetReach | null {
	if (report.by === "creative") return null;
	const { by, from, to, accounts, campaign, ad_set, convert_to, as_of } = report;
	return {
		by,
		from,
		to,
		accounts: accounts ?? [],
		campaign,
		ad_set,
		// Brought to one currency, a table has the accounts of all of them.
		currency: convert_to ? null : currency,
		as_of: as_of ?? null,
	};
}

/** So many accounts are named; the rest is counted. */
const FIRST = 3;

const asking = ({ as_of: _, ...rest }: GetReach): AskReach => rest;

/** The accounts of several answers that stand so. */
function those(reports: readonly ReachReport[], has: (account: ReachAccount) => boolean) {
	const names = new Map<string, ReachAccount>();
	for (const report of reports)
		for (const account of report.accounts) if (has(account)) names.set(account.id, account);
	return [...names.values()];
}

export function PeopleBar({ asks }: { asks: readonly GetReach[] }) {
	const { t, locale, failure } = useWords();
	const { zone, online } = useSession();
	const read = useQueries({ queries: asks.map((ask) => query("getReach", ask)) });
	const ask = useMutation({
		mutationFn: async () => {
			for (const one of asks) await call("askReach", asking(one));
		},
	});
	const unread = read.filter((one) => one.error);
	const reports = read.flatMap((one) => one.data ?? []);
	const first = reports[0];
	const failed = unread[0]?.error ?? ask.error;
	if (failed) {
		// What is stored is read again; Meta is asked only where asking is what failed.
		const again = () => {
			if (unread.length === 0) ask.mutate();
			for (const one of unread) void one.refetch();
		};
		return (
			<Banner
				tone="warning"
				icon={TriangleAlert}
				testId="people-bar"
				actions={
					<Button
						size="s"
						busy={ask.isPending || unread.some((one) => one.isFetching)}
						onClick={again}
					>
						{t("action.retry")}
					</Button>
				}
			>
				{failure(failed)}
			</Banner>
		);
	}
	if (!first || reports.length < asks.length) return null;

	const waiting = those(reports, (one) => one.state === "waiting");
	const refused = those(reports, (one) => one.state === "refused");
	const unasked = those(reports, (one) => one.state === "not_asked");
	const moved = those(reports, (one) => one.moving || one.restated);
	const answered = those(reports, (one) => one.answered_at !== null);
	const times = answered.map((one) => one.answered_at as string).toSorted();
	const past = asks.some((one) => one.as_of);
	const at = (time: string) => moment(locale, time, zone);
	const names = (of: readonly ReachAccount[]) =>
		[
			...of.slice(0, FIRST).map((one) => one.name),
			...(of.length > FIRST ? [`+${count(locale, of.length - FIRST)}`] : []),
		].join(", ");
	const button = (key: string) =>
		past ? undefined : (
			<Button size="s" onClick={() => ask.mutate()} busy={ask.isPending} data-testid="people-ask">
				{t(key)}
			</Button>
		);

	if (refused.length > 0 && waiting.length === 0) {
		return (
			<Banner
				tone="warning"
				icon={TriangleAlert}
				testId="people-bar"
				actions={button("people.askAgain")}
			>
				<b className="font-semibold">{t("people.refused", { names: names(refused) })}</b>{" "}
				{refused[0]?.error && failure(toAppError(refused[0].error))}
			</Banner>
		);
	}
	const oldest = times[0];
	const several = first.whole.state === "several_accounts" && (
		<> {t("people.severalAccounts", { count: first.whole.accounts })}</>
	);
	if (waiting.length > 0) {
		const trouble = waiting.find((one) => one.error)?.error;
		const later = waiting.find((one) => one.not_before)?.not_before;
		return (
			<Banner tone="info" icon={UsersRound} testId="people-bar" actions={undefined}>
				<b className="font-semibold">{t("people.waiting", { names: names(waiting) })}</b>{" "}
				{!online
					? t("people.waitingOffline")
					: trouble
						? `${failure(toAppError(trouble))} ${later ? t("people.later", { time: at(later) }) : ""}`
						: t("people.waitingText")}
			</Banner>
		);
	}
	// Only what was opened under a row is missing.
	const isWhole = first.accounts.every((one) => one.answered_at !== null);
	if (oldest === undefined || unasked.length > 0) {
		return (
			<Banner tone="flat" icon={UsersRound} testId="people-bar" actions={button("people.ask")}>
				{past ? (
					t("people.notKnownThen")
				) : (
					<>
						<b className="font-semibold">
							{t(isWhole ? "people.notAskedUnder" : "people.notAsked")}
						</b>{" "}
						{t("people.notAskedText")} {!online && t("people.offline")}
					</>
				)}
			</Banner>
		);
	}
	return (
		<Banner
			tone="flat"
			icon={UsersRound}
			testId="people-bar"
			actions={moved.length > 0 ? button("people.askAgain") : undefined}
		>
			{t("people.answered", { time: at(oldest) })}
			{moved.length > 0 && !past && (
				<> {t(moved.some((one) => one.restated) ? "people.restated" : "people.moving")}</>
			)}
			{several}
		</Banner>
	);
}
