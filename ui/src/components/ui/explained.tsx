import { Tooltip } from "radix-ui";
import { type ReactNode, useId } from "react";

/** A word that says what it means, under the mouse and under the focus of the keyboard. */
export function Explained({ children, meaning }: { children: ReactNode; meaning: string }) {
	const id = useId();
	// A press says it too, instead of hiding it.
	const stay = (event: { preventDefault: () => void }) => event.preventDefault();
	return (
		<Tooltip.Provider delayDuration={150}>
			<Tooltip.Root>
				<Tooltip.Trigger asChild onPointerDown={stay} onClick={stay}>
					<button
						type="button"
						aria-describedby={id}
						className="cursor-help rounded-1 text-left font-[inherit] underline decoration-dotted decoration-line-2 underline-offset-4 hover:decoration-current"
					>
						{children}
					</button>
				</Tooltip.Trigger>
				<span id={id} hidden>
					{meaning}
				</span>
				<Tooltip.Portal>
					<Tooltip.Content
						sideOffset={6}
						collisionPadding={8}
						aria-hidden
						className="pointer-events-none z-60 max-w-72 rounded-2 bg-raised px-2.5 py-1.5 text-12 text-ink shadow-2"
					>
						{meaning}
					</Tooltip.Content>
				</Tooltip.Portal>
			</Tooltip.Root>
		</Tooltip.Provider>
	);
}
