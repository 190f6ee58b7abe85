import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SendLimits } from "@/bindings";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const KINDS = ["whatsapp", "sms", "email"] as const;

/** When, how often and with whose consent people are written to. */
export function LimitsDialog({ onClose }: { onClose: () => void }) {
	const limits = useQuery(query("getSendLimits", {}));
	const { t } = useWords();
	if (limits.error) {
		return (
			<Dialog open onClose={onClose} title={t("outbox.limits")}>
				<Failure error={limits.error} retry={() => void limits.refetch()} />
			</Dialog>
		);
	}
	if (!limits.data) return null;
	return <LimitsForm from={limits.data} onClose={onClose} />;
}

const time = (text: string | null | undefined) => (text ?? "").slice(0, 5);

function LimitsForm({ from, onClose }: { from: SendLimits; onClose: () => void }) {
	const { t, locale, failure } = useWords();
	const [edit, setEdit] = useState({
		quiet_from: time(from.quiet_from),
		quiet_to: time(from.quiet_to),
		open_from: time(from.open_from),
		open_to: time(from.open_to),
		open_days: from.open_days ?? [],
		most_a_day: from.most_a_day?.toString() ?? "",
		most_a_week: from.most_a_week?.toString() ?? "",
		ask_consent: from.ask_consent ?? [],
	});
	const save = useMutation<SendLimits, AppError, void>({
		mutationFn: () => {
			const at = (text: string) => (text ? `${text}:00` : null);
			const most = (text: string) => (text.trim() ? Number.parseInt(text, 10) || 0 : null);
			return call("saveSendLimits", {
				quiet_from: at(edit.quiet_from),
				quiet_to: at(edit.quiet_to),
				open_from: at(edit.open_from),
				open_to: at(edit.open_to),
				open_days: edit.open_days,
				most_a_day: most(edit.most_a_day),
				most_a_week: most(edit.most_a_week),
				ask_consent: edit.ask_consent,
			});
		},
		onSuccess: onClose,
	});
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	const text = (field: "most_a_day" | "most_a_week") => ({
		value: edit[field],
		inputMode: "numeric" as const,
		error: wrong(field),
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
	});
	const clock = (field: "quiet_from" | "quiet_to" | "open_from" | "open_to") => ({
		type: "time",
		value: edit[field],
		error: wrong(field),
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
	});
	/** 2024-01-01 was a Monday. */
	const dayName = (day: number) =>
		new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(
			new Date(Date.UTC(2024, 0, day)),
		);
	return (
		<FormDialog
			title={t("outbox.limits")}
			description={t("outbox.limitsText")}
			label={t("action.save")}
			busy={save.isPending}
			error={save.error}
			fields={["quiet_to", "open_to", "most_a_day", "most_a_week"]}
			onClose={onClose}
			onSubmit={() => save.mutate()}
		>
			<p className="text-12 text-ink-3">{t("outbox.limitsEmpty")}</p>
			<div className="grid grid-cols-2 gap-3">
				<TextField label={t("outbox.quietFrom")} {...clock("quiet_from")} />
				<TextField label={t("outbox.quietTo")} {...clock("quiet_to")} />
				<TextField label={t("outbox.openFrom")} {...clock("open_from")} />
				<TextField label={t("outbox.openTo")} {...clock("open_to")} />
			</div>
			<fieldset>
				<legend className="mb-1 text-12 text-ink-2">{t("outbox.openDays")}</legend>
				<div className="flex flex-wrap gap-3">
					{DAYS.map((one) => (
						<label key={one} className="flex items-center gap-1.5">
							<input
								type="checkbox"
								className="size-4 flex-none accent-[var(--accent)]"
								checked={edit.open_days.includes(one)}
								onChange={(event) =>
									setEdit({
										...edit,
										open_days: event.target.checked
											? [...edit.open_days, one].toSorted((a, b) => a - b)
											: edit.open_days.filter((other) => other !== one),
									})
								}
							/>
							{dayName(one)}
						</label>
					))}
				</div>
			</fieldset>
			<div className="grid grid-cols-2 gap-3">
				<TextField label={t("outbox.mostADay")} {...text("most_a_day")} />
				<TextField label={t("outbox.mostAWeek")} {...text("most_a_week")} />
			</div>
			<fieldset>
				<legend className="mb-1 text-12 text-ink-2">{t("outbox.askConsent")}</legend>
				<div className="flex flex-wrap gap-3">
					{KINDS.map((one) => (
						<label key={one} className="flex items-center gap-1.5">
							<input
								type="checkbox"
								className="size-4 flex-none accent-[var(--accent)]"
								checked={edit.ask_consent.includes(one)}
								onChange={(event) =>
									setEdit({
										...edit,
										ask_consent: event.target.checked
											? [...edit.ask_consent, one]
											: edit.ask_consent.filter((other) => other !== one),
									})
								}
							/>
							{t(`outbox.kind.${one}`)}
						</label>
					))}
				</div>
			</fieldset>
		</FormDialog>
	);
}
