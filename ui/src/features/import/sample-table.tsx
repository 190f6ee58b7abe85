import type { ImportMapping, ImportPreview } from "@/bindings";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { headOf, placeOf } from "./mapping";

/** The first rows as they stand in the file, under the fields they fill. */
export function SampleTable({
	preview,
	mapping,
}: {
	preview: ImportPreview;
	mapping: ImportMapping;
}) {
	const { t } = useWords();
	const filled = new Map<number, string[]>();
	for (const [field, column] of Object.entries(mapping.columns ?? {})) {
		const place = placeOf(preview, column);
		if (place !== null) {
			const name = t(`import.field.${field}`, { defaultValue: field });
			filled.set(place, [...(filled.get(place) ?? []), name]);
		}
	}
	return (
		<Panel
			title={t("import.sample")}
			hint={t("import.sampleHint", { count: preview.sample.length })}
		>
			<section
				className="max-h-72 min-h-0 overflow-auto border-line border-t"
				aria-label={t("import.sample")}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
				tabIndex={0}
			>
				<table className="border-separate border-spacing-0 text-12" data-testid="import-sample">
					<thead>
						<tr>
							{preview.columns.map((name, at) => (
								<th
									key={`${at}:${name}`}
									scope="col"
									className="sticky top-0 max-w-56 border-line border-b bg-sunken px-3 py-1 text-left align-top font-medium"
								>
									<span className="block truncate">{headOf(preview, at)}</span>
									<span
										className={cx(
											"block truncate text-11",
											filled.has(at) ? "text-accent-text" : "font-normal text-ink-3",
										)}
									>
										{filled.get(at)?.join(", ") ?? t("import.unused")}
									</span>
								</th>
							))}
						</tr>
					</thead>
					<tbody data-selectable>
						{preview.sample.map((row, line) => (
							<tr key={line}>
								{preview.columns.map((name, at) => (
									<td
										key={`${at}:${name}`}
										className={cx(
											"max-w-56 truncate border-line border-b px-3 py-1",
											!filled.has(at) && "text-ink-3",
										)}
									>
										{row[at]}
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</Panel>
	);
}
