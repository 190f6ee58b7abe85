import { type ReactNode, useEffect, useRef } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";

/**
 * A question with fields and one answer. Enter gives the answer, Esc closes it; what is wrong in
 * the answer takes the focus, since it may stand out of sight.
 */
export function FormDialog({
	title,
	description,
	label,
	dismiss,
	danger,
	busy,
	error,
	fields,
	onClose,
	onSubmit,
	width,
	children,
}: {
	title: string;
	description?: ReactNode;
	/** What the answer does. */
	label: string;
	/** What leaving does, where "Cancel" could be taken for the answer. */
	dismiss?: string;
	/** The answer cannot be taken back. */
	danger?: boolean;
	busy: boolean;
	error: AppError | null;
	/** The fields that show their own errors; any other error stands under them all. */
	fields: readonly string[];
	onClose: () => void;
	onSubmit: () => void;
	width?: number;
	children?: ReactNode;
}) {
	const { t, failure } = useWords();
	const form = useRef<HTMLFormElement>(null);
	/** From the answer until something is known to be wrong with it, or nothing is. */
	const answered = useRef<"no" | "yes" | "sent">("no");
	useEffect(() => {
		if (answered.current === "no") return;
		if (busy) {
			answered.current = "sent";
			return;
		}
		const wrong = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
		const told = form.current?.querySelector<HTMLElement>("[role=alert]");
		if (!wrong && !told && answered.current === "yes") return;
		answered.current = "no";
		if (wrong) wrong.focus();
		else told?.scrollIntoView({ block: "nearest" });
	});
	const submit = () => {
		if (busy) return;
		answered.current = "yes";
		onSubmit();
	};
	return (
		<Dialog
			open
			onClose={onClose}
			title={title}
			description={description}
			{...(width && { width })}
			footer={
				<>
					<Button size="l" onClick={onClose}>
						{dismiss ?? t("action.cancel")}
					</Button>
					<Button
						size="l"
						variant={danger ? "danger" : "primary"}
						busy={busy}
						onClick={submit}
						data-testid="dialog-save"
					>
						{label}
					</Button>
				</>
			}
		>
			<form
				ref={form}
				className="flex flex-col gap-4"
				onSubmit={(event) => {
					event.preventDefault();
					submit();
				}}
			>
				{children}
				<input type="submit" hidden />
				{error && !fields.includes(error.field ?? "") && (
					<p role="alert" className="text-negative">
						{failure(error)}
					</p>
				)}
			</form>
		</Dialog>
	);
}
