import { ChevronDown, Download } from "lucide-react";
import { Button } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";

/** Writes what is on screen to a file, in one of several formats. */
export function SaveMenu<F extends string>({
	formats,
	busy,
	reason,
	onSave,
}: {
	formats: readonly F[];
	busy: boolean;
	/** Why there is nothing to write. */
	reason?: string | undefined;
	onSave: (format: F) => void;
}) {
	const { t } = useWords();
	const button = (
		<Button
			variant="ghost"
			size="s"
			icon={Download}
			busy={busy}
			reason={reason}
			data-testid="export"
		>
			{t("action.export")}
			<ChevronDown size={14} aria-hidden className="text-ink-3" />
		</Button>
	);
	if (reason || busy) return button;
	return (
		<Menu trigger={button}>
			{formats.map((format) => (
				<MenuItem key={format} onSelect={() => onSave(format)} testId={`export-${format}`}>
					{t(`export.${format}`)}
				</MenuItem>
			))}
		</Menu>
	);
}
