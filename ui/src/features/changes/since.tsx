import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";
import { MomentPicker } from "@/app/moment-picker";
import { useSession } from "@/app/session";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { query } from "@/lib/ipc";
import { endOfDayBefore } from "@/lib/moment";

export interface Since {
	/** The earlier moment; null while it is not known yet. */
	at: string | null;
	/** Whether the person chose it. */
	chosen: boolean;
	/** When the last sync before the later moment began. */
	lastSync: string | null;
}

/** The earlier moment: what the address asks for, else before the last sync, else yesterday's end. */
export function useSince(): Since {
	const { asOf, now, zone } = useSession();
	const { since } = useSearch({ strict: false }) as { since?: string };
	const runs = useQuery(query("listSyncRuns", { page: { limit: 50, cursor: null } }));
	const until = asOf === null ? now : Date.parse(asOf);
	const isBefore = (at: string) => Date.parse(at) < until;
	const lastSync =
		runs.data?.rows.find((run) => run.kind === "sync" && isBefore(run.started_at))?.started_at ??
		null;
	if (since && isBefore(since)) return { at: since, chosen: since !== lastSync, lastSync };
	if (runs.isPending) return { at: null, chosen: false, lastSync };
	// What is known up to the end of a day is not compared with itself.
	return { at: lastSync ?? endOfDayBefore(zone, until - 1), chosen: false, lastSync };
}

/** Since when changes are told. */
export function SincePicker({ since }: { since: Since }) {
	const { t, locale } = useWords();
	const { asOf, zone } = useSession();
	const navigate = useNavigate();
	const choose = (at?: string) =>
		void navigate({
			to: "/changes",
			search: (at === undefined ? {} : { since: at }) as never,
			replace: true,
		});
	const { at, chosen, lastSync } = since;
	return (
		<MomentPicker
			icon={CalendarClock}
			name={t("changes.since")}
			text={
				<span className="num">
					{at !== null && t("changes.sinceAt", { time: instant(locale, at, zone) })}
				</span>
			}
			first={
				lastSync === null
					? null
					: {
							label: t("changes.lastSync"),
							at: lastSync,
							onSelect: () => choose(),
							testId: "since-last-sync",
						}
			}
			value={chosen || lastSync === null ? at : null}
			before={asOf}
			onChoose={choose}
			testId="since-picker"
		/>
	);
}
