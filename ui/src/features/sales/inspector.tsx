import { useNavigate } from "@tanstack/react-router";
import type { SaleRow } from "@/bindings";
import { Facts, Inspector } from "@/components/inspector";
import { SaleActions, type SaleQuestion, SaleStatus } from "@/components/sales";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant, money } from "@/lib/format";

/** One sale: its money, whose credit it is, and what can still be done with it. */
export function SaleInspector({
	sale,
	onClose,
	onAsk,
}: {
	sale: SaleRow;
	onClose: () => void;
	onAsk: (question: SaleQuestion) => void;
}) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const written = (value: string) => money(locale, value, sale.currency);
	const refunded = /[1-9]/.test(sale.refunded);
	return (
		<Inspector label={sale.reference} title={sale.reference} onClose={onClose}>
			<p className="num font-semibold text-24 tracking-[-.02em]">{written(sale.net)}</p>
			<p className="mt-1 mb-4">
				<SaleStatus sale={sale} />
			</p>
			<Facts
				rows={[
					[t("sales.contact"), sale.contact_name],
					[t("sales.gross"), refunded ? written(sale.gross) : null],
					[t("sales.refunded"), refunded ? written(`-${sale.refunded}`) : null],
					[t("sale.quantity"), sale.quantity !== null && count(locale, sale.quantity)],
					[
						t("sale.cost"),
						sale.cost !== null
							? written(sale.cost)
							: sale.status !== "cancelled" && t("sale.costUnknown"),
					],
					[t("sale.agreedOn"), instant(locale, sale.occurred_at)],
					[t("sale.paidOn"), sale.completed_at && instant(locale, sale.completed_at)],
					[t("sales.credit"), sale.campaign ?? t("sales.noCredit")],
				]}
			/>
			<div className="mt-4 flex flex-wrap gap-2">
				<SaleActions sale={sale} onAsk={onAsk} />
				{sale.status !== "cancelled" && (
					<Button data-testid="sale-set-cost" onClick={() => onAsk({ sale, ask: "cost" })}>
						{t(sale.cost === null ? "sale.setCost" : "sale.changeCost")}
					</Button>
				)}
				<Button
					variant="ghost"
					onClick={() =>
						void navigate({ to: "/contacts", search: { open: sale.contact_id } as never })
					}
				>
					{t("sales.openContact")}
				</Button>
			</div>
			{sale.status === "cancelled" && <p className="mt-3 text-12 text-ink-3">{t("sales.final")}</p>}
		</Inspector>
	);
}
