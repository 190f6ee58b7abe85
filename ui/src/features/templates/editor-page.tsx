import { useMutation, useQuery } from "@tanstack/react-query";
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { CircleCheck, Copy, Save, Send, Trash2, TriangleAlert, UserRoundCheck } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useSession } from "@/app/session";
import { Crumbs, Page } from "@/app/shell";
import type { TemplateDetail, TemplateFinding } from "@/bindings";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import {
	Banner,
	Button,
	IconButton,
	Segmented,
	SelectField,
	Skeleton,
	TabPanel,
	Tabs,
	Tag,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { useShortcut } from "@/lib/shortcuts";
import { Checks } from "./checks";
import { CopyDialog, DeclineDialog, DeleteDialog } from "./dialogs";
import {
	blank,
	type Draft,
	formattedAsWritten,
	LIMITS,
	readTemplate,
	variablesOf,
	written,
} from "./draft";
import { MessageForm } from "./form";
import { CATEGORIES, LANGUAGES } from "./names";
import { Phone } from "./phone";
import { ReviewBanner, Reviews } from "./reviews";
import { CategoryText, QualityTag, StateTag } from "./tags";
import { Usage } from "./usage";
import { Versions } from "./versions";

type Part = "editor" | "versions" | "usage";

/** How often Meta is asked while a template is under review and looked at. */
const REVIEW_MS = 45_000;

/** A text of Meta's JSON as the editor holds it. */
function draftOf(text: string, known: TemplateDetail["variables"]): Draft {
	const template = readTemplate(text);
	return { template, variables: variablesOf(template, known) };
}

/** Waits until somebody stops typing. */
function useSettled<T>(value: T, milliseconds: number): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), milliseconds);
		return () => clearTimeout(timer);
	}, [value, milliseconds]);
	return settled;
}

/** One template (`?id=`), or a new one. */
export default function TemplateEditorPage() {
	const search = useSearch({ strict: false }) as { id?: string };
	return search.id ? <Known key={search.id} id={search.id} /> : <Editor key="new" detail={null} />;
}

function Known({ id }: { id: string }) {
	const { t } = useWords();
	const { online } = useSession();
	const detail = useQuery(query("getTemplate", { id }));
	// What Meta made of it meanwhile; without a network what is stored is shown.
	const { mutate: look } = useMutation<unknown, AppError, number>({
		mutationFn: (seconds) => call("pullTemplates", { unless_within: seconds }),
	});
	const { mutate: see } = useMutation<unknown, AppError, void>({
		mutationFn: () => call("seeTemplateEvents", { id }),
	});
	useEffect(() => {
		if (online) look(120);
	}, [online, look]);
	// Somebody who waits for a review sees when it is over.
	const waits = online && detail.data?.row.state === "pending";
	useEffect(() => {
		if (!waits) return;
		const timer = setInterval(() => look(30), REVIEW_MS);
		return () => clearInterval(timer);
	}, [waits, look]);
	const news = detail.data?.events.some((one) => !one.seen_at) ?? false;
	useEffect(() => {
		if (news) see();
	}, [news, see]);
	if (detail.data) return <Editor detail={detail.data} />;
	return (
		<Page title={t("nav.templates")}>
			{detail.error ? (
				<Failure error={detail.error} retry={() => void detail.refetch()} />
			) : (
				<Skeleton className="h-96" />
			)}
		</Page>
	);
}

