/** What fills the variables of a template: texts in which fields of contacts may stand. */
import { Button, TextField } from "@/components/ui/kit";
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
					<div key={one.key} className="flex flex-col gap-1.5">
						<TextField
							label={name(one.key)}
							data-testid="template-value"
							placeholder={one.sample ?? undefined}
							value={value}
							onChange={(event) => put(event.target.value)}
							hint={t("outbox.valueHint")}
						/>
						<FieldButtons fields={fields} onPick={(field) => put(`${value}{${field}}`)} />
					</div>
				);
			})}
		</>
	);
}

/** Puts a field of contacts into a text. */
export function FieldButtons({
	fields,
	onPick,
}: {
	fields: readonly string[];
	onPick: (field: string) => void;
}) {
	const { t } = useWords();
	return (
		<div className="flex flex-wrap gap-1">
			{fields.map((field) => (
				<Button key={field} size="s" variant="ghost" onClick={() => onPick(field)}>
					{t(`outbox.field.${field}`)}
				</Button>
			))}
		</div>
	);
}
