import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Building2 } from "lucide-react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { Button, Empty, TabPanel, Tabs } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";
import { About } from "./about";
import { Appearance } from "./appearance";
import { Audit } from "./audit";
import { Channels } from "./channels";
import { Chatwoot } from "./chatwoot";
import { ConnectionSettings } from "./connection";
import { Figures } from "./figures";
import { Privacy } from "./privacy";
import { Rates } from "./rates";
import { Webhooks } from "./webhooks";
import { RemoveWorkspace, WorkspaceForm } from "./workspace";

const TABS = [
	"connection",
	"channels",
	"chatwoot",
	"workspace",
	"figures",
	"rates",
	"appearance",
	"webhooks",
	"privacy",
	"audit",
	"data",
] as const;
type Tab = (typeof TABS)[number];

export default function SettingsPage() {
	const { t } = useWords();
	const { view, keepView } = useSession();
	const kept = view<Tab>("settings", "connection");
	const tab = TABS.includes(kept) ? kept : "connection";
	const workspaces = useQuery(query("listWorkspaces", {}));
	const current = workspaces.data?.find((workspace) => workspace.current);
	const none = workspaces.data !== undefined && !current;
	const ofWorkspace = tab !== "appearance" && tab !== "data";
	return (
		<Page title={t("nav.settings")}>
			<Tabs
				id="settings"
				label={t("nav.settings")}
				value={tab}
				onChange={(next) => keepView("settings", next)}
				options={TABS.map((name) => ({
					value: name,
					label: t(`settings.${name}`),
					testId: `settings-${name}`,
				}))}
			/>
			<TabPanel id="settings" value={tab} className="flex max-w-[760px] flex-col gap-3">
				{none && ofWorkspace ? (
					<Empty
						icon={Building2}
						title={t("workspace.none")}
						actions={
							<Button asChild variant="primary" size="l">
								<Link to="/">{t("state.toHome")}</Link>
							</Button>
						}
					>
						{t("settings.noWorkspace")}
					</Empty>
				) : (
					// Another workspace's half-typed words are not this one's.
					<div key={current?.id} className="contents">
						{tab === "connection" && <ConnectionSettings />}
						{tab === "channels" && <Channels />}
						{tab === "chatwoot" && <Chatwoot />}
						{tab === "workspace" && <WorkspaceForm />}
						{tab === "figures" && <Figures />}
						{tab === "rates" && <Rates />}
						{tab === "appearance" && <Appearance />}
						{tab === "webhooks" && <Webhooks />}
						{tab === "privacy" && <Privacy />}
						{tab === "audit" && <Audit />}
						{tab === "data" && <About />}
					</div>
				)}
				{tab === "workspace" && <RemoveWorkspace all={workspaces.data ?? []} />}
			</TabPanel>
		</Page>
	);
}