function Editor({ detail }: { detail: TemplateDetail | null }) {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const { online } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const accounts = useQuery(query("listTemplateAccounts", {}));
	const connected = (accounts.data ?? []).filter((one) => one.connected);
	const [tab, setTab] = useState<Part>("editor");
	const [dialog, setDialog] = useState<"copy" | "delete" | "decline" | null>(null);
	const [dark, setDark] = useState(document.documentElement.dataset.theme === "dark");
	const [picture, setPicture] = useState<string | null>(null);
	const [account, setAccount] = useState("");
	const [note, setNote] = useState("");
	const form = useRef<HTMLDivElement>(null);

	const usual = (settings.data?.locale ?? locale).replace("-", "_");
	const stored = useMemo(
		() =>
			detail
				? draftOf(detail.template, detail.variables)
				: blank(LANGUAGES.includes(usual) ? usual : (usual.split("_")[0] ?? "en")),
		[detail, usual],
	);
	/** What was typed, over what is stored; nothing until somebody types. */
	const [typed, setTyped] = useState<Draft | null>(null);
	const draft = typed ?? stored;
	const { template, variables } = draft;
	const change = (next: Draft) => {
		const template = detail?.at_provider ? next.template : formattedAsWritten(next.template);
		setTyped({ template, variables: variablesOf(template, next.variables) });
	};
	const json = JSON.stringify(written(draft));
	const settled = useSettled(json, 250);
	const linted = useQuery({
		...query("lintTemplates", { document: settled, language: locale, mend: false }),
		placeholderData: (before) => before,
	});
	const row = detail?.row ?? null;
	/** Parts of a new template that somebody has left: what is wrong with the others is not told yet. */
	const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
	const [asked, setAsked] = useState(false);
	const all = linted.data?.templates[0];
	const told = (one: TemplateFinding) =>
		row !== null ||
		asked ||
		left.has(one.place.card === null ? one.place.part : "carousel") ||
		(one.place.part === "template" && left.has(one.place.field));
	const found = all && { ...all, findings: all.findings.filter(told) };
	const findings = found?.findings ?? [];
	const refused = findings.filter((one) => one.severity === "refused").length;
	const refusedUntold = all?.findings.some((one) => one.severity === "refused" && !told(one));
	const atMeta = Boolean(detail?.at_provider);

	/** Asked at the moment of leaving: after saving the page goes on before it is drawn again. */
	const dirty = useRef(false);
	useEffect(() => {
		dirty.current = typed !== null;
	});
	/** Of a new template, once it was saved: what is asked then may fail, and it is there all the same. */
	const made = useRef<string | null>(null);
	const keep = async () => {
		const id = row?.id ?? made.current;
		const saved = await call("saveTemplate", {
			id,
			account: id ? null : account || connected[0]?.account || null,
			template: json,
			variables,
			note: note || null,
		});
		made.current = saved.row.id;
		return saved;
	};
	const kept = (detail: TemplateDetail) => {
		dirty.current = false;
		setTyped(null);
		setNote("");
		if (!row) {
			void navigate({
				to: "/templates/one",
				search: { id: detail.row.id } as never,
				replace: true,
			});
		}
	};
	const save = useMutation<TemplateDetail, AppError, void>({ mutationFn: keep, onSuccess: kept });
	/** Saves what was typed, and then asks for something. */
	const then = (ask: (id: string) => Promise<TemplateDetail>) => async () => {
		const saved = typed || !row ? await keep() : null;
		return ask(saved?.row.id ?? row?.id ?? "");
	};
	const submit = useMutation<TemplateDetail, AppError, void>({
		mutationFn: then((id) => call("submitTemplate", { id })),
		onSuccess: kept,
	});
	const ask = useMutation<TemplateDetail, AppError, void>({
		mutationFn: then((id) => call("askTemplateReview", { id, note: note || null })),
		onSuccess: kept,
	});
	const fix = (finding: TemplateFinding) => {
		if (finding.fix) setTyped(draftOf(finding.fix.template, variables));
	};
	useEffect(() => {
		const box = form.current;
		/** A part is left when the focus goes to another one. */
		const leave = (event: FocusEvent) => {
			const part = (event.target as HTMLElement).closest<HTMLElement>("[data-part]");
			const name = part?.dataset.part;
			// What was passed by without a word is not left wrong.
			if (!name || left.has(name) || !typed) return;
			if (!part.contains(event.relatedTarget as Node | null)) setLeft(new Set([...left, name]));
		};
		box?.addEventListener("focusout", leave);
		return () => box?.removeEventListener("focusout", leave);
	});
	const go = (finding: TemplateFinding) => {
		const { part: where, button } = finding.place;
		const box = form.current;
		const fields: Record<string, string> = {
			header: '[data-testid="header-text"]',
			body: '[data-testid="body-text"]',
			footer: '[data-testid="footer-text"]',
			template: `[data-testid="template-${finding.place.field}"]`,
		};
		const target =
			(fields[where] && box?.querySelector<HTMLElement>(fields[where])) ||
			(button !== null && box?.querySelectorAll<HTMLElement>("[aria-invalid=true]")[0]) ||
			box?.querySelector<HTMLElement>("[aria-invalid=true]") ||
			box?.querySelector<HTMLElement>("input, textarea");
		if (target) {
			target.focus();
			target.scrollIntoView({ block: "center" });
		}
	};
	/** Tells what is wrong where nobody was yet; whether anything is. */
	const tellAll = () => {
		const first = all?.findings.find((one) => one.severity === "refused");
		if (!refusedUntold || !first) return false;
		setAsked(true);
		go(first);
		return true;
	};
	useShortcut("save", () => {
		if (typed && !save.isPending) save.mutate();
	});
	const leaving = useBlocker({
		shouldBlockFn: () => dirty.current,
		enableBeforeUnload: false,
		withResolver: true,
	});

	const unsent = row?.unsent_version ?? null;
	const nothing = atMeta && !typed && unsent === null;
	const edits = detail?.edits;
	// What was checked last is not what stands there while somebody types.
	const checking = settled !== json || linted.isPlaceholderData || !linted.data;
	const review = detail?.review;
	const decide = useMutation<TemplateDetail, AppError, { approve: boolean; reason: string | null }>(
		{
			mutationFn: (said) => call("decideTemplateReview", { id: row?.id ?? "", ...said }),
			onSuccess: () => setDialog(null),
		},
	);
	// Where the workspace asks for it somebody else looks at a version before it is submitted.
	const needed = review?.needed ?? settings.data?.template_review ?? false;
	const mustAsk = needed && (!review || typed !== null || (!review.approved && !review.open));
	const waitsForReview = Boolean(review?.needed && review.open && !typed);
	const whyNot = !online
		? t("templates.offline")
		: refused > 0
			? t("templates.mendFirst", { count: refused })
			: nothing
				? t("templates.nothingToSubmit")
				: atMeta && edits && !edits.possible
					? t("templates.notEditable")
					: edits?.possible_at
						? t("templates.editableAt", { at: instant(locale, edits.possible_at) })
						: checking
							? t("templates.checking")
							: waitsForReview
								? t("templates.review.waits")
								: undefined;
	const trouble = submit.error ?? save.error ?? ask.error ?? decide.error;
	const nameError =
		trouble?.field === "name"
			? failure(trouble)
			: findings.find((one) => one.place.part === "template" && one.place.field === "name")
					?.message;
	const chosen = row ?? connected.find((one) => one.account === account) ?? connected[0];
	const keeper = { account: chosen?.account ?? null, byAddress: chosen?.provider === "ycloud" };
	const business = connected[0]?.name ?? settings.data?.name ?? "";
	const title = template.name || t("templates.untitled");
	const back = () => void navigate({ to: "/templates" });

	return (
		<Page
			title={
				<span className="flex min-w-0 items-center gap-2">
					<span className="truncate">{title}</span>
					{row ? (
						<StateTag state={row.state} told={row.provider_status} />
					) : (
						<Tag tone="line">{t("templates.state.draft")}</Tag>
					)}
				</span>
			}
			crumb={<Crumbs steps={[{ name: t("nav.templates"), go: back }]} />}
			fill
			tools={
				<>
					<span className="text-12 text-ink-3" aria-live="polite">
						{typed ? t("templates.notSaved") : row ? t("templates.saved") : ""}
					</span>
					{detail && (
						<>
							<IconButton
								icon={Trash2}
								label={t("action.delete")}
								data-testid="delete-template"
								onClick={() => setDialog("delete")}
							/>
							<Button icon={Copy} onClick={() => setDialog("copy")}>
								{t("templates.copy")}
							</Button>
						</>
					)}
					<Button
						icon={Save}
						busy={save.isPending}
						reason={typed || !row ? undefined : t("templates.nothingToSave")}
						data-testid="save-template"
						onClick={() => save.mutate()}
					>
						{t("action.save")}
					</Button>
					{review?.may_decide && !typed && (
						<>
							<Button data-testid="decline-template" onClick={() => setDialog("decline")}>
								{t("templates.review.decline")}
							</Button>
							<Button
								icon={CircleCheck}
								variant="primary"
								busy={decide.isPending}
								data-testid="approve-template"
								onClick={() => decide.mutate({ approve: true, reason: null })}
							>
								{t("templates.review.approve")}
							</Button>
						</>
					)}
					{mustAsk ? (
						<Button
							icon={UserRoundCheck}
							variant="primary"
							busy={ask.isPending}
							reason={refused > 0 ? t("templates.mendFirst", { count: refused }) : undefined}
							data-testid="review-template"
							onClick={() => {
								if (!tellAll()) ask.mutate();
							}}
						>
							{t("templates.review.ask")}
						</Button>
					) : (
						<Button
							icon={Send}
							variant={review?.may_decide ? "plain" : "primary"}
							busy={submit.isPending}
							reason={whyNot}
							data-testid="submit-template"
							onClick={() => {
								if (!tellAll()) submit.mutate();
							}}
						>
							{t(atMeta ? "templates.submitEdit" : "templates.submit")}
						</Button>
					)}
					{refused > 0 && (
						<span className="font-medium text-12 text-negative">
							{t("templates.errorsLeft", { count: refused })}
						</span>
					)}
				</>
			}
		>
			<div data-inspector className="-mx-5 -mb-3 first:-mt-4 flex min-h-0 flex-1 flex-col">
				<div className="px-5">
					<Tabs<Part>
						id="template"
						label={t("templates.parts")}
						value={tab}
						onChange={setTab}
						options={[
							{ value: "editor", label: t("templates.editor") },
							...(detail
								? [
										{
											value: "versions" as const,
											label: `${t("templates.versions")} ${count(locale, detail.versions.length)}`,
											testId: "tab-versions",
										},
										{
											value: "usage" as const,
											label: t("templates.usage"),
											testId: "tab-usage",
										},
									]
								: []),
						]}
					>
						{row && (
							<span className="ml-auto flex items-center gap-3 text-12 text-ink-3">
								<CategoryText row={row} />
								{row.quality && <QualityTag quality={row.quality} />}
								<span>{row.account_name}</span>
							</span>
						)}
					</Tabs>
				</div>
				{trouble && trouble.field !== "name" && (
					<p role="alert" className="flex-none px-5 pt-3 text-negative">
						{trouble.code === "throttled" ? t("templates.throttled") : failure(trouble)}
					</p>
				)}
				{detail && <ReviewBanner detail={detail} />}
				{row?.rejection_reason && (
					<div className="flex-none px-5 pt-3">
						<Banner tone="negative" icon={TriangleAlert}>
							{t("templates.wasRejected", {
								reason: t(`templates.rejected.${row.rejection_reason}`, {
									defaultValue: row.rejection_reason,
								}),
							})}
						</Banner>
					</div>
				)}
				{row?.vanished_at && (
					<div className="flex-none px-5 pt-3">
						<Banner tone="warning" icon={TriangleAlert}>
							{t("templates.vanished", { at: instant(locale, row.vanished_at) })}
						</Banner>
					</div>
				)}
				{row?.previous_category && (
					<div className="flex-none px-5 pt-3">
						<Banner tone="warning" icon={TriangleAlert} testId="category-changed">
							{t("templates.tripwire", {
								before: t(`templates.category.${row.previous_category}`),
								after: t(`templates.category.${row.category}`),
							})}
						</Banner>
					</div>
				)}
				<TabPanel id="template" value={tab} className="flex min-h-0 flex-1 flex-col">
					{tab === "versions" && detail && (
						<Versions key={detail.versions.length} detail={detail} />
					)}
					{tab === "usage" && detail && <Usage detail={detail} />}
					{tab === "editor" && (
						<div className="grid min-h-0 flex-1 grid-cols-[minmax(380px,1fr)_minmax(260px,320px)_330px] max-[1180px]:grid-cols-[minmax(380px,1fr)_minmax(240px,280px)_300px]">
							<div ref={form} className="min-h-0 overflow-y-auto px-5 py-4">
								<div
									data-part="name"
									className="mb-4 grid grid-cols-[minmax(0,1fr)_140px_170px] gap-3"
								>
									<TextField
										label={t("templates.name")}
										maxLength={LIMITS.name}
										value={template.name}
										disabled={atMeta}
										data-testid="template-name"
										error={nameError}
										placeholder={t("templates.nameExample")}
										onChange={(event) => {
											save.reset();
											submit.reset();
											change({
												...draft,
												template: { ...template, name: event.target.value },
											});
										}}
									/>
									<SelectField
										label={t("templates.categoryHead")}
										value={template.category}
										data-testid="template-category"
										onChange={(event) => {
											const category = event.target.value;
											const code = category === "AUTHENTICATION";
											const was = template.category === "AUTHENTICATION";
											// The two kinds have no part in common.
											const components =
												code === was
													? template.components
													: code
														? [
																{ type: "BODY", add_security_recommendation: true },
																{
																	type: "BUTTONS",
																	buttons: [{ type: "OTP", otp_type: "COPY_CODE" }],
																},
															]
														: [{ type: "BODY", text: "" }];
											change({ ...draft, template: { ...template, category, components } });
										}}
									>
										{CATEGORIES.map((one) => (
											<option key={one} value={one.toUpperCase()}>
												{t(`templates.category.${one}`)}
											</option>
										))}
									</SelectField>
									<SelectField
										label={t("templates.language")}
										value={template.language}
										disabled={atMeta}
										data-testid="template-language"
										onChange={(event) =>
											change({
												...draft,
												template: { ...template, language: event.target.value },
											})
										}
									>
										{[...new Set([...LANGUAGES, template.language])].map((one) => (
											<option key={one} value={one}>
												{languageName(locale, one)}
											</option>
										))}
									</SelectField>
								</div>
								{!row && connected.length > 1 && (
									<div className="mb-4">
										<SelectField
											label={t("templates.account")}
											value={account || connected[0]?.account}
											onChange={(event) => setAccount(event.target.value)}
										>
											{connected.map((one) => (
												<option key={one.account} value={one.account}>
													{one.name} · {one.numbers.join(", ")}
												</option>
											))}
										</SelectField>
									</div>
								)}
								<MessageForm
									draft={draft}
									findings={findings}
									keeper={keeper}
									onChange={change}
									onPicture={setPicture}
								/>
								{row && (
									<div className="mt-4">
										<TextField
											label={t("templates.note")}
											hint={t("templates.noteHint")}
											maxLength={500}
											value={note}
											data-testid="template-note"
											onChange={(event) => setNote(event.target.value)}
										/>
									</div>
								)}
							</div>
							<Checks
								linted={found}
								untold={Boolean(all && all.findings.length > findings.length)}
								onFix={fix}
								onGo={go}
							/>
							<div className="flex min-h-0 flex-col gap-3 overflow-y-auto border-line border-l bg-sunken p-4">
								<div className="flex justify-center">
									<Segmented
										label={t("templates.preview")}
										value={dark ? "dark" : "light"}
										onChange={(value) => setDark(value === "dark")}
										options={[
											{ value: "light", label: t("templates.light") },
											{ value: "dark", label: t("templates.dark") },
										]}
									/>
								</div>
								<Phone
									template={template}
									variables={variables}
									business={business}
									dark={dark}
									picture={picture}
								/>
								<p className="text-center text-12 text-ink-3">{t("templates.likeness")}</p>
								{detail && (
									<p className="text-12 text-ink-2" data-testid="affected">
										<b className="block font-medium">{t("templates.whoAffected")}</b>
										{detail.used_by.length > 0
											? t("templates.usedByNames", {
													names: detail.used_by.map((one) => one.name).join(", "),
												})
											: t("templates.usedByNothing")}
										{atMeta &&
											edits &&
											row?.state === "approved" &&
											` ${t("templates.editsLeft", { count: edits.left })}`}
									</p>
								)}
								{detail && <Reviews detail={detail} />}
							</div>
						</div>
					)}
				</TabPanel>
			</div>
			{leaving.status === "blocked" && (
				<FormDialog
					title={t("templates.leaveTitle")}
					description={t("templates.leaveText")}
					label={t("templates.leave")}
					dismiss={t("templates.stay")}
					danger
					busy={false}
					error={null}
					fields={[]}
					onClose={() => leaving.reset?.()}
					onSubmit={() => leaving.proceed?.()}
				/>
			)}
			{dialog === "copy" && detail && (
				<CopyDialog
					detail={detail}
					accounts={accounts.data ?? []}
					onClose={() => setDialog(null)}
					onDone={(copy) => {
						setDialog(null);
						void navigate({ to: "/templates/one", search: { id: copy.row.id } as never });
					}}
				/>
			)}
			{dialog === "decline" && (
				<DeclineDialog
					busy={decide.isPending}
					error={decide.error}
					onClose={() => setDialog(null)}
					onDecline={(reason) => decide.mutate({ approve: false, reason })}
				/>
			)}
			{dialog === "delete" && detail && (
				<DeleteDialog
					detail={detail}
					onClose={() => setDialog(null)}
					onDone={() => {
						setDialog(null);
						back();
					}}
				/>
			)}
		</Page>
	);
}
