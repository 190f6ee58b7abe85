import { useState } from "react";
import type { BoardColumn, OpportunityCard } from "@/bindings";
import { Dialog } from "@/components/ui/dialog";
import { Button, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";

/** Asks why an opportunity was lost. An answer is welcome, not needed. */
export function LostDialog({
	card,
	stage,
	busy,
	error,
	onClose,
	onMove,
}: {
	card: OpportunityCard;
	stage: BoardColumn;
	busy: boolean;
	error: AppError | null;
	onClose: () => void;
	onMove: (reason: string | null) => void;
}) {
	const { t, failure } = useWords();
	const [reason, setReason] = useState("");
	const move = () => !busy && onMove(reason.trim() || null);
	return (
		<Dialog
			open
			onClose={onClose}
			title={t("pipeline.lostTitle", { stage: stage.name })}
			description={card.name || card.contact_name}
			footer={
				<>
					<Button size="l" onClick={onClose}>
						{t("action.cancel")}
					</Button>
					<Button size="l" variant="primary" busy={busy} onClick={move} data-testid="lost-confirm">
						{t("pipeline.move")}
					</Button>
				</>
			}
		>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					move();
				}}
			>
				<TextField
					label={t("pipeline.lostReason")}
					hint={t("pipeline.lostHint")}
					value={reason}
					maxLength={500}
					autoFocus
					data-testid="lost-reason"
					onChange={(event) => setReason(event.target.value)}
					error={error ? failure(error) : undefined}
				/>
				<input type="submit" hidden />
			</form>
		</Dialog>
	);
}
