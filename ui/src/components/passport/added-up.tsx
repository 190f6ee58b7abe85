import { useMutation } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { NumberPassport, RoiFigures } from "@/bindings";
import { columnsOf, figureOf, written } from "@/components/figures/columns";
import { added, sumOf } from "@/components/figures/sums";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { type FigureOf, question } from "./number";
import { useWhole } from "./passport";

/** How many rows of a list are read at once where they are only added up. */
const MANY = 1000;

/** What the rows of a page add, each as figures. */
function addedBy(page: NumberPassport): RoiFigures[] {
	return [...page.ad_days, ...page.outcomes, ...(page.spend ?? [])].map(
		({ adds }) =>
			Object.fromEntries(
				page.sums.map(({ metric }, at) => [metric, adds[at] ?? null]),
			) as unknown as RoiFigures,
	);
}

/** Whether two sums are the same to the last digit; nothing is not the same as 0. */
function same(a: string | number | null, b: string | null): boolean {
	return a === null || b === null ? a === b : added([String(a)]) === added([b]);
}

/**
 * That the rows add up to the number: worked out here once more, from the rows as they are listed.
 * Where there are too many to list at once they are read page by page when the person asks for it.
 */
export function AddedUp({ figure, passport }: { figure: FigureOf; passport: NumberPassport }) {
	const { t, locale, failure } = useWords();
	const whole = useWhole(figure.currency);
	const [done, setDone] = useState(0);
	const spent = passport.spend?.length ?? 0;
	const spentCount = passport.spend_count ?? 0;
	const all = passport.ad_days_count + passport.outcomes_count + spentCount;
	const listed = passport.ad_days.length + passport.outcomes.length + spent;
	const rest = useMutation<RoiFigures, AppError>({
		mutationFn: async () => {
			const ask = { ...question(figure), limit: MANY };
			let sum = sumOf(addedBy(passport));
			let read = listed;
			const take = async (
				from: { ad_days_from: number } | { outcomes_from: number } | { spend_from: number },
			) => {
				const page = await call("explainNumber", { ...ask, ...from });
				sum = sumOf([sum, ...addedBy(page)]);
				read += page.ad_days.length + page.outcomes.length + (page.spend?.length ?? 0);
				setDone(read);
			};
			for (let at = passport.ad_days.length; at < passport.ad_days_count; at += MANY)
				await take({ ad_days_from: at });
			for (let at = passport.outcomes.length; at < passport.outcomes_count; at += MANY)
				await take({ outcomes_from: at });
			for (let at = spent; at < spentCount; at += MANY) await take({ spend_from: at });
			return sum;
		},
	});
	const { mutate, isPending, error } = rest;
	// A few more rows are added up without being asked for.
	const few = listed < all && all <= 5 * MANY;
	useEffect(() => {
		if (few) mutate();
	}, [few, mutate]);
	const sum = listed === all ? sumOf(addedBy(passport)) : rest.data;
	const [column] = columnsOf([figure.metric]);
	if (!column) return null;
	if (!sum) {
		return (
			<div role="status" className="num flex flex-wrap items-center justify-between gap-2">
				<p className="text-ink-2">
					{isPending
						? t("passport.adding", { done, count: all })
						: error
							? failure(error)
							: t("passport.partly", { listed, count: all })}
				</p>
				<Button size="s" busy={isPending} onClick={() => mutate()}>
					{t("passport.addAll", { count: all })}
				</Button>
			</div>
		);
	}
	const value = figureOf(sum, figure.metric);
	const text = (of: string | number | null) =>
		written(locale, column, { [figure.metric]: of } as never, figure.currency);
	const right =
		passport.sums.every(({ metric, value }) => same(figureOf(sum, metric), value)) &&
		text(value) === text(passport.value);
	// What the page had when the number was opened; null where it is opened as something else.
	const moved = figure.shown !== null && text(figure.shown) !== text(passport.value);
	const fits = right && !moved;
	const Icon = fits ? CircleCheck : TriangleAlert;
	return (
		<p
			role="status"
			data-testid="added-up"
			data-fits={fits}
			className="num flex gap-2 whitespace-normal"
		>
			<Icon
				size={16}
				strokeWidth={1.75}
				aria-hidden
				className={fits ? "mt-0.5 flex-none text-positive" : "mt-0.5 flex-none text-warning"}
			/>
			<span>
				{fits
					? t(column.ratio ? "passport.fitsFormula" : "passport.fits", {
							count: all,
							value: whole(figure.metric, value),
						})
					: right
						? t(column.ratio ? "passport.movedFormula" : "passport.moved", {
								value: whole(figure.metric, value),
								shown: whole(figure.metric, figure.shown),
							})
						: t("passport.wrong", {
								value: whole(figure.metric, value),
								shown: whole(figure.metric, passport.value),
							})}
			</span>
		</p>
	);
}
