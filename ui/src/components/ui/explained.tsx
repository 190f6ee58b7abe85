import { Tooltip } from "radix-ui";
import { type ReactElement, type ReactNode, useId } from "react";

/**
 * Shows a text beside what it is of: under the mouse, and under the focus of the keyboard. What it is
 * of is described by `id`.
 */
export function Said({
	id,
	text,
	children,
}: {
	id: string;
	text: string | undefined;
	children: ReactElement;
}) {
	if (!text) return children;
	// A press says it too, instead of hiding it.
	const stay = (event: { preventDefault: () => void }) => event.preventDefault();
	return (
		<Tooltip.Provider delayDuration={150}>
			<Tooltip.Root>
				<Tooltip.Trigger asChild onPointerDown={stay} onClick={stay}>
					{children}
				</Tooltip.Trigger>
				<span id={id} hidden>
					{text}
				</span>
				<Tooltip.Portal>
					<Tooltip.Content
						sideOffset={6}
						collisionPadding={8}
						aria-hidden
						className="pointer-events-none z-60 max-w-72 rounded-2 bg-raised px-2.5 py-1.5 text-12 text-ink shadow-2"
					>
						{text}
					</Tooltip.Content>
				</Tooltip.Portal>
			</Tooltip.Root>
		</Tooltip.Provider>
	);
}

/** A word that says what it means. */
export function Explained({ children, meaning }: { children: ReactNode; meaning: string }) {
	const id = useId();
	return (
		<Said id={id} text={meaning}>
			<button
				type="button"
				aria-describedby={id}
				className="cursor-help rounded-1 text-left font-[inherit] underline decoration-dotted decoration-line-2 underline-offset-4 hover:decoration-current"
			>
				{children}
			</button>
		</Said>
	);
}
