import { useMutation, useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { useSession } from "./session";

/** Syncs now. Off, with the reason, when it cannot. */
export function SyncButton({ primary }: { primary?: boolean }) {
	const { t, failure } = useWords();
	const { online } = useSession();
	const connection = useQuery(query("getConnection", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const start = useMutation<unknown, AppError, void>({
		mutationFn: () => call("startSync", { since: null, full: false }),
		onSuccess: () => void progress.refetch(),
	});
	const state = connection.data?.state;
	const running = Boolean(progress.data && !progress.data.finished_at);
	const reason =
		state === undefined || state === "missing"
			? t("sync.needsConnection")
			: state === "expired" || state === "revoked"
				? t("sync.needsSignIn")
				: !online
					? t("offline.title")
					: start.error
						? failure(start.error)
						: undefined;
	const blocked =
		!online ||
		state === undefined ||
		state === "missing" ||
		state === "expired" ||
		state === "revoked";
	return (
		<Button
			icon={RefreshCw}
			variant={primary ? "primary" : "plain"}
			disabled={blocked}
			busy={running || start.isPending}
			title={reason}
			data-testid="sync-now"
			onClick={() => start.mutate()}
		>
			{running ? t("sync.running") : t("sync.now")}
		</Button>
	);
}
