import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { useWords } from "@/i18n";
import { IconButton } from "./kit";

/**
 * To the first thing to fill in; where there is none, to the first answer, which is the one that
 * changes nothing. The cross in the corner is for whoever looks for it.
 */
function focusFirst(event: Event) {
	const dialog = event.currentTarget as HTMLElement;
	const fields = dialog.querySelectorAll<HTMLInputElement>("input, select, textarea");
	const first =
		[...fields].find((field) => !field.disabled && !field.hidden && field.type !== "hidden") ??
		dialog.querySelector<HTMLElement>("footer button");
	if (!first) return;
	event.preventDefault();
	first.focus();
}

/** What has the focus; in a menu, which goes when it is used, the button that it belongs to. */
function focused(): HTMLElement | null {
	const here = document.activeElement as HTMLElement | null;
	const menu = here?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
	return menu ? document.getElementById(menu) : here;
}

/** What had the focus before a dialog that is open, or was a moment ago. */
const openedFrom = new WeakMap<Element, HTMLElement | null>();

/**
 * Gives the focus back to where it was before something opened in front of everything. What opens
 * out of a dialog that closes at once, such as the palette, gives it back to where that one was.
 */
export function useFocusBack(open: boolean) {
	const was = useRef(false);
	const opener = useRef<HTMLElement | null>(null);
	const under = useRef<Element | null>(null);
	// Asked while it is drawn: a field inside may take the focus before any effect runs.
	if (open && !was.current) {
		opener.current = focused();
		under.current = opener.current?.closest("[role=dialog]") ?? null;
	}
	was.current = open;
	return {
		/** The `ref` of the content. */
		content: (shown: Element | null) => {
			if (shown) openedFrom.set(shown, opener.current);
		},
		/** When the content closes. */
		giveBack: (event: Event) => {
			event.preventDefault();
			// Whoever has it by now, such as the next page, was given it on purpose.
			if (document.activeElement && document.activeElement !== document.body) return;
			const before = under.current ? openedFrom.get(under.current) : null;
			const back =
				[opener.current, before].find((one) => one?.isConnected) ?? document.querySelector("main");
			back?.focus({ preventScroll: true });
		},
	};
}

/** A question in front of everything. Esc closes it and focus goes back to where it was. */
export function Dialog({
	open,
	onClose,
	onEscape,
	title,
	description,
	children,
	footer,
	width = 480,
}: {
	open: boolean;
	onClose: () => void;
	/** Takes something back before Esc closes the dialog; true when there was something. */
	onEscape?: () => boolean;
	title: string;
	description?: ReactNode;
	children?: ReactNode;
	footer?: ReactNode;
	width?: number;
}) {
	const { t } = useWords();
	const { content, giveBack } = useFocusBack(open);
	return (
		<Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
			<Radix.Portal>
				<Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
				<Radix.Content
					ref={content}
					{...(description ? {} : { "aria-describedby": undefined })}
					style={{ width }}
					onEscapeKeyDown={(event) => onEscape?.() && event.preventDefault()}
					onOpenAutoFocus={focusFirst}
					onCloseAutoFocus={giveBack}
					className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[86vh] max-w-[94vw] flex-col rounded-4 bg-raised shadow-3 focus:outline-none"
				>
					<header className="flex items-start gap-3 px-5 pt-4 pb-2">
						<div className="min-w-0 flex-1">
							<Radix.Title className="font-semibold text-16 tracking-[-.01em]">{title}</Radix.Title>
							{description && (
								<Radix.Description className="mt-1 text-ink-2">{description}</Radix.Description>
							)}
						</div>
						<Radix.Close asChild>
							<IconButton icon={X} label={t("action.close")} />
						</Radix.Close>
					</header>
					<div className="min-h-0 flex-1 overflow-y-auto px-5 py-3">{children}</div>
					{footer && (
						<footer className="flex justify-end gap-2 border-line border-t px-5 py-3">
							{footer}
						</footer>
					)}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}
