import { useMutation } from "@tanstack/react-query";
import { ChevronRight, Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import type { ContactDetail, ContactRow } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { OwnerField } from "@/components/owner-field";
import { Button, IconButton, SelectField, TextArea, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { countryName, languageName } from "@/lib/names";
import { SOURCES } from "@/lib/sources";
import { CHANNELS, KINDS, LANGUAGES, STATUSES } from "./sources";

const ZONES = Intl.supportedValuesOf("timeZone");

/** Fields of text, which an empty text takes away. */
const TEXTS = [
	"name",
	"phone",
	"email",
	"city",
	"region",
	"country",
	"notes",
	"language",
	"timezone",
	"preferred_channel",
	"birth_date",
] as const;
type Text = (typeof TEXTS)[number];
/** What stands under "More". */
const RARE = ["language", "timezone", "preferred_channel", "birth_date", "birth_year"] as const;
const FIELDS: readonly string[] = [...TEXTS, "birth_year", "tags", "owner_id"];

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
	const { t, locale, failure } = useWords();
	const before: Record<Text, string> = {
		name: detail?.contact.name ?? "",
		phone: detail?.contact.phone ?? "",
		email: detail?.contact.email ?? "",
		city: detail?.city ?? "",
		region: detail?.region ?? "",
		country: detail?.country ?? "",
		notes: detail?.notes ?? "",
		language: detail?.language ?? "",
		timezone: detail?.timezone ?? "",
		preferred_channel: detail?.preferred_channel ?? "",
		birth_date: detail?.birth_date ?? "",
	};
	const [edit, setEdit] = useState({
		...before,
		status: detail?.contact.status ?? "lead",
		source: detail?.contact.lead_source ?? "MANUAL",
		kind: detail?.kind ?? "prospect",
		birth_year: detail?.birth_year ? String(detail.birth_year) : "",
		tags: detail?.tags.join(", ") ?? "",
	});
	const [own, setOwn] = useState<Own[]>(() =>
		Object.entries(detail?.custom ?? {}).map(([name, value], key) => ({
			key,
			name,
			value: value ?? "",
		})),
	);
	const [owner, setOwner] = useState<string | null>(null);
	const [wrong, setWrong] = useState<string>();
	const save = useMutation<ContactRow, AppError, void>({
		mutationFn: () => {
			// What nobody touched is not sent: it stays as it is, also where it came from elsewhere.
			const text = (field: Text) =>
				edit[field].trim() === before[field] ? null : edit[field].trim();
			const year = edit.birth_year.trim();
			return call("saveContact", {
				id: detail?.contact.id ?? null,
				...(Object.fromEntries(TEXTS.map((field) => [field, text(field)])) as Record<
					Text,
					string | null
				>),
				status: edit.status,
				lead_source: edit.source,
				kind: edit.kind,
				owner_id: owner,
				birth_year: Number(year) === (detail?.birth_year ?? 0) ? null : Number(year),
				tags: edit.tags
					.split(",")
					.map((tag) => tag.trim())
					.filter(Boolean),
				custom: ownFields(detail?.custom ?? {}, own),
			});
		},
		onSuccess: (row) => {
			onSaved?.(row.id);
			onClose();
		},
	});
	const text = (field: Text | "tags" | "birth_year") => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
		"data-testid": `contact-${field}`,
	});
	const choice = (field: "status" | "source" | "kind" | Text) => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		"data-testid": `contact-${field}`,
	});
	/** The choices, and what is chosen where it is none of them. */
	const withOwn = (known: readonly string[], value: string) =>
		value === "" || known.includes(value) ? known : [...known, value];
	const rare = RARE.some((field) => edit[field] !== "");
	const failed = (RARE as readonly string[]).includes(save.error?.field ?? "") || Boolean(wrong);
	const shownCountry = countryName(locale, edit.country.trim().toUpperCase() || null);
	return (
		<FormDialog
			title={detail ? t("contacts.edit") : t("contacts.new")}
			label={t("action.save")}
			width={600}
			busy={save.isPending}
			error={save.error}
			fields={FIELDS}
			onClose={onClose}
			onSubmit={() => {
				const fine = /^(\d{4})?$/.test(edit.birth_year.trim());
				setWrong(fine ? undefined : t("contacts.birthYearWrong"));
				if (fine) save.mutate();
			}}
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
			</div>
			<Group title={t("contacts.group.relation")}>
				<SelectField label={t("contacts.status")} {...choice("status")}>
					{STATUSES.map((status) => (
						<option key={status} value={status}>
							{t(`contact.${status}`)}
						</option>
					))}
				</SelectField>
				<SelectField label={t("contacts.kind")} {...choice("kind")}>
					{KINDS.map((kind) => (
						<option key={kind} value={kind}>
							{t(`contacts.kind.${kind}`)}
						</option>
					))}
				</SelectField>
				<SelectField label={t("contacts.source")} {...choice("source")}>
					{withOwn(SOURCES, edit.source).map((source) => (
						<option key={source} value={source}>
							{t(`lead.${source}`, { defaultValue: source })}
						</option>
					))}
				</SelectField>
				<OwnerField
					value={owner}
					onChange={setOwner}
					before={detail?.owner}
					error={save.error?.field === "owner_id" ? failure(save.error) : undefined}
					testId="contact-owner"
				/>
			</Group>
			<Group title={t("contacts.place")} columns="grid-cols-3">
				<TextField label={t("contacts.city")} {...text("city")} />
				<TextField label={t("contacts.region")} {...text("region")} />
				<TextField
					label={t("contacts.country")}
					hint={
						shownCountry && shownCountry !== edit.country.trim().toUpperCase()
							? shownCountry
							: t("contacts.countryHint")
					}
					maxLength={2}
					{...text("country")}
				/>
			</Group>
			<TextField label={t("contacts.tags")} hint={t("contacts.tagsHint")} {...text("tags")} />
			<TextArea label={t("contacts.notes")} {...text("notes")} />
			<OwnFields own={own} onChange={setOwn} />
			<More startOpen={rare} open={failed}>
				<div className="grid grid-cols-2 gap-x-3 gap-y-4">
					<SelectField label={t("contacts.channel")} {...choice("preferred_channel")}>
						<option value="">{t("contacts.notSaid")}</option>
						{withOwn(CHANNELS, edit.preferred_channel).map((channel) => (
							<option key={channel} value={channel}>
								{t(`contacts.channel.${channel}`, { defaultValue: channel })}
							</option>
						))}
					</SelectField>
					<SelectField label={t("contacts.language")} {...choice("language")}>
						<option value="">{t("contacts.notSaid")}</option>
						{withOwn(LANGUAGES, edit.language).map((code) => (
							<option key={code} value={code}>
								{languageName(locale, code)}
							</option>
						))}
					</SelectField>
					<TextField type="date" label={t("contacts.born")} {...text("birth_date")} />
					<TextField
						label={t("contacts.birthYear")}
						hint={t("contacts.birthYearHint")}
						inputMode="numeric"
						maxLength={4}
						{...text("birth_year")}
						error={wrong ?? text("birth_year").error}
					/>
					<TextField
						label={t("contacts.timezone")}
						placeholder="America/Sao_Paulo"
						list="contact-zones"
						{...text("timezone")}
					/>
					<datalist id="contact-zones">
						{ZONES.map((zone) => (
							<option key={zone} value={zone} />
						))}
					</datalist>
				</div>
			</More>
		</FormDialog>
	);
}

