import { type UseInfiniteQueryResult, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft, CircleAlert, CircleCheck } from "lucide-react";
import { type Ref, useEffect, useRef, useState } from "react";
import { Page } from "@/app/shell";
import type { ContactMerge, DuplicateGroup, Page as Slice } from "@/bindings";
import { Facts, Inspector } from "@/components/inspector";
import { type RecordColumn, RecordList, type RecordTableHandle } from "@/components/record-table";
import { Button, Empty, TabPanel, Tabs, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { type AppError, call, pages } from "@/lib/ipc";
import { MergeDialog } from "./merge-dialog";
import { called, type Pair, pairsOf } from "./pairs";

type Part = "pairs" | "merges";
type List<R> = UseInfiniteQueryResult<{ pages: Slice<R>[] }, AppError>;

function useGroups(): List<DuplicateGroup> {
	return useInfiniteQuery(pages("listDuplicates", {}, 100));
}

function useMerges(): List<ContactMerge> {
	return useInfiniteQuery(pages("listMerges", { contact_id: null }));
}

/** Contacts that may be the same person, and what was merged already. */
export function Duplicates({
	onMerged,
	onUndone,
}: {
	onMerged: (merge: ContactMerge) => void;
	onUndone: (merge: ContactMerge) => void;
}) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const [part, setPart] = useState<Part>("pairs");
	const [open, setOpen] = useState<ContactMerge | null>(null);
	const groups = useGroups();
	const merges = useMerges();
	const table = useRef<RecordTableHandle>(null);
	const pairs = pairsOf(groups.data?.pages.flatMap((page) => page.rows) ?? []);
	const all = merges.data?.pages.flatMap((page) => page.rows) ?? [];
	// The list is read again after an undo; what stands beside it is as it is now.
	const shown = open && (all.find((merge) => merge.id === open.id) ?? open);
	const label = (word: string, many: number, more: boolean) =>
		many > 0 ? `${word} ${count(locale, many)}${more ? "+" : ""}` : word;
	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					crumb={t("nav.contacts")}
					title={t("duplicates.title")}
					part="duplicates"
					fill
					tools={
						<Button
							icon={ArrowLeft}
							data-testid="all-contacts"
							onClick={() => void navigate({ to: "/contacts", search: {} as never })}
						>
							{t("duplicates.back")}
						</Button>
					}
				>
					<Tabs<Part>
						id="duplicates"
						label={t("duplicates.title")}
						value={part}
						onChange={(next) => {
							setPart(next);
							setOpen(null);
						}}
						options={[
							{
								value: "pairs",
								label: label(t("duplicates.pairs"), pairs.length, groups.hasNextPage),
								testId: "duplicates-pairs",
							},
							{
								value: "merges",
								label: label(t("duplicates.merges"), all.length, merges.hasNextPage),
								testId: "duplicates-merges",
							},
						]}
					/>
					<TabPanel id="duplicates" value={part} className="flex min-h-0 flex-1 flex-col">
						{part === "pairs" ? (
							<Pairs list={groups} pairs={pairs} onMerged={onMerged} />
						) : (
							<Merges list={merges} rows={all} open={open} onOpen={setOpen} table={table} />
						)}
					</TabPanel>
				</Page>
			</div>
			{shown && part === "merges" && (
				<MergeInspector
					key={shown.id}
					merge={shown}
					onUndone={onUndone}
					onClose={() => {
						setOpen(null);
						table.current?.focus(shown.id);
					}}
					onShow={(id) => {
						const found = all.find((merge) => merge.id === id);
						if (found) setOpen(found);
					}}
				/>
			)}
		</div>
	);
}

function Pairs({
	list,
	pairs,
	onMerged,
}: {
	list: List<DuplicateGroup>;
	pairs: Pair[];
	onMerged: (merge: ContactMerge) => void;
}) {
	const { t, locale } = useWords();
	const [asked, setAsked] = useState<Pair | null>(null);
	const merged = useRef<string | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const quiet = (text: string) => (
		<span className="text-ink-2" title={text}>
			{text}
		</span>
	);
	const columns: RecordColumn<Pair>[] = [
		{ id: "keep", head: t("duplicates.one"), width: 200, cell: (pair) => called(pair.keep) },
		{
			id: "other",
			head: t("duplicates.other"),
			width: 220,
			cell: (pair) => <span className="font-medium">{called(pair.other)}</span>,
		},
		{
			id: "why",
			head: t("duplicates.why"),
			width: 300,
			cell: (pair) =>
				quiet(pair.reasons.map((one) => t(`merge.reason.${one.reason}`, one)).join(" ")),
		},
		{
			id: "seen",
			head: t("contacts.seen"),
			width: 128,
			drop: 1,
			cell: (pair) => (
				<span className="num text-ink-2">{instant(locale, pair.other.first_seen_at)}</span>
			),
		},
		{
			id: "sales",
			head: t("contacts.sales"),
			width: 80,
			right: true,
			drop: 2,
			cell: (pair) => {
				const sales = pair.keep.sales + pair.other.sales;
				return sales > 0 ? count(locale, sales) : "—";
			},
		},
	];
	// The row goes with what was merged, once the list is read again: the next one takes the focus.
	// biome-ignore lint/correctness/useExhaustiveDependencies: it follows what the list shows
	useEffect(() => {
		const gone = merged.current;
		if (!gone || pairs.some((pair) => pair.id === gone)) return;
		merged.current = null;
		// Who went elsewhere meanwhile, such as to the toast, stays there.
		if (document.activeElement !== document.body) return;
		if (pairs.length > 0) table.current?.focus(gone);
		else document.getElementById("duplicates-pairs")?.focus();
	}, [list.data]);
	return (
		<>
			<RecordList
				label={t("duplicates.pairs")}
				columns={columns}
				rows={pairs}
				onOpen={setAsked}
				list={list}
				handle={table}
				testId="pair-row"
			>
				<Empty icon={CircleCheck} title={t("duplicates.none")}>
					{t("duplicates.noneText")}
				</Empty>
			</RecordList>
			{asked && (
				<MergeDialog
					pair={asked}
					onClose={() => setAsked(null)}
					onMerged={(merge) => {
						merged.current = asked.id;
						setAsked(null);
						onMerged(merge);
					}}
				/>
			)}
		</>
	);
}

