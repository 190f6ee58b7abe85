/** What fills the variables of a template: texts in which fields of contacts may stand. */
import { Braces } from "lucide-react";
import { Button, TextField } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";

/** A place of a template that is filled. */
interface Variable {
	/** `body.1` is what the text writes as {{1}}. */
	key: string;
	sample: string | null;
}

function useVariableName() {
	const { t } = useWords();
	return (key: string) => {
		const [part, name] = key.split(".") as [string, string];
		if (key === "header.media") return t("outbox.headerMedia");
		if (part === "button") return t("outbox.buttonValue", { number: Number(name) + 1 });
		return t(part === "header" ? "outbox.headerVariable" : "outbox.variable", { name });
	};
}

/** A field for each variable, with the fields of contacts to put in. */
export function TemplateValues({
	variables,
	fields,
	values,
	onChange,
}: {
	variables: readonly Variable[];
	fields: readonly string[];
	values: Readonly<Record<string, string>>;
	onChange: (values: Record<string, string>) => void;
}) {
	const { t } = useWords();
	const name = useVariableName();
	return (
		<>
			{variables.map((one) => {
				const value = values[one.key] ?? "";
				const put = (next: string) => onChange({ ...values, [one.key]: next });
				return (
					<div key={one.key} className="flex items-end gap-2">
						<div className="min-w-0 flex-1">
							<TextField
								label={name(one.key)}
								data-testid="template-value"
								placeholder={one.sample ?? undefined}
								value={value}
								onChange={(event) => put(event.target.value)}
							/>
						</div>
						<FieldMenu
							fields={fields}
							of={name(one.key)}
							onPick={(field) => put(`${value}{${field}}`)}
						/>
					</div>
				);
			})}
			{variables.length > 0 && <p className="text-12 text-ink-3">{t("outbox.valueHint")}</p>}
		</>
	);
}

/** Puts a field of contacts into a text. */
export function FieldMenu({
	fields,
	of,
	onPick,
}: {
	fields: readonly string[];
	/** What it is put into. */
	of: string;
	onPick: (field: string) => void;
}) {
	const { t } = useWords();
	if (fields.length === 0) return null;
	return (
		<Menu
			trigger={
				<Button
					size="l"
					icon={Braces}
					aria-label={t("outbox.fieldInto", { into: of })}
					data-testid="field-menu"
				>
					{t("outbox.field")}
				</Button>
			}
		>
			{fields.map((field) => (
				<MenuItem key={field} onSelect={() => onPick(field)}>
					{t(`outbox.field.${field}`)}
				</MenuItem>
			))}
		</Menu>
	);
}
