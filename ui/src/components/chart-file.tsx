import type { PictureFormat, ScreenChart, ScreenTable } from "@/bindings";
import { SaveTools, useSaveFile, useSaveTable } from "@/components/save-file";
import { call } from "@/lib/ipc";

/** Of the picture, in pixels. */
const [WIDTH, HEIGHT] = [960, 400];

/**
 * Writes a chart to a file: a picture, drawn by the core from the same figures, or the table that it
 * is shown as.
 */
export function ChartFile({
	name,
	chart,
	table,
}: {
	name: string;
	chart: () => ScreenChart;
	/** Where it is shown as one. */
	table: (() => ScreenTable) | null;
}) {
	const picture = useSaveFile<PictureFormat>(name, (path, format) =>
		call("exportChart", { path, format, width: WIDTH, height: HEIGHT, chart: chart() }),
	);
	const sheet = useSaveTable(
		name,
		table ?? (() => ({ title: "", facts: [], columns: [], rows: [] })),
	);
	return table ? (
		<SaveTools formats={["csv", "xlsx"]} file={sheet} />
	) : (
		<SaveTools formats={["png", "svg"]} file={picture} />
	);
}
