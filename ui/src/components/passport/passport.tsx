import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useSession } from "@/app/session";
import { metrics, type NumberPassport } from "@/bindings";
import { CopyValue } from "@/components/copy";
import { ExchangeNote } from "@/components/exchange-note";
import { Failure } from "@/components/failure";
import { columnsOf, isCredited, written } from "@/components/figures/columns";
import { Facts, Inspector } from "@/components/inspector";
import { IconButton, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { count, currencySign, moment, period } from "@/lib/format";
import { query } from "@/lib/ipc";
import { AddedUp } from "./added-up";
import { Earlier, hasEarlier } from "./earlier";
import { type FigureOf, question } from "./number";
import { PassportRows } from "./rows";

/** How many rows of each list are read at once. */
export const PAGE = 200;

/** A figure by itself, with the sign of its currency. */
export function useWhole(currency: string) {
	const { locale } = useWords();
	return (metric: string, value: string | number | null): string => {
		const [column] = columnsOf([metric]);
		if (!column) return String(value ?? "—");
		const text = written(locale, column, { [metric]: value } as never, currency);
		return column.kind === "money" && value !== null
			? `${currencySign(currency)}\u00a0${text}`
			: text;
	};
}

/** (Revenue − Spend) ÷ Spend × 100, in words. */
function useFormula() {
	const { t, locale } = useWords();
	return (metric: string): string | null => {
		const made = metrics.find((one) => one.id === metric)?.quotient;
		if (!made) return null;
		const name = (id: string) => t(`metric.${id}`);
		const top = made.less ? `(${name(made.of)} − ${name(made.less)})` : name(made.of);
		const times = made.times === 1 ? "" : ` × ${new Intl.NumberFormat(locale).format(made.times)}`;
		return `${top} ÷ ${name(made.by)}${times}`;
	};
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
	return (
		<section className="mt-5">
			<h3 className="mb-1.5 font-medium text-11 text-ink-3">{title}</h3>
			{children}
		</section>
	);
}

/** The formula with its sums filled in; each of the sums can be opened itself. */
function Formula({
	figure,
	passport,
	onOpen,
}: {
	figure: FigureOf;
	passport: NumberPassport;
	onOpen: (next: FigureOf) => void;
}) {
	const { t } = useWords();
	const whole = useWhole(figure.currency);
	const formula = useFormula()(figure.metric);
	if (!formula) {
		return (
			<Section title={t("passport.formula")}>
				<p>{t("passport.sum")}</p>
			</Section>
		);
	}
	const divisor = metrics.find((one) => one.id === figure.metric)?.quotient?.by;
	const by = passport.sums.find((sum) => sum.metric === divisor);
	// What lacks a rate, and what lacks a cost, is told below.
	const isMissing =
		(passport.exchanged?.missing.length ?? 0) > 0 ||
		passport.costs?.known !== passport.costs?.sales;
	return (
		<Section title={t("passport.formula")}>
			<p className="mb-1.5">{formula}</p>
			<dl className="num grid grid-cols-[minmax(0,1fr)_auto] rounded-2 bg-sunken px-3 py-1">
				{passport.sums.map((sum) => (
					<Fragment key={sum.metric}>
						<dt className="py-1">{t(`metric.${sum.metric}`)}</dt>
						<dd className="py-1 text-right">
							<button
								type="button"
								title={t("passport.hint")}
								onClick={() => onOpen({ ...figure, metric: sum.metric, shown: sum.value })}
								className="rounded-1 underline decoration-dotted decoration-line-2 underline-offset-4 hover:decoration-current"
							>
								{whole(sum.metric, sum.value)}
							</button>
						</dd>
					</Fragment>
				))}
				<dt className="border-line-2 border-t py-1 font-medium">{t(`metric.${figure.metric}`)}</dt>
				<dd className="border-line-2 border-t py-1 text-right font-medium">
					{whole(figure.metric, passport.value)}
				</dd>
			</dl>
			{passport.value === null && by && !isMissing && (
				<p className="mt-1.5 text-ink-2">
					{t("passport.noDivisor", {
						name: t(`metric.${by.metric}`),
						value: whole(by.metric, by.value),
					})}
				</p>
			)}
		</Section>
	);
}

/** Why there is no margin: it is not known what some of the sales cost. */
function MissingCosts({ passport }: { passport: NumberPassport }) {
	const { t, locale } = useWords();
	const { known, sales } = passport.costs ?? { known: 0, sales: 0 };
	if (known === sales) return null;
	const costs = { known: count(locale, known, 2), all: count(locale, sales, 2) };
	return (
		<p data-testid="missing-costs" className="mt-1.5 text-ink-2">
			{t("figures.costsKnown", { ...costs, count: Math.ceil(sales) })}. {t("passport.noMargin")}{" "}
			<Link
				to="/sales"
				search={{ cost: "none" } as never}
				className="whitespace-nowrap text-accent-text underline-offset-4 hover:underline"
			>
				{t("sales.withoutCost")}
			</Link>
		</p>
	);
}

/** What narrows the number down. */
function Basis({ figure, passport }: { figure: FigureOf; passport: NumberPassport | undefined }) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const accounts = useQuery(query("listAdAccounts", {}));
	const { report, currency, within = [] } = figure;
	const chosen = report.accounts ?? [];
	const names = chosen.map((id) => accounts.data?.find((one) => one.id === id)?.name ?? id);
	const attribution = passport?.attribution ?? report.attribution;
	return (
		<Section title={t("passport.basis")}>
			<Facts
				rows={[
					[t("figures.file.days"), period(locale, report.from, report.to)],
					[t("figures.file.within"), within.join(" / ")],
					[
						t("passport.accounts"),
						chosen.length > 0 ? names.join(", ") : within.length === 0 && t("passport.allAccounts"),
					],
					[
						t("attribution.title"),
						isCredited(figure.metric) && attribution && attributionLabel(t, attribution),
					],
					[t("figures.currency"), `${currency} (${currencySign(currency)})`],
					[
						t("asOf.title"),
						report.as_of
							? t("asOf.at", { time: moment(locale, report.as_of, zone) })
							: t("asOf.now"),
					],
				]}
			/>
			{passport && (
				<div className="mt-2.5 [&_pre]:truncate [&_pre]:whitespace-nowrap">
					<CopyValue label={t("passport.id")} value={passport.id} />
				</div>
			)}
		</Section>
	);
}

