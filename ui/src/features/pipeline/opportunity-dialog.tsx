import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BoardColumn, ContactRow, OpportunityCard } from "@/bindings";
import { Dialog } from "@/components/ui/dialog";
import { Button, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { currencyDigits } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { ContactPicker } from "./contact-picker";

/**
 * An amount as the core takes it, from digits with one comma or point; null when it is not clear.
 * 1.500 is a thousand and a half in one country and one and a half in another: it is asked again.
 */
export function typedAmount(text: string, currency: string): string | null {
	const parts = /^(\d+)(?:[.,](\d+))?$/.exec(text.replace(/\s/g, ""));
	if (!parts?.[1]) return null;
	const digits = currencyDigits(currency);
	if (parts[2] === undefined) return parts[1];
	return parts[2].length <= digits ? `${parts[1]}.${parts[2]}` : null;
}

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
	const comma = !locale.startsWith("en");
	const [contact, setContact] = useState<ContactRow | null>(null);
	const [name, setName] = useState(card?.name ?? "");
	const valueBefore = comma ? (card?.value ?? "").replace(".", ",") : (card?.value ?? "");
	const [value, setValue] = useState(valueBefore);
	const [currency, setCurrency] = useState(card?.currency ?? "");
	const [stage, setStage] = useState(columns.find((one) => one.outcome === null)?.stage_id ?? "");
	const [close, setClose] = useState(card?.expected_close ?? "");
	const [wrong, setWrong] = useState<Record<string, string>>({});
	const code = currency.trim().toUpperCase() || usual;
	const save = useMutation<OpportunityCard, AppError, void>({
		mutationFn: () =>
			call("saveOpportunity", {
				id: card?.id ?? null,
				contact_id: contact?.id ?? null,
				name: name.trim() || null,
				value: value === valueBefore ? null : typedAmount(value, code),
				currency: currency.trim() ? code : null,
				stage_id: card ? null : stage || null,
				expected_close: close || null,
				deadline_at: null,
				opened_at: null,
			}),
		onSuccess: onSaved,
	});
	const submit = () => {
		if (save.isPending) return;
		const found: Record<string, string> = {};
		if (!card && !contact) found.contact_id = t("pipeline.needsContact");
		if (value.trim() && value !== valueBefore && typedAmount(value, code) === null) {
			found.value = t("pipeline.wrongValue", {
				example: currencyDigits(code) === 0 ? "1500" : comma ? "1500,50" : "1500.50",
			});
		}
		// An absent value stays as it is: taking one away is not among what the core offers.
		if (card?.value && !value.trim()) found.value = t("pipeline.kept");
		if (card?.expected_close && !close) found.expected_close = t("pipeline.kept");
		if (card?.name && !name.trim()) found.name = t("pipeline.kept");
		setWrong(found);
		if (Object.keys(found).length === 0) save.mutate();
	};
	const error = (field: string) =>
		wrong[field] ?? (save.error?.field === field ? failure(save.error) : undefined);
	const fields = ["contact_id", "name", "value", "currency", "expected_close"];
	return (
		<Dialog
			open
			onClose={onClose}
			title={card ? t("pipeline.edit") : t("pipeline.new")}
			description={card?.contact_name}
			footer={
				<>
					<Button size="l" onClick={onClose}>
						{t("action.cancel")}
					</Button>
					<Button
						size="l"
						variant="primary"
						busy={save.isPending}
						onClick={submit}
						data-testid="opportunity-save"
					>
						{card ? t("action.save") : t("pipeline.create")}
					</Button>
				</>
			}
		>
			<form
				className="flex flex-col gap-4"
				onSubmit={(event) => {
					event.preventDefault();
					submit();
				}}
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
				</div>
				<input type="submit" hidden />
				{save.error && !fields.includes(save.error.field ?? "") && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
			</form>
		</Dialog>
	);
}
