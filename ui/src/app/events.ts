/** What the core tells, put where screens read it. */
import type { QueryClient } from "@tanstack/react-query";
import type { CoreEvent } from "@/bindings";
import { refresh } from "@/lib/ipc";

/**
 * Takes in one event. Syncs and sign-ins of other workspaces go on while another one is on screen:
 * what they tell is not for this screen. `workspace` is the one in use, null while it is unknown.
 */
export function hear(client: QueryClient, event: CoreEvent, workspace: string | null) {
	switch (event.kind) {
		case "switched":
			// Keys name no workspace: whatever is kept belongs to the one before, and is not shown
			// for the time that reading takes.
			void client.resetQueries();
			return;
		case "changed":
			if (event.workspace && workspace && event.workspace !== workspace) return;
			refresh(client, event.tags);
			return;
		case "sync":
			if (event.workspace !== workspace) return;
			client.setQueryData(["getSyncProgress", {}], event.progress);
			return;
		case "sign_in":
			if (event.workspace !== workspace) return;
			client.setQueryData(["getSignIn", {}], event.status);
			return;
		case "network":
			return;
	}
}
