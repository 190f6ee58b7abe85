import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { added } from "@/components/figures/sums";
import { useWords } from "@/i18n";
import { money } from "@/lib/format";
import { query } from "@/lib/ipc";

/** That the spend of a page is Meta's alone, where something was spent on other channels in its days. */
export function MetaSpendNote({ from, to }: { from: string; to: string }) {
	const { t, locale } = useWords();
	const sums = useQuery(query("sumSpend", { from, to, platform: null })).data ?? [];
	if (sums.length === 0) return null;
	const amounts = [...new Set(sums.map((sum) => sum.currency))].map((currency) => {
		const own = sums.filter((sum) => sum.currency === currency);
		return money(locale, added(own.map((sum) => sum.amount)), currency);
	});
	return (
		<p data-testid="meta-spend-note" className="text-12 text-ink-3">
			{t("spend.metaOnly", { amounts: amounts.join(" + ") })}{" "}
			<Link
				to="/campaigns"
				search={{ by: "channel" } as never}
				className="whitespace-nowrap text-accent-text underline-offset-4 hover:underline"
			>
				{t("spend.byChannel")}
			</Link>
		</p>
	);
}
