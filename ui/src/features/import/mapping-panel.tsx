import type { ImportMapping, ImportPreview } from "@/bindings";
import { cx, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { headOf, placeOf, withColumn } from "./mapping";

/** One select per field: which column of the file fills it, with its first value beside it. */
export function MappingPanel({
	preview,
	mapping,
	onChange,
}: {
	preview: ImportPreview;
	mapping: ImportMapping;
	onChange: (mapping: ImportMapping) => void;
}) {
	const { t } = useWords();
	const columns = mapping.columns ?? {};
	const known = new Set(preview.fields.map((field) => field.field));
	const fields = [
		// What cannot do without comes first.
		...preview.fields.filter((field) => field.required),
		...preview.fields.filter((field) => !field.required),
		// Fields of the business's own come only with a mapping written by hand.
		...Object.keys(columns)
			.filter((field) => !known.has(field))
			.map((field) => ({ field, required: false })),
	];
	const chosen = fields.filter((field) => columns[field.field] !== undefined).length;
	const wrong = new Map(preview.problems.map((problem) => [problem.field, problem]));
	return (
		<Panel
			title={t("import.fields")}
			hint={t("import.fieldsChosen", { chosen, all: fields.length })}
		>
			<ul className="min-h-0 flex-1 overflow-y-auto border-line border-t">
				{fields.map(({ field, required }) => {
					const place = placeOf(preview, columns[field]);
					const lost = columns[field] !== undefined && place === null;
					const constant = mapping.constants?.[field];
					const id = `import-field-${field}`;
					const first =
						place === null
							? undefined
							: preview.sample.map((row) => row[place]?.trim()).find((value) => value);
					return (
						<li
							key={field}
							className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] items-center gap-x-3 border-line border-b px-4 py-1.5 last:border-b-0"
						>
							<label htmlFor={id} className="flex min-w-0 items-center gap-2">
								<span className="truncate">
									{t(`import.field.${field}`, { defaultValue: field.replace(/^custom\./, "") })}
								</span>
								{required && (
									<Tag tone={place === null && !constant ? "warning" : "line"}>
										{t("import.required")}
									</Tag>
								)}
							</label>
							<span className="min-w-0">
								<select
									id={id}
									data-testid={id}
									value={lost ? "lost" : (place ?? "")}
									aria-invalid={lost || wrong.has(field) || undefined}
									onChange={(event) =>
										onChange(
											withColumn(
												mapping,
												preview,
												field,
												event.target.value === "" ? null : Number(event.target.value),
											),
										)
									}
									className={cx(
										"h-7 w-full rounded-2 border bg-surface px-2 dark:bg-sunken",
										lost || wrong.has(field) ? "border-negative" : "border-control",
										place === null && !lost && "text-ink-3",
									)}
								>
									<option value="">
										{constant ? t("import.always", { value: constant }) : t("import.noColumn")}
									</option>
									{lost && (
										<option value="lost" disabled>
											{t("import.lostColumn", { column: columns[field] })}
										</option>
									)}
									{preview.columns.map((name, at) => (
										<option key={`${at}:${name}`} value={at}>
											{headOf(preview, at)}
										</option>
									))}
								</select>
								{first !== undefined && (
									<span className="mt-0.5 block truncate text-11 text-ink-3">
										{t("import.example", { value: first })}
									</span>
								)}
							</span>
						</li>
					);
				})}
			</ul>
		</Panel>
	);
}
