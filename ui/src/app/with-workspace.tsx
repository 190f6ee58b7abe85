import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Building2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Empty } from "@/components/ui/kit";
import { type Key, useWords } from "@/i18n";
import { query } from "@/lib/ipc";
import { Page } from "./shell";

/** Whether it is known that there is no workspace, or none in use. */
function useNone(): boolean {
	const workspaces = useQuery(query("listWorkspaces", {}));
	return workspaces.data !== undefined && !workspaces.data.some((workspace) => workspace.current);
}

function None() {
	const { t } = useWords();
	return (
		<Empty
			icon={Building2}
			title={t("workspace.none")}
			actions={
				<Button asChild variant="primary" size="l">
					<Link to="/">{t("state.toHome")}</Link>
				</Button>
			}
		>
			{t("workspace.noneText")}
		</Empty>
	);
}

/** A page of what belongs to a workspace. Without one it leads to where one is opened or made. */
export function WithWorkspace({ title, children }: { title: Key; children: ReactNode }) {
	const { t } = useWords();
	if (!useNone()) return children;
	return (
		<Page title={t(title)}>
			<None />
		</Page>
	);
}

/** The same for what fills the window. */
export function WindowWithWorkspace({ children }: { children: ReactNode }) {
	if (!useNone()) return children;
	return (
		<main data-region tabIndex={-1} className="grid h-screen place-items-center">
			<None />
		</main>
	);
}
