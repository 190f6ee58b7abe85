import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ContactDetail, ContactMerge, ContactRow } from "@/bindings";
import { ContactPicker } from "@/components/contact-picker";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { cx, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { called, type Pair } from "./pairs";
import { placeOf } from "./place";

/** Merges a contact with another one that is chosen here. */
export function MergeWithDialog({
	contact,
	onClose,
	onMerged,
}: {
	contact: ContactRow;
	onClose: () => void;
	onMerged: (merge: ContactMerge) => void;
}) {
	const { t } = useWords();
	const [other, setOther] = useState<ContactRow | null>(null);
	const [wrong, setWrong] = useState<string>();
	const [chosen, setChosen] = useState(false);
	if (chosen && other) {
		return (
			<MergeDialog
				pair={{ id: other.id, keep: contact, other, reasons: [] }}
				onClose={onClose}
				onMerged={onMerged}
			/>
		);
	}
	return (
		<FormDialog
			title={t("merge.with", { name: called(contact) })}
			description={t("merge.withText")}
			label={t("merge.compare")}
			busy={false}
			error={null}
			fields={[]}
			onClose={onClose}
			onSubmit={() => {
				const same = other?.id === contact.id;
				setWrong(!other ? t("merge.needsOther") : same ? t("merge.same") : undefined);
				setChosen(Boolean(other) && !same);
			}}
		>
			<ContactPicker value={other} onChange={setOther} error={wrong} autoFocus />
		</FormDialog>
	);
}

/** Two contacts side by side: which of them stays is chosen here. */
export function MergeDialog({
	pair,
	onClose,
	onMerged,
}: {
	pair: Pair;
	onClose: () => void;
	onMerged: (merge: ContactMerge) => void;
}) {
	const { t } = useWords();
	const sides = [pair.keep, pair.other] as const;
	const [kept, setKept] = useState<0 | 1>(0);
	const details = [
		useQuery(query("getContact", { id: pair.keep.id })),
		useQuery(query("getContact", { id: pair.other.id })),
	] as const;
	const [first, second] = [details[0].data, details[1].data];
	const failed = details.find((one) => one.error);
	const stays = sides[kept];
	const goes = sides[kept === 0 ? 1 : 0];
	const merge = useMutation<ContactMerge, AppError, void>({
		mutationFn: () => call("mergeContacts", { keep: stays.id, other: goes.id }),
		onSuccess: onMerged,
	});
	return (
		<FormDialog
			title={t("merge.title")}
			description={
				pair.reasons.length > 0
					? pair.reasons
							.map((one) => t(`merge.reason.${one.reason}`, { value: one.value }))
							.join(" ")
					: t("merge.unproved")
			}
			label={t("merge.run")}
			width={720}
			busy={merge.isPending}
			error={merge.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => first && second && merge.mutate()}
		>
			{failed?.error ? (
				<Failure error={failed.error} retry={() => void failed.refetch()} />
			) : !first || !second ? (
				<Skeleton className="h-64" />
			) : (
				<>
					<Comparison sides={[first, second]} kept={kept} onKeep={setKept} />
					<p role="status" className="text-ink-2">
						{t("merge.outcome", { stays: called(stays), goes: called(goes) })}
					</p>
				</>
			)}
		</FormDialog>
	);
}

/** What a comparison says, a row each: its name and what each contact has, empty for nothing. */
function useRows(sides: readonly [ContactDetail, ContactDetail]) {
	const { t, locale } = useWords();
	const happened = ({ timeline }: ContactDetail) =>
		(["touchpoint", "opportunity", "sale"] as const)
			.map((kind) => [kind, timeline.filter((entry) => entry.kind === kind).length] as const)
			.filter(([, many]) => many > 0)
			.map(([kind, many]) => t(`merge.${kind}`, { count: many }))
			.join(", ");
	const born = (one: ContactDetail) =>
		one.birth_date ? day(locale, one.birth_date, "long") : String(one.birth_year ?? "");
	const ids = (one: ContactDetail) =>
		one.external_ids.map(({ platform, external_id }) => `${platform}: ${external_id}`).join(", ");
	const own = [...new Set(sides.flatMap((one) => Object.keys(one.custom)))];
	const rows: Array<[string, (one: ContactDetail) => string | null | undefined]> = [
		[t("contacts.phone"), (one) => one.contact.phone],
		[t("contacts.email"), (one) => one.contact.email],
		[t("contacts.status"), (one) => t(`contact.${one.contact.status}`)],
		[t("contacts.kind"), (one) => t(`contacts.kind.${one.kind}`, { defaultValue: one.kind })],
		[
			t("contacts.source"),
			(one) => t(`lead.${one.contact.lead_source}`, { defaultValue: one.contact.lead_source }),
		],
		[t("contacts.campaign"), (one) => one.contact.campaign],
		[t("contacts.owner"), (one) => one.owner?.name],
		[t("contacts.place"), (one) => placeOf(locale, one)],
		[t("contacts.seen"), (one) => instant(locale, one.contact.first_seen_at)],
		[t("contacts.born"), born],
		[t("contacts.tags"), (one) => one.tags.join(", ")],
		...own.map((name): [string, (one: ContactDetail) => string | undefined] => [
			name,
			(one) => one.custom[name],
		]),
		[t("contacts.ids"), ids],
		[t("contacts.notes"), (one) => one.notes],
		[t("merge.happened"), happened],
	];
	return rows
		.map(([name, read], key) => ({ key, name, values: sides.map((one) => read(one) ?? "") }))
		.filter(({ values }) => values.some(Boolean));
}

function Comparison({
	sides,
	kept,
	onKeep,
}: {
	sides: readonly [ContactDetail, ContactDetail];
	kept: 0 | 1;
	onKeep: (side: 0 | 1) => void;
}) {
	const { t } = useWords();
	const rows = useRows(sides);
	return (
		<table className="w-full table-fixed border-separate border-spacing-0" data-testid="comparison">
			<thead>
				<tr>
					<td className="w-32" />
					{([0, 1] as const).map((side) => (
						<th
							key={side}
							scope="col"
							className={cx(
								"rounded-t-3 border border-b-0 px-3 pt-2 pb-2.5 text-left align-top font-normal",
								side === kept ? "border-accent-line bg-accent-soft" : "border-transparent",
							)}
						>
							<label className="flex items-start gap-2">
								<input
									type="radio"
									name="merge-keep"
									checked={side === kept}
									// biome-ignore lint/a11y/noAutofocus: the first thing to answer, once it is read
									autoFocus={side === 0}
									onChange={() => onKeep(side)}
									data-testid={`merge-keep-${side}`}
									className="mt-0.5 size-4 flex-none accent-[var(--accent)]"
								/>
								<span className="min-w-0">
									<b className="block truncate font-semibold text-14">
										{called(sides[side].contact)}
									</b>
									<span
										className={side === kept ? "text-12 text-accent-text" : "text-12 text-ink-3"}
									>
										{t(side === kept ? "merge.stays" : "merge.goes")}
									</span>
								</span>
							</label>
						</th>
					))}
				</tr>
			</thead>
			<tbody data-selectable>
				{rows.map(({ key, name, values }, place) => (
					<tr key={key}>
						<th
							scope="row"
							className="break-words border-line border-t py-1.5 pr-2 text-left align-top font-normal text-ink-3"
						>
							{name}
						</th>
						{([0, 1] as const).map((side) => (
							<td
								key={side}
								className={cx(
									"num whitespace-pre-line break-words border-x border-t border-t-line px-3 py-1.5 align-top",
									side === kept ? "border-x-accent-line bg-accent-soft" : "border-x-transparent",
									side === kept &&
										place === rows.length - 1 &&
										"rounded-b-3 border-b border-b-accent-line",
									values[0] === values[1] && "text-ink-3",
								)}
							>
								{values[side] || "—"}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
