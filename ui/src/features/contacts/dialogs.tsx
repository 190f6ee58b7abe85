import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { useSession } from "@/app/session";
import type { ContactDetail, ContactRow } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { Button, IconButton, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { momentOf } from "@/lib/period";
import { SOURCES, STATUSES } from "./sources";

const TEXTS = ["name", "phone", "email", "country", "city", "notes", "birth_date", "tags"] as const;
type Text = (typeof TEXTS)[number];

interface Own {
	key: number;
	name: string;
	value: string;
}

/** The fields to set, and as empty texts those that were taken away or renamed. */
export function ownFields(
	before: { readonly [key in string]?: string },
	now: ReadonlyArray<{ name: string; value: string }>,
): Record<string, string> {
	const kept = now
		.map(({ name, value }) => [name.trim(), value.trim()] as const)
		.filter(([name]) => name);
	const gone = Object.keys(before).filter((name) => !kept.some(([other]) => other === name));
	return Object.fromEntries([...gone.map((name) => [name, ""] as const), ...kept]);
}

/** Makes a contact, or changes one. */
export function ContactDialog({
	onClose,
	onSaved,
	detail,
}: {
	onClose: () => void;
	onSaved?: (id: string) => void;
	detail?: ContactDetail;
}) {
	const { t, failure } = useWords();
	const [edit, setEdit] = useState({
		name: detail?.contact.name ?? "",
		phone: detail?.contact.phone ?? "",
		email: detail?.contact.email ?? "",
		status: detail?.contact.status ?? "lead",
		source: detail?.contact.lead_source ?? "MANUAL",
		country: detail?.country ?? "",
		city: detail?.city ?? "",
		birth_date: detail?.birth_date ?? "",
		tags: detail?.tags.join(", ") ?? "",
		notes: detail?.notes ?? "",
	});
	const [own, setOwn] = useState<Own[]>(() =>
		Object.entries(detail?.custom ?? {}).map(([name, value], key) => ({ key, name, value })),
	);
	const save = useMutation<ContactRow, AppError, void>({
		mutationFn: () =>
			call("saveContact", {
				id: detail?.contact.id ?? null,
				name: edit.name,
				phone: edit.phone,
				email: edit.email,
				status: edit.status,
				lead_source: edit.source,
				country: edit.country,
				city: edit.city,
				// An empty text takes a date away.
				birth_date: edit.birth_date || (detail?.birth_date ? "" : null),
				tags: edit.tags
					.split(",")
					.map((tag) => tag.trim())
					.filter(Boolean),
				notes: edit.notes,
				custom: ownFields(detail?.custom ?? {}, own),
			}),
		onSuccess: (row) => {
			onSaved?.(row.id);
			onClose();
		},
	});
	const text = (field: Text) => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
		"data-testid": `contact-${field}`,
	});
	const change = (key: number, part: Partial<Own>) =>
		setOwn(own.map((one) => (one.key === key ? { ...one, ...part } : one)));
	const sources: readonly string[] = SOURCES;
	return (
		<FormDialog
			title={detail ? t("contacts.edit") : t("contacts.new")}
			label={t("action.save")}
			width={560}
			busy={save.isPending}
			error={save.error}
			fields={TEXTS}
			onClose={onClose}
			onSubmit={() => save.mutate()}
		>
			<TextField label={t("contacts.name")} autoFocus {...text("name")} />
			<div className="grid grid-cols-2 gap-x-3 gap-y-4">
				<TextField
					label={t("contacts.phone")}
					type="tel"
					placeholder="+54 11 5263-0190"
					hint={t("contacts.phoneHint")}
					{...text("phone")}
				/>
				<TextField
					label={t("contacts.email")}
					type="email"
					placeholder="ana@example.com"
					{...text("email")}
				/>
				<SelectField
					label={t("contacts.status")}
					value={edit.status}
					data-testid="contact-status"
					onChange={(event) => setEdit({ ...edit, status: event.target.value })}
				>
					{STATUSES.map((status) => (
						<option key={status} value={status}>
							{t(`contact.${status}`)}
						</option>
					))}
				</SelectField>
				<SelectField
					label={t("contacts.source")}
					value={edit.source}
					data-testid="contact-source"
					onChange={(event) => setEdit({ ...edit, source: event.target.value })}
				>
					{(sources.includes(edit.source) ? sources : [...sources, edit.source]).map((source) => (
						<option key={source} value={source}>
							{t(`lead.${source}`, { defaultValue: source })}
						</option>
					))}
				</SelectField>
				<TextField
					label={t("contacts.country")}
					hint={t("contacts.countryHint")}
					maxLength={2}
					{...text("country")}
				/>
				<TextField label={t("contacts.city")} {...text("city")} />
				<TextField type="date" label={t("contacts.born")} {...text("birth_date")} />
				<TextField label={t("contacts.tags")} hint={t("contacts.tagsHint")} {...text("tags")} />
			</div>
			<TextField label={t("contacts.notes")} {...text("notes")} />
			<OwnFields own={own} onChange={setOwn} change={change} />
		</FormDialog>
	);
}

