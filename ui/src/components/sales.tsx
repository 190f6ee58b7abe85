/** What can be done with a sale, the same wherever sales stand. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { ContactRow, SaleRow } from "@/bindings";
import { ContactPicker } from "@/components/contact-picker";
import { FormDialog } from "@/components/form-dialog";
import { Button, SelectField, Tag, TextField, type Tone } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amountExample, typedAmount } from "@/lib/amount";
import { amount, day, money } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { momentOf } from "@/lib/period";

export const SALE_STATUSES = ["pending", "completed", "refunded", "cancelled"] as const;
const TONES: Record<string, Tone> = {
	pending: "warning",
	completed: "positive",
	refunded: "negative",
	cancelled: "neutral",
};

export function SaleStatus({ sale }: { sale: Pick<SaleRow, "status" | "refunded"> }) {
	const { t } = useWords();
	const partly = sale.status === "completed" && /[1-9]/.test(sale.refunded);
	return (
		<Tag tone={partly ? "info" : (TONES[sale.status] ?? "neutral")}>
			{t(`sale.${partly ? "partly" : sale.status}`)}
		</Tag>
	);
}

/** Enters a sale, of the contact given or of one to choose. */
export function SaleDialog({
	contact,
	opportunities = [],
	from,
	onClose,
}: {
	contact: { id: string; name: string } | null;
	/** Opportunities of the contact that the sale may have come of. */
	opportunities?: ReadonlyArray<{ id: string; name: string }>;
	/** The opportunity it came of, whose value is offered as the amount. */
	from?: { id: string; value: string | null; currency: string };
	onClose: () => void;
}) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const usual = settings.data?.currency ?? "USD";
	const [chosen, setChosen] = useState<ContactRow | null>(null);
	const [edit, setEdit] = useState({
		amount: from?.value ? amount(locale, from.value, from.currency) : "",
		currency: from?.value ? from.currency : "",
		day: "",
		reference: "",
		cost: "",
		quantity: "",
		opportunity: from?.id ?? "",
		status: "completed",
	});
	const [wrong, setWrong] = useState<Record<string, string>>({});
	const code = edit.currency.trim().toUpperCase() || usual;
	const read = typedAmount(edit.amount, code, locale);
	const cost = typedAmount(edit.cost, code, locale);
	const quantity = edit.quantity.trim();
	const buyer = contact?.id ?? chosen?.id ?? null;
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () =>
			call("addSale", {
				contact_id: buyer,
				opportunity_id: edit.opportunity || null,
				amount: read ?? "",
				currency: edit.currency.trim() ? code : null,
				reference: edit.reference.trim() || null,
				completed_at: edit.day ? momentOf(edit.day, now) : null,
				pending: edit.status === "pending",
				cost,
				quantity: quantity ? Number(quantity) : null,
			}),
		onSuccess: onClose,
	});
	const submit = () => {
		const found: Record<string, string> = {};
		if (!buyer) found.contact_id = t("sale.needsContact");
		const example = amountExample(code, locale);
		if (read === null) found.amount = t("amount.wrong", { example });
		if (edit.cost.trim() && cost === null) found.cost = t("amount.wrong", { example });
		if (quantity && !/^[1-9]\d{0,8}$/.test(quantity)) found.quantity = t("sale.quantityWrong");
		setWrong(found);
		if (Object.keys(found).length === 0) save.mutate();
	};
	const field = (name: "amount" | "currency" | "day" | "reference" | "cost" | "quantity") => ({
		value: edit[name],
		onChange: (event: { target: { value: string } }) =>
			setEdit({ ...edit, [name]: event.target.value }),
		error: wrong[name] ?? (save.error?.field === name ? failure(save.error) : undefined),
	});
	return (
		<FormDialog
			title={t("sale.add")}
			description={contact?.name}
			label={t("sale.add")}
			width={420}
			busy={save.isPending}
			error={save.error}
			fields={["contact_id", "amount", "currency", "reference", "cost", "quantity"]}
			onClose={onClose}
			onSubmit={submit}
		>
			{!contact && (
				<ContactPicker value={chosen} onChange={setChosen} error={wrong.contact_id} autoFocus />
			)}
			<div className="grid grid-cols-[1fr_112px] gap-3">
				<TextField
					label={t("sale.amount")}
					inputMode="decimal"
					placeholder={amountExample(code, locale)}
					autoFocus={contact !== null}
					data-testid="sale-amount"
					{...field("amount")}
				/>
				<TextField
					label={t("sale.currency")}
					placeholder={usual}
					maxLength={3}
					{...field("currency")}
				/>
			</div>
			<div className="grid grid-cols-2 gap-3">
				<SelectField
					label={t("sale.status")}
					value={edit.status}
					onChange={(event) => setEdit({ ...edit, status: event.target.value })}
				>
					<option value="completed">{t("sale.paid")}</option>
					<option value="pending">{t("sale.notPaid")}</option>
				</SelectField>
				<TextField
					type="date"
					label={t(edit.status === "pending" ? "sale.agreedOn" : "sale.paidOn")}
					hint={t("sale.todayHint")}
					{...field("day")}
				/>
			</div>
			<div className="grid grid-cols-2 gap-3">
				<TextField
					label={t("sale.quantity")}
					inputMode="numeric"
					placeholder="1"
					data-testid="sale-quantity"
					{...field("quantity")}
				/>
				<TextField
					label={t("sale.cost")}
					hint={t("sale.costHint")}
					inputMode="decimal"
					data-testid="sale-cost"
					{...field("cost")}
				/>
			</div>
			{opportunities.length > 0 && (
				<SelectField
					label={t("sale.opportunity")}
					value={edit.opportunity}
					onChange={(event) => setEdit({ ...edit, opportunity: event.target.value })}
				>
					<option value="">{t("sale.noOpportunity")}</option>
					{opportunities.map((one) => (
						<option key={one.id} value={one.id}>
							{one.name}
						</option>
					))}
				</SelectField>
			)}
			<TextField
				label={t("sale.reference")}
				hint={t("sale.referenceHint")}
				{...field("reference")}
			/>
		</FormDialog>
	);
}

