import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ChannelRow, TestMessage } from "@/bindings";
import { DispatchState } from "@/components/dispatch-state";
import { FormDialog } from "@/components/form-dialog";
import { SelectField, TextArea, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";

const WRITTEN_TO = { whatsapp: "number", sms: "number", email: "email" } as const;

/** What became of a test, as it goes on. */
function Fate({ sent }: { sent: TestMessage }) {
	const { t } = useWords();
	const detail = useQuery(query("getDispatch", { id: sent.dispatch_id }));
	const now = detail.data?.dispatch ?? sent;
	const text = detail.data?.dispatch.error_text;
	return (
		<div role="status" className="flex flex-col gap-1" data-testid="trial-fate">
			<p className="flex flex-wrap items-center gap-2">
				<DispatchState state={now.state} />
				{now.reason && <span className="text-ink-2">{t(`outbox.why.${now.reason}`)}</span>}
			</p>
			{text && (
				<p data-selectable className="text-12 text-ink-2">
					{text}
				</p>
			)}
		</div>
	);
}

/** A message to oneself, to see that a channel works. */
export function TrialDialog({ row, onClose }: { row: ChannelRow; onClose: () => void }) {
	const { t, failure } = useWords();
	const options = useQuery(query("getSendOptions", {}));
	const channel = options.data?.channels.find((one) => one.id === row.id);
	const templates = channel?.sends_templates
		? (options.data?.templates ?? []).filter((one) => one.state === "approved")
		: [];
	const [edit, setEdit] = useState({ address: "", template: "", text: t("channels.trialSample") });
	const send = useMutation<TestMessage, AppError, void>({
		mutationFn: () =>
			call("sendTestMessage", {
				channel_id: row.id,
				address: edit.address,
				template_id: edit.template || null,
				subject: row.kind === "email" ? t("channels.trialSubject") : null,
				text: edit.template ? null : edit.text,
			}),
	});
	const wrong = (name: string) => (send.error?.field === name ? failure(send.error) : undefined);
	const change = (next: Partial<typeof edit>) => {
		send.reset();
		setEdit((before) => ({ ...before, ...next }));
	};
	const to = WRITTEN_TO[row.kind as keyof typeof WRITTEN_TO] ?? "shown";
	return (
		<FormDialog
			title={t("channels.trial", { name: row.name })}
			description={t("channels.trialText")}
			label={t("channels.trialSend")}
			dismiss={t("action.close")}
			busy={send.isPending}
			error={send.error}
			fields={["address", "text", "template_id"]}
			onClose={onClose}
			onSubmit={() => send.mutate()}
		>
			<TextField
				label={t("channels.trialTo")}
				hint={t(`channels.trialTo.${to}`)}
				error={wrong("address")}
				value={edit.address}
				onChange={(event) => change({ address: event.target.value })}
			/>
			{templates.length > 0 && (
				<SelectField
					label={t("channels.trialTemplate")}
					hint={t("channels.trialTemplateHint")}
					error={wrong("template_id")}
					value={edit.template}
					onChange={(event) => change({ template: event.target.value })}
				>
					<option value="">{t("channels.trialNoTemplate")}</option>
					{templates.map((one) => (
						<option key={one.id} value={one.id}>
							{`${one.name} · ${one.language}`}
						</option>
					))}
				</SelectField>
			)}
			{!edit.template && (
				<TextArea
					label={t("channels.trialSays")}
					error={wrong("text")}
					value={edit.text}
					onChange={(event) => change({ text: event.target.value })}
				/>
			)}
			{send.data && <Fate sent={send.data} />}
		</FormDialog>
	);
}
