import { useQuery } from "@tanstack/react-query";
import {
	BadgeDollarSign,
	CircleDot,
	Handshake,
	Milestone,
	Pencil,
	RotateCcw,
	X,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { TimelineEntry } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, IconButton, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant, money } from "@/lib/format";
import { query } from "@/lib/ipc";
import { ContactDialog, RefundDialog, SaleDialog, TouchDialog } from "./dialogs";

const ICONS: Record<string, typeof CircleDot> = {
	touchpoint: CircleDot,
	opportunity: Handshake,
	stage: Milestone,
	sale: BadgeDollarSign,
	refund: RotateCcw,
};

/** One contact and everything that happened. Pushes the list, never covers it. */
export function Inspector({ id, onClose }: { id: string; onClose: () => void }) {
	const { t, locale } = useWords();
	const detail = useQuery(query("getContact", { id }));
	const [dialog, setDialog] = useState<"edit" | "sale" | "touch" | null>(null);
	const [refund, setRefund] = useState<string | null>(null);
	const box = useRef<HTMLElement>(null);
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key === "Escape" && !dialog && !refund) onClose();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, [dialog, refund, onClose]);
	const contact = detail.data?.contact;
	return (
		<aside
			ref={box}
			data-region
			tabIndex={-1}
			aria-label={contact?.name ?? t("nav.contacts")}
			className="flex w-[376px] min-h-0 flex-col border-line border-l bg-surface"
		>
			<header className="flex h-[52px] flex-none items-center gap-1 border-line border-b pr-2 pl-5">
				<h2 className="truncate font-semibold text-16">{contact?.name}</h2>
				<span className="ml-auto flex">
					{detail.data && (
						<IconButton
							icon={Pencil}
							label={t("contacts.edit")}
							onClick={() => setDialog("edit")}
						/>
					)}
					<IconButton icon={X} label={t("action.close")} onClick={onClose} />
				</span>
			</header>
			<div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">
				{detail.error && <Failure error={detail.error} retry={() => void detail.refetch()} />}
				{detail.isPending && <Skeleton className="h-40" />}
				{detail.data && contact && (
					<>
						<dl data-selectable className="grid grid-cols-[96px_1fr] gap-y-1">
							{(
								[
									["contacts.status", t(`contact.${contact.status}`)],
									["contacts.phone", contact.phone],
									["contacts.email", contact.email],
									[
										"contacts.source",
										t(`lead.${contact.lead_source}`, { defaultValue: contact.lead_source }),
									],
									["contacts.campaign", contact.campaign],
									[
										"contacts.place",
										[detail.data.city, detail.data.region, detail.data.country]
											.filter(Boolean)
											.join(", "),
									],
									["contacts.seen", instant(locale, contact.first_seen_at)],
									["contacts.notes", detail.data.notes],
								] as const
							)
								.filter(([, value]) => value)
								.map(([key, value]) => (
									<div key={key} className="contents">
										<dt className="text-ink-3">{t(key)}</dt>
										<dd className="num min-w-0 whitespace-normal break-words">{value}</dd>
									</div>
								))}
						</dl>
						<div className="mt-4 flex flex-wrap gap-2">
							<Button onClick={() => setDialog("sale")}>{t("contacts.addSale")}</Button>
							<Button onClick={() => setDialog("touch")}>{t("contacts.addTouch")}</Button>
						</div>
						<h3 className="mt-6 mb-2 font-medium text-11 text-ink-3">{t("contacts.timeline")}</h3>
						<ol className="flex flex-col">
							{detail.data.timeline.map((entry) => (
								<Entry
									key={`${entry.kind}${entry.id}${entry.at}`}
									entry={entry}
									onRefund={() => setRefund(entry.id)}
								/>
							))}
						</ol>
						<ContactDialog
							key={contact.updated_at}
							open={dialog === "edit"}
							onClose={() => setDialog(null)}
							detail={detail.data}
						/>
						<SaleDialog open={dialog === "sale"} onClose={() => setDialog(null)} contact={id} />
						<TouchDialog open={dialog === "touch"} onClose={() => setDialog(null)} contact={id} />
						<RefundDialog sale={refund} onClose={() => setRefund(null)} />
					</>
				)}
			</div>
		</aside>
	);
}

function Entry({ entry, onRefund }: { entry: TimelineEntry; onRefund: () => void }) {
	const { t, locale } = useWords();
	const Icon = ICONS[entry.kind] ?? CircleDot;
	const title =
		entry.kind === "touchpoint"
			? t(`lead.${entry.source}`, { defaultValue: entry.source ?? entry.title })
			: entry.title;
	return (
		<li className="grid grid-cols-[16px_1fr] gap-x-3 border-line border-t py-2.5 first:border-t-0">
			<Icon size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 text-ink-3" />
			<div className="min-w-0">
				<p className="flex items-baseline gap-2">
					<b className="truncate font-medium">{title}</b>
					<span className="text-11 text-ink-3">{t(`timeline.${entry.kind}`)}</span>
					{entry.amount && entry.currency && (
						<span className="num ml-auto">
							{entry.kind === "refund" && "−"}
							{money(locale, entry.amount, entry.currency)}
						</span>
					)}
				</p>
				<p className="num text-11 text-ink-3">
					{instant(locale, entry.at)}
					{entry.status &&
						` · ${t(`timeline.status.${entry.status}`, { defaultValue: entry.status })}`}
				</p>
				{(entry.campaign || entry.ad) && (
					<p className="mt-0.5 truncate text-12 text-ink-2">
						{[entry.campaign, entry.ad].filter(Boolean).join(" · ")}
					</p>
				)}
				{entry.waiting_for_sync && <Tag tone="info">{t("contacts.waiting")}</Tag>}
				{entry.detail && <p className="mt-0.5 text-12 text-ink-2">{entry.detail}</p>}
				{entry.answers.length > 0 && (
					<dl className="mt-1 text-12">
						{entry.answers.map((answer) => (
							<div key={answer.question} className="flex gap-2">
								<dt className="text-ink-3">{answer.question}</dt>
								<dd data-selectable className="truncate">
									{answer.answer}
								</dd>
							</div>
						))}
					</dl>
				)}
				{entry.kind === "sale" && entry.status === "completed" && (
					<Button size="s" variant="ghost" className="-ml-2 mt-1" onClick={onRefund}>
						{t("contacts.refund")}
					</Button>
				)}
			</div>
		</li>
	);
}
