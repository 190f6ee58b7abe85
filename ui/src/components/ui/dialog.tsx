import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useWords } from "@/i18n";
import { IconButton } from "./kit";

/** A question in front of everything. Esc closes it and focus goes back to where it was. */
export function Dialog({
	open,
	onClose,
	title,
	description,
	children,
	footer,
	width = 480,
}: {
	open: boolean;
	onClose: () => void;
	title: string;
	description?: ReactNode;
	children?: ReactNode;
	footer?: ReactNode;
	width?: number;
}) {
	const { t } = useWords();
	return (
		<Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
			<Radix.Portal>
				<Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
				<Radix.Content
					{...(description ? {} : { "aria-describedby": undefined })}
					style={{ width }}
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
