/** Parts of a table of figures. */
import { ChartBarStacked, CornerDownRight, Pin } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { keysOf } from "@/lib/shortcuts";
import { type Change, movedText, toneOf } from "./columns";

/** How much room there is, in pixels. */
export function useBox() {
	const ref = useRef<HTMLDivElement>(null);
	const [box, setBox] = useState({ width: 0, height: 0 });
	useEffect(() => {
		if (!ref.current) return;
		const watch = new ResizeObserver(([entry]) => {
			if (entry) setBox({ width: entry.contentRect.width, height: entry.contentRect.height });
		});
		watch.observe(ref.current);
		return () => watch.disconnect();
	}, []);
	return { ref, ...box };
}

/** How a figure moved, under it. What did not move leaves its line empty. */
export function Moved({ change }: { change: Change | null }) {
	const { t } = useWords();
	return (
		<span
			className={cx(
				"block font-normal text-11 leading-[14px]",
				toneOf(change?.good ?? 0, "text-ink-3"),
			)}
			title={change ? t("figures.before", { value: change.before }) : undefined}
		>
			{change ? movedText(change) : "\u00a0"}
		</span>
	);
}

/** Not there until the mouse or the focus is. */
const AT_HAND = "hidden text-ink-3 group-focus-within:grid group-hover:grid";

/** What can be done with a row: seen under the mouse and with the focus; the keys are P, B and Shift Enter. */
export function RowTools({
	name,
	pinned,
	onPin,
	onInto,
	onParts,
}: {
	name: string;
	/** Null for what cannot be pinned. */
	pinned: boolean | null;
	onPin: () => void;
	onInto: (() => void) | null;
	onParts: (() => void) | null;
}) {
	const { t } = useWords();
	const button = "size-6 flex-none place-items-center rounded-1 hover:text-ink";
	return (
		<span className="ml-auto flex flex-none">
			{onInto && (
				<button
					type="button"
					tabIndex={-1}
					aria-label={t("figures.into", { name })}
					title={`${t("figures.into", { name })} (${keysOf("into")})`}
					onClick={onInto}
					className={cx(button, AT_HAND)}
				>
					<CornerDownRight size={14} aria-hidden />
				</button>
			)}
			{onParts && (
				<button
					type="button"
					tabIndex={-1}
					aria-label={t("figures.parts", { name })}
					title={`${t("figures.parts", { name })} (${keysOf("parts")})`}
					onClick={onParts}
					className={cx(button, AT_HAND)}
				>
					<ChartBarStacked size={14} aria-hidden />
				</button>
			)}
			{pinned !== null && (
				<button
					type="button"
					tabIndex={-1}
					aria-pressed={pinned}
					aria-label={t("figures.pinRow", { name })}
					title={`${t("figures.pinRow", { name })} (${keysOf("pinRow")})`}
					onClick={onPin}
					className={cx(button, pinned ? "grid text-accent-text" : AT_HAND)}
				>
					<Pin size={14} aria-hidden fill={pinned ? "currentColor" : "none"} />
				</button>
			)}
		</span>
	);
}
