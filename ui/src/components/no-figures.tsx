/** Pages that have no figures: why, and what brings them. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "@/app/session";
import { Button, Empty } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { moment } from "@/lib/format";
import { query } from "@/lib/ipc";

/**
 * What brings Meta's figures to who has none: signing in, then choosing ad accounts, then a sync.
 * The one that is next is offered.
 */
export function BringFigures() {
	const { t } = useWords();
	const setup = useQuery(query("getSetupState", {})).data;
	if (!setup) return null;
	const begins = !setup.connected || setup.ad_accounts === 0;
	return (
		<Button asChild variant="primary" size="l">
			<Link to={begins ? "/connect" : "/sync"} data-testid="bring-figures">
				{t(!setup.connected ? "nav.connect" : begins ? "nav.chooseAccounts" : "nav.sync")}
			</Link>
		</Button>
	);
}

/** Stands in place of figures. Of an earlier moment nothing can be brought: it leads back to now. */
export function NoFigures({
	icon,
	title,
	actions = <BringFigures />,
	children,
}: {
	icon: LucideIcon;
	title: string;
	actions?: ReactNode;
	/** Why there are none now. */
	children?: ReactNode;
}) {
	const { t, locale } = useWords();
	const { asOf, setAsOf, zone } = useSession();
	if (asOf === null) {
		return (
			<Empty icon={icon} title={title} actions={actions}>
				{children}
			</Empty>
		);
	}
	return (
		<Empty
			icon={icon}
			title={title}
			actions={
				<Button
					variant="primary"
					size="l"
					onClick={() => {
						setAsOf(null);
						// The button goes with what it stands in: the focus stays on the page.
						document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
					}}
				>
					{t("asOf.back")}
				</Button>
			}
		>
			{t("asOf.nothing", { time: moment(locale, asOf, zone) })}
		</Empty>
	);
}
