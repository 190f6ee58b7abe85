import { CircleAlert } from "lucide-react";
import { Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";

/** A part of the page that could not be read: what happened, and trying again. */
export function Failure({ error, retry }: { error: AppError; retry?: () => void }) {
	const { t, failure } = useWords();
	return (
		<Empty
			icon={CircleAlert}
			title={t("state.error")}
			actions={
				<>
					{retry && <Button onClick={retry}>{t("action.retry")}</Button>}
					<Button
						variant="ghost"
						onClick={() => void navigator.clipboard.writeText(`${error.code}: ${error.message}`)}
					>
						{t("action.copyDetails")}
					</Button>
				</>
			}
		>
			{failure(error)}
		</Empty>
	);
}
