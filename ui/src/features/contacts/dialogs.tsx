import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ContactDetail, ContactRow, SaleRow } from "@/bindings";
import { Dialog } from "@/components/ui/dialog";
import { Button, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";

function Footer({
	busy,
	onClose,
	onSave,
	label,
}: {
	busy: boolean;
	onClose: () => void;
	onSave: () => void;
	label: string;
}) {
	const { t } = useWords();
	return (
		<>
			<Button size="l" onClick={onClose}>
				{t("action.cancel")}
			</Button>
			<Button size="l" variant="primary" busy={busy} onClick={onSave} data-testid="dialog-save">
				{label}
			</Button>
		</>
	);
}

function General({ error }: { error: AppError | null }) {
	const { failure } = useWords();
	if (!error || error.field) return null;
	return (
		<p role="alert" className="text-negative">
			{failure(error)}
		</p>
	);
}

const STATUSES = ["lead", "contacted", "customer", "churned"];

/** Makes a contact, or changes one. */
export function ContactDialog({
	open,
	onClose,
	onSaved,
	detail,
}: {
	open: boolean;
	onClose: () => void;
	onSaved?: (id: string) => void;
	detail?: ContactDetail;
}) {
	const { t, failure } = useWords();
	const fresh = () => ({
		name: detail?.contact.name ?? "",
		phone: detail?.contact.phone ?? "",
		email: detail?.contact.email ?? "",
		status: detail?.contact.status ?? "lead",
		country: detail?.country ?? "",
		city: detail?.city ?? "",
		notes: detail?.notes ?? "",
	});
	const [edit, setEdit] = useState(fresh);
	const save = useMutation<ContactRow, AppError, void>({
		mutationFn: () =>
			call("saveContact", {
				id: detail?.contact.id ?? null,
				...edit,
				lead_source: detail ? null : "MANUAL",
				birth_date: null,
				tags: null,
			}),
		onSuccess: (row) => {
			onSaved?.(row.id);
			if (!detail) setEdit(fresh());
			onClose();
		},
	});
	const text = (field: "name" | "phone" | "email" | "country" | "city" | "notes") => ({
		value: edit[field],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [field]: event.target.value }),
		error: save.error?.field === field ? failure(save.error) : undefined,
	});
	return (
		<Dialog
			open={open}
			onClose={onClose}
			title={detail ? t("contacts.edit") : t("contacts.new")}
			footer={
				<Footer
					busy={save.isPending}
					onClose={onClose}
					onSave={() => save.mutate()}
					label={t("action.save")}
				/>
			}
		>
			<form
				className="grid grid-cols-2 gap-4"
				onSubmit={(event) => {
					event.preventDefault();
					save.mutate();
				}}
			>
				<div className="col-span-2">
					<TextField label={t("contacts.name")} autoFocus {...text("name")} />
				</div>
				<TextField label={t("contacts.phone")} placeholder="+54 11 5263-0190" {...text("phone")} />
				<TextField label={t("contacts.email")} {...text("email")} />
				<SelectField
					label={t("contacts.status")}
					value={edit.status}
					onChange={(event) => setEdit({ ...edit, status: event.target.value })}
				>
					{STATUSES.map((status) => (
						<option key={status} value={status}>
							{t(`contact.${status}`)}
						</option>
					))}
				</SelectField>
				<TextField label={t("contacts.country")} placeholder="AR" {...text("country")} />
				<TextField label={t("contacts.city")} {...text("city")} />
				<TextField label={t("contacts.notes")} {...text("notes")} />
				<input type="submit" hidden />
				<General error={save.error} />
			</form>
		</Dialog>
	);
}

