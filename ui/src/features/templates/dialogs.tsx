import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { TemplateAccount, TemplateDetail } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { SelectField, TextArea, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { LANGUAGES } from "./names";

/** Copies a template under another name, in another language or to another account. */
export function CopyDialog({
	detail,
	accounts,
	onClose,
	onDone,
}: {
	detail: TemplateDetail;
	accounts: readonly TemplateAccount[];
	onClose: () => void;
	onDone: (copy: TemplateDetail) => void;
}) {
	const { t, locale, failure } = useWords();
	const { row } = detail;
	const [name, setName] = useState(row.name);
	const [language, setLanguage] = useState(row.language);
	const [account, setAccount] = useState(row.account);
	const connected = accounts.filter((one) => one.connected);
	const copy = useMutation<TemplateDetail, AppError, void>({
		mutationFn: () =>
			call("duplicateTemplate", {
				id: row.id,
				name,
				language,
				account: account === row.account ? null : account,
			}),
		onSuccess: onDone,
	});
	return (
		<FormDialog
			title={t("templates.copyTitle")}
			description={t("templates.copyText")}
			label={t("templates.copy")}
			busy={copy.isPending}
			error={copy.error}
			fields={["name"]}
			onClose={onClose}
			onSubmit={() => copy.mutate()}
		>
			<TextField
				label={t("templates.name")}
				value={name}
				data-testid="copy-name"
				error={copy.error?.field === "name" ? failure(copy.error) : undefined}
				onChange={(event) => {
					copy.reset();
					setName(event.target.value);
				}}
			/>
			<SelectField
				label={t("templates.language")}
				value={language}
				data-testid="copy-language"
				onChange={(event) => {
					copy.reset();
					setLanguage(event.target.value);
				}}
			>
				{[...new Set([...LANGUAGES, row.language])].map((one) => (
					<option key={one} value={one}>
						{languageName(locale, one)} ({one})
					</option>
				))}
			</SelectField>
			{connected.length > 1 && (
				<SelectField
					label={t("templates.account")}
					value={account}
					onChange={(event) => setAccount(event.target.value)}
				>
					{connected.map((one) => (
						<option key={one.account} value={one.account}>
							{one.name}
						</option>
					))}
				</SelectField>
			)}
		</FormDialog>
	);
}

/** Deletes a template, and says what will fail without it. */
export function DeleteDialog({
	detail,
	onClose,
	onDone,
}: {
	detail: TemplateDetail;
	onClose: () => void;
	onDone: () => void;
}) {
	const { t } = useWords();
	const { row } = detail;
	const used = detail.used_by.length > 0 || detail.waiting > 0;
	const remove = useMutation<unknown, AppError, void>({
		mutationFn: () => call("deleteTemplate", { id: row.id, although_used: used }),
		onSuccess: onDone,
	});
	return (
		<FormDialog
			title={t("templates.deleteTitle", { name: row.name, language: row.language })}
			description={t(detail.at_provider ? "templates.deleteAtMeta" : "templates.deleteHere")}
			label={t(used ? "templates.deleteUsed" : "action.delete")}
			danger
			busy={remove.isPending}
			error={remove.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => remove.mutate()}
		>
			{used && (
				<ul className="list-disc pl-5" data-testid="breaks">
					{detail.used_by.map((one) => (
						<li key={one.id}>{t("templates.bulkFails", { name: one.name })}</li>
					))}
					{detail.waiting > 0 && <li>{t("templates.messagesFail", { count: detail.waiting })}</li>}
				</ul>
			)}
		</FormDialog>
	);
}

/** Sends a template back to who wrote it, with why. */
export function DeclineDialog({
	busy,
	error,
	onClose,
	onDecline,
}: {
	busy: boolean;
	error: AppError | null;
	onClose: () => void;
	onDecline: (reason: string | null) => void;
}) {
	const { t } = useWords();
	const [reason, setReason] = useState("");
	return (
		<FormDialog
			title={t("templates.review.declineTitle")}
			description={t("templates.review.declineText")}
			label={t("templates.review.decline")}
			busy={busy}
			error={error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => onDecline(reason.trim() || null)}
		>
			<TextArea
				label={t("templates.review.reason")}
				rows={3}
				maxLength={500}
				data-testid="decline-reason"
				value={reason}
				onChange={(event) => setReason(event.target.value)}
			/>
		</FormDialog>
	);
}
