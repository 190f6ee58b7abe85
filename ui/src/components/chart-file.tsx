import type { PictureFormat, ScreenChart } from "@/bindings";
import { SaveTools, useSaveFile } from "@/components/save-file";
import { call } from "@/lib/ipc";

/** Of the picture, in pixels. */
const [WIDTH, HEIGHT] = [960, 400];

/** Writes a chart to a file as a picture, drawn by the core from the same figures. */
export function ChartFile({ name, chart }: { name: string; chart: () => ScreenChart }) {
	const file = useSaveFile<PictureFormat>(name, (path, format) =>
		call("exportChart", { path, format, width: WIDTH, height: HEIGHT, chart: chart() }),
	);
	return <SaveTools formats={["png", "svg"]} file={file} />;
}
