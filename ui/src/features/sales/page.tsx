import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { BadgeDollarSign, Plus, UserRound, X } from "lucide-react";
import { useRef, useState } from "react";
import { Page } from "@/app/shell";
import type { SaleRow } from "@/bindings";
import {
	type RecordColumn,
	RecordList,
	type RecordTableHandle,
	widest,
} from "@/components/record-table";
import {
	SALE_STATUSES,
	SaleDialog,
	type SaleQuestion,
	SaleQuestionDialog,
	SaleStatus,
} from "@/components/sales";
import { SaveTools, useSaveRecords } from "@/components/save-file";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant, money } from "@/lib/format";
import { call, pages, query } from "@/lib/ipc";
import { SaleInspector } from "./inspector";

/** Every sale, or those of one contact (`?contact=`) or without a cost (`?cost=none`), agreed last first. */
export default function SalesPage() {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const search = useSearch({ strict: false }) as { contact?: string; cost?: string };
	const contact = search.contact ?? null;
	const withoutCost = search.cost === "none";
	const [status, setStatus] = useState("");
	const [open, setOpen] = useState<SaleRow | null>(null);
	const [adding, setAdding] = useState(false);
	const [question, setQuestion] = useState<SaleQuestion | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const request = { contact_id: contact, status: status || null, without_cost: withoutCost };
	const list = useInfiniteQuery({
		...pages("listSales", request),
		// Rows do not blink away when the filter changes.
		placeholderData: (before) => before,
	});
	const person = useQuery({
		...query("getContact", { id: contact ?? "" }),
		enabled: contact !== null,
	});
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	// A sale that was just paid is not among the pending ones any more, and stays open beside them.
	const sale = rows.find((row) => row.id === open?.id) ?? open;
	const filtered = contact !== null || status !== "" || withoutCost;
	const file = useSaveRecords("sales", filtered, (limit, cursor) =>
		call("listSales", { ...request, page: { limit, cursor } }),
	);
	const ofAll = () => void navigate({ to: "/sales", search: {} as never });
	const close = () => {
		const back = open;
		setOpen(null);
		if (back) table.current?.focus(back.id);
	};
	const written = (value: string, row: SaleRow) => money(locale, value, row.currency);
	const quiet = "text-ink-2";
	const columns: RecordColumn<SaleRow>[] = [
		{ id: "contact", head: t("sales.contact"), width: 200, cell: (row) => row.contact_name },
		{
			id: "reference",
			head: t("sales.reference"),
			width: 112,
			drop: 3,
			cell: (row) => <span className="num text-ink-2">{row.reference}</span>,
		},
		{
			id: "status",
			head: t("sales.status"),
			width: 140,
			cell: (row) => <SaleStatus sale={row} />,
		},
		{
			id: "agreed",
			head: t("sales.agreed"),
			width: 120,
			drop: 2,
			cell: (row) => <span className="num text-ink-2">{instant(locale, row.occurred_at)}</span>,
		},
		{
			id: "paid",
			head: t("sales.paid"),
			width: 120,
			drop: 4,
			cell: (row) => (
				<span className="num text-ink-2">
					{row.completed_at ? instant(locale, row.completed_at) : "—"}
				</span>
			),
		},
		{
			id: "campaign",
			head: t("sales.campaign"),
			width: 220,
			drop: 1,
			cell: (row) => (
				<span className={quiet} title={row.campaign ?? undefined}>
					{row.campaign ?? "—"}
				</span>
			),
		},
		{
			id: "refunded",
			head: t("sales.refunded"),
			width: widest(
				rows.map((row) => written(row.refunded, row)),
				108,
			),
			right: true,
			drop: 5,
			cell: (row) =>
				/[1-9]/.test(row.refunded) ? (
					<span className="text-negative">{written(`-${row.refunded}`, row)}</span>
				) : (
					<span className="text-ink-3">—</span>
				),
		},
		{
			id: "net",
			head: t("sales.net"),
			width: widest(
				rows.map((row) => written(row.net, row)),
				104,
			),
			right: true,
			cell: (row) => (
				<span
					className={
						row.status === "completed" || row.status === "refunded" ? undefined : "text-ink-3"
					}
				>
					{written(row.net, row)}
				</span>
			),
		},
	];

	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					title={t("nav.sales")}
					fill
					tools={
						<Button
							icon={Plus}
							variant="primary"
							data-testid="new-sale"
							onClick={() => setAdding(true)}
						>
							{t("sales.new")}
						</Button>
					}
				>
					<div className="flex flex-none flex-wrap items-center gap-2">
						<FilterSelect
							aria-label={t("sales.status")}
							data-testid="sales-status"
							value={status}
							onChange={(event) => setStatus(event.target.value)}
						>
							<option value="">{t("sales.anyStatus")}</option>
							{SALE_STATUSES.map((word) => (
								<option key={word} value={word}>
									{t(`sale.${word}`)}
								</option>
							))}
						</FilterSelect>
						<FilterSelect
							aria-label={t("sale.cost")}
							data-testid="sales-cost"
							value={withoutCost ? "none" : ""}
							onChange={(event) =>
								void navigate({
									to: "/sales",
									search: {
										...(contact && { contact }),
										...(event.target.value && { cost: event.target.value }),
									} as never,
								})
							}
						>
							<option value="">{t("sales.anyCost")}</option>
							<option value="none">{t("sales.withoutCost")}</option>
						</FilterSelect>
						{contact && (
							<span className="inline-flex h-7 items-center gap-1.5 rounded-2 border border-line-2 bg-surface pl-2 dark:bg-raised">
								<UserRound size={14} aria-hidden className="text-ink-3" />
								{t("sales.of", { name: person.data?.contact.name ?? "…" })}
								<IconButton
									icon={X}
									label={t("sales.anyContact")}
									className="!size-6"
									onClick={() =>
										void navigate({
											to: "/sales",
											search: (withoutCost ? { cost: "none" } : {}) as never,
										})
									}
								/>
							</span>
						)}
						<span className="ml-auto flex items-center gap-2">
							<SaveTools
								formats={["csv", "xlsx"]}
								file={file}
								reason={rows.length === 0 ? t("export.noRows") : undefined}
							/>
						</span>
					</div>
					<RecordList
						label={t("nav.sales")}
						columns={columns}
						rows={rows}
						selected={open?.id ?? null}
						onOpen={setOpen}
						list={list}
						handle={table}
						testId="sale-row"
					>
						{filtered ? (
							<Empty
								title={t("sales.noMatch")}
								actions={
									<Button
										onClick={() => {
											setStatus("");
											if (contact || withoutCost) ofAll();
										}}
									>
										{t("sales.clear")}
									</Button>
								}
							/>
						) : (
							<Empty
								icon={BadgeDollarSign}
								title={t("sales.none")}
								actions={
									<>
										<Button onClick={() => setAdding(true)}>{t("sales.new")}</Button>
										<Button variant="ghost" onClick={() => void navigate({ to: "/import" })}>
											{t("sales.import")}
										</Button>
									</>
								}
							>
								{t("sales.noneText")}
							</Empty>
						)}
					</RecordList>
				</Page>
			</div>
			{sale && (
				<SaleInspector
					key={sale.id}
					sale={sale}
					onClose={close}
					onAsk={(ask) => setQuestion(ask)}
				/>
			)}
			{adding && (
				<SaleDialog
					contact={person.data ? { id: contact ?? "", name: person.data.contact.name } : null}
					onClose={() => setAdding(false)}
				/>
			)}
			<SaleQuestionDialog question={question} onClose={() => setQuestion(null)} onDone={setOpen} />
		</div>
	);
}
