import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Pause, Play, Send, Undo2 } from "lucide-react";
import { useState } from "react";
import type { SendRow } from "@/bindings";
import { AuditList } from "@/components/audit-list";
import { DispatchState } from "@/components/dispatch-state";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { SaveTools, useSaveFile } from "@/components/save-file";
import { Button, Empty, Panel, Progress, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant, money } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { counted, progress } from "./progress";

/** Bulk sends, newest first, with how far each has come. */
export function SendsTab({ onMessages }: { onMessages: (id: string) => void }) {
	const { t } = useWords();
	const navigate = useNavigate();
	const list = useQuery(query("listSends", { page: { limit: 50, cursor: null } }));
	if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />;
	if (!list.data) return <Skeleton className="h-64" />;
	if (list.data.rows.length === 0) {
		return (
			<Empty
				icon={Send}
				title={t("outbox.noSends")}
				actions={
					<Button onClick={() => void navigate({ to: "/outbox/new" })}>
						{t("outbox.newSend")}
					</Button>
				}
			>
				{t("outbox.noSendsText")}
			</Empty>
		);
	}
	return (
		<ul
			className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto"
			aria-label={t("outbox.tab.sends")}
		>
			{list.data.rows.map((row) => (
				<li key={row.id}>
					<SendPanel row={row} onMessages={() => onMessages(row.id)} />
				</li>
			))}
		</ul>
	);
}

/** Its budget does not suffice for the category that the template has by now. */
function isShort(row: SendRow): boolean {
	return !!row.rest && row.rest.fits < row.rest.people;
}

/** What somebody agrees to who goes on: another category has another price. */
function Rest({ row, rest }: { row: SendRow; rest: NonNullable<SendRow["rest"]> }) {
	const { t, locale } = useWords();
	const category = t(`templates.category.${rest.category}`);
	const people = rest.people;
	return (
		<p role="status" className="text-12 text-ink-2" data-testid="send-rest">
			{rest.cost
				? t("outbox.rest.cost", {
						category,
						people,
						cost: money(locale, rest.cost.all, rest.cost.currency),
					})
				: t("outbox.rest.unpriced", { category, people })}{" "}
			{isShort(row) &&
				rest.cost &&
				rest.budget_left != null &&
				t("outbox.rest.short", {
					left: money(locale, rest.budget_left, rest.cost.currency),
					fits: rest.fits,
				})}
		</p>
	);
}

function SendPanel({ row, onMessages }: { row: SendRow; onMessages: () => void }) {
	const { t, locale, failure } = useWords();
	const [withdrawing, setWithdrawing] = useState(false);
	const [deeds, setDeeds] = useState(false);
	const change = useMutation<SendRow, AppError, "pauseSend" | "resumeSend" | "cancelSend">({
		mutationFn: (name) =>
			name === "resumeSend"
				? call(name, { id: row.id, within_budget: isShort(row) })
				: call(name, { id: row.id }),
		onSuccess: () => setWithdrawing(false),
	});
	const file = useSaveFile<"csv">("send", (path) =>
		call("exportSend", { id: row.id, path, semicolon: !locale.startsWith("en") }),
	);
	const { over, all, percent } = progress(row);
	const left = all - over;
	const open = row.state === "running" || row.state === "paused";
	const out = row.standing.filter(
		(line) => line.reason && line.state !== "cancelled" && line.reason !== "paused",
	);
	const withdrawn = row.state === "cancelled";
	const numbers: Array<[string, number]> = [
		[t("outbox.state.sent"), counted(row, "sent", "delivered", "read")],
		[t("outbox.state.delivered"), counted(row, "delivered", "read")],
		[t("outbox.state.read"), counted(row, "read")],
		[t("outbox.state.failed"), counted(row, "failed", "bounced")],
		[t("outbox.state.unknown"), counted(row, "unknown")],
		[t("outbox.state.held"), counted(row, "held")],
		[t("outbox.state.skipped"), counted(row, "skipped")],
		[t("outbox.state.cancelled"), counted(row, "cancelled")],
	];
	return (
		<Panel
			title={
				<span className="flex min-w-0 items-center gap-2">
					<span className="max-w-[56ch] truncate" title={row.name}>
						{row.name}
					</span>
					<DispatchState state={row.state} />
				</span>
			}
			hint={[row.channel, row.created_by, instant(locale, row.created_at)]
				.filter(Boolean)
				.join(" · ")}
			actions={
				<>
					{row.state === "running" && (
						<Button
							size="s"
							icon={Pause}
							busy={change.isPending}
							data-testid="send-pause"
							onClick={() => change.mutate("pauseSend")}
						>
							{t("outbox.pause")}
						</Button>
					)}
					{(row.state === "paused" || row.rest) && (
						<Button
							size="s"
							icon={Play}
							busy={change.isPending}
							data-testid="send-resume"
							onClick={() => change.mutate("resumeSend")}
						>
							{row.rest
								? t(isShort(row) ? "outbox.rest.goWithin" : "outbox.rest.go", {
										category: t(`templates.category.${row.rest.category}`),
									})
								: t("outbox.resume")}
						</Button>
					)}
					{open && left > 0 && (
						<Button
							size="s"
							icon={Undo2}
							data-testid="send-withdraw"
							onClick={() => setWithdrawing(true)}
						>
							{t("outbox.withdraw")}
						</Button>
					)}
					<Button size="s" variant="ghost" onClick={onMessages}>
						{t("outbox.showMessages")}
					</Button>
					<Button
						size="s"
						variant="ghost"
						aria-expanded={deeds}
						data-testid="send-deeds"
						onClick={() => setDeeds(!deeds)}
					>
						{t("audit.title")}
					</Button>
					<SaveTools formats={["csv"]} file={file} />
				</>
			}
		>
			<div className="flex flex-col gap-2 px-4 pb-3">
				<Progress
					percent={
						withdrawn ? (over / Math.max(1, all + counted(row, "cancelled"))) * 100 : percent
					}
					label={t("outbox.progress", {
						over: count(locale, over),
						all: count(locale, all),
					})}
					tone={row.state === "done" ? "positive" : row.state === "paused" ? "warning" : "accent"}
				/>
				<dl className="num flex flex-wrap gap-x-5 gap-y-1 text-12">
					{numbers
						.filter(([, value], at) => at === 0 || value > 0)
						.map(([name, value]) => (
							<div key={name} className="flex gap-1.5">
								<dt className="text-ink-3">{name}</dt>
								<dd className="font-medium">{count(locale, value)}</dd>
							</div>
						))}
				</dl>
				{out.length > 0 && (
					<p className="text-12 text-ink-3">
						{out
							.map((line) => `${t(`outbox.why.${line.reason}`)} ${count(locale, line.count)}`)
							.join(" · ")}
					</p>
				)}
				{row.rest && <Rest row={row} rest={row.rest} />}
				{change.error && (
					<p role="alert" className="text-12 text-negative">
						{failure(change.error)}
					</p>
				)}
			</div>
			{deeds && (
				<div className="px-4 pb-3">
					<AuditList of={{ kind: "bulk_send", id: row.id }} />
				</div>
			)}
			{withdrawing && (
				<FormDialog
					title={t("outbox.withdrawTitle", { name: row.name })}
					description={t("outbox.withdrawText", { count: left })}
					label={t("outbox.withdraw")}
					danger
					busy={change.isPending}
					error={change.error}
					fields={[]}
					onClose={() => setWithdrawing(false)}
					onSubmit={() => change.mutate("cancelSend")}
				/>
			)}
		</Panel>
	);
}
