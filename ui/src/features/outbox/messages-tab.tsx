import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Inbox, UserRound, X } from "lucide-react";
import { useRef, useState } from "react";
import type { DispatchDetail, DispatchRow } from "@/bindings";
import { DispatchState } from "@/components/dispatch-state";
import { Facts, Inspector } from "@/components/inspector";
import { type RecordColumn, RecordList, type RecordTableHandle } from "@/components/record-table";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { type AppError, call, pages, query } from "@/lib/ipc";

const STATES = [
	"planned",
	"held",
	"skipped",
	"queued",
	"claimed",
	"sent",
	"delivered",
	"read",
	"failed",
	"bounced",
	"unknown",
	"cancelled",
] as const;

/** States in which a message still leaves, at its time. */
const WAITS: ReadonlySet<string> = new Set(["planned", "held", "queued"]);

/** Every message that went out or was to, newest first. */
export function MessagesTab({
	state,
	send,
	onFilter,
}: {
	state: string;
	/** Only of one bulk send. */
	send: string;
	onFilter: (next: Record<string, string>) => void;
}) {
	const { t, locale } = useWords();
	const [open, setOpen] = useState<DispatchRow | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const request = { state: state || null, reason: null, send_id: send || null };
	const list = useInfiniteQuery({
		...pages("listDispatches", request),
		placeholderData: (before) => before,
	});
	const standing = useQuery(query("getOutbox", {}));
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const row = rows.find((one) => one.id === open?.id) ?? open;
	const many = (of: string) =>
		standing.data?.standing.find((line) => line.state === of)?.count ?? 0;
	const close = () => {
		const back = open;
		setOpen(null);
		if (back) table.current?.focus(back.id);
	};
	const columns: RecordColumn<DispatchRow>[] = [
		{ id: "contact", head: t("outbox.contact"), width: 180, cell: (one) => one.contact },
		{
			id: "text",
			head: t("outbox.text"),
			width: 260,
			drop: 2,
			cell: (one) => (
				<span className="text-ink-2" title={one.text}>
					{one.text || "—"}
				</span>
			),
		},
		{
			id: "channel",
			head: t("outbox.channel"),
			width: 150,
			drop: 1,
			cell: (one) => (
				<span className="text-ink-3" title={one.channel}>
					{one.channel}
				</span>
			),
		},
		{
			id: "state",
			head: t("outbox.stateHead"),
			width: 110,
			cell: (one) => <DispatchState state={one.state} />,
		},
		{
			id: "reason",
			head: t("outbox.reason"),
			width: 200,
			drop: 3,
			cell: (one) => (
				<span className="text-ink-2" title={one.error_text ?? undefined}>
					{one.reason && one.reason !== "withdrawn" ? t(`outbox.why.${one.reason}`) : "—"}
				</span>
			),
		},
		{
			id: "at",
			head: t("outbox.at"),
			width: 140,
			right: true,
			cell: (one) => (
				<span className="num text-ink-3">
					{instant(
						locale,
						one.read_at ??
							one.delivered_at ??
							one.failed_at ??
							one.sent_at ??
							// What will not leave any more has no moment to wait for.
							(WAITS.has(one.state) ? one.due_at : one.updated_at),
					)}
				</span>
			),
		},
	];
	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col gap-3">
				<div className="flex flex-none flex-wrap items-center gap-2">
					<FilterSelect
						aria-label={t("outbox.stateHead")}
						data-testid="outbox-state"
						value={state}
						onChange={(event) =>
							onFilter({
								...(send ? { send } : {}),
								...(event.target.value ? { state: event.target.value } : {}),
							})
						}
					>
						<option value="">{t("outbox.anyState")}</option>
						{STATES.map((one) => (
							<option key={one} value={one}>
								{`${t(`outbox.state.${one}`)}${many(one) ? ` (${count(locale, many(one))})` : ""}`}
							</option>
						))}
					</FilterSelect>
					{send && (
						<Button
							size="m"
							title={t("outbox.allSends")}
							data-testid="one-send"
							onClick={() => onFilter(state ? { state } : {})}
						>
							<span className="max-w-80 truncate">
								{rows.find((one) => one.origin_name)?.origin_name ?? t("outbox.tab.sends")}
							</span>
							<X size={14} aria-hidden className="flex-none text-ink-3" />
							<span className="sr-only">{t("outbox.allSends")}</span>
						</Button>
					)}
				</div>
				<RecordList
					label={t("outbox.tab.messages")}
					columns={columns}
					rows={rows}
					selected={open?.id ?? null}
					onOpen={setOpen}
					list={list}
					handle={table}
					testId="dispatch-row"
				>
					<Empty icon={Inbox} title={t("outbox.noMessages")} />
				</RecordList>
			</div>
			{row && <DispatchInspector key={row.id} row={row} onClose={close} />}
		</div>
	);
}

