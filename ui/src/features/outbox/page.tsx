import { useNavigate, useSearch } from "@tanstack/react-router";
import { Send, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { PeriodPicker } from "@/app/period-picker";
import { Page } from "@/app/shell";
import { Button, TabPanel, Tabs } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { ChannelsTab } from "./channels-tab";
import { LimitsDialog } from "./limits-dialog";
import { MessagesTab } from "./messages-tab";
import { SendsTab } from "./sends-tab";
import { SuppressionsTab } from "./suppressions-tab";

const TABS = ["sends", "messages", "channels", "stopped"] as const;
type Tab = (typeof TABS)[number];

/** What goes out: bulk sends, every single message, what channels do with them, and who is not written to (`?tab=`). */
export default function OutboxPage() {
	const { t } = useWords();
	const navigate = useNavigate();
	const search = useSearch({ strict: false }) as { tab?: string; state?: string; send?: string };
	const tab: Tab = TABS.find((one) => one === search.tab) ?? "sends";
	const [limits, setLimits] = useState(false);
	const go = (next: Record<string, string>) =>
		void navigate({ to: "/outbox", search: next as never });
	return (
		<Page
			title={t("nav.outbox")}
			fill
			tools={
				<>
					{tab === "channels" && <PeriodPicker compares={false} />}
					<Button
						icon={SlidersHorizontal}
						data-testid="send-limits"
						onClick={() => setLimits(true)}
					>
						{t("outbox.limits")}
					</Button>
					<Button
						icon={Send}
						variant="primary"
						data-testid="new-send"
						onClick={() => void navigate({ to: "/outbox/new" })}
					>
						{t("outbox.newSend")}
					</Button>
				</>
			}
		>
			<Tabs
				id="outbox"
				label={t("nav.outbox")}
				value={tab}
				onChange={(next) => go({ tab: next })}
				options={TABS.map((one) => ({
					value: one,
					label: t(`outbox.tab.${one}`),
					testId: `outbox-${one}`,
				}))}
			/>
			<TabPanel id="outbox" value={tab} className="flex min-h-0 flex-1 flex-col gap-3">
				{tab === "sends" && <SendsTab onMessages={(id) => go({ tab: "messages", send: id })} />}
				{tab === "messages" && (
					<MessagesTab
						state={search.state ?? ""}
						send={search.send ?? ""}
						onFilter={(next) => go({ tab: "messages", ...next })}
					/>
				)}
				{tab === "channels" && <ChannelsTab />}
				{tab === "stopped" && <SuppressionsTab />}
			</TabPanel>
			{limits && <LimitsDialog onClose={() => setLimits(false)} />}
		</Page>
	);
}
