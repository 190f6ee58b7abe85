import { RotateCcw, TriangleAlert } from "lucide-react";
import { Fragment } from "react";
import type { ActionEvent } from "@/bindings";
import { Button, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count } from "@/lib/format";
import { type Event, typesOf, written } from "./lists";

/** What counts as leads, or as purchases: the list, what it took, and what a plain sum would be. */
export function EventPanel({
	event,
	told,
	busy,
	reason,
	onList,
}: {
	event: Event;
	told: ActionEvent;
	busy: boolean;
	/** Why the list cannot be changed now. */
	reason: string | undefined;
	onList: (list: readonly string[]) => void;
}) {
	const { t, locale } = useWords();
	const { counted, summed, fallbacks, added_twice } = told;
	const exceeds = told.types > 1 && summed.count !== counted.count;
	return (
		<Panel
			title={t(`actions.event.${event}`)}
			actions={
				!told.is_default && (
					<Button
						variant="ghost"
						size="s"
						icon={RotateCcw}
						busy={busy}
						reason={reason}
						onClick={() => onList([])}
						data-testid={`default-${event}`}
					>
						{t("actions.default")}
					</Button>
				)
			}
		>
			<dl data-testid={`event-${event}`}>
				<div className="flex flex-wrap items-baseline gap-x-3 border-line border-t px-4 py-2.5">
					<dt className="text-ink-3">{t("actions.counted")}</dt>
					<dd className="num font-semibold text-14">
						{count(locale, told.figure)}
						{counted.values.length > 0 && (
							<span className="font-normal text-13 text-ink-2">
								{` · ${written(locale, counted).split(" · ").slice(1).join(" · ")}`}
							</span>
						)}
					</dd>
				</div>
				{exceeds && (
					<div className="flex flex-wrap items-baseline gap-x-3 border-line border-t px-4 py-2">
						<dt className="text-ink-3">
							{t("actions.summed", { count: told.types, types: count(locale, told.types) })}
						</dt>
						<dd className="num text-ink-2 line-through decoration-[var(--negative)]">
							{written(locale, summed)}
						</dd>
					</div>
				)}
				<div className="border-line border-t px-4 py-2.5">
					<dt className="text-ink-3">{t("actions.list")}</dt>
					<dd>
						<ol className="mt-1 flex flex-col gap-1">
							{told.list.map((entry, at) => (
								<li key={entry} className="flex min-w-0 items-baseline gap-2">
									<span className="num w-4 flex-none text-right text-ink-3">{at + 1}</span>
									<span data-selectable className="min-w-0 break-words">
										{typesOf(entry).map((type, nth) => (
											<Fragment key={type}>
												{nth > 0 && <span className="text-ink-3"> + </span>}
												{type}
											</Fragment>
										))}
									</span>
								</li>
							))}
						</ol>
					</dd>
				</div>
				{(fallbacks.length > 0 || added_twice.length > 0) && (
					<div className="flex flex-col gap-1.5 border-line border-t px-4 py-2.5">
						<dt className="sr-only">{t("actions.notes")}</dt>
						{fallbacks.map((fallback) => (
							<dd key={`${fallback.account_id}-${fallback.taken.join()}`} className="text-12">
								{fallback.taken.length > 0 ? (
									t("actions.fellBack", {
										account: fallback.account_name,
										count: fallback.ad_days,
										days: count(locale, fallback.ad_days),
										first: told.list[0],
										taken: fallback.taken.join(" + "),
										number: count(locale, fallback.count, 2),
									})
								) : (
									<>
										<Tag tone="warning" icon={TriangleAlert}>
											{t("actions.notCounted")}
										</Tag>{" "}
										{t("actions.missed", {
											account: fallback.account_name,
											count: fallback.ad_days,
											days: count(locale, fallback.ad_days),
											number: count(locale, fallback.count, 2),
										})}
									</>
								)}
							</dd>
						))}
						{added_twice.map(({ one, other }) => (
							<dd key={`${one}+${other}`} className="text-12">
								<Tag tone="warning" icon={TriangleAlert}>
									{t("actions.twice")}
								</Tag>{" "}
								{t("actions.twiceText", { one, other })}
							</dd>
						))}
					</div>
				)}
			</dl>
		</Panel>
	);
}