/** What a number is made of: its formula, what it stands on, every row, and that they add up to it. */
export function Passport({
	figure,
	before,
	onOpen,
	onBack,
	onClose,
}: {
	figure: FigureOf;
	/** The number whose sum this is. */
	before: FigureOf | undefined;
	onOpen: (next: FigureOf) => void;
	onBack: () => void;
	onClose: () => void;
}) {
	const { t } = useWords();
	const ask = question(figure);
	const read = useQuery(query("explainNumber", { ...ask, limit: PAGE }));
	const passport = read.data;
	const whole = useWhole(figure.currency);
	const name = t(`metric.${figure.metric}`);
	const attribution = passport?.attribution ?? figure.report.attribution;
	const source = metrics.find((one) => one.id === figure.metric)?.source ?? "both";
	// By channel it is not Meta's alone.
	const isWhole = figure.report.by === "channel" && figure.metric === "spend";
	const from = source === "both" || isWhole ? "" : ` (${t(`from.${source}`)})`;
	const label =
		isCredited(figure.metric) && attribution
			? t("attribution.of", { name, attribution: attributionLabel(t, attribution) })
			: name.endsWith(from)
				? name
				: `${name}${from}`;
	return (
		<Inspector
			over
			testId="passport"
			label={`${label}, ${figure.name}`}
			title={
				<span className="flex min-w-0 items-center gap-1">
					{before && (
						<IconButton
							icon={ArrowLeft}
							label={t("passport.back", { name: t(`metric.${before.metric}`) })}
							onClick={onBack}
							className="-ml-2"
						/>
					)}
					<span className="truncate" title={label}>
						{label}
					</span>
				</span>
			}
			onClose={onClose}
			foot={
				passport &&
				passport.costs?.known === passport.costs?.sales &&
				passport.ad_days_count + passport.outcomes_count + (passport.spend_count ?? 0) > 0 && (
					<AddedUp figure={figure} passport={passport} />
				)
			}
		>
			{read.error && <Failure error={read.error} retry={() => void read.refetch()} />}
			{!read.error && (
				<>
					<p
						data-selectable
						data-testid="passport-value"
						className="num break-words font-semibold text-24 tracking-[-.02em]"
					>
						{whole(figure.metric, passport ? passport.value : figure.shown)}
					</p>
					<p className="text-ink-2">{figure.name}</p>
					{passport ? (
						<>
							<Formula figure={figure} passport={passport} onOpen={onOpen} />
							<MissingCosts passport={passport} />
						</>
					) : (
						<Skeleton className="mt-5 h-24" />
					)}
					{passport && hasEarlier(figure) && <Earlier figure={figure} />}
					<Basis figure={figure} passport={passport} />
					{passport?.exchanged && (
						<div className="mt-3 flex flex-col gap-2">
							<ExchangeNote exchanged={passport.exchanged} />
						</div>
					)}
					{passport ? (
						<PassportRows figure={figure} first={passport} />
					) : (
						<Skeleton className="mt-5 h-64" />
					)}
				</>
			)}
		</Inspector>
	);
}
