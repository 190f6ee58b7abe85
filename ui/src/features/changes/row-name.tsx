import { Link } from "@tanstack/react-router";
import type { NamedRow, RoiBy } from "@/bindings";
import { StatusGlyph } from "@/components/status-glyph";
import { useWords } from "@/i18n";

/** What a row is called; a remainder has no name of its own. */
export function useRowName() {
	const { t } = useWords();
	return (row: NamedRow) => row.name || t(`remainder.${row.remainder}`);
}

/** A row by its state and name; a campaign leads to its figures, sorted by the metric. */
export function RowName({ row, by, metric }: { row: NamedRow; by: RoiBy; metric: string }) {
	const name = useRowName()(row);
	return (
		<span className="flex min-w-0 items-center gap-2">
			<StatusGlyph status={row.remainder ? null : row.status} />
			{row.id === null || by !== "campaign" ? (
				<span className="truncate font-medium" title={name}>
					{name}
				</span>
			) : (
				<Link
					to="/campaigns"
					search={{ campaign: row.id, name, sort: metric } as never}
					className="truncate rounded-1 font-medium hover:underline"
					title={name}
				>
					{name}
				</Link>
			)}
		</span>
	);
}
