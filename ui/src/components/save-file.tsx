/** Writing what is on screen to a file that the person names. */
import { useMutation } from "@tanstack/react-query";
import {
	commands,
	type Exported,
	type ExportKind,
	type Page,
	type ScreenFormat,
	type ScreenTable,
} from "@/bindings";
import { SaveMenu } from "@/components/save-menu";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";

/** Asks for a place and writes there; `said` is what became of it, in words. */
export function useSaveFile<F extends string>(
	/** Without its ending. */
	name: string,
	write: (path: string, format: F) => Promise<Exported>,
) {
	const { t, failure } = useWords();
	const saving = useMutation<string | null, AppError, F>({
		mutationFn: async (format) => {
			const path = await commands.saveFile({
				name: format === "xlsx" ? "Excel" : format.toUpperCase(),
				extensions: [format],
				suggested: `rumbo-${name}.${format}`,
			});
			return path ? (await write(path, format)).path : null;
		},
	});
	return {
		save: (format: F) => saving.mutate(format),
		busy: saving.isPending,
		said: saving.error
			? failure(saving.error)
			: saving.data
				? t("figures.saved", { path: saving.data })
				: "",
	};
}

/** Writes a table in the dialect of the language on screen. */
export function useSaveTable(name: string, table: (format: ScreenFormat) => ScreenTable) {
	const { locale } = useWords();
	return useSaveFile<ScreenFormat>(name, (path, format) =>
		call("exportScreen", {
			path,
			format,
			semicolon: !locale.startsWith("en"),
			table: table(format),
		}),
	);
}

/** Stands among the tools of a panel: what was written, then the menu. */
export function SaveTools<F extends string>({
	formats,
	file,
	reason,
}: {
	formats: readonly F[];
	file: ReturnType<typeof useSaveFile<F>>;
	/** Why there is nothing to write. */
	reason?: string | undefined;
}) {
	return (
		<>
			<span
				aria-live="polite"
				className="max-w-72 truncate text-12 text-ink-3"
				title={file.said || undefined}
			>
				{file.said}
			</span>
			<SaveMenu formats={formats} busy={file.busy} reason={reason} onSave={file.save} />
		</>
	);
}

/** How many rows are asked for at once. */
const STEP = 1000;

/**
 * Writes rows of the CRM whole, with the names of columns that an import reads again: those of the
 * list on screen in its order where it is narrowed, or else all there are.
 */
export function useSaveRecords(
	kind: ExportKind,
	narrowed: boolean,
	page: (limit: number, cursor: string | null) => Promise<Page<{ id: string }>>,
) {
	const { locale } = useWords();
	return useSaveFile<ScreenFormat>(kind, async (path, format) => {
		const ids: string[] = [];
		let cursor: string | null = null;
		// Also those that have not been scrolled to.
		while (narrowed) {
			const part: Page<{ id: string }> = await page(STEP, cursor);
			ids.push(...part.rows.map((row) => row.id));
			cursor = part.next;
			if (cursor === null) break;
		}
		return call("exportTable", {
			kind,
			path,
			format,
			roi: null,
			columns: [],
			row_ids: ids,
			semicolon: !locale.startsWith("en"),
		});
	});
}
