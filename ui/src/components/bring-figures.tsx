import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";

/**
 * What brings Meta's figures to who has none: signing in, then choosing ad accounts, then a sync.
 * A page without figures offers the one that is next.
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
