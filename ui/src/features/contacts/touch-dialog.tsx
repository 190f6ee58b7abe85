import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { ContactDetail } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { SelectField, TextArea, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amountExample, typedAmount } from "@/lib/amount";
import { type AppError, call, query } from "@/lib/ipc";
import { momentOf } from "@/lib/period";
import { SOURCES } from "@/lib/sources";

const TEXTS = [
	"medium",
	"campaign_external_id",
	"ad_set_external_id",
	"ad_external_id",
	"form_external_id",
	"click_id",
	"ad_headline",
	"ad_body",
] as const;
type Text = (typeof TEXTS)[number];

/** Adds one way a contact arrived. */
export function TouchDialog({ onClose, contact }: { onClose: () => void; contact: string }) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const usual = settings.data?.currency ?? "USD";
	const [edit, setEdit] = useState({
		...(Object.fromEntries(TEXTS.map((field) => [field, ""])) as Record<Text, string>),
		source: "META_ADS",
		day: "",
		cost: "",
		cost_currency: "",
	});
	const [wrong, setWrong] = useState<string>();
	const code = edit.cost_currency.trim().toUpperCase() || usual;
	const cost = typedAmount(edit.cost, code, locale);
	const save = useMutation<ContactDetail, AppError, void>({
		mutationFn: () =>
			call("addTouchpoint", {
				contact_id: contact,
				occurred_at: edit.day ? momentOf(edit.day, now) : null,
				source: edit.source,
				...(Object.fromEntries(TEXTS.map((field) => [field, edit[field].trim() || null])) as Record<
					Text,
					string | null
				>),
				cost,
				cost_currency: cost !== null && edit.cost_currency.trim() ? code : null,
			}),
		onSuccess: onClose,
	});
	const text = (field: Text | "day" | "cost" | "cost_currency") => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
		"data-testid": `touch-${field}`,
	});
	return (
		<FormDialog
			title={t("contacts.addTouch")}
			label={t("contacts.addTouch")}
			width={560}
			busy={save.isPending}
			error={save.error}
			fields={[...TEXTS, "cost", "cost_currency"]}
			onClose={onClose}
			onSubmit={() => {
				const fine = !edit.cost.trim() || cost !== null;
				setWrong(fine ? undefined : t("amount.wrong", { example: amountExample(code, locale) }));
				if (fine) save.mutate();
			}}
		>
			<div className="grid grid-cols-2 gap-x-3 gap-y-4">
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
				<TextField label={t("contacts.medium")} placeholder="cpc" {...text("medium")} />
				<div className="grid grid-cols-[1fr_80px] gap-2">
					<TextField
						label={t("contacts.cost")}
						inputMode="decimal"
						placeholder={amountExample(code, locale)}
						{...text("cost")}
						error={wrong ?? text("cost").error}
					/>
					<TextField
						label={t("sale.currency")}
						placeholder={usual}
						maxLength={3}
						{...text("cost_currency")}
					/>
				</div>
			</div>
			<TextField
				label={t("contacts.campaignId")}
				hint={t("contacts.campaignIdHint")}
				{...text("campaign_external_id")}
			/>
			<div className="grid grid-cols-2 gap-x-3 gap-y-4">
				<TextField label={t("contacts.adSetId")} {...text("ad_set_external_id")} />
				<TextField label={t("contacts.adId")} {...text("ad_external_id")} />
				<TextField label={t("contacts.formId")} {...text("form_external_id")} />
				<TextField label={t("contacts.clickId")} {...text("click_id")} />
			</div>
			<TextField label={t("contacts.headline")} {...text("ad_headline")} />
			<TextArea label={t("contacts.adBody")} rows={2} {...text("ad_body")} />
		</FormDialog>
	);
}
