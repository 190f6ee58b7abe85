import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { SpendRow } from "@/bindings";
import { PLATFORMS, useChannel } from "@/components/channel";
import { FormDialog } from "@/components/form-dialog";
import { SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amountExample, typedAmount } from "@/lib/amount";
import { amount } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { today } from "@/lib/period";

/** Stands in the choice for a platform that has no name here yet; no platform's word is like it. */
const OWN = " ";

/** Enters what was spent, or corrects it. */
export function SpendDialog({
	from,
	platforms,
	onClose,
	onDone,
}: {
	/** The row to correct; a new one when null. */
	from: SpendRow | null;
	/** Those in use, beside those that every business is offered. */
	platforms: readonly string[];
	onClose: () => void;
	onDone: (row: SpendRow) => void;
}) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const channel = useChannel();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const usual = settings.data?.currency ?? "USD";
	const thisDay = today(settings.data?.timezone ?? "UTC", now);
	const written = from ? amount(locale, from.amount, from.currency) : "";
	const [edit, setEdit] = useState({
		platform: from?.platform ?? "google_ads",
		own: "",
		campaign: from?.campaign ?? "",
		amount: written,
		currency: from?.currency ?? "",
		day: from?.day ?? "",
		to: "",
		note: from?.note ?? "",
	});
	const [wrong, setWrong] = useState<string | null>(null);
	const code = edit.currency.trim().toUpperCase() || usual;
	const platform = edit.platform === OWN ? edit.own : edit.platform;
	const save = useMutation<SpendRow | null, AppError, string>({
		mutationFn: async (value) => {
			const said = {
				platform,
				campaign: edit.campaign,
				note: edit.note,
				currency: edit.currency.trim() ? code : null,
			};
			if (from) {
				// An amount that nobody touched stays exact: on screen it may be rounded.
				const untouched = edit.amount === written;
				return call("changeSpend", {
					...said,
					id: from.id,
					day: edit.day || null,
					amount: untouched ? null : value,
				});
			}
			const rows = await call("addSpend", {
				...said,
				from: edit.day || thisDay,
				to: edit.to || null,
				amount: value,
			});
			return rows.at(-1) ?? null;
		},
		onSuccess: (row) => {
			if (row && from) onDone(row);
			onClose();
		},
	});
	const submit = () => {
		const value = typedAmount(edit.amount, code, locale);
		if (value === null && !(from && edit.amount === written)) {
			setWrong(t("amount.wrong", { example: amountExample(code, locale) }));
			return;
		}
		setWrong(null);
		save.mutate(value ?? "");
	};
	const error = (name: string) => (save.error?.field === name ? failure(save.error) : undefined);
	const field = (name: "own" | "campaign" | "amount" | "currency" | "day" | "to" | "note") => ({
		value: edit[name],
		onChange: (event: { target: { value: string } }) => {
			save.reset();
			setEdit((before) => ({ ...before, [name]: event.target.value }));
		},
	});
	const offered = [...new Set([...PLATFORMS, ...platforms, ...(from ? [from.platform] : [])])];
	const own = edit.platform === OWN;
	return (
		<FormDialog
			title={t(from ? "spend.correct" : "spend.add")}
			description={t(from ? "spend.correctText" : "spend.addText")}
			label={t(from ? "action.save" : "spend.add")}
			width={440}
			busy={save.isPending}
			error={save.error}
			fields={["platform", "campaign", "amount", "currency", "day", "to", "note"]}
			onClose={onClose}
			onSubmit={submit}
		>
			<SelectField
				label={t("spend.platform")}
				value={edit.platform}
				data-testid="spend-platform"
				autoFocus
				onChange={(event) => {
					save.reset();
					setEdit({ ...edit, platform: event.target.value });
				}}
				error={own ? undefined : error("platform")}
			>
				{offered.map((one) => (
					<option key={one} value={one}>
						{channel(one)}
					</option>
				))}
				<option value={OWN}>{t("spend.ownPlatform")}</option>
			</SelectField>
			{own && (
				<TextField
					label={t("spend.platformName")}
					hint={t("spend.platformHint")}
					data-testid="spend-own"
					error={error("platform")}
					{...field("own")}
				/>
			)}
			<TextField
				label={t("spend.campaign")}
				hint={t("spend.optional")}
				error={error("campaign")}
				{...field("campaign")}
			/>
			<div className="grid grid-cols-[1fr_112px] gap-3">
				<TextField
					label={t("spend.amount")}
					inputMode="decimal"
					placeholder={amountExample(code, locale)}
					data-testid="spend-amount"
					error={wrong ?? error("amount")}
					{...field("amount")}
				/>
				<TextField
					label={t("spend.currency")}
					placeholder={usual}
					maxLength={3}
					error={error("currency")}
					{...field("currency")}
				/>
			</div>
			<div className="grid grid-cols-2 gap-3">
				<TextField
					type="date"
					label={t("spend.day")}
					max={thisDay}
					hint={from ? undefined : t("spend.dayHint")}
					error={error("day")}
					{...field("day")}
				/>
				{!from && (
					<TextField
						type="date"
						label={t("spend.lastDay")}
						max={thisDay}
						hint={t("spend.lastDayHint")}
						error={error("to")}
						{...field("to")}
					/>
				)}
			</div>
			<TextField
				label={t("spend.note")}
				hint={t("spend.optional")}
				error={error("note")}
				{...field("note")}
			/>
		</FormDialog>
	);
}
