import { useMutation, useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { AsOfPicker, AsOfStrip } from "@/app/as-of";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { useUndo } from "@/app/undo";
import type { ActionMapReport } from "@/bindings";
import { Failure } from "@/components/failure";
import { NoFigures } from "@/components/no-figures";
import { Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { period } from "@/lib/format";
import { type AppError, call, query, sameMoment } from "@/lib/ipc";
import { ActionTable } from "./action-table";
import { EventPanel } from "./event-panel";
import { EVENTS, type Event, SETTING } from "./lists";
import { ViewChoice } from "./view-choice";

/** Keeps another list in the workspace: everything stored is counted anew by it. */
async function keep(event: Event, list: readonly string[]): Promise<string[]> {
	const settings = await call("getWorkspaceSettings", {});
	const before = settings[SETTING[event]];
	await call("saveWorkspaceSettings", { ...settings, [SETTING[event]]: [...list] });
	return before;
}

/** Which of Meta's actions count as leads and purchases, and which are the same events again. */
export default function ActionsPage() {
	const { t, locale } = useWords();
	const { range, asOf } = useSession();
	const { done } = useUndo();
	const asked = useQuery({
		...query("getActionMap", { ...range, accounts: [], as_of: asOf }),
		placeholderData: sameMoment(asOf),
	});
	const report: ActionMapReport | undefined = asked.data;
	const change = useMutation<string[], AppError, { event: Event; list: readonly string[] }>({
		mutationFn: ({ event, list }) => keep(event, list),
		onSuccess: (before, { event, list }) => {
			done({
				key: `actions-${event}-${list.join()}`,
				text: t("actions.saved"),
				undo: () => keep(event, before),
				undone: t("actions.undone"),
			});
		},
	});
	const reason = asOf === null ? undefined : t("actions.onlyNow");
	return (
		<Page
			title={t("nav.gap")}
			tools={
				<>
					<PeriodPicker compares={false} />
					<AsOfPicker />
				</>
			}
			strip={<AsOfStrip changes={false} />}
		>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<ViewChoice value="actions" />
			</div>
			{asked.error && <Failure error={asked.error} retry={() => void asked.refetch()} />}
			{change.error && <Failure error={change.error} />}
			{!report && !asked.error && (
				<>
					<Skeleton className="h-48 flex-none" />
					<Skeleton className="h-80 flex-none" />
				</>
			)}
			{report && report.types.length === 0 && (
				<NoFigures icon={ListChecks} title={t("actions.none")}>
					{t("actions.noneText")}
				</NoFigures>
			)}
			{report && report.types.length > 0 && (
				<>
					<div className="grid flex-none grid-cols-2 items-start gap-3 max-[1180px]:grid-cols-1">
						{EVENTS.map((event) => (
							<EventPanel
								key={event}
								event={event}
								told={report[event]}
								busy={change.isPending}
								reason={reason}
								onList={(list) => change.mutate({ event, list })}
							/>
						))}
					</div>
					<ActionTable
						report={report}
						days={period(locale, report.from, report.to)}
						busy={change.isPending}
						reason={reason}
						onList={(event, list) => change.mutate({ event, list })}
					/>
				</>
			)}
		</Page>
	);
}
