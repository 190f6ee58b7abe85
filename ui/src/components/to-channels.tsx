import { useNavigate } from "@tanstack/react-router";
import { useSession } from "@/app/session";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
/** Leads to where the channels of the workspace are added, from what cannot do without one. */
export function ToChannels() {
	const { t } = useWords();
	const { keepView } = useSession();
	const navigate = useNavigate();
	return (
		<Button
			onClick={() => {
				keepView("settings", "channels");
				void navigate({ to: "/settings" });
			}}
		>
			{t("nav.toChannels")}
		</Button>
	);
}
