import { useMutation } from "@tanstack/react-query";
import { useSync } from "@/app/sync-button";
import type { Breakdown } from "@/bindings";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";

const ALL: Breakdown[] = ["age", "gender", "country", "placement", "device"];

/** Tells the sync to read all parts from now on, and starts it where it can be started. */
export function TurnOn({ primary }: { primary?: boolean }) {
	const { t, failure } = useWords();
	const sync = useSync();
	const turn = useMutation<void, AppError, void>({
		mutationFn: async () => {
			const settings = await call("getWorkspaceSettings", {});
			await call("saveWorkspaceSettings", { ...settings, breakdowns: ALL });
		},
		onSuccess: () => {
			if (!sync.reason && !sync.running) sync.start();
		},
	});
	return (
		<span className="flex flex-col items-center gap-1">
			<Button
				variant={primary ? "primary" : "plain"}
				size={primary ? "l" : "m"}
				busy={turn.isPending}
				data-testid="breakdowns-on"
				onClick={() => turn.mutate()}
			>
				{t("breakdowns.turnOn")}
			</Button>
			{turn.error && (
				<span role="alert" className="text-12 text-negative">
					{failure(turn.error)}
				</span>
			)}
		</span>
	);
}
