/**
 * The figures of a chart for those who do not see it: a table beside it, read and never drawn. What
 * hides it stands around it: a table is as wide as its cells whatever it is told, and would let the
 * page scroll sideways.
 */
export function ChartTable({
	caption,
	placeHead,
	places,
	series,
}: {
	caption: string;
	/** What a place is, such as a day. */
	placeHead: string;
	places: readonly string[];
	/** Each with a text for each place. */
	series: ReadonlyArray<{ name: string; texts: readonly string[] }>;
}) {
	return (
		<div className="sr-only">
			<table data-testid="chart-table">
				<caption>{caption}</caption>
				<thead>
					<tr>
						<th scope="col">{placeHead}</th>
						{series.map(({ name }, at) => (
							<th key={at} scope="col">
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{places.map((place, at) => (
						<tr key={`${at}${place}`}>
							<th scope="row">{place}</th>
							{series.map(({ texts }, of) => (
								<td key={of}>{texts[at] ?? ""}</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