export function SaleDialog({
	open,
	onClose,
	contact,
}: {
	open: boolean;
	onClose: () => void;
	contact: string;
}) {
	const { t, failure } = useWords();
	const [amount, setAmount] = useState("");
	const [currency, setCurrency] = useState("");
	const [day, setDay] = useState("");
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () =>
			call("addSale", {
				contact_id: contact,
				opportunity_id: null,
				amount: amount.replace(",", "."),
				currency: currency || null,
				reference: null,
				completed_at: day ? new Date(`${day}T12:00:00`).toISOString() : null,
				pending: false,
			}),
		onSuccess: () => {
			setAmount("");
			onClose();
		},
	});
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	return (
		<Dialog
			open={open}
			onClose={onClose}
			title={t("contacts.addSale")}
			width={380}
			footer={
				<Footer
					busy={save.isPending}
					onClose={onClose}
					onSave={() => save.mutate()}
					label={t("contacts.addSale")}
				/>
			}
		>
			<div className="grid grid-cols-2 gap-4">
				<TextField
					label={t("contacts.amount")}
					inputMode="decimal"
					placeholder="1250.00"
					autoFocus
					value={amount}
					onChange={(event) => setAmount(event.target.value)}
					error={wrong("amount")}
				/>
				<TextField
					label={t("contacts.currency")}
					placeholder="USD"
					hint={t("contacts.currencyHint")}
					value={currency}
					onChange={(event) => setCurrency(event.target.value)}
					error={wrong("currency")}
				/>
				<TextField
					type="date"
					label={t("contacts.soldOn")}
					value={day}
					onChange={(event) => setDay(event.target.value)}
					error={wrong("completed_at")}
				/>
				<General error={save.error} />
			</div>
		</Dialog>
	);
}

export function RefundDialog({ sale, onClose }: { sale: string | null; onClose: () => void }) {
	const { t, failure } = useWords();
	const [amount, setAmount] = useState("");
	const [reason, setReason] = useState("");
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () =>
			call("refundSale", {
				id: sale ?? "",
				amount: amount.replace(",", "."),
				refunded_at: null,
				reason: reason || null,
			}),
		onSuccess: () => {
			setAmount("");
			setReason("");
			onClose();
		},
	});
	return (
		<Dialog
			open={sale !== null}
			onClose={onClose}
			title={t("contacts.refund")}
			width={380}
			footer={
				<Footer
					busy={save.isPending}
					onClose={onClose}
					onSave={() => save.mutate()}
					label={t("contacts.refund")}
				/>
			}
		>
			<div className="flex flex-col gap-4">
				<TextField
					label={t("contacts.amount")}
					inputMode="decimal"
					autoFocus
					value={amount}
					onChange={(event) => setAmount(event.target.value)}
					error={save.error?.field === "amount" ? failure(save.error) : undefined}
				/>
				<TextField
					label={t("contacts.reason")}
					value={reason}
					onChange={(event) => setReason(event.target.value)}
				/>
				<General error={save.error} />
			</div>
		</Dialog>
	);
}

export function TouchDialog({
	open,
	onClose,
	contact,
}: {
	open: boolean;
	onClose: () => void;
	contact: string;
}) {
	const { t, failure } = useWords();
	const [source, setSource] = useState("META_ADS");
	const [campaign, setCampaign] = useState("");
	const [day, setDay] = useState("");
	const save = useMutation<ContactDetail, AppError, void>({
		mutationFn: () =>
			call("addTouchpoint", {
				contact_id: contact,
				occurred_at: day ? new Date(`${day}T12:00:00`).toISOString() : null,
				source,
				medium: null,
				campaign_external_id: campaign || null,
				ad_set_external_id: null,
				ad_external_id: null,
				click_id: null,
			}),
		onSuccess: onClose,
	});
	return (
		<Dialog
			open={open}
			onClose={onClose}
			title={t("contacts.addTouch")}
			width={420}
			footer={
				<Footer
					busy={save.isPending}
					onClose={onClose}
					onSave={() => save.mutate()}
					label={t("contacts.addTouch")}
				/>
			}
		>
			<div className="flex flex-col gap-4">
				<SelectField
					label={t("contacts.source")}
					value={source}
					onChange={(event) => setSource(event.target.value)}
				>
					{[
						"META_ADS",
						"CLICK_TO_WHATSAPP",
						"GOOGLE_ADS",
						"TIKTOK_ADS",
						"WEB",
						"REFERRAL",
						"ORGANIC",
						"MANUAL",
					].map((word) => (
						<option key={word} value={word}>
							{t(`lead.${word}`)}
						</option>
					))}
				</SelectField>
				<TextField
					label={t("contacts.campaignId")}
					hint={t("contacts.campaignIdHint")}
					value={campaign}
					onChange={(event) => setCampaign(event.target.value)}
				/>
				<TextField
					type="date"
					label={t("contacts.on")}
					value={day}
					onChange={(event) => setDay(event.target.value)}
				/>
				{save.error && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
			</div>
		</Dialog>
	);
}
