import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BoardColumn, ContactRow, OpportunityCard } from "@/bindings";
import { ContactPicker } from "@/components/contact-picker";
import { FormDialog } from "@/components/form-dialog";
import { OwnerField } from "@/components/owner-field";
import { SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amountExample, typedAmount } from "@/lib/amount";
import { amount } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

/** Makes an opportunity, or changes one when `card` is given. */
export function OpportunityDialog({
	columns,
	card,
	onClose,
	onSaved,
}: {
	columns: readonly BoardColumn[];
	card: OpportunityCard | null;
	onClose: () => void;
	onSaved: (card: OpportunityCard) => void;
}) {
	const { t, locale, failure } = useWords();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const usual = settings.data?.currency ?? "USD";
	const [contact, setContact] = useState<ContactRow | null>(null);
	const [name, setName] = useState(card?.name ?? "");
	const valueBefore = card?.value ? amount(locale, card.value, card.currency) : "";
	const [value, setValue] = useState(valueBefore);
	const [currency, setCurrency] = useState(card?.currency ?? "");
	const [stage, setStage] = useState(columns.find((one) => one.outcome === null)?.stage_id ?? "");
	const [close, setClose] = useState(card?.expected_close ?? "");
	/** Null while nobody chose: a new one is then of whoever makes it. */
	const [owner, setOwner] = useState<string | null>(null);
	const [wrong, setWrong] = useState<Record<string, string>>({});
	const code = currency.trim().toUpperCase() || usual;
	const save = useMutation<OpportunityCard, AppError, void>({
		mutationFn: () =>
			call("saveOpportunity", {
				id: card?.id ?? null,
				contact_id: contact?.id ?? null,
				name: name.trim() || null,
				// An empty text takes a value or a day away.
				value: value === valueBefore ? null : (typedAmount(value, code, locale) ?? ""),
				currency: currency.trim() ? code : null,
				stage_id: card ? null : stage || null,
				owner_id: owner,
				expected_close: close === (card?.expected_close ?? "") ? null : close,
				deadline_at: null,
				opened_at: null,
			}),
		onSuccess: onSaved,
	});
	const submit = () => {
		const found: Record<string, string> = {};
		if (!card && !contact) found.contact_id = t("pipeline.needsContact");
		if (value.trim() && value !== valueBefore && typedAmount(value, code, locale) === null) {
			found.value = t("amount.wrong", { example: amountExample(code, locale) });
		}
		if (card?.name && !name.trim()) found.name = t("pipeline.needsName");
		setWrong(found);
		if (Object.keys(found).length === 0) save.mutate();
	};
	const error = (field: string) =>
		wrong[field] ?? (save.error?.field === field ? failure(save.error) : undefined);
	return (
		<FormDialog
			title={card ? t("pipeline.edit") : t("pipeline.new")}
			description={card?.contact_name}
			label={card ? t("action.save") : t("pipeline.create")}
			busy={save.isPending}
			error={save.error}
			fields={["contact_id", "name", "value", "currency", "owner_id", "expected_close"]}
			onClose={onClose}
			onSubmit={submit}
		>
			{!card && (
				<div>
					<ContactPicker value={contact} onChange={setContact} error={error("contact_id")} />
					{!contact && (
						<p className="mt-1.5 text-12 text-ink-3">
							{t("pipeline.unknownContact")}{" "}
							<Link to="/contacts" className="text-accent-text hover:underline">
								{t("pipeline.addContact")}
							</Link>
						</p>
					)}
				</div>
			)}
			<TextField
				label={t("pipeline.name")}
				hint={card ? undefined : t("pipeline.nameHint")}
				value={name}
				data-testid="opportunity-name"
				onChange={(event) => setName(event.target.value)}
				error={error("name")}
			/>
			<div className="grid grid-cols-[1fr_120px] gap-3">
				<TextField
					label={t("pipeline.value")}
					value={value}
					inputMode="decimal"
					placeholder={amountExample(code, locale)}
					data-testid="opportunity-value"
					onChange={(event) => setValue(event.target.value)}
					error={error("value")}
				/>
				<TextField
					label={t("pipeline.currency")}
					value={currency}
					placeholder={usual}
					maxLength={3}
					onChange={(event) => setCurrency(event.target.value)}
					error={error("currency")}
				/>
			</div>
			<div className="grid grid-cols-2 gap-3">
				{!card && (
					<SelectField
						label={t("pipeline.stage")}
						value={stage}
						onChange={(event) => setStage(event.target.value)}
					>
						{columns.map((column) => (
							<option key={column.stage_id} value={column.stage_id}>
								{column.name}
							</option>
						))}
					</SelectField>
				)}
				<TextField
					label={t("pipeline.close")}
					type="date"
					value={close}
					onChange={(event) => setClose(event.target.value)}
					error={error("expected_close")}
				/>
				<OwnerField
					value={owner}
					onChange={setOwner}
					before={card?.owner}
					maker={!card}
					error={error("owner_id")}
					testId="opportunity-owner"
				/>
			</div>
		</FormDialog>
	);
}
