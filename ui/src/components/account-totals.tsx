/** What Meta says each ad account spent in its whole life, beside what its campaigns here add up to. */
import { useQuery } from "@tanstack/react-query";
import { Scale } from "lucide-react";
import type { AccountCheck } from "@/bindings";
import { Failure } from "@/components/failure";
import { added } from "@/components/figures/sums";
import { Banner, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, day, money, signOf } from "@/lib/format";
import { query } from "@/lib/ipc";

/** Accounts of which Meta told its own total; those that never spent say nothing. */
function useChecks(asOf: string | null) {
	const checks = useQuery(query("checkAccounts", { as_of: asOf }));
	const known = (checks.data ?? []).filter(
		(one) =>
			one.meta_total !== null &&
			(signOf(one.meta_total) !== 0 || signOf(one.campaigns_total) !== 0),
	);
	return { checks, known };
}

/** What a difference can be: named, so that nobody has to guess. */
function useWhy() {
	const { t, locale } = useWords();
	return (residual: string | null, firstDay: string | null): string => {
		const sign = signOf(residual);
		if (sign === 0) return t("accounts.equal");
		if (sign < 0) return t("accounts.less");
		return firstDay
			? t("accounts.before", { day: day(locale, firstDay, "long") })
			: t("accounts.notSynced");
	};
}

type Props = {
	/** What was known then; now where it is null. */
	asOf: string | null;
};

export function AccountTotals({ asOf }: Props) {
	const { t, locale } = useWords();
	const { checks, known } = useChecks(asOf);
	const why = useWhy();
	if (checks.error) return <Failure error={checks.error} retry={() => void checks.refetch()} />;
	if (known.length === 0) return null;
	const figure = "num whitespace-nowrap px-2 text-right last:pr-4";
	return (
		<Panel title={t("accounts.title")} hint={t("accounts.hint")}>
			<div className="overflow-x-auto">
				<table className="w-full" data-testid="account-totals">
					<thead>
						<tr className="h-7 border-line border-y text-11 text-ink-3">
							<th scope="col" className="pl-4 text-left font-medium">
								{t("accounts.account")}
							</th>
							<th scope="col" className={`${figure} font-medium`}>
								{t("accounts.meta")}
							</th>
							<th scope="col" className={`${figure} font-medium`}>
								{t("accounts.campaigns")}
							</th>
							<th scope="col" className={`${figure} font-medium`}>
								{t("accounts.residual")}
							</th>
						</tr>
					</thead>
					<tbody>
						{known.map((one) => (
							<tr key={one.id} className="h-11 border-line border-b last:border-b-0">
								<th scope="row" className="w-full min-w-[180px] max-w-0 pl-4 text-left font-normal">
									<span className="flex min-w-0 items-center gap-2">
										<span className="truncate font-medium" title={one.name}>
											{one.name}
										</span>
										<Tag tone="line">{one.currency}</Tag>
									</span>
									<span className="block truncate text-11 text-ink-3">
										{why(one.residual, one.first_day)}
									</span>
								</th>
								<td className={figure}>{amount(locale, one.meta_total, one.currency)}</td>
								<td className={figure}>{amount(locale, one.campaigns_total, one.currency)}</td>
								<td className={figure}>{amount(locale, one.residual, one.currency)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</Panel>
	);
}

/** The same in one line for each currency, above a table of accounts. */
export function AccountTotalsLine({ asOf }: Props) {
	const { t, locale } = useWords();
	const { known } = useChecks(asOf);
	const why = useWhy();
	return [...new Set(known.map((one) => one.currency))].map((currency) => {
		const own = known.filter((one) => one.currency === currency);
		const sum = (of: (one: AccountCheck) => string | null) =>
			added(own.flatMap((one) => of(one) ?? []));
		const residual = sum((one) => one.residual);
		const days = own.flatMap((one) => one.first_day ?? []).toSorted();
		return (
			<Banner key={currency} tone="flat" icon={Scale} testId="account-totals-line">
				{t("accounts.line")}{" "}
				<b className="num font-semibold">
					{money(
						locale,
						sum((one) => one.meta_total),
						currency,
					)}
				</b>
				{" · "}
				{t("accounts.campaigns")}{" "}
				<b className="num font-semibold">
					{money(
						locale,
						sum((one) => one.campaigns_total),
						currency,
					)}
				</b>
				{" · "}
				{t("accounts.residual")}{" "}
				<b className="num font-semibold">{money(locale, residual, currency)}</b>
				{", "}
				{why(residual, days[0] ?? null)}.
			</Banner>
		);
	});
}
