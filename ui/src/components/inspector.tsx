import { X } from "lucide-react";
import { type ReactNode, type KeyboardEvent as Stroke, useEffect, useRef } from "react";
import { cx, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { pressed } from "@/lib/shortcuts";

const STOPS = ["a[href]", "button", "summary", "input"]
	.map((one) => `${one}:not([tabindex="-1"])`)
	.join();

/** Tab goes round in what lies over the page: under it the focus would not be seen. F6 leaves it. */
function goRound(event: Stroke<HTMLElement>) {
	if (event.key !== "Tab") return;
	const box = event.currentTarget;
	const stops = [...box.querySelectorAll<HTMLElement>(STOPS)];
	const at = document.activeElement;
	const leaves = event.shiftKey ? at === box || at === stops[0] : at === stops.at(-1);
	const next = event.shiftKey ? stops.at(-1) : stops[0];
	if (!leaves || !next) return;
	event.preventDefault();
	next.focus();
}

/**
 * What stands beside a list about one of its rows. It pushes the list, or lies over it as a sheet
 * where there is no room beside. It takes the focus; Esc closes it from anywhere on the page, and
 * who opened it gives the focus back to the row.
 */
export function Inspector({
	label,
	title,
	actions,
	foot,
	over,
	testId = "inspector",
	onClose,
	children,
}: {
	label: string;
	title: ReactNode;
	actions?: ReactNode;
	/** Stays in sight below what scrolls. */
	foot?: ReactNode;
	/** Lies over the page, which keeps its place. */
	over?: boolean;
	testId?: string;
	onClose: () => void;
	children: ReactNode;
}) {
	const { t } = useWords();
	const box = useRef<HTMLElement>(null);
	const close = useRef(onClose);
	useEffect(() => {
		close.current = onClose;
	});
	useEffect(() => {
		// What had the focus may be gone with what it did, such as the button that paid a sale.
		const nowhere = document.activeElement === document.body;
		if (nowhere && !document.querySelector("[role=dialog], [role=menu]")) {
			box.current?.focus({ preventScroll: true });
		}
	});
	useEffect(() => {
		box.current?.focus();
		const onKey = (event: KeyboardEvent) => {
			if (!pressed(event, "close") || event.defaultPrevented) return;
			// What lies on top of the page closes first.
			if (document.querySelector("[role=dialog], [role=menu]")) return;
			event.preventDefault();
			close.current();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);
	return (
		<aside
			ref={box}
			data-region
			data-inspector={over ? undefined : true}
			data-testid={testId}
			tabIndex={-1}
			aria-label={label}
			onKeyDown={over ? goRound : undefined}
			className={cx(
				"flex min-h-0 flex-col border-line border-l bg-surface",
				over
					? "fixed inset-y-0 right-0 z-30 w-[min(480px,100vw)] shadow-3 focus:!shadow-[var(--shadow-3)]"
					: "w-[376px] focus:!shadow-none max-[899px]:fixed max-[899px]:inset-y-0 max-[899px]:right-0 max-[899px]:z-30 max-[899px]:w-[min(376px,100vw)] max-[899px]:shadow-3",
			)}
		>
			<header className="flex h-[52px] flex-none items-center gap-1 border-line border-b pr-2 pl-5">
				<h2 className="min-w-0 truncate font-semibold text-16 tracking-[-.01em]">{title}</h2>
				<span className="ml-auto flex flex-none">
					{actions}
					<IconButton icon={X} label={t("action.close")} onClick={onClose} />
				</span>
			</header>
			<div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
			{foot && <footer className="flex-none border-line border-t px-5 py-3">{foot}</footer>}
		</aside>
	);
}

/** Names and values; a value that is not known is left out. */
export function Facts({ rows }: { rows: ReadonlyArray<readonly [string, ReactNode]> }) {
	return (
		<dl data-selectable className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-3 gap-y-1">
			{rows
				.filter(
					([, value]) => value !== null && value !== undefined && value !== "" && value !== false,
				)
				.map(([name, value]) => (
					<div key={name} className="contents">
						<dt className="break-words text-ink-3">{name}</dt>
						<dd className="num min-w-0 whitespace-normal break-words">{value}</dd>
					</div>
				))}
		</dl>
	);
}
