import { CircleAlert } from "lucide-react";
import { CopyButton } from "@/components/copy";
import { Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";

/**
 * What could not be read or done: what happened, trying again, and for support the code with what
 * the core said, which is English.
 */
export function Failure({
	error,
	title,
	retry,
}: {
	error: AppError;
	/** What it is that failed; "This could not be read" when absent. */
	title?: string;
	retry?: () => void;
}) {
	const { t, failure, details } = useWords();
	const words = failure(error);
	return (
		<div role="alert" className="m-auto">
			<Empty
				icon={CircleAlert}
				title={title ?? t("state.error")}
				actions={
					<>
						{retry && <Button onClick={retry}>{t("action.retry")}</Button>}
						<CopyButton
							size="m"
							variant="ghost"
							label={t("action.copyDetails")}
							text={details(error)}
						/>
					</>
				}
			>
				<p>{words}</p>
				<details className="mt-2 text-12 text-ink-3">
					<summary className="cursor-pointer">
						{t("failure.details")}: <code className="font-mono">{error.code}</code>
					</summary>
					<p lang="en" data-selectable className="mt-1 break-words font-mono text-11">
						{error.message}
					</p>
				</details>
			</Empty>
		</div>
	);
}
