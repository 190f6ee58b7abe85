import type { ImportMapping, ImportPreview, SavedMapping } from "@/bindings";

/** Columns by their place, from 0; a mapping names them, or writes their place as `#1`. */
export function placeOf(preview: ImportPreview, column: string | undefined): number | null {
	if (column === undefined) return null;
	const named = preview.columns.indexOf(column);
	if (named >= 0) return named;
	const folded = column.trim().toLowerCase();
	const alike = preview.columns.findIndex((name) => name.trim().toLowerCase() === folded);
	if (alike >= 0) return alike;
	const place = /^#(\d+)$/.exec(column.trim());
	if (!place) return null;
	const at = Number(place[1]) - 1;
	return at >= 0 && at < preview.columns.length ? at : null;
}

/** How a mapping names a column: by its name where that is one column's alone. */
export function nameOf(preview: ImportPreview, place: number): string {
	const name = preview.columns[place]?.trim() ?? "";
	const alone =
		name !== "" &&
		preview.columns.filter((other) => other.trim().toLowerCase() === name.toLowerCase()).length ===
			1;
	return alone && preview.mapping.header !== false
		? (preview.columns[place] ?? "")
		: `#${place + 1}`;
}

/** What a person calls a column. */
export function headOf(preview: ImportPreview, place: number): string {
	return preview.columns[place]?.trim() || `#${place + 1}`;
}

export function withColumn(
	mapping: ImportMapping,
	preview: ImportPreview,
	field: string,
	place: number | null,
): ImportMapping {
	const { [field]: _, ...columns } = mapping.columns ?? {};
	return {
		...mapping,
		columns: place === null ? columns : { ...columns, [field]: nameOf(preview, place) },
	};
}

/** Without a row of names the columns keep their places. */
export function withHeader(
	mapping: ImportMapping,
	preview: ImportPreview,
	header: boolean,
): ImportMapping {
	const columns = Object.fromEntries(
		Object.entries(mapping.columns ?? {}).flatMap(([field, column]) => {
			const place = placeOf(preview, column);
			return place === null ? [] : [[field, `#${place + 1}`]];
		}),
	);
	return { ...mapping, header, columns };
}

export function withConstant(mapping: ImportMapping, field: string, value: string): ImportMapping {
	const { [field]: _, ...constants } = mapping.constants ?? {};
	return { ...mapping, constants: value ? { ...constants, [field]: value } : constants };
}

/**
 * The saved mapping made for files like this one, changed last first: every column it names is
 * here, and every required field has its column or its value. One that counts columns by place
 * fits any file of that width, so it is never guessed.
 */
export function fitting(
	preview: ImportPreview,
	saved: readonly SavedMapping[],
): SavedMapping | undefined {
	return saved
		.filter(({ mapping }) => {
			const columns = Object.entries(mapping.columns ?? {});
			const here = columns.every(([, column]) => placeOf(preview, column) !== null);
			const named = columns.some(([, column]) => !/^#\d+$/.test(column.trim()));
			const filled = preview.fields.every(
				({ field, required }) =>
					!required ||
					mapping.columns?.[field] !== undefined ||
					mapping.constants?.[field] !== undefined,
			);
			return mapping.header !== false && here && named && filled;
		})
		.toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))[0];
}

/** Whether a file has the columns of an export of Ads Manager: campaigns with their spend or views. */
export function isAdsExport(preview: ImportPreview | undefined): boolean {
	const columns = preview?.mapping.columns ?? {};
	const has = (...fields: string[]) => fields.some((field) => columns[field] !== undefined);
	return has("campaign_id", "campaign_name") && has("spend", "impressions");
}