function Group({
	title,
	columns = "grid-cols-2",
	children,
}: {
	title: string;
	columns?: string;
	children: ReactNode;
}) {
	const head = useId();
	return (
		<fieldset
			aria-labelledby={head}
			className="flex min-w-0 flex-col gap-3 border-0 border-line border-t p-0 pt-3"
		>
			<span id={head} className="font-semibold text-12">
				{title}
			</span>
			<div className={`grid gap-x-3 gap-y-4 ${columns}`}>{children}</div>
		</fieldset>
	);
}

/** What is seldom filled. It opens by itself when something in it is, or is wrong. */
function More({
	startOpen,
	open: wanted,
	children,
}: {
	startOpen: boolean;
	open: boolean;
	children: ReactNode;
}) {
	const { t } = useWords();
	const body = useId();
	const [open, setOpen] = useState(startOpen);
	useEffect(() => {
		if (wanted) setOpen(true);
	}, [wanted]);
	return (
		<div className="flex flex-col gap-3 border-line border-t pt-3">
			<button
				type="button"
				aria-expanded={open}
				aria-controls={body}
				data-testid="contact-more"
				onClick={() => setOpen(!open)}
				className="-ml-1 flex items-center gap-1 self-start rounded-1 pr-2 font-semibold text-12"
			>
				<ChevronRight
					size={16}
					strokeWidth={1.75}
					aria-hidden
					className={open ? "rotate-90 text-ink-3" : "text-ink-3"}
				/>
				{t("contacts.more")}
				{!open && <span className="ml-1 font-normal text-ink-3">{t("contacts.moreHint")}</span>}
			</button>
			<div id={body} hidden={!open} className={open ? "flex flex-col gap-4" : undefined}>
				{children}
			</div>
		</div>
	);
}

function OwnFields({ own, onChange }: { own: readonly Own[]; onChange: (own: Own[]) => void }) {
	const { t } = useWords();
	const head = useId();
	const change = (key: number, part: Partial<Own>) =>
		onChange(own.map((one) => (one.key === key ? { ...one, ...part } : one)));
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
							placeholder={t("contacts.ownNameShort")}
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
							placeholder={t("contacts.ownValueShort")}
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
