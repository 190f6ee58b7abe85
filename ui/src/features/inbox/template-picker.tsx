import { useMutation, useQuery } from "@tanstack/react-query";
import { MessageSquareText, Send } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import type {
	ConversationReply,
	ConversationRow,
	ReplyTemplate,
	TemplateReplyDraft,
	TemplateReplyPreview,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { TemplateValues } from "@/components/template-values";
import { Dialog } from "@/components/ui/dialog";
import { Button, cx, Empty, SearchField, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { plain } from "@/lib/plain";
import { whyWord } from "./why";

/** Every word that was typed stands in the name or the text. */
function fits(template: ReplyTemplate, search: string): boolean {
	const text = plain(`${template.name} ${template.language} ${template.body}`);
	return plain(search)
		.split(/\s+/)
		.every((word) => text.includes(word));
}

/** What the person would read, and whether it goes out. */
function Preview({ draft, buttons }: { draft: TemplateReplyDraft; buttons: readonly string[] }) {
	const { t, failure } = useWords();
	// What is typed is not asked about letter by letter.
	const asked = useDeferredValue(draft);
	const preview = useQuery({
		...query("previewTemplateReply", { draft: asked }),
		placeholderData: (before: TemplateReplyPreview | undefined) => before,
	});
	const seen = preview.error ? undefined : preview.data;
	const held = seen?.state === "held" || seen?.state === "skipped" ? seen.state : null;
	return (
		<section
			aria-label={t("inbox.templatePreview")}
			aria-live="polite"
			className="flex flex-col gap-2"
		>
			<div className="rounded-3 border border-accent-line bg-accent-soft px-3 py-2">
				{seen ? (
					<p data-testid="template-preview" className="whitespace-pre-wrap break-words">
						{seen.text}
					</p>
				) : preview.error ? (
					<p data-testid="template-missing" className="text-ink-2">
						{failure(preview.error)}
					</p>
				) : (
					<Skeleton className="h-12" />
				)}
				{buttons.length > 0 && (
					<ul className="mt-2 flex flex-wrap gap-1.5 border-accent-line border-t pt-2">
						{buttons.map((label) => (
							<li key={label}>
								<Tag tone="line">{label}</Tag>
							</li>
						))}
					</ul>
				)}
			</div>
			{held && (
				<p className="text-12 text-warning">
					{t(`inbox.${held}`, { why: t(whyWord(seen?.reason)) })}
				</p>
			)}
		</section>
	);
}

/** One template with the values of its variables, and sending it. */
function Filling({
	row,
	template,
	fields,
	onSent,
}: {
	row: ConversationRow;
	template: ReplyTemplate;
	fields: readonly string[];
	onSent: (reply: ConversationReply) => void;
}) {
	const { t } = useWords();
	const [values, setValues] = useState<Record<string, string>>(() =>
		Object.fromEntries(template.variables.map((one) => [one.key, one.value])),
	);
	// One for each answer: pressed twice, it is sent once.
	const key = useRef(crypto.randomUUID());
	const draft = { id: row.id, template_id: template.id, values };
	const send = useMutation<ConversationReply, AppError, void>({
		mutationFn: () => call("replyWithTemplate", { draft, key: key.current }),
		onSuccess: onSent,
	});
	const missing = template.variables.some((one) => !values[one.key]?.trim());
	return (
		<form
			className="flex min-h-0 flex-1 flex-col"
			onSubmit={(event) => {
				event.preventDefault();
				if (!missing && !send.isPending) send.mutate();
			}}
		>
			<div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-1 pr-3">
				{missing ? (
					<div className="rounded-3 border border-line bg-sunken px-3 py-2 text-ink-2 dark:bg-surface">
						<p className="whitespace-pre-wrap break-words">{template.body}</p>
					</div>
				) : (
					<Preview draft={draft} buttons={template.buttons} />
				)}
				<TemplateValues
					variables={template.variables}
					fields={fields}
					values={values}
					onChange={setValues}
				/>
				{send.error && <Failure error={send.error} />}
			</div>
			<div className="flex flex-none justify-end border-line border-t pt-3">
				<Button
					type="submit"
					variant="primary"
					size="l"
					icon={Send}
					busy={send.isPending}
					reason={missing ? t("inbox.templateFill") : undefined}
					data-testid="send-template"
				>
					{t("inbox.templateSend")}
				</Button>
			</div>
		</form>
	);
}

/**
 * Chooses an approved template of the conversation's channel, fills it, shows what the person will
 * read, and sends it. Arrows go through the list, Enter goes to what is to be filled.
 */
export function TemplatePicker({
	row,
	onClose,
	onSent,
}: {
	row: ConversationRow;
	onClose: () => void;
	onSent: (reply: ConversationReply) => void;
}) {
	const { t, locale } = useWords();
	const list = useQuery(query("listReplyTemplates", { id: row.id }));
	const [search, setSearch] = useState("");
	const [chosen, setChosen] = useState<string | null>(null);
	const rows = (list.data?.templates ?? []).filter((one) => fits(one, search));
	const at = Math.max(
		0,
		rows.findIndex((one) => one.id === chosen),
	);
	const template = rows[at];
	const filling = useRef<HTMLDivElement>(null);
	const find = useRef<HTMLInputElement>(null);
	// The dialog takes the focus before there is anything to look through.
	const there = list.data !== undefined;
	useEffect(() => {
		if (there) find.current?.focus();
	}, [there]);
	const go = (step: 1 | -1) => {
		const next = rows[at + step];
		if (next) setChosen(next.id);
	};
	return (
		<Dialog
			open
			onClose={onClose}
			title={t("inbox.templateTitle", { name: row.name })}
			description={t("inbox.templateText")}
			width={860}
		>
			{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
			{list.isPending && <Skeleton className="h-72" />}
			{list.data && list.data.templates.length === 0 && (
				<Empty icon={MessageSquareText} title={t("inbox.templateNone")}>
					{t("inbox.templateNoneText")}
				</Empty>
			)}
			{list.data && list.data.templates.length > 0 && (
				<div className="grid h-[min(480px,62vh)] grid-cols-[300px_minmax(0,1fr)] gap-4 max-[760px]:grid-cols-1">
					<div className="flex min-h-0 flex-col gap-2">
						<SearchField
							ref={find}
							label={t("inbox.templateFind")}
							data-testid="template-find"
							className="w-full"
							value={search}
							onChange={setSearch}
							onKeyDown={(event) => {
								if (event.key === "ArrowDown" || event.key === "ArrowUp") {
									event.preventDefault();
									go(event.key === "ArrowDown" ? 1 : -1);
								}
								if (event.key === "Enter") {
									event.preventDefault();
									filling.current
										?.querySelector<HTMLElement>("input, button[type=submit]")
										?.focus();
								}
							}}
						/>
						<ul
							aria-label={t("inbox.templates")}
							className="min-h-0 flex-1 overflow-y-auto rounded-3 border border-line"
						>
							{rows.map((one) => (
								<li key={one.id}>
									<button
										type="button"
										data-testid="reply-template"
										aria-current={one.id === template?.id || undefined}
										onClick={() => setChosen(one.id)}
										className={cx(
											"flex w-full flex-col gap-0.5 border-line border-b px-3 py-2 text-left focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]",
											one.id === template?.id ? "bg-selected" : "hover:bg-hover",
										)}
									>
										<span className="flex items-baseline gap-2">
											<span className="min-w-0 flex-1 truncate font-medium">{one.name}</span>
											<span className="flex-none text-11 text-ink-3">
												{languageName(locale, one.language)}
											</span>
										</span>
										<span className="line-clamp-2 text-12 text-ink-2">{one.body}</span>
										<span className="text-11 text-ink-3">
											{t(`templates.category.${one.category}`)}
										</span>
									</button>
								</li>
							))}
							{rows.length === 0 && (
								<li className="px-3 py-4 text-ink-2">{t("inbox.templateNoMatch")}</li>
							)}
						</ul>
					</div>
					<div ref={filling} className="flex min-h-0 flex-col">
						{template && (
							<Filling
								key={template.id}
								row={row}
								template={template}
								fields={list.data.fields}
								onSent={onSent}
							/>
						)}
					</div>
				</div>
			)}
		</Dialog>
	);
}