function OwnFields({
	own,
	onChange,
	change,
}: {
	own: readonly Own[];
	onChange: (own: Own[]) => void;
	change: (key: number, part: Partial<Own>) => void;
}) {
	const { t } = useWords();
	const head = useId();
	const box =
		"h-8 min-w-0 rounded-2 border border-control bg-surface px-2.5 placeholder:text-ink-3 focus-visible:border-accent dark:bg-sunken";
	return (
		<fieldset aria-labelledby={head} className="flex min-w-0 flex-col gap-2 border-0 p-0">
			<span id={head} className="font-medium text-12 text-ink-2">
				{t("contacts.own")}
			</span>
			{own.map(({ key, name, value }, at) => {
				const place = at + 1;
				return (
					<div key={key} className="grid grid-cols-[1fr_1.4fr_auto] items-center gap-2">
						<input
							aria-label={t("contacts.ownName", { place })}
							value={name}
							maxLength={80}
							autoComplete="off"
							// biome-ignore lint/a11y/noAutofocus: a field that was just asked for is typed in
							autoFocus={name === ""}
							onChange={(event) => change(key, { name: event.target.value })}
							className={box}
						/>
						<input
							aria-label={t("contacts.ownValue", { place })}
							value={value}
							maxLength={4000}
							autoComplete="off"
							onChange={(event) => change(key, { value: event.target.value })}
							className={box}
						/>
						<IconButton
							icon={X}
							label={t("contacts.removeOwn", { place })}
							onClick={() => onChange(own.filter((one) => one.key !== key))}
						/>
					</div>
				);
			})}
			<Button
				icon={Plus}
				variant="ghost"
				className="-ml-2 self-start"
				onClick={() =>
					onChange([
						...own,
						{ key: Math.max(-1, ...own.map((one) => one.key)) + 1, name: "", value: "" },
					])
				}
			>
				{t("contacts.addOwn")}
			</Button>
		</fieldset>
	);
}

/** Adds one way a contact arrived. */
export function TouchDialog({ onClose, contact }: { onClose: () => void; contact: string }) {
	const { t, failure } = useWords();
	const { now } = useSession();
	const [edit, setEdit] = useState({
		source: "META_ADS",
		day: "",
		medium: "",
		campaign_external_id: "",
		ad_set_external_id: "",
		ad_external_id: "",
	});
	const ids = ["campaign_external_id", "ad_set_external_id", "ad_external_id"] as const;
	const save = useMutation<ContactDetail, AppError, void>({
		mutationFn: () =>
			call("addTouchpoint", {
				contact_id: contact,
				occurred_at: edit.day ? momentOf(edit.day, now) : null,
				source: edit.source,
				medium: edit.medium.trim() || null,
				campaign_external_id: edit.campaign_external_id.trim() || null,
				ad_set_external_id: edit.ad_set_external_id.trim() || null,
				ad_external_id: edit.ad_external_id.trim() || null,
				click_id: null,
			}),
		onSuccess: onClose,
	});
	const text = (field: "day" | "medium" | (typeof ids)[number]) => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
	});
	return (
		<FormDialog
			title={t("contacts.addTouch")}
			label={t("contacts.addTouch")}
			width={460}
			busy={save.isPending}
			error={save.error}
			fields={["medium", ...ids]}
			onClose={onClose}
			onSubmit={() => save.mutate()}
		>
			<div className="grid grid-cols-2 gap-3">
				<SelectField
					label={t("contacts.source")}
					value={edit.source}
					autoFocus
					onChange={(event) => setEdit({ ...edit, source: event.target.value })}
				>
					{SOURCES.filter((source) => source !== "IMPORT" && source !== "UNKNOWN").map((source) => (
						<option key={source} value={source}>
							{t(`lead.${source}`)}
						</option>
					))}
				</SelectField>
				<TextField
					type="date"
					label={t("contacts.on")}
					hint={t("sale.todayHint")}
					{...text("day")}
				/>
			</div>
			<TextField
				label={t("contacts.campaignId")}
				hint={t("contacts.campaignIdHint")}
				data-testid="touch-campaign"
				{...text("campaign_external_id")}
			/>
			<div className="grid grid-cols-2 gap-3">
				<TextField label={t("contacts.adSetId")} {...text("ad_set_external_id")} />
				<TextField label={t("contacts.adId")} {...text("ad_external_id")} />
			</div>
			<TextField label={t("contacts.medium")} placeholder="cpc" {...text("medium")} />
		</FormDialog>
	);
}
