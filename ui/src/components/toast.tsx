import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, cx, IconButton, Kbd } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { keysOf } from "@/lib/shortcuts";

/** How long a toast stands, in milliseconds. */
export const TOAST_MS = 8000;

export interface ToastContent {
	/** Another one starts the time anew. */
	key: string;
	text: ReactNode;
	/** What takes it back. */
	undo?: { busy: boolean; run: () => void };
	/** It went wrong: then it stays until it is closed. */
	failed?: boolean;
}

/**
 * Says over the page what was just done, and takes it back. It goes by itself, but never under the
 * mouse or the focus.
 */
export function Toast({ content, onClose }: { content: ToastContent | null; onClose: () => void }) {
	// The place of it stands before anything is said: only then do screen readers say it.
	return (
		<div
			role="status"
			className="pointer-events-none fixed inset-x-0 bottom-11 z-30 flex justify-center px-4"
		>
			{content && <Shown key={content.key} content={content} onClose={onClose} />}
		</div>
	);
}

function Shown({ content, onClose }: { content: ToastContent; onClose: () => void }) {
	const { t } = useWords();
	const { text, undo, failed } = content;
	const [held, setHeld] = useState(false);
	const close = useRef(onClose);
	useEffect(() => {
		close.current = onClose;
	});
	const stays = held || failed || undo?.busy;
	useEffect(() => {
		if (stays) return;
		const timer = setTimeout(() => close.current(), TOAST_MS);
		return () => clearTimeout(timer);
	}, [stays]);
	return (
		<section
			data-region
			data-testid="toast"
			tabIndex={-1}
			aria-label={t("toast.label")}
			onMouseEnter={() => setHeld(true)}
			onMouseLeave={() => setHeld(false)}
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
			onKeyDown={(event) => {
				if (event.key !== "Escape") return;
				event.preventDefault();
				onClose();
			}}
			className={cx(
				"pointer-events-auto flex max-w-[560px] items-center gap-3 rounded-3 border bg-raised py-1.5 pr-1.5 pl-4 shadow-3",
				failed ? "border-negative-line" : "border-line-2",
			)}
		>
			<p role={failed ? "alert" : undefined} className={failed ? "text-negative" : undefined}>
				{text}
			</p>
			{undo && (
				<Button busy={undo.busy} onClick={undo.run} data-testid="toast-undo">
					{t("action.undo")}
					<Kbd>{keysOf("undo")}</Kbd>
				</Button>
			)}
			<IconButton icon={X} label={t("action.close")} onClick={onClose} />
		</section>
	);
}
