import type { SpendRow } from "@/bindings";
import { useChannel } from "@/components/channel";
import { Facts, Inspector } from "@/components/inspector";
import { Button, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, instant, money } from "@/lib/format";

/** What was spent on a day: where it comes from, and what it said before. */
export function SpendInspector({
	row,
	busy,
	onClose,
	onCorrect,
	onRemove,
}: {
	row: SpendRow;
	busy: boolean;
	onClose: () => void;
	onCorrect: () => void;
	onRemove: () => void;
}) {
	const { t, locale } = useWords();
	const channel = useChannel();
	const written = (of: { amount: string; currency: string }) =>
		money(locale, of.amount, of.currency);
	return (
		<Inspector label={channel(row.platform)} title={channel(row.platform)} onClose={onClose}>
			<p className="num font-semibold text-24 tracking-[-.02em]">{written(row)}</p>
			{row.removed_at && (
				<p className="mt-1">
					<Tag tone="negative">{t("spend.removed")}</Tag>
				</p>
			)}
			<div className="mt-4">
				<Facts
					rows={[
						[t("spend.day"), day(locale, row.day, "long")],
						[t("spend.campaign"), row.campaign],
						[t("spend.note"), row.note],
						[t("spend.source"), row.file_name ?? t("spend.byHand")],
						[
							t("spend.changed"),
							[instant(locale, row.updated_at), row.changed_by].filter(Boolean).join(", "),
						],
					]}
				/>
			</div>
			{!row.removed_at && (
				<div className="mt-4 flex flex-wrap gap-2">
					<Button data-testid="spend-correct" onClick={onCorrect}>
						{t("spend.correct")}
					</Button>
					<Button variant="ghost" busy={busy} data-testid="spend-remove" onClick={onRemove}>
						{t("spend.remove")}
					</Button>
				</div>
			)}
			{row.replaced.length > 0 && (
				<section className="mt-5" aria-label={t("spend.before")}>
					<h3 className="mb-1.5 font-medium text-11 text-ink-3">{t("spend.before")}</h3>
					<ol>
						{row.replaced.map((before) => (
							<li key={before.replaced_at} className="border-line border-b py-1.5 last:border-b-0">
								<p className="num flex justify-between gap-3">
									<span className="min-w-0 truncate">
										{[channel(before.platform), before.campaign].filter(Boolean).join(" · ")}
									</span>
									<span className="flex-none">{written(before)}</span>
								</p>
								<p className="text-11 text-ink-3">
									{day(locale, before.day, "long")}
									{" · "}
									{t(before.removed_at ? "spend.wasRemovedUntil" : "spend.until", {
										when: [instant(locale, before.replaced_at), before.replaced_by]
											.filter(Boolean)
											.join(", "),
									})}
								</p>
							</li>
						))}
					</ol>
				</section>
			)}
		</Inspector>
	);
}