/** What moved with a merged contact, in words; "nothing" when it had nothing. */
function useMoved() {
	const { t } = useWords();
	return (merge: ContactMerge): string =>
		(
			[
				["touchpoint", merge.touchpoints],
				["opportunity", merge.opportunities],
				["sale", merge.sales],
			] as const
		)
			.filter(([, many]) => many > 0)
			.map(([kind, many]) => t(`merge.${kind}`, { count: many }))
			.join(", ") || t("merge.nothing");
}

function Merges({
	list,
	rows,
	open,
	onOpen,
	table,
}: {
	list: List<ContactMerge>;
	rows: ContactMerge[];
	open: ContactMerge | null;
	onOpen: (merge: ContactMerge) => void;
	table: Ref<RecordTableHandle>;
}) {
	const { t, locale } = useWords();
	const moved = useMoved();
	const columns: RecordColumn<ContactMerge>[] = [
		{
			id: "other",
			head: t("duplicates.merged"),
			width: 200,
			cell: (merge) => merge.other_name || "—",
		},
		{
			id: "kept",
			head: t("duplicates.into"),
			width: 200,
			cell: (merge) => merge.kept_name || "—",
		},
		{
			id: "moved",
			head: t("duplicates.moved"),
			width: 280,
			drop: 1,
			cell: (merge) => <span className="text-ink-2">{moved(merge)}</span>,
		},
		{
			id: "when",
			head: t("duplicates.when"),
			width: 128,
			cell: (merge) => <span className="num text-ink-2">{instant(locale, merge.merged_at)}</span>,
		},
		{
			id: "state",
			head: t("contacts.status"),
			width: 104,
			cell: (merge) =>
				merge.undone_at ? (
					<Tag>{t("duplicates.undone")}</Tag>
				) : (
					<Tag tone="positive">{t("duplicates.stands")}</Tag>
				),
		},
	];
	return (
		<RecordList
			label={t("duplicates.merges")}
			columns={columns}
			rows={rows}
			selected={open?.id ?? null}
			onOpen={onOpen}
			list={list}
			handle={table}
			testId="merge-row"
		>
			<Empty title={t("duplicates.noMerges")}>{t("duplicates.noMergesText")}</Empty>
		</RecordList>
	);
}

/** One merge: what moved, and taking it apart again. */
function MergeInspector({
	merge,
	onUndone,
	onClose,
	onShow,
}: {
	merge: ContactMerge;
	onUndone: (merge: ContactMerge) => void;
	onClose: () => void;
	/** Shows another merge, which stands in the way. */
	onShow: (id: string) => void;
}) {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const moved = useMoved();
	const undo = useMutation<ContactMerge, AppError, void>({
		mutationFn: () => call("undoMerge", { id: merge.id }),
		onSuccess: onUndone,
	});
	const undone = undo.data?.undone_at ?? merge.undone_at;
	const contact = (id: string) => void navigate({ to: "/contacts", search: { open: id } as never });
	const { merge: inTheWay, contact_id: holder } = undo.error?.params ?? {};
	return (
		<Inspector label={t("duplicates.merged")} title={merge.other_name || "—"} onClose={onClose}>
			<Facts
				rows={[
					[t("duplicates.into"), merge.kept_name || "—"],
					[t("duplicates.moved"), moved(merge)],
					[t("duplicates.when"), instant(locale, merge.merged_at)],
					[t("duplicates.undoneAt"), undone && instant(locale, undone)],
				]}
			/>
			<p className="mt-4 text-ink-2">
				{t(undone ? "duplicates.undoneText" : "duplicates.undoText")}
			</p>
			<div className="mt-3 flex flex-wrap gap-2">
				{!undone && (
					<Button
						busy={undo.isPending}
						data-testid="undo-merge"
						onClick={() => !undo.isPending && undo.mutate()}
					>
						{t("duplicates.undo")}
					</Button>
				)}
				<Button variant={undone ? "plain" : "ghost"} onClick={() => contact(merge.kept_id)}>
					{t("duplicates.open", { name: merge.kept_name || "—" })}
				</Button>
				{undone && (
					<Button onClick={() => contact(merge.other_id)}>
						{t("duplicates.open", { name: merge.other_name || "—" })}
					</Button>
				)}
			</div>
			{undo.error && (
				<div
					role="alert"
					data-testid="undo-refused"
					className="mt-4 flex gap-2.5 rounded-3 border border-negative-line bg-negative-soft px-3 py-2"
				>
					<CircleAlert size={16} aria-hidden className="mt-0.5 flex-none text-negative" />
					<div className="min-w-0">
						<p className="font-medium">{t("duplicates.refused")}</p>
						<p className="mt-0.5 break-words">{failure(undo.error)}</p>
						{inTheWay && (
							<Button size="s" className="mt-2" onClick={() => onShow(inTheWay)}>
								{t("duplicates.showMerge")}
							</Button>
						)}
						{holder && (
							<Button size="s" className="mt-2" onClick={() => contact(holder)}>
								{t("duplicates.openHolder")}
							</Button>
						)}
					</div>
				</div>
			)}
		</Inspector>
	);
}
