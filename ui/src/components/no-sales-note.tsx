import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useSession } from "@/app/session";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";

/** That no sale was ever brought in: a revenue of zero, and all that is made of it, is no answer. */
export function NoSalesNote() {
	const { t } = useWords();
	const { keepView } = useSession();
	const navigate = useNavigate();
	const ages = useQuery(query("getDataAges", {}));
	const sales = ages.data?.find(({ source }) => source === "sales");
	if (!sales || sales.as_of) return null;
	return (
		<p data-testid="no-sales-note" className="text-12 text-ink-3">
			{t("sales.none.note", {
				names: `${t("metric.revenue")}, ${t("metric.roas")}, ${t("metric.roi_percent")}`,
			})}{" "}
			<button
				type="button"
				className="whitespace-nowrap rounded-1 text-accent-text underline-offset-4 hover:underline"
				onClick={() => {
					keepView("import-kind", "sales");
					void navigate({ to: "/import" });
				}}
			>
				{t("sales.none.bring")}
			</button>
		</p>
	);
}