/** Gives back all that is left of a sale, or a part. */
export function RefundDialog({
	sale,
	onClose,
	onDone,
}: {
	sale: SaleRow;
	onClose: () => void;
	onDone?: ((sale: SaleRow) => void) | undefined;
}) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const [typed, setTyped] = useState(amount(locale, sale.net, sale.currency));
	const [on, setOn] = useState("");
	const [reason, setReason] = useState("");
	const [wrong, setWrong] = useState<string>();
	const read = typedAmount(typed, sale.currency, locale);
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () =>
			call("refundSale", {
				id: sale.id,
				amount: read ?? "",
				refunded_at: on ? momentOf(on, now) : null,
				reason: reason.trim() || null,
			}),
		onSuccess: (done) => {
			onDone?.(done);
			onClose();
		},
	});
	return (
		<FormDialog
			title={t("sale.refundTitle", { reference: sale.reference })}
			description={t("sale.refundText", { amount: money(locale, sale.net, sale.currency) })}
			label={t("sale.refund")}
			danger
			width={420}
			busy={save.isPending}
			error={save.error}
			fields={["amount", "reason"]}
			onClose={onClose}
			onSubmit={() => {
				const example = amountExample(sale.currency, locale);
				setWrong(read === null ? t("amount.wrong", { example }) : undefined);
				if (read !== null) save.mutate();
			}}
		>
			<div className="grid grid-cols-2 gap-3">
				<TextField
					label={`${t("sale.amount")}, ${sale.currency}`}
					inputMode="decimal"
					autoFocus
					onFocus={(event) => event.currentTarget.select()}
					data-testid="refund-amount"
					value={typed}
					onChange={(event) => setTyped(event.target.value)}
					error={wrong ?? (save.error?.field === "amount" ? failure(save.error) : undefined)}
				/>
				<TextField
					type="date"
					label={t("sale.refundedOn")}
					hint={t("sale.todayHint")}
					value={on}
					onChange={(event) => setOn(event.target.value)}
				/>
			</div>
			<TextField
				label={t("sale.reason")}
				value={reason}
				maxLength={500}
				onChange={(event) => setReason(event.target.value)}
				error={save.error?.field === "reason" ? failure(save.error) : undefined}
			/>
		</FormDialog>
	);
}

