import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

export function Menu({
	trigger,
	children,
	align = "end",
}: {
	trigger: ReactNode;
	children: ReactNode;
	align?: "start" | "end";
}) {
	return (
		<Radix.Root>
			<Radix.Trigger asChild>{trigger}</Radix.Trigger>
			<Radix.Portal>
				<Radix.Content
					align={align}
					sideOffset={4}
					onCloseAutoFocus={(event) => {
						// A dialog that opened out of the menu has it by now: it gives it back itself. Fields of
						// days would not get it a second time.
						if (document.activeElement?.closest("[role=dialog]")) event.preventDefault();
					}}
					className="z-50 max-h-[70vh] min-w-[200px] overflow-y-auto rounded-3 bg-raised p-1 shadow-2"
				>
					{children}
				</Radix.Content>
			</Radix.Portal>
		</Radix.Root>
	);
}

export function MenuItem({
	children,
	checked,
	onSelect,
	hint,
	testId,
	keepOpen,
	disabled,
}: {
	children: ReactNode;
	checked?: boolean;
	onSelect: () => void;
	hint?: ReactNode;
	testId?: string;
	keepOpen?: boolean;
	disabled?: boolean;
}) {
	return (
		<Radix.Item
			disabled={disabled}
			data-testid={testId}
			aria-current={checked || undefined}
			onSelect={(event) => {
				if (keepOpen) event.preventDefault();
				onSelect();
			}}
			className="flex min-h-7 cursor-pointer items-center gap-2 rounded-2 px-2 py-0.5 outline-hidden data-[disabled]:cursor-default data-[disabled]:text-ink-3 data-[highlighted]:bg-selected"
		>
			<span className="grid w-4 place-items-center">
				{checked && <Check size={14} aria-hidden />}
			</span>
			<span className="flex-1">{children}</span>
			{hint && <span className="text-11 text-ink-3">{hint}</span>}
		</Radix.Item>
	);
}

export const MenuLine = () => <Radix.Separator className="my-1 h-px bg-line" />;
export const MenuTitle = ({ children }: { children: ReactNode }) => (
	<Radix.Label className="px-2 pt-1.5 pb-1 font-medium text-11 text-ink-3">{children}</Radix.Label>
);
