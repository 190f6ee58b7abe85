import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Search, UserPlus, Users } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Page } from "@/app/shell";
import type { ContactRow, Page as Slice } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, cx, Empty, Skeleton, Tag, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { type AppError, call } from "@/lib/ipc";
import { ContactDialog } from "./dialogs";
import { Inspector } from "./inspector";

const TONES: Record<string, Tone> = {
	lead: "neutral",
	contacted: "info",
	customer: "positive",
	churned: "warning",
};
const SOURCES = [
	"META_ADS",
	"CLICK_TO_WHATSAPP",
	"ORGANIC",
	"GOOGLE_ADS",
	"TIKTOK_ADS",
	"WEB",
	"REFERRAL",
	"IMPORT",
	"MANUAL",
	"UNKNOWN",
];

export default function ContactsPage() {
	const { t, locale } = useWords();
	const [text, setText] = useState("");
	const search = useDeferredValue(text);
	const [status, setStatus] = useState("");
	const [source, setSource] = useState("");
	const [open, setOpen] = useState<string | null>(null);
	const [making, setMaking] = useState(false);
	const scroller = useRef<HTMLDivElement>(null);
	const request = { search: search || null, status: status || null, source: source || null };
	const list = useInfiniteQuery<
		Slice<ContactRow>,
		AppError,
		{ pages: Slice<ContactRow>[] },
		readonly ["listContacts", typeof request],
		string | null
	>({
		queryKey: ["listContacts", request],
		queryFn: ({ pageParam }) =>
			call("listContacts", { ...request, page: { limit: 200, cursor: pageParam } }),
		initialPageParam: null,
		getNextPageParam: (last) => last.next,
	});
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const virtual = useVirtualizer({
		count: rows.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => 40,
		overscan: 10,
	});
	const items = virtual.getVirtualItems();
	const last = items.at(-1)?.index ?? 0;
	const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
	useEffect(() => {
		if (hasNextPage && !isFetchingNextPage && last >= rows.length - 40) void fetchNextPage();
	}, [hasNextPage, isFetchingNextPage, last, rows.length, fetchNextPage]);
	const filtered = search !== "" || status !== "" || source !== "";

	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					title={t("nav.contacts")}
					fill
					tools={
						<Button
							icon={UserPlus}
							variant="primary"
							data-testid="new-contact"
							onClick={() => setMaking(true)}
						>
							{t("contacts.new")}
						</Button>
					}
				>
					<div className="flex flex-none items-center gap-2">
						<label className="flex h-7 w-72 items-center gap-2 rounded-2 border border-control bg-surface px-2 text-ink-3 dark:bg-sunken">
							<Search size={14} aria-hidden />
							<input
								aria-label={t("contacts.search")}
								placeholder={t("contacts.search")}
								value={text}
								onChange={(event) => setText(event.target.value)}
								className="min-w-0 flex-1 bg-transparent text-ink outline-none focus-visible:shadow-none"
							/>
						</label>
						<select
							aria-label={t("contacts.status")}
							value={status}
							onChange={(event) => setStatus(event.target.value)}
							className="h-7 rounded-2 border border-line-2 bg-surface px-2 dark:bg-raised"
						>
							<option value="">{t("contacts.anyStatus")}</option>
							{Object.keys(TONES).map((word) => (
								<option key={word} value={word}>
									{t(`contact.${word}`)}
								</option>
							))}
						</select>
						<select
							aria-label={t("contacts.source")}
							value={source}
							onChange={(event) => setSource(event.target.value)}
							className="h-7 rounded-2 border border-line-2 bg-surface px-2 dark:bg-raised"
						>
							<option value="">{t("contacts.anySource")}</option>
							{SOURCES.map((word) => (
								<option key={word} value={word}>
									{t(`lead.${word}`)}
								</option>
							))}
						</select>
					</div>
					{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
					{list.isPending && <Skeleton className="h-64" />}
					{list.data && (
						<div
							ref={scroller}
							className="min-h-0 flex-1 overflow-auto rounded-3 border border-line bg-surface"
						>
							<table
								className="w-full table-fixed border-separate border-spacing-0"
								aria-label={t("nav.contacts")}
							>
								<thead>
									<tr className="text-left text-11 text-ink-3">
										{[
											"name",
											"phone",
											"email",
											"status",
											"source",
											"campaign",
											"seen",
											"sales",
										].map((head) => (
											<th
												key={head}
												className={cx(
													"sticky top-0 z-10 h-7 border-line border-b bg-surface px-2 font-medium first:pl-4 last:pr-4",
													head === "sales" && "w-16 text-right",
													head === "status" && "w-24",
													(head === "seen" || head === "source") && "w-32",
												)}
											>
												{t(`contacts.${head}`)}
											</th>
										))}
									</tr>
								</thead>
								<tbody>
									{(items[0]?.start ?? 0) > 0 && (
										<tr aria-hidden>
											<td colSpan={8} style={{ height: items[0]?.start }} />
										</tr>
									)}
									{items.map((item) => {
										const row = rows[item.index];
										if (!row) return null;
										return (
											<tr
												key={row.id}
												data-testid="contact-row"
												aria-selected={open === row.id}
												onClick={() => setOpen(row.id)}
												className={cx(
													"h-10 cursor-pointer [&>td]:truncate [&>td]:border-line [&>td]:border-b [&>td]:px-2",
													open === row.id ? "bg-selected" : "hover:bg-hover",
												)}
											>
												<td className="!pl-4">
													<button
														type="button"
														className="max-w-full truncate font-medium"
														onClick={() => setOpen(row.id)}
													>
														{row.name}
													</button>
												</td>
												<td className="num text-ink-2">{row.phone ?? "—"}</td>
												<td className="text-ink-2">{row.email ?? "—"}</td>
												<td>
													<Tag tone={TONES[row.status] ?? "neutral"}>
														{t(`contact.${row.status}`)}
													</Tag>
												</td>
												<td className="text-ink-2">
													{t(`lead.${row.lead_source}`, { defaultValue: row.lead_source })}
												</td>
												<td className="text-ink-2" title={row.campaign ?? undefined}>
													{row.campaign ?? "—"}
												</td>
												<td className="num text-ink-2">{instant(locale, row.first_seen_at)}</td>
												<td className="num !pr-4 text-right">
													{row.sales ? count(locale, row.sales) : "—"}
												</td>
											</tr>
										);
									})}
									{virtual.getTotalSize() > (items.at(-1)?.end ?? 0) && (
										<tr aria-hidden>
											<td
												colSpan={8}
												style={{ height: virtual.getTotalSize() - (items.at(-1)?.end ?? 0) }}
											/>
										</tr>
									)}
								</tbody>
							</table>
							{rows.length === 0 &&
								(filtered ? (
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
										actions={<Button onClick={() => setMaking(true)}>{t("contacts.new")}</Button>}
									>
										{t("contacts.noneText")}
									</Empty>
								))}
						</div>
					)}
				</Page>
			</div>
			{open && <Inspector key={open} id={open} onClose={() => setOpen(null)} />}
			<ContactDialog open={making} onClose={() => setMaking(false)} onSaved={setOpen} />
		</div>
	);
}
