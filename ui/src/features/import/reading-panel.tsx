import { useQuery } from "@tanstack/react-query";
import { type InputHTMLAttributes, useEffect, useState } from "react";
import type { ImportKind, ImportMapping, ImportPreview } from "@/bindings";
import { Checkbox, Panel, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query, toAppError } from "@/lib/ipc";
import { withConstant, withHeader } from "./mapping";

/** Text that counts once it is whole: every change reads the file again. */
function SettledField({
	value,
	onSettle,
	...rest
}: {
	label: string;
	hint?: string;
	error?: string | undefined;
	value: string;
	onSettle: (value: string) => void;
} & Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange">) {
	const [text, setText] = useState(value);
	useEffect(() => setText(value), [value]);
	const settle = () => {
		if (text.trim() !== value) onSettle(text.trim());
	};
	return (
		<TextField
			{...rest}
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={settle}
			onKeyDown={(event) => event.key === "Enter" && settle()}
		/>
	);
}

/** Stands in the choice for an account that is not here yet; no account's number is like it. */
const OTHER = "other";

/** How the file is read: what Rumbo found out by itself can be said instead. */
export function ReadingPanel({
	kind,
	preview,
	mapping,
	onChange,
}: {
	kind: ImportKind;
	preview: ImportPreview;
	mapping: ImportMapping;
	onChange: (mapping: ImportMapping) => void;
}) {
	const { t, failure } = useWords();
	const ads = kind === "ads";
	const accounts = useQuery({ ...query("listAdAccounts", {}), enabled: ads });
	const account = mapping.constants?.account ?? "";
	const known = accounts.data ?? [];
	/** The account is none of those here: it comes in with the file, by its number. */
	const [asked, setAsked] = useState(false);
	const other =
		asked ||
		(account !== "" && accounts.isSuccess && !known.some((one) => one.external_id === account));
	const wrong = (field: string) => {
		const problem = preview.problems.find((one) => one.field === field);
		return problem ? failure(toAppError(problem)) : undefined;
	};
	const dates = mapping.date_format === "iso" ? "ymd" : (mapping.date_format ?? "");
	const delimiter = mapping.delimiter === "\t" ? "tab" : (mapping.delimiter ?? "");
	return (
		<Panel title={t("import.reading")} hint={t("import.readingHint")}>
			<div className="grid grid-cols-2 gap-x-3 gap-y-4 overflow-y-auto border-line border-t p-4">
				{preview.delimiter !== null && (
					<SelectField
						label={t("import.delimiter")}
						value={delimiter}
						// Other delimiters make other columns: what was chosen among the old ones is void.
						onChange={(event) =>
							onChange({ ...mapping, delimiter: event.target.value || null, columns: {} })
						}
					>
						<option value="">
							{t("import.found", { what: t(`import.delimiter.${preview.delimiter}`) })}
						</option>
						{[",", ";", "tab", "|", ...(ads ? [] : ["whitespace"])].map((mark) => (
							<option key={mark} value={mark}>
								{t(`import.delimiter.${mark}`)}
							</option>
						))}
					</SelectField>
				)}
				<SelectField
					label={t("import.dates")}
					value={dates}
					onChange={(event) => onChange({ ...mapping, date_format: event.target.value || null })}
					error={wrong("date_format")}
				>
					<option value="">{t("import.auto")}</option>
					{["dmy", "mdy", "ymd"].map((order) => (
						<option key={order} value={order}>
							{t(`import.dates.${order}`)}
						</option>
					))}
				</SelectField>
				<SelectField
					label={t("import.decimal")}
					value={mapping.decimal ?? ""}
					onChange={(event) => onChange({ ...mapping, decimal: event.target.value || null })}
					error={wrong("decimal")}
				>
					<option value="">{t("import.auto")}</option>
					<option value=".">1,234.56</option>
					<option value=",">1.234,56</option>
				</SelectField>
				{kind !== "contacts" && (
					<SettledField
						label={t("import.currency")}
						hint={t("import.currencyHint")}
						error={wrong("currency")}
						value={mapping.currency ?? ""}
						maxLength={3}
						onSettle={(code) => onChange({ ...mapping, currency: code.toUpperCase() || null })}
					/>
				)}
				{kind === "spend" && (
					<SettledField
						label={t("import.platform")}
						hint={t("import.platformHint")}
						error={mapping.constants?.platform ? wrong("platform") : undefined}
						value={mapping.constants?.platform ?? ""}
						data-testid="import-platform"
						onSettle={(platform) => onChange(withConstant(mapping, "platform", platform))}
					/>
				)}
				{ads ? (
					<>
						<SelectField
							label={t("import.account")}
							value={other ? OTHER : account}
							data-testid="import-account"
							onChange={(event) => {
								const chosen = event.target.value;
								setAsked(chosen === OTHER);
								onChange(withConstant(mapping, "account", chosen === OTHER ? "" : chosen));
							}}
							error={other ? undefined : wrong("account")}
						>
							<option value="">{t("import.accountAuto")}</option>
							{known.map((one) => (
								<option key={one.id} value={one.external_id}>
									{one.name} ({one.currency})
								</option>
							))}
							<option value={OTHER}>{t("import.accountOther")}</option>
						</SelectField>
						{other && (
							<SettledField
								label={t("import.accountNumber")}
								hint={t("import.accountNumberHint")}
								error={wrong("account")}
								value={account}
								inputMode="numeric"
								data-testid="import-account-number"
								onSettle={(number) => onChange(withConstant(mapping, "account", number))}
							/>
						)}
					</>
				) : (
					<>
						{kind !== "spend" && (
							<SettledField
								label={t("import.timezone")}
								hint={t("import.timezoneHint")}
								error={wrong("timezone")}
								value={mapping.timezone ?? ""}
								onSettle={(zone) => onChange({ ...mapping, timezone: zone || null })}
							/>
						)}
						<SettledField
							label={t("import.system")}
							hint={t("import.systemHint")}
							error={wrong("system")}
							value={mapping.constants?.system ?? ""}
							onSettle={(system) => onChange(withConstant(mapping, "system", system))}
						/>
						<span className="col-span-2 flex items-center gap-2">
							<Checkbox
								id="import-header"
								label={t("import.header")}
								checked={mapping.header !== false}
								onChange={(event) => onChange(withHeader(mapping, preview, event.target.checked))}
							/>
							<label htmlFor="import-header">{t("import.header")}</label>
						</span>
					</>
				)}
			</div>
		</Panel>
	);
}
