import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Combine, UserPlus, Users } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { Page } from "@/app/shell";
import { useUndo } from "@/app/undo";
import type { ContactMerge, ContactRow } from "@/bindings";
import { type RecordColumn, RecordList, type RecordTableHandle } from "@/components/record-table";
import { SaveTools, useSaveRecords } from "@/components/save-file";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, SearchField, Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { call, pages, query } from "@/lib/ipc";
import { useShortcut } from "@/lib/shortcuts";
import { SOURCES } from "@/lib/sources";
import { ContactDialog } from "./contact-dialog";
import { Duplicates } from "./duplicates";
import { ContactInspector } from "./inspector";
import { pairsOf } from "./pairs";
import { STATUSES } from "./sources";

const TONES: Record<string, Tone> = {
	lead: "neutral",
	contacted: "info",
	customer: "positive",
	churned: "warning",
};

/** The contacts, or those that may be the same person (`?view=duplicates`). */
export default function ContactsPage() {
	const { t } = useWords();
	const { view } = useSearch({ strict: false }) as { view?: string };
	const { done, forget } = useUndo();
	const tell = (merge: ContactMerge) => {
		const said = { other: merge.other_name || "—", kept: merge.kept_name || "—" };
		done({
			key: `merge-${merge.id}`,
			text: t("merge.done", said),
			undo: () => call("undoMerge", { id: merge.id }),
			undone: t("merge.undone", said),
			refused: t("duplicates.refused"),
		});
	};
	return view === "duplicates" ? (
		<Duplicates
			onMerged={tell}
			// What is apart again is not to be undone once more.
			onUndone={({ id }) => forget(`merge-${id}`)}
		/>
	) : (
		<Contacts onMerged={tell} />
	);
}

