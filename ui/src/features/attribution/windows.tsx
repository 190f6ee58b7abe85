import { useSession } from "@/app/session";
import type { Attribution, WindowAdvice } from "@/bindings";
import { Button, cx, Panel, Progress } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { percent } from "@/lib/format";

/** What each window keeps of the sales of the period, and the one that keeps enough. */
export function Windows({ advice, now }: { advice: WindowAdvice; now: Attribution }) {
	const { t, locale } = useWords();
	const { setAttribution } = useSession();
	const { suggested } = advice;
	const best = advice.windows.find((window) => window.days === suggested);
	return (
		<Panel title={t("models.windows")}>
			<div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-2.5 text-ink-2">
				<p className="min-w-0 flex-1">
					{best
						? t("models.windowText", {
								count: best.days,
								share: percent(locale, best.kept_percent, 0),
							})
						: t("models.windowNone", { count: advice.with_touch })}
				</p>
				{best && now.window_days !== best.days && (
					<Button size="s" onClick={() => setAttribution({ ...now, window_days: best.days })}>
						{t("models.useWindow", { count: best.days })}
					</Button>
				)}
			</div>
			<table data-testid="windows" className="w-full">
				<thead>
					<tr className="h-7 text-11 text-ink-3 [&>*]:border-line [&>*]:border-t">
						<th scope="col" className="w-[104px] pl-4 text-left font-medium">
							{t("models.window")}
						</th>
						<th scope="col" colSpan={2} className="px-2 text-left font-medium">
							{t("models.kept")}
						</th>
						<th scope="col" className="whitespace-nowrap pr-4 pl-2 text-right font-medium">
							{t("models.whole")}
						</th>
					</tr>
				</thead>
				<tbody>
					{advice.windows.map((window) => (
						<tr
							key={window.days}
							className={cx("h-8", window.days === suggested && "bg-selected font-medium")}
						>
							<th scope="row" className="whitespace-nowrap pl-4 text-left font-normal">
								{t("attribution.days", { count: window.days })}
							</th>
							<td className="w-full px-2">
								<Progress
									percent={Number(window.kept_percent ?? 0)}
									label={t("attribution.days", { count: window.days })}
								/>
							</td>
							<td className="num whitespace-nowrap px-2 text-right">
								{percent(locale, window.kept_percent, 0)}
							</td>
							<td className="num whitespace-nowrap pr-4 pl-2 text-right text-ink-2">
								{percent(locale, window.whole_percent, 0)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3">{t("models.windowHint")}</p>
		</Panel>
	);
}
