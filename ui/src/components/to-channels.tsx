import { useNavigate } from "@tanstack/react-router";
import { useSession } from "@/app/session";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** Leads to the channels of the workspace: to add one, or to see what is wrong with those there are. */
export function ToChannels({ add = true }: { add?: boolean }) {
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
			{t(add ? "nav.toChannels" : "nav.seeChannels")}
		</Button>
	);
}
