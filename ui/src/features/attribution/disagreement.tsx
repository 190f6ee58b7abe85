import type { AttributionModel, ModelGroup } from "@/bindings";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { percent } from "@/lib/format";

/** For each two models, how much of the revenue they give to different campaigns. */
export function Disagreement({
	group,
	models,
	current,
}: {
	group: ModelGroup;
	models: readonly AttributionModel[];
	current: AttributionModel;
}) {
	const { t, locale } = useWords();
	const share = (text: string | null | undefined) =>
		text === null || text === undefined ? null : 100 * Number(text);
	const mine = models.indexOf(current);
	const others = models
		.map((model, at) => ({ model, index: share(group.disagreement[mine]?.[at]) ?? 0 }))
		.filter(({ model }) => model !== current)
		.sort((a, b) => b.index - a.index);
	const most = others[0];
	return (
		<Panel title={t("models.disagreement")}>
			<p className="border-line border-t px-4 py-2.5 text-ink-2">
				{most && most.index > 0
					? t("models.disagreementText", {
							share: percent(locale, most.index, 0),
							model: t(`model.${current}`),
							other: t(`model.${most.model}`),
						})
					: t("models.agree")}
			</p>
			<div className="overflow-x-auto">
				<table data-testid="disagreement" className="w-full">
					<thead>
						<tr className="align-bottom text-11 text-ink-3">
							<td className="pl-4" />
							{models.map((model) => (
								<th key={model} scope="col" className="w-[13%] px-1 pb-1 font-medium last:pr-4">
									{t(`model.${model}`)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{models.map((model, row) => (
							<tr key={model} className="h-8">
								<th
									scope="row"
									className={cx(
										"whitespace-nowrap py-0.5 pr-2 pl-4 text-left font-normal",
										model === current && "font-medium",
									)}
								>
									{t(`model.${model}`)}
								</th>
								{models.map((other, column) => {
									const index = share(group.disagreement[row]?.[column]);
									return (
										<td key={other} className="p-0.5 last:pr-4">
											<span
												className="num grid h-7 place-items-center rounded-1 text-12"
												style={{
													// Shade carries the same as the figure, never more.
													background:
														row === column || index === null
															? "var(--bg-sunken)"
															: `color-mix(in oklab, var(--accent) ${Math.round(index * 0.6)}%, var(--bg-sunken))`,
												}}
											>
												{row === column ? "" : percent(locale, index, 0)}
											</span>
										</td>
									);
								})}
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<p className="px-4 pt-1 pb-3 text-12 text-ink-3">{t("models.disagreementHint")}</p>
		</Panel>
	);
}