/** One message: where it stands, why, and what it went through. */
function DispatchInspector({ row, onClose }: { row: DispatchRow; onClose: () => void }) {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const detail = useQuery(query("getDispatch", { id: row.id }));
	const settle = useMutation<DispatchDetail, AppError, boolean>({
		mutationFn: (was_sent) => call("settleDispatch", { id: row.id, was_sent }),
	});
	const cancel = useMutation<DispatchDetail, AppError, void>({
		mutationFn: () => call("cancelDispatch", { id: row.id }),
	});
	const shown = detail.data?.dispatch ?? row;
	const waits = WAITS.has(shown.state);
	const error = settle.error ?? cancel.error;
	return (
		<Inspector
			label={shown.contact}
			title={shown.contact}
			actions={
				<IconButton
					icon={UserRound}
					label={t("outbox.openContact")}
					data-testid="dispatch-contact"
					onClick={() =>
						void navigate({ to: "/contacts", search: { open: shown.contact_id } as never })
					}
				/>
			}
			onClose={onClose}
		>
			<p className="flex flex-wrap items-center gap-2">
				<DispatchState state={shown.state} />
				{shown.reason && shown.reason !== "withdrawn" && (
					<span className="text-ink-2">{t(`outbox.why.${shown.reason}`)}</span>
				)}
			</p>
			{shown.text && (
				<p className="mt-3 whitespace-pre-wrap rounded-3 border border-line bg-sunken p-3 dark:bg-raised">
					{shown.text}
				</p>
			)}
			<div className="mt-4">
				<Facts
					rows={[
						[t("outbox.address"), shown.address],
						[t("outbox.channel"), shown.channel],
						[t("outbox.template"), shown.template],
						[
							t("outbox.origin"),
							[t(`outbox.origin.${shown.origin}`), shown.origin_name].filter(Boolean).join(": "),
						],
						[
							t("outbox.error"),
							[shown.error_code, shown.error_text].filter(Boolean).join(": ") || null,
						],
						[t("outbox.due"), waits ? instant(locale, shown.due_at) : null],
					]}
				/>
			</div>
			{shown.state === "unknown" && (
				<section className="mt-4" aria-label={t("outbox.settle")}>
					<p className="text-ink-2">{t("outbox.settleText")}</p>
					<div className="mt-2 flex flex-wrap gap-2">
						<Button
							busy={settle.isPending}
							data-testid="settle-sent"
							onClick={() => settle.mutate(true)}
						>
							{t("outbox.wasSent")}
						</Button>
						<Button
							busy={settle.isPending}
							data-testid="settle-not-sent"
							onClick={() => settle.mutate(false)}
						>
							{t("outbox.wasNotSent")}
						</Button>
					</div>
				</section>
			)}
			{waits && (
				<div className="mt-4">
					<Button
						busy={cancel.isPending}
						data-testid="dispatch-cancel"
						onClick={() => cancel.mutate()}
					>
						{t("outbox.withdraw")}
					</Button>
				</div>
			)}
			{error && (
				<p role="alert" className="mt-2 text-12 text-negative">
					{failure(error)}
				</p>
			)}
			{detail.data && detail.data.history.length > 0 && (
				<section className="mt-5" aria-label={t("outbox.history")}>
					<h3 className="mb-1.5 font-medium text-11 text-ink-3">{t("outbox.history")}</h3>
					<ol>
						{detail.data.history.map((line) => (
							<li
								key={`${line.at}${line.state}${line.source}`}
								className="border-line border-b py-1.5 last:border-b-0"
							>
								<p className="flex justify-between gap-3">
									<span>{t(`outbox.state.${line.state}`)}</span>
									<span className="num flex-none text-ink-3">{instant(locale, line.at)}</span>
								</p>
								<p className="text-11 text-ink-3">
									{[
										t(`outbox.from.${line.source}`),
										line.reason && t(`outbox.why.${line.reason}`),
										line.error_code,
									]
										.filter(Boolean)
										.join(" · ")}
								</p>
							</li>
						))}
					</ol>
				</section>
			)}
		</Inspector>
	);
}
