import { ListFilter, X } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactNode, type RefObject, useState } from "react";
import type { RoiRow } from "@/bindings";
import { STATUS_KINDS } from "@/components/status-glyph";
import { Button, Kbd, SearchField, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { typedAmount } from "@/lib/amount";
import { amount, count, currencySign, percent, ratio } from "@/lib/format";
import { ariaKeys, useShortcut } from "@/lib/shortcuts";
import { COLUMNS, type Column } from "./columns";
import { CHOICES, type Choice, choiceOf, type Filter, isChoice } from "./filters";

const NUMBERS = COLUMNS.filter((column) => column.kind !== "text");

/** A number with a sign before it or not, as decimal text. */
function typedNumber(text: string, column: Column, currency: string, locale: string) {
	const negative = /^\s*[-\u2212]/.test(text);
	const plain = text.replace(/^\s*[-\u2212]/, "").replace(/[%\s]+$/, "");
	// Only money can be finer or coarser than two decimals.
	const value = typedAmount(plain, column.kind === "money" ? currency : "USD", locale);
	return value === null ? null : `${negative ? "-" : ""}${value}`;
}

function writtenBound(column: Column, text: string, currency: string, locale: string): string {
	if (column.kind === "money")
		return `${currencySign(currency)}\u00a0${amount(locale, text, currency)}`;
	if (column.kind === "percent") return percent(locale, text, text.includes(".") ? 2 : 0);
	if (column.kind === "ratio") return ratio(locale, text);
	return count(locale, text);
}

/** Names of the values that a field with choices has, in these rows. */
function useChoices(
	rows: readonly RoiRow[],
	field: Choice,
): Array<{ value: string; name: string }> {
	const { t } = useWords();
	if (field === "status") {
		const there = new Set(rows.map((row) => choiceOf(row, field).value));
		return STATUS_KINDS.filter((kind) => there.has(kind)).map((kind) => ({
			value: kind,
			name: t(`status.${kind}`),
		}));
	}
	const found = new Map(
		rows.map((row) => choiceOf(row, field)).map((choice) => [choice.value, choice.name]),
	);
	return [...found]
		.map(([value, name]) => ({ value, name: name || t("figures.noneOfThese") }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

function Editor({
	rows,
	currency,
	start,
	onApply,
}: {
	rows: readonly RoiRow[];
	currency: string;
	start: Filter | null;
	onApply: (filter: Filter) => void;
}) {
	const { t, locale } = useWords();
	const [field, setField] = useState(start?.field ?? "leads");
	const [op, setOp] = useState<Filter["op"]>(start && start.op !== "any" ? start.op : "least");
	const [values, setValues] = useState<string[]>(start?.op === "any" ? start.values : []);
	const [text, setText] = useState(
		start && start.op !== "any"
			? (start.values[0] ?? "").replace(".", locale.startsWith("en") ? "." : ",")
			: "",
	);
	const [wrong, setWrong] = useState(false);
	const choices = useChoices(rows, isChoice(field) ? field : "status");
	const column = NUMBERS.find((one) => one.id === field);
	const apply = () => {
		if (isChoice(field)) {
			if (values.length > 0) onApply({ field, op: "any", values });
			else setWrong(true);
			return;
		}
		const bound = column && typedNumber(text, column, currency, locale);
		if (bound) onApply({ field, op, values: [bound] });
		else setWrong(true);
	};
	return (
		<form
			className="flex flex-col gap-3"
			onSubmit={(event) => {
				event.preventDefault();
				apply();
			}}
		>
			<SelectField
				label={t("figures.field")}
				value={field}
				onChange={(event) => {
					setField(event.target.value);
					setValues([]);
					setText("");
					setWrong(false);
				}}
			>
				{CHOICES.map((id) => (
					<option key={id} value={id}>
						{t(`figures.field.${id}`)}
					</option>
				))}
				{NUMBERS.map((one) => (
					<option key={one.id} value={one.id}>
						{t(`metric.${one.id}`)}
					</option>
				))}
			</SelectField>
			{isChoice(field) ? (
				<fieldset className="max-h-48 overflow-y-auto">
					<legend className="mb-1 font-medium text-12 text-ink-2">{t("figures.op.any")}</legend>
					{choices.map((choice) => (
						<label key={choice.value} className="flex min-h-7 items-center gap-2">
							<input
								type="checkbox"
								className="size-4 flex-none accent-[var(--accent)]"
								checked={values.includes(choice.value)}
								onChange={() =>
									setValues((now) =>
										now.includes(choice.value)
											? now.filter((one) => one !== choice.value)
											: [...now, choice.value],
									)
								}
							/>
							<span className="truncate">{choice.name}</span>
						</label>
					))}
					{wrong && values.length === 0 && (
						<p role="alert" className="text-12 text-negative">
							{t("figures.chooseOne")}
						</p>
					)}
				</fieldset>
			) : (
				<div className="grid grid-cols-2 gap-2">
					<SelectField
						label={t("figures.comparison")}
						value={op}
						onChange={(event) => setOp(event.target.value as Filter["op"])}
					>
						<option value="least">{t("figures.op.least")}</option>
						<option value="most">{t("figures.op.most")}</option>
					</SelectField>
					<TextField
						label={t("figures.value")}
						inputMode="decimal"
						value={text}
						onChange={(event) => {
							setText(event.target.value);
							setWrong(false);
						}}
						error={wrong ? t("figures.notANumber") : undefined}
					/>
				</div>
			)}
			<Button variant="primary" type="submit" className="self-end">
				{t("action.apply")}
			</Button>
		</form>
	);
}

/** A filter in words. */
function filterWords(
	filter: Filter,
	{
		t,
		locale,
		currency,
		accounts,
		campaigns,
	}: {
		t: ReturnType<typeof useWords>["t"];
		locale: string;
		currency: string;
		accounts: ReturnType<typeof useChoices>;
		campaigns: ReturnType<typeof useChoices>;
	},
): { field: string; value: string } {
	if (isChoice(filter.field)) {
		const from = filter.field === "account" ? accounts : campaigns;
		const name = (value: string) =>
			filter.field === "status"
				? t(`status.${value}`)
				: (from.find((one) => one.value === value)?.name ?? t("figures.notInThese"));
		return {
			field: t(`figures.field.${filter.field}`),
			value: filter.values.map(name).join(", "),
		};
	}
	const column = NUMBERS.find((one) => one.id === filter.field);
	return {
		field: t(`metric.${filter.field}`),
		value: column ? writtenBound(column, filter.values[0] ?? "0", currency, locale) : "",
	};
}

/** Says what a table is narrowed to, each on a line: for files that are made of it. */
export function useNarrowing(rows: readonly RoiRow[], currency: string) {
	const { t, locale } = useWords();
	const accounts = useChoices(rows, "account");
	const campaigns = useChoices(rows, "campaign");
	return (filters: readonly Filter[]) =>
		filters.map((filter) => {
			const { field, value } = filterWords(filter, { t, locale, currency, accounts, campaigns });
			return `${field} ${t(`figures.op.${filter.op}`)} ${value}`;
		});
}

/** What the rows are narrowed to: a search, and one chip for each filter. */
export function FilterBar({
	rows,
	currency,
	search,
	onSearch,
	filters,
	onChange,
	extra,
	adder,
	children,
}: {
	/** All rows, before filtering: what there is to choose from. */
	rows: readonly RoiRow[];
	currency: string;
	search: string;
	onSearch: (text: string) => void;
	filters: readonly Filter[];
	onChange: (filters: Filter[]) => void;
	/** Narrowings that came from another page, each with its way out. */
	extra: ReadonlyArray<{
		key: string;
		field: string;
		op: string;
		value: string;
		onRemove: () => void;
	}>;
	/** The button that adds a filter: it takes the focus of what goes with one that is removed. */
	adder: RefObject<HTMLButtonElement | null>;
	children?: ReactNode;
}) {
	const { t, locale } = useWords();
	/** Which chip is open for changing; "new" for one more. */
	const [editing, setEditing] = useState<number | "new" | null>(null);
	const accounts = useChoices(rows, "account");
	const campaigns = useChoices(rows, "campaign");

	useShortcut("filter", () => setEditing("new"));

	const remove = (at: number) => {
		onChange(filters.filter((_, place) => place !== at));
		adder.current?.focus();
	};
	const words = (filter: Filter) =>
		filterWords(filter, { t, locale, currency, accounts, campaigns });
	const editor = (start: Filter | null, place: number | "new") => (
		<Popover.Portal>
			<Popover.Content
				align="start"
				sideOffset={4}
				collisionPadding={8}
				aria-label={t("figures.filter")}
				className="z-50 w-72 rounded-3 bg-raised p-3 shadow-2"
			>
				<Editor
					rows={rows}
					currency={currency}
					start={start}
					onApply={(filter) => {
						onChange(
							place === "new"
								? [...filters, filter]
								: filters.map((one, at) => (at === place ? filter : one)),
						);
						setEditing(null);
					}}
				/>
			</Popover.Content>
		</Popover.Portal>
	);
	const erases = (erase: () => void) => (event: KeyboardEvent) => {
		if (event.key !== "Backspace" && event.key !== "Delete") return;
		event.preventDefault();
		erase();
	};
	return (
		<div className="flex flex-none flex-wrap items-center gap-2">
			<SearchField
				label={t("figures.search")}
				value={search}
				onChange={onSearch}
				className="w-56"
			/>
			{extra.map((one) => (
				<Chip
					key={one.key}
					field={one.field}
					op={one.op}
					value={one.value}
					onRemove={() => {
						one.onRemove();
						adder.current?.focus();
					}}
				/>
			))}
			{filters.map((filter, at) => {
				const said = words(filter);
				const op = t(`figures.op.${filter.op}`);
				return (
					<Popover.Root
						key={at}
						open={editing === at}
						onOpenChange={(open) => setEditing(open ? at : null)}
					>
						<span className="inline-flex h-7 max-w-full items-stretch rounded-2 border border-line-2 bg-surface dark:bg-raised">
							<Popover.Trigger asChild>
								<button
									type="button"
									aria-label={t("figures.changeFilter", {
										filter: `${said.field} ${op} ${said.value}`,
									})}
									onKeyDown={erases(() => remove(at))}
									className="flex min-w-0 items-stretch rounded-l-2 hover:bg-hover"
								>
									<ChipWords field={said.field} op={op} value={said.value} />
								</button>
							</Popover.Trigger>
							<Remover label={`${said.field} ${op} ${said.value}`} onRemove={() => remove(at)} />
						</span>
						{editor(filter, at)}
					</Popover.Root>
				);
			})}
			<Popover.Root
				open={editing === "new"}
				onOpenChange={(open) => setEditing(open ? "new" : null)}
			>
				<Popover.Trigger asChild>
					<Button
						ref={adder}
						variant="ghost"
						icon={ListFilter}
						aria-keyshortcuts={ariaKeys("filter")}
					>
						{t("figures.filter")} <Kbd>F</Kbd>
					</Button>
				</Popover.Trigger>
				{editor(null, "new")}
			</Popover.Root>
			{children}
		</div>
	);
}

function ChipWords({ field, op, value }: { field: string; op: string; value: string }) {
	return (
		<>
			<span className="flex items-center whitespace-nowrap px-2">{field}</span>
			<span className="flex items-center whitespace-nowrap border-line border-l px-2 text-ink-3">
				{op}
			</span>
			<span className="num flex min-w-0 max-w-64 items-center border-line border-l px-2 font-medium">
				<span className="truncate">{value}</span>
			</span>
		</>
	);
}

function Remover({ label, onRemove }: { label: string; onRemove: () => void }) {
	const { t } = useWords();
	return (
		<button
			type="button"
			aria-label={t("figures.removeFilter", { filter: label })}
			onClick={onRemove}
			onKeyDown={(event) => {
				if (event.key !== "Backspace" && event.key !== "Delete") return;
				event.preventDefault();
				onRemove();
			}}
			className="grid w-6 place-items-center rounded-r-2 border-line border-l text-ink-3 hover:bg-hover hover:text-ink"
		>
			<X size={12} strokeWidth={2} aria-hidden />
		</button>
	);
}

/** A narrowing that can only be taken away. */
function Chip({
	field,
	op,
	value,
	onRemove,
}: {
	field: string;
	op: string;
	value: string;
	onRemove: () => void;
}) {
	return (
		<span className="inline-flex h-7 max-w-full items-stretch rounded-2 border border-line-2 bg-surface dark:bg-raised">
			<ChipWords field={field} op={op} value={value} />
			<Remover label={`${field} ${op} ${value}`} onRemove={onRemove} />
		</span>
	);
}
