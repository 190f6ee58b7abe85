import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { keysOf, PLACES, SHORTCUTS, type ShortcutId } from "@/lib/shortcuts";

/** All shortcuts, by where they work. */
export function ShortcutSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
	const { t } = useWords();
	const all = Object.entries(SHORTCUTS) as Array<[ShortcutId, (typeof SHORTCUTS)[ShortcutId]]>;
	return (
		<Dialog open={open} onClose={onClose} title={t("palette.shortcuts")} width={640}>
			<div className="columns-2 gap-6 max-[620px]:columns-1">
				{PLACES.map((place) => (
					<section key={place} className="break-inside-avoid pb-4" data-testid={`keys-${place}`}>
						<h3 className="mb-1.5 font-medium text-11 text-ink-3">{t(`keys.where.${place}`)}</h3>
						<dl className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1.5">
							{all
								.filter(([, { where }]) => where === place)
								.map(([id, { words }]) => (
									<div key={id} className="contents">
										<dt>{t(words)}</dt>
										<dd className="text-right">
											<Kbd>{keysOf(id)}</Kbd>
										</dd>
									</div>
								))}
						</dl>
					</section>
				))}
			</div>
		</Dialog>
	);
}
