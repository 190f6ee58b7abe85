import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
	BadgeDollarSign,
	CircleDot,
	Combine,
	Handshake,
	Milestone,
	Pencil,
	Plus,
	RotateCcw,
} from "lucide-react";
import { useState } from "react";
import type { ContactMerge, SaleRow, TimelineEntry } from "@/bindings";
import { Failure } from "@/components/failure";
import { Facts, Inspector } from "@/components/inspector";
import {
	SaleActions,
	SaleDialog,
	type SaleQuestion,
	SaleQuestionDialog,
	SaleStatus,
} from "@/components/sales";
import { Button, cx, IconButton, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, instant, money } from "@/lib/format";
import { query } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { Consent } from "./consent";
import { ContactDialog } from "./contact-dialog";
import { MergeWithDialog } from "./merge-dialog";
import { placeOf } from "./place";
import { TouchDialog } from "./touch-dialog";

const ICONS: Record<string, typeof CircleDot> = {
	touchpoint: CircleDot,
	opportunity: Handshake,
	stage: Milestone,
	sale: BadgeDollarSign,
	refund: RotateCcw,
};

/** One contact and everything that happened. */
export function ContactInspector({
	id,
	name,
	onClose,
	onMerged,
}: {
	id: string;
	/** As the list has it, while the rest is read. */
	name?: string | undefined;
	onClose: () => void;
	onMerged: (merge: ContactMerge) => void;
}) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const detail = useQuery(query("getContact", { id }));
	const sales = useQuery(
		query("listSales", { contact_id: id, status: null, page: { limit: 200, cursor: null } }),
	);
	const [dialog, setDialog] = useState<"edit" | "sale" | "touch" | "merge" | null>(null);
	const [question, setQuestion] = useState<SaleQuestion | null>(null);
	const contact = detail.data?.contact;
	const close = () => setDialog(null);
	return (
		<Inspector
			label={contact?.name ?? name ?? t("nav.contacts")}
			title={contact?.name ?? name}
			onClose={onClose}
			actions={
				detail.data && (
					<>
						<IconButton
							icon={Combine}
							label={t("merge.withOther")}
							data-testid="contact-merge"
							onClick={() => setDialog("merge")}
						/>
						<IconButton
							icon={Pencil}
							label={t("contacts.edit")}
							data-testid="contact-edit"
							onClick={() => setDialog("edit")}
						/>
					</>
				)
			}
		>
			{detail.error && <Failure error={detail.error} retry={() => void detail.refetch()} />}
			{detail.isPending && <Skeleton className="h-40" />}
			{detail.data && contact && (
				<>
					<Facts
						rows={[
							[t("contacts.status"), t(`contact.${contact.status}`)],
							[
								t("contacts.kind"),
								t(`contacts.kind.${detail.data.kind}`, { defaultValue: detail.data.kind }),
							],
							[t("contacts.owner"), detail.data.owner?.name],
							[t("contacts.phone"), contact.phone],
							[t("contacts.email"), contact.email],
							[
								t("contacts.source"),
								t(`lead.${contact.lead_source}`, { defaultValue: contact.lead_source }),
							],
							[t("contacts.campaign"), contact.campaign],
							[t("contacts.place"), placeOf(locale, detail.data)],
							[
								t("contacts.channel"),
								detail.data.preferred_channel &&
									t(`contacts.channel.${detail.data.preferred_channel}`, {
										defaultValue: detail.data.preferred_channel,
									}),
							],
							[
								t("contacts.language"),
								detail.data.language && languageName(locale, detail.data.language),
							],
							[t("contacts.timezone"), detail.data.timezone],
							[
								t("contacts.born"),
								detail.data.birth_date
									? day(locale, detail.data.birth_date, "long")
									: detail.data.birth_year,
							],
							[t("contacts.seen"), instant(locale, contact.first_seen_at)],
							[
								t("contacts.tags"),
								detail.data.tags.length > 0 && (
									<span className="flex flex-wrap gap-1">
										{detail.data.tags.map((tag) => (
											<Tag key={tag} tone="line">
												{tag}
											</Tag>
										))}
									</span>
								),
							],
							...Object.entries(detail.data.custom),
							[
								t("contacts.notes"),
								detail.data.notes && (
									<span className="whitespace-pre-line">{detail.data.notes}</span>
								),
							],
							[
								t("contacts.ids"),
								detail.data.external_ids
									.map(({ platform, external_id }) => `${platform}: ${external_id}`)
									.join(", "),
							],
						]}
					/>
					<div className="mt-4 flex flex-wrap gap-2">
						<Button icon={Plus} data-testid="add-sale" onClick={() => setDialog("sale")}>
							{t("sale.add")}
						</Button>
						<Button icon={Plus} data-testid="add-touch" onClick={() => setDialog("touch")}>
							{t("contacts.addTouch")}
						</Button>
					</div>
					<Consent contact={contact} />
					<div className="mt-6 mb-1 flex items-center gap-2">
						<h3 className="font-medium text-11 text-ink-3">{t("contacts.timeline")}</h3>
						{contact.sales > 0 && (
							<Button
								size="s"
								variant="ghost"
								className="-mr-2 ml-auto !text-accent-text"
								onClick={() => void navigate({ to: "/sales", search: { contact: id } as never })}
							>
								{t("contacts.allSales")}
							</Button>
						)}
					</div>
					{detail.data.timeline.length === 0 && (
						<p className="text-ink-3">{t("contacts.nothingYet")}</p>
					)}
					<ol className="flex flex-col" data-testid="timeline">
						{detail.data.timeline.map((entry) => (
							<Entry
								key={`${entry.kind}${entry.id}${entry.at}`}
								entry={entry}
								sale={
									entry.kind === "sale"
										? sales.data?.rows.find((sale) => sale.id === entry.id)
										: undefined
								}
								onAsk={setQuestion}
							/>
						))}
					</ol>
					{dialog === "edit" && <ContactDialog onClose={close} detail={detail.data} />}
					{dialog === "sale" && (
						<SaleDialog
							contact={contact}
							opportunities={detail.data.timeline
								.filter((entry) => entry.kind === "opportunity" && entry.status !== "lost")
								.map((entry) => ({ id: entry.id, name: entry.title }))}
							onClose={close}
						/>
					)}
					{dialog === "touch" && <TouchDialog contact={id} onClose={close} />}
					{dialog === "merge" && (
						<MergeWithDialog
							contact={contact}
							onClose={close}
							onMerged={(merge) => {
								close();
								onMerged(merge);
							}}
						/>
					)}
					<SaleQuestionDialog question={question} onClose={() => setQuestion(null)} />
				</>
			)}
		</Inspector>
	);
}

