import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Crumbs, Page } from "@/app/shell";
import type {
	ReasonCount,
	SendAudience,
	SendChannel,
	SendDraft,
	SendPreview,
	SendRow,
	SendTemplate,
} from "@/bindings";
import { DispatchState } from "@/components/dispatch-state";
import { Failure } from "@/components/failure";
import { FileChoice } from "@/components/file-choice";
import { FieldMenu, TemplateValues } from "@/components/template-values";
import { ToChannels } from "@/components/to-channels";
import {
	Button,
	Empty,
	Panel,
	Segmented,
	SelectField,
	Skeleton,
	Tag,
	TextArea,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { typedAmount } from "@/lib/amount";
import { useFileDrop } from "@/lib/file-drop";
import { count, instant, money } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { SOURCES } from "@/lib/sources";

/** The choice of a lead source that is not in the list; no source is called that. */
const OWN = "…";
const STATUSES = ["lead", "contacted", "customer", "churned"] as const;

interface Edit {
	channel: string;
	says: "template" | "text";
	template: string;
	values: Record<string, string>;
	subject: string;
	text: string;
	whom: "filter" | "file";
	search: string;
	status: string;
	source: string;
	file: string | null;
	name: string;
	from: string;
	until: string;
	budget: string;
}

const EMPTY: Edit = {
	channel: "",
	says: "template",
	template: "",
	values: {},
	subject: "",
	text: "",
	whom: "filter",
	search: "",
	status: "",
	source: "",
	file: null,
	name: "",
	from: "",
	until: "",
	budget: "",
};

/** Sends one template, or one text, to many: what, to whom, and exactly what will happen before it does. */
export default function SendPage() {
	const { t } = useWords();
	const navigate = useNavigate();
	const options = useQuery(query("getSendOptions", {}));
	return (
		<Page
			title={t("outbox.newSend")}
			crumb={
				<Crumbs steps={[{ name: t("nav.outbox"), go: () => void navigate({ to: "/outbox" }) }]} />
			}
		>
			{options.error && <Failure error={options.error} retry={() => void options.refetch()} />}
			{options.isPending && <Skeleton className="h-96" />}
			{options.data &&
				(options.data.channels.length === 0 ? (
					<Empty icon={Send} title={t("outbox.noChannel")} actions={<ToChannels />}>
						{t("outbox.noChannelText")}
					</Empty>
				) : (
					<SendForm
						channels={options.data.channels}
						templates={options.data.templates}
						fields={options.data.fields}
					/>
				))}
		</Page>
	);
}

/** What is typed as a local time, as an instant. */
function typedInstant(text: string): string | null {
	if (!text) return null;
	const at = new Date(text);
	return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function SendForm({
	channels,
	templates,
	fields,
}: {
	channels: readonly SendChannel[];
	templates: readonly SendTemplate[];
	fields: readonly string[];
}) {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	// A template reaches everybody, and a text only those who wrote within a day.
	const ready =
		channels.find((one) => one.ready && one.sends_templates) ??
		channels.find((one) => one.ready) ??
		channels[0];
	const [edit, setEdit] = useState<Edit>({
		...EMPTY,
		channel: ready?.id ?? "",
		says: ready?.sends_templates && templates.length > 0 ? "template" : "text",
	});
	/** A lead source that only this business has. */
	const [ownSource, setOwnSource] = useState(false);
	const [confirm, setConfirm] = useState("");
	// Pressed again because no answer came, it is the same bulk send.
	const [key, setKey] = useState(() => crypto.randomUUID());
	const set = (part: Partial<Edit>) => {
		setEdit({ ...edit, ...part });
		setConfirm("");
		setKey(crypto.randomUUID());
	};
	const over = useFileDrop((path) => set({ whom: "file", file: path }));
	const channel = channels.find((one) => one.id === edit.channel);
	const template = templates.find((one) => one.id === edit.template);
	// As a template goes out only what is approved and of the channel's own account.
	const sendable = templates.filter(
		(one) =>
			one.variables !== null &&
			(!channel?.sends_templates ||
				(one.state === "approved" &&
					(channel.account === null || channel.account === one.account))),
	);
	/** With the fields that its variables most likely are. */
	const choose = (id: string) => {
		const chosen = templates.find((one) => one.id === id);
		const suggested = (chosen?.variables ?? []).map((one) => [one.key, one.suggested ?? ""]);
		set({ template: id, values: Object.fromEntries(suggested) });
	};
	const budget = edit.budget.trim() ? typedAmount(edit.budget, "USD", locale) : null;

	const audience: SendAudience | null =
		edit.whom === "filter"
			? {
					type: "filter",
					search: edit.search.trim() || null,
					status: edit.status || null,
					source: edit.source.trim() || null,
				}
			: edit.file
				? { type: "file", path: edit.file }
				: null;
	const filled =
		edit.says === "text"
			? edit.text.trim() !== ""
			: template?.variables?.every((one) => edit.values[one.key]?.trim()) === true;
	const draft: SendDraft | null =
		channel && audience && filled
			? {
					channel_id: channel.id,
					template_id: edit.says === "template" ? edit.template : null,
					values:
						edit.says === "template"
							? Object.fromEntries(
									(template?.variables ?? []).map((one) => [one.key, edit.values[one.key] ?? ""]),
								)
							: {},
					subject: edit.says === "text" && channel.kind === "email" ? edit.subject || null : null,
					text: edit.says === "text" ? edit.text : null,
					audience,
					not_before: typedInstant(edit.from),
					not_after: typedInstant(edit.until),
					budget,
				}
			: null;
	// What is typed is not asked about letter by letter.
	const asked = useDeferredValue(draft);
	const preview = useQuery({
		...query("previewSend", { draft: asked as SendDraft }),
		enabled: asked !== null,
		placeholderData: (before: SendPreview | undefined) => before,
	});
	const start = useMutation<SendRow, AppError, void>({
		mutationFn: () =>
			call("startSend", {
				name: edit.name.trim() || null,
				draft: draft as SendDraft,
				confirm: typed,
				once: { type: "key", key },
			}),
		onSuccess: () => void navigate({ to: "/outbox" }),
	});
	const seen = draft ? preview.data : undefined;
	const wrong = (field: string) =>
		preview.error?.field === field ? failure(preview.error) : undefined;
	// Written with a mark for thousands it is the same number.
	const typed = Number.parseInt(confirm.replace(/[\s.,’']/g, ""), 10) || 0;
	const same = seen !== undefined && /\d/.test(confirm) && typed === seen.reached;

	return (
		<div className="grid min-h-0 grid-cols-[minmax(0,420px)_minmax(0,1fr)] gap-4 max-[1000px]:grid-cols-1">
			<form
				className="flex flex-col gap-4"
				aria-label={t("outbox.newSend")}
				onSubmit={(event) => event.preventDefault()}
			>
				<Panel title={t("outbox.message")}>
					<div className="flex flex-col gap-3 px-4 pb-4">
						<SelectField
							label={t("outbox.channel")}
							data-testid="send-channel"
							value={edit.channel}
							hint={
								channel && !channel.ready
									? channel.state_reason
										? t(`channels.trouble.${channel.state_reason}`)
										: t("outbox.notReady")
									: undefined
							}
							onChange={(event) => set({ channel: event.target.value, template: "", values: {} })}
						>
							{channels.map((one) => (
								<option key={one.id} value={one.id}>
									{`${one.name} · ${t(`outbox.kind.${one.kind}`)}`}
								</option>
							))}
						</SelectField>
						{sendable.length > 0 && (
							<div>
								<Segmented
									label={t("outbox.message")}
									value={edit.says}
									onChange={(says) => set({ says })}
									options={[
										{ value: "template", label: t("outbox.template"), testId: "says-template" },
										{ value: "text", label: t("outbox.text"), testId: "says-text" },
									]}
								/>
							</div>
						)}
						{edit.says === "template" && sendable.length === 0 && (
							<p className="text-ink-2">{t("outbox.noTemplate")}</p>
						)}
						{edit.says === "template" && sendable.length > 0 && (
							<>
								<SelectField
									label={t("outbox.template")}
									data-testid="send-template"
									value={edit.template}
									onChange={(event) => choose(event.target.value)}
								>
									<option value="">{t("outbox.choose")}</option>
									{sendable.map((one) => (
										<option key={one.id} value={one.id}>
											{`${one.name} · ${languageName(locale, one.language)}`}
										</option>
									))}
								</SelectField>
								{template && (
									<p className="whitespace-pre-wrap rounded-3 border border-line bg-sunken p-3 text-ink-2 dark:bg-raised">
										{template.body}
									</p>
								)}
								<TemplateValues
									variables={template?.variables ?? []}
									fields={fields}
									values={edit.values}
									onChange={(values) => set({ values })}
								/>
							</>
						)}
						{edit.says === "text" && (
							<>
								{channel?.kind === "email" && (
									<TextField
										label={t("outbox.subject")}
										value={edit.subject}
										onChange={(event) => set({ subject: event.target.value })}
									/>
								)}
								<TextArea
									label={t("outbox.text")}
									data-testid="send-text"
									rows={5}
									hint={t("outbox.textHint")}
									error={wrong("text") ?? wrong("parameters")}
									value={edit.text}
									onChange={(event) => set({ text: event.target.value })}
								/>
								<div>
									<FieldMenu
										fields={fields}
										of={t("outbox.text")}
										onPick={(field) => set({ text: `${edit.text}{${field}}` })}
									/>
								</div>
							</>
						)}
					</div>
				</Panel>
				<Panel title={t("outbox.audience")}>
					<div className="flex flex-col gap-3 px-4 pb-4">
						<div>
							<Segmented
								label={t("outbox.audience")}
								value={edit.whom}
								onChange={(whom) => set({ whom })}
								options={[
									{ value: "filter", label: t("outbox.byFilter"), testId: "whom-filter" },
									{ value: "file", label: t("outbox.byFile"), testId: "whom-file" },
								]}
							/>
						</div>
						{edit.whom === "filter" ? (
							<>
								<SelectField
									label={t("outbox.status")}
									value={edit.status}
									onChange={(event) => set({ status: event.target.value })}
								>
									<option value="">{t("outbox.everybody")}</option>
									{STATUSES.map((one) => (
										<option key={one} value={one}>
											{t(`outbox.status.${one}`)}
										</option>
									))}
								</SelectField>
								<SelectField
									label={t("outbox.leadSource")}
									data-testid="send-source"
									value={ownSource ? OWN : edit.source}
									onChange={({ target: { value } }) => {
										setOwnSource(value === OWN);
										set({ source: value === OWN ? "" : value });
									}}
								>
									<option value="">{t("outbox.everySource")}</option>
									{SOURCES.map((one) => (
										<option key={one} value={one}>
											{t(`lead.${one}`)}
										</option>
									))}
									<option value={OWN}>{t("outbox.ownSource")}</option>
								</SelectField>
								{ownSource && (
									<TextField
										label={t("outbox.ownSourceName")}
										value={edit.source}
										onChange={(event) => set({ source: event.target.value })}
									/>
								)}
								<TextField
									label={t("outbox.search")}
									value={edit.search}
									onChange={(event) => set({ search: event.target.value })}
								/>
							</>
						) : (
							<FileChoice
								path={edit.file}
								over={over}
								title={t("outbox.fileTitle")}
								text={t("outbox.fileText")}
								onPicked={(file) => set({ file })}
								onAgain={() => void preview.refetch()}
								testId="send-file"
							/>
						)}
					</div>
				</Panel>
				<Panel title={t("outbox.when")}>
					<div className="grid grid-cols-2 gap-3 px-4 pb-4">
						<TextField
							label={t("outbox.from")}
							type="datetime-local"
							hint={t("outbox.fromHint")}
							value={edit.from}
							onChange={(event) => set({ from: event.target.value })}
						/>
						<TextField
							label={t("outbox.until")}
							type="datetime-local"
							hint={t("outbox.untilHint")}
							error={wrong("not_after")}
							value={edit.until}
							onChange={(event) => set({ until: event.target.value })}
						/>
						<TextField
							label={t("outbox.name")}
							value={edit.name}
							onChange={(event) => set({ name: event.target.value })}
						/>
						<TextField
							label={t("outbox.budget")}
							hint={t("outbox.budgetHint")}
							error={wrong("budget")}
							value={edit.budget}
							onChange={(event) => set({ budget: event.target.value })}
						/>
					</div>
				</Panel>
			</form>
			<Panel
				title={t("outbox.preview")}
				hint={t("outbox.previewHint")}
				className="sticky top-0 self-start"
			>
				<div className="flex flex-col gap-4 px-4 pb-4" data-testid="send-preview">
					{!draft && <p className="text-ink-2">{t("outbox.previewEmpty")}</p>}
					{draft && preview.error && <Failure error={preview.error} />}
					{draft && preview.isPending && <Skeleton className="h-40" />}
					{seen && !preview.error && (
						<>
							<Numbers seen={seen} />
							<Lines seen={seen} />
							<form
								className="flex flex-wrap items-end gap-3 border-line border-t pt-4"
								onSubmit={(event) => {
									event.preventDefault();
									if (same && channel?.ready && !start.isPending) start.mutate();
								}}
							>
								<div className="w-56">
									<TextField
										label={t("outbox.confirm", { people: seen.reached })}
										data-testid="send-confirm"
										inputMode="numeric"
										value={confirm}
										onChange={(event) => setConfirm(event.target.value)}
									/>
								</div>
								<Button
									variant="primary"
									size="l"
									icon={Send}
									busy={start.isPending}
									data-testid="send-start"
									reason={
										seen.reached === 0
											? t("outbox.nobody")
											: !channel?.ready
												? t("outbox.notReady")
												: same
													? undefined
													: t("outbox.confirmFirst")
									}
									onClick={() => start.mutate()}
								>
									{t("outbox.start", { count: seen.reached })}
								</Button>
								{start.error && (
									<p role="alert" className="w-full text-negative">
										{failure(start.error)}
									</p>
								)}
							</form>
						</>
					)}
				</div>
			</Panel>
		</div>
	);
}

function Numbers({ seen }: { seen: SendPreview }) {
	const { t, locale } = useWords();
	const lines = (title: string, rows: readonly ReasonCount[]) =>
		rows.length > 0 && (
			<div>
				<h3 className="mb-1 font-medium text-11 text-ink-3">{title}</h3>
				<ul className="num">
					{rows.map((row) => (
						<li key={row.reason} className="flex justify-between gap-3 py-0.5">
							<span className="min-w-0">{t(`outbox.why.${row.reason}`)}</span>
							<span className="flex-none font-medium">{count(locale, row.count)}</span>
						</li>
					))}
				</ul>
			</div>
		);
	return (
		<>
			<dl className="grid grid-cols-3 gap-3">
				{(
					[
						[t("outbox.reaches"), count(locale, seen.reached)],
						[t("outbox.people"), count(locale, seen.people)],
						[t("outbox.cost"), seen.cost ? money(locale, seen.cost.all, seen.cost.currency) : "—"],
					] as const
				).map(([name, value]) => (
					<div key={name}>
						<dt className="text-11 text-ink-3">{name}</dt>
						<dd className="num font-semibold text-20 tracking-[-.02em]">{value}</dd>
					</div>
				))}
			</dl>
			<div className="grid grid-cols-2 gap-6 max-[700px]:grid-cols-1">
				{lines(t("outbox.waiting"), seen.waiting)}
				{lines(t("outbox.leftOut"), seen.left_out)}
			</div>
			{seen.unknown.length > 0 && (
				<p className="text-12 text-warning" role="status">
					{t("outbox.ofNobody", {
						count: seen.unknown.length,
						list: seen.unknown.slice(0, 5).join(", "),
					})}
				</p>
			)}
			<p className="text-12 text-ink-3">
				{t("outbox.ends", { when: instant(locale, seen.ends_at) })}
			</p>
		</>
	);
}

/** The first of those who get it, who wait and who are left out. */
function Lines({ seen }: { seen: SendPreview }) {
	const { t } = useWords();
	return (
		<ol
			className="max-h-[340px] overflow-y-auto rounded-3 border border-line"
			aria-label={t("outbox.preview")}
		>
			{seen.lines.map((line) => (
				<li
					key={line.contact_id}
					className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 border-line border-b px-3 py-2 last:border-b-0"
				>
					<p className="min-w-0 truncate font-medium">
						{line.contact}
						<span className="num ml-2 font-normal text-ink-3">{line.address}</span>
					</p>
					{line.state === "planned" ? (
						<Tag tone="positive">{t("outbox.gets")}</Tag>
					) : (
						<DispatchState state={line.state} />
					)}
					<p className="col-span-2 min-w-0 text-12 text-ink-2">
						{line.reason
							? [t(`outbox.why.${line.reason}`), line.detail].filter(Boolean).join(": ")
							: line.text}
					</p>
				</li>
			))}
		</ol>
	);
}
