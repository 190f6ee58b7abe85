import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FileInput, Plus, ReceiptText } from "lucide-react";
import { useRef, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { useUndo } from "@/app/undo";
import type { SpendRow } from "@/bindings";
import { useChannel } from "@/components/channel";
import { added } from "@/components/figures/sums";
import {
	type RecordColumn,
	RecordList,
	type RecordTableHandle,
	widest,
} from "@/components/record-table";
import { SaveTools, useSaveRecords } from "@/components/save-file";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, money } from "@/lib/format";
import { type AppError, call, pages, query } from "@/lib/ipc";
import { SpendDialog } from "./dialog";
import { SpendInspector } from "./inspector";

/** Everything that was spent outside the ad accounts, or on one platform (`?platform=`), newest day first. */
export default function SpendPage() {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const channel = useChannel();
	const { keepView } = useSession();
	const { done } = useUndo();
	const search = useSearch({ strict: false }) as { platform?: string };
	const platform = search.platform ?? "";
	const [open, setOpen] = useState<SpendRow | null>(null);
	const [editing, setEditing] = useState<SpendRow | "new" | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const request = { from: null, to: null, platform: platform || null, campaign: null };
	const list = useInfiniteQuery({
		...pages("listSpend", request),
		// Rows do not blink away when the filter changes.
		placeholderData: (before) => before,
	});
	const sums = useQuery(query("sumSpend", { from: null, to: null, platform: null }));
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const row = rows.find((one) => one.id === open?.id) ?? open;
	const platforms = [...new Set((sums.data ?? []).map((sum) => sum.platform))];
	const file = useSaveRecords("spend", platform !== "", (limit, cursor) =>
		call("listSpend", { ...request, page: { limit, cursor } }),
	);
	const close = () => {
		const back = open;
		setOpen(null);
		if (back) table.current?.focus(back.id);
	};
	const remove = useMutation<SpendRow, AppError, SpendRow>({
		mutationFn: ({ id }) => call("removeSpend", { id }),
		onSuccess: (gone) => {
			close();
			done({
				key: `spend-${gone.id}`,
				text: t("spend.isRemoved", { amount: written(gone), platform: channel(gone.platform) }),
				undo: () => call("restoreSpend", { id: gone.id }),
				undone: t("spend.isBack"),
			});
		},
	});
	const written = (of: { amount: string; currency: string }) =>
		money(locale, of.amount, of.currency);
	const importFile = () => {
		keepView("import-kind", "spend");
		void navigate({ to: "/import" });
	};
	const choose = (next: string) =>
		void navigate({ to: "/spend", search: (next ? { platform: next } : {}) as never });
	const columns: RecordColumn<SpendRow>[] = [
		{
			id: "platform",
			head: t("spend.platform"),
			width: 180,
			cell: (one) => channel(one.platform),
		},
		{
			id: "day",
			head: t("spend.day"),
			width: 120,
			cell: (one) => <span className="num text-ink-2">{day(locale, one.day, "long")}</span>,
		},
		{
			id: "campaign",
			head: t("spend.campaign"),
			width: 220,
			drop: 3,
			cell: (one) => (
				<span className="text-ink-2" title={one.campaign ?? undefined}>
					{one.campaign ?? "—"}
				</span>
			),
		},
		{
			id: "note",
			head: t("spend.note"),
			width: 180,
			drop: 1,
			cell: (one) => (
				<span className="text-ink-3" title={one.note ?? undefined}>
					{one.note ?? "—"}
				</span>
			),
		},
		{
			id: "source",
			head: t("spend.source"),
			width: 150,
			drop: 2,
			cell: (one) => (
				<span className="text-ink-3" title={one.file_name ?? undefined}>
					{one.file_name ?? t("spend.byHand")}
				</span>
			),
		},
		{
			id: "amount",
			head: t("spend.amount"),
			width: widest(rows.map(written), 108),
			right: true,
			cell: written,
		},
	];
	/** What the rows come to, each currency by itself. */
	const shown = (sums.data ?? []).filter((sum) => !platform || sum.platform === platform);
	const inAll = [...new Set(shown.map((sum) => sum.currency))].map((currency) => {
		const amounts = shown.filter((sum) => sum.currency === currency).map((sum) => sum.amount);
		return money(locale, added(amounts), currency);
	});

	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					title={t("nav.spend")}
					fill
					tools={
						<>
							<Button icon={FileInput} onClick={importFile}>
								{t("spend.import")}
							</Button>
							<Button
								icon={Plus}
								variant="primary"
								data-testid="new-spend"
								onClick={() => setEditing("new")}
							>
								{t("spend.add")}
							</Button>
						</>
					}
				>
					<div className="flex flex-none flex-wrap items-center gap-2">
						<FilterSelect
							aria-label={t("spend.platform")}
							data-testid="spend-filter"
							value={platform}
							onChange={(event) => choose(event.target.value)}
						>
							<option value="">{t("spend.anyPlatform")}</option>
							{[...new Set([...platforms, ...(platform ? [platform] : [])])].map((one) => (
								<option key={one} value={one}>
									{channel(one)}
								</option>
							))}
						</FilterSelect>
						{inAll.length > 0 && (
							<span className="num text-12 text-ink-2" data-testid="spend-total">
								{t("spend.inAll", { amounts: inAll.join(" + ") })}
							</span>
						)}
						{remove.error && (
							<span role="alert" className="text-12 text-negative">
								{failure(remove.error)}
							</span>
						)}
						<span className="ml-auto flex items-center gap-2">
							<Button
								variant="ghost"
								size="s"
								onClick={() =>
									void navigate({ to: "/campaigns", search: { by: "channel" } as never })
								}
							>
								{t("spend.byChannel")}
							</Button>
							<SaveTools
								formats={["csv", "xlsx"]}
								file={file}
								reason={rows.length === 0 ? t("export.noRows") : undefined}
							/>
						</span>
					</div>
					<RecordList
						label={t("nav.spend")}
						columns={columns}
						rows={rows}
						selected={open?.id ?? null}
						onOpen={setOpen}
						list={list}
						handle={table}
						testId="spend-row"
					>
						{platform ? (
							<Empty
								title={t("spend.noMatch")}
								actions={<Button onClick={() => choose("")}>{t("spend.anyPlatform")}</Button>}
							/>
						) : (
							<Empty
								icon={ReceiptText}
								title={t("spend.none")}
								actions={
									<>
										<Button onClick={() => setEditing("new")}>{t("spend.add")}</Button>
										<Button variant="ghost" onClick={importFile}>
											{t("spend.import")}
										</Button>
									</>
								}
							>
								{t("spend.noneText")}
							</Empty>
						)}
					</RecordList>
				</Page>
			</div>
			{row && (
				<SpendInspector
					key={row.id}
					row={row}
					busy={remove.isPending}
					onClose={close}
					onCorrect={() => setEditing(row)}
					onRemove={() => remove.mutate(row)}
				/>
			)}
			{editing && (
				<SpendDialog
					from={editing === "new" ? null : editing}
					platforms={platforms}
					onClose={() => setEditing(null)}
					onDone={setOpen}
				/>
			)}
		</div>
	);
}