/** Every contact, changed last first; one stands open beside the list (`?open=` at the start). */
function Contacts({ onMerged }: { onMerged: (merge: ContactMerge) => void }) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const asked = useSearch({ strict: false }) as { open?: string };
	const [text, setText] = useState("");
	const search = useDeferredValue(text.trim());
	const [status, setStatus] = useState("");
	const [source, setSource] = useState("");
	const [open, setOpen] = useState<string | null>(asked.open ?? null);
	const [making, setMaking] = useState(false);
	const table = useRef<RecordTableHandle>(null);
	const box = useRef<HTMLInputElement>(null);
	const request = { search: search || null, status: status || null, source: source || null };
	const list = useInfiniteQuery({
		...pages("listContacts", request),
		// While one types the rows found before stay on screen.
		placeholderData: (before) => before,
	});
	const doubles = useQuery(query("listDuplicates", { page: { limit: 100, cursor: null } }));
	const pairs = pairsOf(doubles.data?.rows ?? []).length;
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const filtered = search !== "" || status !== "" || source !== "";
	const file = useSaveRecords("contacts", filtered, (limit, cursor) =>
		call("listContacts", { ...request, page: { limit, cursor } }),
	);
	const close = () => {
		const back = open;
		setOpen(null);
		if (back) table.current?.focus(back);
	};

	useShortcut("filter", () => box.current?.focus());

	const quiet = (value: string | null) => (
		<span className="text-ink-2" title={value ?? undefined}>
			{value ?? "—"}
		</span>
	);
	const columns: RecordColumn<ContactRow>[] = [
		{ id: "name", head: t("contacts.name"), width: 200, cell: (row) => row.name },
		{
			id: "phone",
			head: t("contacts.phone"),
			width: 144,
			cell: (row) => <span className="num text-ink-2">{row.phone ?? "—"}</span>,
		},
		{
			id: "email",
			head: t("contacts.email"),
			width: 208,
			drop: 1,
			cell: (row) => quiet(row.email),
		},
		{
			id: "status",
			head: t("contacts.status"),
			width: 104,
			cell: (row) => <Tag tone={TONES[row.status] ?? "neutral"}>{t(`contact.${row.status}`)}</Tag>,
		},
		{
			id: "source",
			head: t("contacts.source"),
			width: 160,
			drop: 3,
			cell: (row) => quiet(t(`lead.${row.lead_source}`, { defaultValue: row.lead_source })),
		},
		{
			id: "campaign",
			head: t("contacts.campaign"),
			width: 216,
			drop: 2,
			cell: (row) => quiet(row.campaign),
		},
		{
			id: "seen",
			head: t("contacts.seen"),
			width: 120,
			drop: 4,
			cell: (row) => <span className="num text-ink-2">{instant(locale, row.first_seen_at)}</span>,
		},
		{
			id: "sales",
			head: t("contacts.sales"),
			width: 72,
			right: true,
			drop: 5,
			cell: (row) => (row.sales ? count(locale, row.sales) : "—"),
		},
	];

	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					title={t("nav.contacts")}
					fill
					tools={
						<>
							<Button
								icon={Combine}
								data-testid="duplicates"
								onClick={() =>
									void navigate({ to: "/contacts", search: { view: "duplicates" } as never })
								}
							>
								{t("duplicates.title")}
								{pairs > 0 && (
									<Tag tone="warning">
										{count(locale, pairs)}
										{doubles.data?.next ? "+" : ""}
									</Tag>
								)}
							</Button>
							<Button
								icon={UserPlus}
								variant="primary"
								data-testid="new-contact"
								onClick={() => setMaking(true)}
							>
								{t("contacts.new")}
							</Button>
						</>
					}
				>
					<div className="flex flex-none flex-wrap items-center gap-2">
						<SearchField ref={box} label={t("contacts.search")} value={text} onChange={setText} />
						<FilterSelect
							aria-label={t("contacts.status")}
							value={status}
							onChange={(event) => setStatus(event.target.value)}
						>
							<option value="">{t("contacts.anyStatus")}</option>
							{STATUSES.map((word) => (
								<option key={word} value={word}>
									{t(`contact.${word}`)}
								</option>
							))}
						</FilterSelect>
						<FilterSelect
							aria-label={t("contacts.source")}
							value={source}
							onChange={(event) => setSource(event.target.value)}
						>
							<option value="">{t("contacts.anySource")}</option>
							{SOURCES.map((word) => (
								<option key={word} value={word}>
									{t(`lead.${word}`)}
								</option>
							))}
						</FilterSelect>
						<span className="ml-auto flex items-center gap-2">
							<SaveTools
								formats={["csv", "xlsx"]}
								file={file}
								reason={rows.length === 0 ? t("export.noRows") : undefined}
							/>
						</span>
					</div>
					<RecordList
						label={t("nav.contacts")}
						columns={columns}
						rows={rows}
						selected={open}
						onOpen={(row) => setOpen(row.id)}
						list={list}
						handle={table}
						testId="contact-row"
					>
						{filtered ? (
							<Empty
								title={t("contacts.noMatch")}
								actions={
									<Button
										onClick={() => {
											setText("");
											setStatus("");
											setSource("");
										}}
									>
										{t("contacts.clear")}
									</Button>
								}
							/>
						) : (
							<Empty
								icon={Users}
								title={t("contacts.none")}
								actions={
									<>
										<Button onClick={() => setMaking(true)}>{t("contacts.new")}</Button>
										<Button variant="ghost" onClick={() => void navigate({ to: "/import" })}>
											{t("contacts.import")}
										</Button>
									</>
								}
							>
								{t("contacts.noneText")}
							</Empty>
						)}
					</RecordList>
				</Page>
			</div>
			{open && (
				<ContactInspector
					key={open}
					id={open}
					name={rows.find((row) => row.id === open)?.name}
					onClose={close}
					onMerged={(merge) => {
						setOpen(merge.kept_id);
						onMerged(merge);
					}}
				/>
			)}
			{making && <ContactDialog onClose={() => setMaking(false)} onSaved={setOpen} />}
		</div>
	);
}