/** Says of a sale that was agreed that it is paid, or that it never came about. */
export function SettleDialog({
	sale,
	status,
	onClose,
	onDone,
}: {
	sale: SaleRow;
	status: "completed" | "cancelled";
	onClose: () => void;
	onDone?: ((sale: SaleRow) => void) | undefined;
}) {
	const { t, locale } = useWords();
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () => call("setSaleStatus", { id: sale.id, status }),
		onSuccess: (done) => {
			onDone?.(done);
			onClose();
		},
	});
	const paid = status === "completed";
	return (
		<FormDialog
			title={t(paid ? "sale.completeTitle" : "sale.cancelTitle", { reference: sale.reference })}
			description={t(paid ? "sale.completeText" : "sale.cancelText", {
				amount: money(locale, sale.gross, sale.currency),
				name: sale.contact_name,
			})}
			label={t(paid ? "sale.complete" : "sale.cancel")}
			dismiss={paid ? t("action.cancel") : t("action.close")}
			danger={!paid}
			width={420}
			busy={save.isPending}
			error={save.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => save.mutate()}
		>
			<p className="num text-12 text-ink-3">
				{t("sale.agreedOn")} {day(locale, sale.occurred_at.slice(0, 10), "long")}
			</p>
		</FormDialog>
	);
}

/** Says what a sale cost, or that it is not known. */
export function CostDialog({
	sale,
	onClose,
	onDone,
}: {
	sale: SaleRow;
	onClose: () => void;
	onDone?: ((sale: SaleRow) => void) | undefined;
}) {
	const { t, locale, failure } = useWords();
	const [typed, setTyped] = useState(sale.cost ? amount(locale, sale.cost, sale.currency) : "");
	const [wrong, setWrong] = useState<string>();
	const read = typed.trim() ? typedAmount(typed, sale.currency, locale) : "";
	const save = useMutation<SaleRow, AppError, void>({
		mutationFn: () => call("setSaleCost", { id: sale.id, cost: read ?? "" }),
		onSuccess: (done) => {
			onDone?.(done);
			onClose();
		},
	});
	return (
		<FormDialog
			title={t("sale.costTitle", { reference: sale.reference })}
			description={t("sale.costText", {
				amount: money(locale, sale.gross, sale.currency),
				name: sale.contact_name,
			})}
			label={t("action.save")}
			width={420}
			busy={save.isPending}
			error={save.error}
			fields={["cost"]}
			onClose={onClose}
			onSubmit={() => {
				const example = amountExample(sale.currency, locale);
				setWrong(read === null ? t("amount.wrong", { example }) : undefined);
				if (read !== null) save.mutate();
			}}
		>
			<TextField
				label={`${t("sale.cost")}, ${sale.currency}`}
				hint={t("sale.costEmpty")}
				inputMode="decimal"
				autoFocus
				onFocus={(event) => event.currentTarget.select()}
				data-testid="cost-amount"
				value={typed}
				onChange={(event) => setTyped(event.target.value)}
				error={wrong ?? (save.error?.field === "cost" ? failure(save.error) : undefined)}
			/>
		</FormDialog>
	);
}

/** Which question about a sale is open. */
export type SaleQuestion = { sale: SaleRow; ask: "refund" | "completed" | "cancelled" | "cost" };

/** What may still become of a sale, as buttons; none for one that is over. */
export function SaleActions({
	sale,
	small,
	onAsk,
}: {
	sale: SaleRow;
	small?: boolean;
	onAsk: (question: SaleQuestion) => void;
}) {
	const { t } = useWords();
	const size = small ? "s" : "m";
	if (sale.status === "pending") {
		return (
			<>
				<Button
					size={size}
					data-testid="sale-complete"
					onClick={() => onAsk({ sale, ask: "completed" })}
				>
					{t("sale.complete")}
				</Button>
				<Button
					size={size}
					variant="ghost"
					data-testid="sale-cancel"
					onClick={() => onAsk({ sale, ask: "cancelled" })}
				>
					{t("sale.cancel")}
				</Button>
			</>
		);
	}
	if (sale.status !== "completed") return null;
	return (
		<Button
			size={size}
			variant={small ? "ghost" : "plain"}
			data-testid="sale-refund"
			onClick={() => onAsk({ sale, ask: "refund" })}
		>
			{t("sale.refund")}
		</Button>
	);
}

export function SaleQuestionDialog({
	question,
	onClose,
	onDone,
}: {
	question: SaleQuestion | null;
	onClose: () => void;
	/** Takes the sale as it is after the answer. */
	onDone?: (sale: SaleRow) => void;
}) {
	if (!question) return null;
	const { sale, ask } = question;
	if (ask === "cost") return <CostDialog sale={sale} onClose={onClose} onDone={onDone} />;
	if (ask === "refund") return <RefundDialog sale={sale} onClose={onClose} onDone={onDone} />;
	return <SettleDialog sale={sale} status={ask} onClose={onClose} onDone={onDone} />;
}