function Entry({
	entry,
	sale,
	onAsk,
}: {
	entry: TimelineEntry;
	/** Of a sale, what is left of it and what can be done with it. */
	sale: SaleRow | undefined;
	onAsk: (question: SaleQuestion) => void;
}) {
	const { t, locale } = useWords();
	const Icon = ICONS[entry.kind] ?? CircleDot;
	const title =
		entry.kind === "touchpoint"
			? t(`lead.${entry.source}`, { defaultValue: entry.source ?? entry.title })
			: entry.title;
	const settled = entry.kind === "touchpoint" || entry.kind === "stage" || entry.kind === "refund";
	return (
		<li className="grid grid-cols-[16px_1fr] gap-x-3 border-line border-t py-2.5 first:border-t-0">
			<Icon size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 text-ink-3" />
			<div className="min-w-0">
				<p className="flex items-baseline gap-2">
					<b className="truncate font-medium" title={title}>
						{title}
					</b>
					<span className="text-11 text-ink-3">{t(`timeline.${entry.kind}`)}</span>
					{entry.amount && entry.currency && entry.kind !== "stage" && (
						<span
							className={cx(
								"num ml-auto",
								entry.kind === "refund" && "text-negative",
								entry.kind === "touchpoint" && "text-12 text-ink-2",
							)}
						>
							{entry.kind === "touchpoint"
								? t("timeline.cost", { amount: money(locale, entry.amount, entry.currency) })
								: money(
										locale,
										entry.kind === "refund" ? `-${entry.amount}` : entry.amount,
										entry.currency,
									)}
						</span>
					)}
				</p>
				<p className="num flex items-center gap-1.5 text-11 text-ink-3">
					{instant(locale, entry.at)}
					{sale ? (
						<SaleStatus sale={sale} />
					) : (
						entry.status &&
						!settled &&
						` · ${t(`timeline.status.${entry.status}`, { defaultValue: entry.status })}`
					)}
				</p>
				{(entry.campaign || entry.ad) && (
					<p className="mt-0.5 break-words text-12 text-ink-2">
						{[entry.campaign, entry.ad].filter(Boolean).join(" · ")}
					</p>
				)}
				{(entry.medium || entry.form) && (
					<p className="mt-0.5 break-words text-12 text-ink-3">
						{[entry.medium, entry.form && t("timeline.form", { id: entry.form })]
							.filter(Boolean)
							.join(" · ")}
					</p>
				)}
				{entry.waiting_for_sync && <Tag tone="info">{t("contacts.waiting")}</Tag>}
				{entry.detail && <p className="mt-0.5 break-words text-12 text-ink-2">{entry.detail}</p>}
				{entry.ad_body && (
					<p className="mt-0.5 whitespace-pre-line break-words text-12 text-ink-3">
						{entry.ad_body}
					</p>
				)}
				{entry.answers.length > 0 && (
					<dl className="mt-1 text-12">
						{entry.answers.map((answer) => (
							<div key={answer.question} className="flex flex-wrap gap-x-2">
								<dt className="text-ink-3">{answer.question}</dt>
								<dd data-selectable className="break-words">
									{answer.answer}
								</dd>
							</div>
						))}
					</dl>
				)}
				{sale && (
					<p className={cx("mt-1 flex gap-1 empty:hidden", sale.status === "completed" && "-ml-2")}>
						<SaleActions sale={sale} small onAsk={onAsk} />
					</p>
				)}
			</div>
		</li>
	);
}
