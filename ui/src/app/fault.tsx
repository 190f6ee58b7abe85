import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { Failure } from "@/components/failure";
import { Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { useArrival } from "@/lib/arrival";
import { toAppError } from "@/lib/ipc";

/** A fault in a screen stays in that screen, says so, and can be tried again. */
export function Fault({ error, reset }: ErrorComponentProps) {
	const { t } = useWords();
	return (
		<main className="grid min-h-0 flex-1 overflow-y-auto" data-region tabIndex={-1}>
			<Failure error={toAppError(error)} title={t("state.fault")} retry={reset} />
		</main>
	);
}

export function NotFound() {
	const { t } = useWords();
	const heading = useArrival("not found");
	return (
		<main className="grid h-full min-h-0 flex-1" data-region tabIndex={-1}>
			<Empty
				icon={MapPinOff}
				heading={heading}
				title={t("state.notFound")}
				actions={
					<Button asChild>
						<Link to="/">{t("state.toHome")}</Link>
					</Button>
				}
			>
				{t("state.notFoundText")}
			</Empty>
		</main>
	);
}
