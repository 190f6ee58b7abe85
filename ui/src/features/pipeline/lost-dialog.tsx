import { useState } from "react";
import type { BoardColumn, OpportunityCard } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { TextField } from "@/components/ui/kit";
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
	return (
		<FormDialog
			title={t("pipeline.lostTitle", { stage: stage.name })}
			description={card.name || card.contact_name}
			label={t("pipeline.move")}
			busy={busy}
			error={error}
			fields={["lost_reason"]}
			onClose={onClose}
			onSubmit={() => onMove(reason.trim() || null)}
		>
			<TextField
				label={t("pipeline.lostReason")}
				hint={t("pipeline.lostHint")}
				value={reason}
				maxLength={500}
				autoFocus
				data-testid="lost-reason"
				onChange={(event) => setReason(event.target.value)}
				error={error?.field === "lost_reason" ? failure(error) : undefined}
			/>
		</FormDialog>
	);
}
