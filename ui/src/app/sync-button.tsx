import { useMutation, useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { useSession } from "./session";

/**
 * The sync as a person starts it. `reason` says why it cannot be started now; a start that failed
 * is told by the banner of the page.
 */
export function useSync(): {
	start: () => void;
	running: boolean;
	busy: boolean;
	reason: string | undefined;
} {
	const { t } = useWords();
	const { online, setSyncFailure } = useSession();
	const connection = useQuery(query("getConnection", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const start = useMutation<unknown, AppError, void>({
		mutationFn: () => call("startSync", { since: null, full: false }),
		onMutate: () => setSyncFailure(null),
		onError: setSyncFailure,
	});
	const state = connection.data?.state;
	const running = Boolean(progress.data && !progress.data.finished_at);
	return {
		start: start.mutate,
		running,
		busy: running || start.isPending,
		reason:
			state === undefined || state === "missing"
				? t("sync.needsConnection")
				: state === "expired" || state === "revoked"
					? t("sync.needsSignIn")
					: online
						? undefined
						: t("sync.needsNetwork"),
	};
}

/** Syncs now. Off, with the reason, when it cannot. */
export function SyncButton({ primary }: { primary?: boolean }) {
	const { t } = useWords();
	const { start, running, busy, reason } = useSync();
	return (
		<Button
			icon={RefreshCw}
			variant={primary ? "primary" : "plain"}
			busy={busy}
			reason={running ? undefined : reason}
			data-testid="sync-now"
			onClick={start}
		>
			{running ? t("sync.running") : t("sync.now")}
		</Button>
	);
}
