import { useNavigate } from "@tanstack/react-router";
import { ChartNoAxesCombined } from "lucide-react";
import type { ReactNode } from "react";
import type { CohortGroup, CohortPrediction, NotPredicted } from "@/bindings";
import { Empty, Panel, Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { amount, count, currencySign, day, money, percent, ratio } from "@/lib/format";
import type { Choice } from "./choice";

const AHEAD = ["6", "12", "24"] as const;

/** What customers will still bring in, and what the model would have said before. */
export function PredictionPanels({
	group,
	choice,
	choose,
}: {
	/** With a prediction, or why there is none. */
	group: CohortGroup;
	choice: Choice;
	choose: (edit: Partial<Choice>) => void;
}) {
	const { t } = useWords();
	const { prediction, not_predicted: refused } = group;
	const ahead = AHEAD.find((months) => Number(months) === choice.ahead) ?? "12";
	const frame = (children: ReactNode) => (
		<Panel
			title={t("cohorts.prediction")}
			hint={currencySign(group.currency)}
			actions={
				<Segmented
					label={t("cohorts.ahead")}
					value={ahead}
					onChange={(months) => choose({ ahead: Number(months) })}
					options={AHEAD.map((months) => ({
						value: months,
						label: t("cohorts.monthsShort", { count: Number(months) }),
					}))}
				/>
			}
		>
			{children}
		</Panel>
	);
	if (refused) {
		return frame(
			<div className="flex border-line border-t">
				<Empty icon={ChartNoAxesCombined} title={t("cohorts.notPredicted")}>
					<Refusal refused={refused} />
				</Empty>
			</div>,
		);
	}
	if (!prediction) return null;
	return (
		<div className="grid flex-none grid-cols-[3fr_2fr] items-start gap-3 max-[1180px]:grid-cols-1">
			{frame(<Prediction prediction={prediction} currency={group.currency} />)}
			<Backtest prediction={prediction} />
		</div>
	);
}

/** Why nothing is predicted, in words that say what is missing. */
function Refusal({ refused }: { refused: NotPredicted }) {
	const { t, locale } = useWords();
	const { params } = refused;
	const number = (name: string) => Number(params[name] ?? 0);
	switch (refused.reason) {
		case "too_few_repeat_buyers":
			return t("cohorts.refused.repeatBuyers", {
				count: number("found"),
				needed: params.needed,
			});
		case "too_many_unpaid":
			return t("cohorts.refused.unpaid", { found: params.found, of: params.of });
		case "correlated":
			return t("cohorts.refused.correlated", {
				correlation: ratio(locale, params.correlation),
				allowed: ratio(locale, params.allowed, 1),
			});
		case "no_backtest":
			return t("cohorts.refused.noBacktest");
		case "backtest_off":
			return params.error_percent
				? t("cohorts.refused.off", {
						error: percent(locale, params.error_percent),
						allowed: percent(locale, params.allowed, 0),
					})
				: t("cohorts.refused.nothingBought");
		case "no_customers":
			return t("cohorts.refused.noCustomers");
		default:
			return t("cohorts.refused.noFit");
	}
}

function Prediction({ prediction, currency }: { prediction: CohortPrediction; currency: string }) {
	const { t, locale } = useWords();
	const navigate = useNavigate();
	const figures = [
		{
			name: t("cohorts.predictedValue", { count: prediction.months }),
			value: money(locale, prediction.value, currency),
		},
		{
			name: t("cohorts.predictedEach", { count: prediction.customers }),
			value: money(locale, prediction.value_per_customer, currency),
		},
		{
			name: t("cohorts.predictedPurchases"),
			value: count(locale, Math.round(Number(prediction.purchases))),
		},
	];
	return (
		<>
			<dl className="grid grid-cols-3 gap-4 border-line border-t px-4 py-3">
				{figures.map((figure) => (
					<div key={figure.name} className="flex flex-col-reverse">
						<dt className="text-12 text-ink-3">{figure.name}</dt>
						<dd className="num font-semibold text-20">{figure.value}</dd>
					</div>
				))}
			</dl>
			<table data-testid="best-customers" className="w-full">
				<thead>
					<tr className="h-7 text-11 text-ink-3 [&>*]:border-line [&>*]:border-y [&>*]:font-medium">
						<th scope="col" className="pl-4 text-left">
							{t("cohorts.best")}
						</th>
						<th scope="col" className="whitespace-nowrap px-2 text-right">
							{t("cohorts.bought")}
						</th>
						<th scope="col" className="whitespace-nowrap px-2 text-right">
							{t("cohorts.lastBought")}
						</th>
						<th
							scope="col"
							className="whitespace-nowrap px-2 text-right"
							title={t("cohorts.aliveHint")}
						>
							{t("cohorts.alive")}
						</th>
						<th scope="col" className="whitespace-nowrap px-2 text-right">
							{t("cohorts.expected")}
						</th>
						<th scope="col" className="pr-4 pl-2 text-right">
							{t("cohorts.predicted")}
						</th>
					</tr>
				</thead>
				<tbody>
					{prediction.best.map((customer) => (
						<tr key={customer.contact_id} className="h-8 hover:bg-hover">
							<th scope="row" className="w-full max-w-0 pl-4 text-left font-normal">
								{customer.name === null ? (
									<span className="text-ink-3">{t("cohorts.hiddenName")}</span>
								) : (
									<button
										type="button"
										className="block max-w-full truncate rounded-1 font-medium hover:underline"
										onClick={() =>
											void navigate({
												to: "/contacts",
												search: { open: customer.contact_id } as never,
											})
										}
									>
										{customer.name || t("cohorts.nameless")}
									</button>
								)}
							</th>
							<td className="num px-2 text-right">{count(locale, customer.bought)}</td>
							<td className="num whitespace-nowrap px-2 text-right text-ink-2">
								{day(locale, customer.last_bought, "long")}
							</td>
							<td className="num whitespace-nowrap px-2 text-right">
								{percent(locale, customer.alive_percent, 0)}
							</td>
							<td className="num px-2 text-right">{ratio(locale, customer.purchases, 1)}</td>
							<td className="num whitespace-nowrap pr-4 pl-2 text-right">
								{amount(locale, customer.value, currency)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
				{t("cohorts.predictionHint", {
					discount: percent(locale, prediction.monthly_discount_percent, 0),
				})}
			</p>
		</>
	);
}

/** What the model would have said of the past, beside what happened. */
function Backtest({ prediction }: { prediction: CohortPrediction }) {
	const { t, locale } = useWords();
	const { backtest } = prediction;
	return (
		<Panel title={t("cohorts.backtest")}>
			<p className="border-line border-t px-4 py-2.5 text-ink-2">
				{t("cohorts.backtestText", {
					split: day(locale, backtest.split, "long"),
					end: day(locale, backtest.end, "long"),
					predicted: count(locale, Math.round(Number(backtest.predicted))),
					real: count(locale, backtest.real),
					error: percent(locale, backtest.error_percent),
				})}
			</p>
			<table data-testid="backtest" className="w-full">
				<thead>
					<tr className="h-7 text-11 text-ink-3 [&>*]:border-line [&>*]:border-y [&>*]:font-medium">
						<th scope="col" className="pl-4 text-left">
							{t("cohorts.boughtBefore")}
						</th>
						<th scope="col" className="whitespace-nowrap px-2 text-right">
							{t("nav.customers")}
						</th>
						<th scope="col" className="whitespace-nowrap px-2 text-right">
							{t("cohorts.predictedPurchasesShort")}
						</th>
						<th scope="col" className="pr-4 pl-2 text-right">
							{t("cohorts.real")}
						</th>
					</tr>
				</thead>
				<tbody>
					{backtest.classes.map((of, repeats) => {
						const last = repeats === backtest.classes.length - 1;
						const times = last
							? t("cohorts.timesOrMore", { count: repeats + 1 })
							: t("cohorts.times", { count: repeats + 1 });
						return (
							<tr key={times} className="h-8">
								<th scope="row" className="pl-4 text-left font-normal">
									{times}
								</th>
								<td className="num px-2 text-right text-ink-2">{count(locale, of.customers)}</td>
								<td className="num px-2 text-right">{ratio(locale, of.predicted, 1)}</td>
								<td className="num pr-4 pl-2 text-right">{count(locale, of.real)}</td>
							</tr>
						);
					})}
				</tbody>
			</table>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
				{t("cohorts.backtestHint")}
			</p>
		</Panel>
	);
}
