import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsentLine, ContactRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { Button, Tag, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

const KINDS = ["whatsapp", "sms", "email", "telegram", "messenger", "instagram"] as const;
type Kind = (typeof KINDS)[number];

/** What somebody tells us about a kind of channel, with how it is known. */
function SayDialog({
	contact,
	kind,
	wants,
	onClose,
}: {
	contact: ContactRow;
	kind: Kind;
	wants: boolean;
	onClose: () => void;
}) {
	const { t } = useWords();
	const [note, setNote] = useState("");
	const set = useMutation<ConsentLine[], AppError, void>({
		mutationFn: () =>
			call("setConsent", { contact_id: contact.id, kind, wants, note: note.trim() || null }),
		onSuccess: onClose,
	});
	const channel = t(`outbox.kind.${kind}`);
	return (
		<FormDialog
			title={t(wants ? "consent.allowTitle" : "consent.stopTitle", {
				name: contact.name,
				channel,
			})}
			description={t(wants ? "consent.allowText" : "consent.stopText")}
			label={t(wants ? "consent.allow" : "consent.stop")}
			busy={set.isPending}
			error={set.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => set.mutate()}
		>
			<TextField
				label={t("consent.note")}
				placeholder={t(wants ? "consent.noteAllow" : "consent.noteStop")}
				maxLength={500}
				data-testid="consent-note"
				value={note}
				onChange={(event) => setNote(event.target.value)}
			/>
		</FormDialog>
	);
}

/** Whether somebody wants to be written to, by kind of channel: what they said last, and saying it for them. */
export function Consent({ contact }: { contact: ContactRow }) {
	const { t, locale } = useWords();
	const said = useQuery(query("getConsent", { contact_id: contact.id }));
	const [asking, setAsking] = useState<{ kind: Kind; wants: boolean } | null>(null);
	if (said.error) return <Failure error={said.error} retry={() => void said.refetch()} />;
	if (!said.data) return null;
	// Newest first: the first of a kind holds.
	const last = (kind: Kind) => said.data.find((one) => one.kind === kind);
	const reached: Record<Kind, boolean> = {
		whatsapp: Boolean(contact.phone),
		sms: Boolean(contact.phone),
		email: Boolean(contact.email),
		telegram: false,
		messenger: false,
		instagram: false,
	};
	const shown = KINDS.filter((kind) => last(kind) || reached[kind]);
	if (shown.length === 0) return null;
	return (
		<section className="mt-6" aria-label={t("consent.head")}>
			<h3 className="mb-1 font-medium text-11 text-ink-3">{t("consent.head")}</h3>
			<ul data-testid="consent">
				{shown.map((kind) => {
					const line = last(kind);
					const stopped = line?.consent === "opted_out";
					return (
						<li key={kind} className="flex items-center gap-2 border-line border-b py-1.5">
							<div className="min-w-0 flex-1">
								<p className="flex flex-wrap items-center gap-2">
									{t(`outbox.kind.${kind}`)}
									<Tag tone={!line ? "line" : stopped ? "negative" : "positive"}>
										{t(
											!line ? "consent.nothing" : stopped ? "consent.optedOut" : "consent.optedIn",
										)}
									</Tag>
								</p>
								{line && (
									<p className="break-words text-11 text-ink-3">
										{[t(`outbox.source.${line.source}`), line.note, instant(locale, line.at)]
											.filter(Boolean)
											.join(" · ")}
									</p>
								)}
							</div>
							<Button
								size="s"
								data-testid={`consent-${kind}`}
								onClick={() => setAsking({ kind, wants: stopped })}
							>
								{t(stopped ? "consent.allow" : "consent.stop")}
							</Button>
							{!line && (
								<Button
									size="s"
									data-testid={`consent-in-${kind}`}
									onClick={() => setAsking({ kind, wants: true })}
								>
									{t("consent.allow")}
								</Button>
							)}
						</li>
					);
				})}
			</ul>
			{asking && <SayDialog contact={contact} {...asking} onClose={() => setAsking(null)} />}
		</section>
	);
}
