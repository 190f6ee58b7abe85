import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { AuditList } from "@/components/audit-list";
import { useWords } from "@/i18n";
import { count } from "@/lib/format";
import { query } from "@/lib/ipc";

/** Who did what in the workspace, and whether that is whole. */
export function Audit() {
	const { t, locale } = useWords();
	const whole = useQuery(query("verifyAudit", {}));
	const Sign = whole.data?.broken_at ? ShieldAlert : ShieldCheck;
	return (
		<>
			{whole.data && Number(whole.data.entries) > 0 && (
				<p
					role="status"
					data-testid="audit-whole"
					className={
						whole.data.broken_at
							? "flex items-center gap-2 text-12 text-negative"
							: "flex items-center gap-2 text-12 text-ink-2"
					}
				>
					<Sign size={16} aria-hidden />
					{whole.data.broken_at
						? t("audit.broken", { at: whole.data.broken_at })
						: t("audit.whole", { entries: count(locale, Number(whole.data.entries)) })}
				</p>
			)}
			<AuditList />
		</>
	);
}
