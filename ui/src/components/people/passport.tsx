/** Where a figure about people comes from: Meta's own answers, as they came. */
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useSession } from "@/app/session";
import type { PeopleFigures } from "@/bindings";
import { CopyValue } from "@/components/copy";
import { Failure } from "@/components/failure";
import { columnsOf, written } from "@/components/figures/columns";
import { Facts, Inspector } from "@/components/inspector";
import type { FigureOf } from "@/components/passport/number";
import { Section } from "@/components/passport/passport";
import { indented } from "@/components/passport/rows";
import { Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { moment, period } from "@/lib/format";
import { query } from "@/lib/ipc";

export function PeoplePassport({
	figure,
	people,
	onClose,
}: {
	figure: FigureOf;
	people: NonNullable<FigureOf["people"]>;
	onClose: () => void;
}) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const { from, to, as_of } = figure.report;
	const read = useQuery(query("explainReach", { ...people, from, to, as_of: as_of ?? null }));
	const [last, ...earlier] = read.data?.answers ?? [];
	const name = t(`metric.${figure.metric}`);
	const shown = (metric: string, of: PeopleFigures | null) => {
		const [column] = columnsOf([metric]);
		const value = of ?? { [figure.metric]: figure.shown };
		return column ? written(locale, column, value as never, figure.currency) : "—";
	};
	const at = (time: string) => moment(locale, time, zone);
	return (
		<Inspector
			over
			testId="passport"
			label={`${name}, ${figure.name}`}
			title={name}
			onClose={onClose}
		>
			{read.error && <Failure error={read.error} retry={() => void read.refetch()} />}
			{!read.error && (
				<>
					<p
						data-selectable
						data-testid="passport-value"
						className="num break-words font-semibold text-24 tracking-[-.02em]"
					>
						{shown(figure.metric, last ?? null)}
					</p>
					<p className="text-ink-2">{figure.name}</p>
					<Section title={t("passport.formula")}>
						<p>{t(figure.metric === "frequency" ? "people.frequencyIs" : "people.is")}</p>
						{figure.metric === "frequency" && last && (
							<dl className="num mt-1.5 grid grid-cols-[minmax(0,1fr)_auto] rounded-2 bg-sunken px-3 py-1">
								{["impressions", "reach"].map((metric) => (
									<Fragment key={metric}>
										<dt className="py-1">{t(`metric.${metric}`)}</dt>
										<dd className="py-1 text-right">{shown(metric, last)}</dd>
									</Fragment>
								))}
								<dt className="border-line-2 border-t py-1 font-medium">{name}</dt>
								<dd className="border-line-2 border-t py-1 text-right font-medium">
									{shown("frequency", last)}
								</dd>
							</dl>
						)}
					</Section>
					<Section title={t("passport.basis")}>
						<Facts
							rows={[
								[t("figures.file.days"), period(locale, from, to)],
								[t("figures.file.within"), (figure.within ?? []).join(" / ")],
								[t("people.of"), t(`campaigns.${people.by}.one`)],
								[t("people.answeredAt"), last && at(last.answered_at)],
								[t("asOf.title"), as_of ? t("asOf.at", { time: at(as_of) }) : t("asOf.now")],
							]}
						/>
					</Section>
					{last ? (
						<div className="mt-5">
							<CopyValue label={t("people.raw")} value={indented(last.raw)} />
						</div>
					) : (
						<Skeleton className="mt-5 h-48" />
					)}
					{earlier.length > 0 && (
						<Section title={t("people.earlier")}>
							<dl className="num grid grid-cols-[minmax(0,1fr)_auto] gap-y-1">
								{earlier.map((one) => (
									<Fragment key={one.answered_at}>
										<dt>{at(one.answered_at)}</dt>
										<dd className="text-right">{shown(figure.metric, one)}</dd>
									</Fragment>
								))}
							</dl>
						</Section>
					)}
				</>
			)}
		</Inspector>
	);
}
