import { ChevronDown, SlidersHorizontal } from "lucide-react";
import type { AcquiredBy, CohortStart, CohortsBy } from "@/bindings";
import { Button } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";

export const METRICS = ["retention", "revenue", "margin"] as const;
export type Metric = (typeof METRICS)[number];
/** How many months of acquisition are looked at. */
const MONTHS = [6, 12, 24, 36] as const;
/** At how many months of age a value is told. */
const AGES = [1, 3, 6, 12] as const;

/** What the page shows; kept between starts. */
export interface Choice {
	by: CohortsBy;
	metric: Metric;
	months: number;
	start: CohortStart;
	acquired: AcquiredBy;
	/** Months of age of the value. */
	age: number;
	/** Months that are predicted. */
	ahead: number;
}

export const USUAL: Choice = {
	by: "month",
	metric: "margin",
	months: 12,
	start: "sale",
	acquired: "last_touch",
	age: 3,
	ahead: 12,
};

/** The first day of the month that is so many months before a day's, that one included. */
export function firstDay(today: string, months: number): string {
	const date = new Date(`${today.slice(0, 7)}-01T00:00:00Z`);
	date.setUTCMonth(date.getUTCMonth() + 1 - months);
	return date.toISOString().slice(0, 10);
}

/** Which people are looked at. */
export function CohortPicker({
	choice,
	choose,
}: {
	choice: Choice;
	choose: (edit: Partial<Choice>) => void;
}) {
	const { t } = useWords();
	const people = t(`cohorts.start.${choice.start}`);
	return (
		<Menu
			trigger={
				<Button icon={SlidersHorizontal} data-testid="cohort-picker">
					<span>{t("cohorts.months", { count: choice.months })}</span>
					<span className="font-normal text-ink-3">{people}</span>
					<ChevronDown size={14} aria-hidden className="text-ink-3" />
				</Button>
			}
		>
			<MenuTitle>{t("cohorts.acquiredIn")}</MenuTitle>
			{MONTHS.map((months) => (
				<MenuItem
					key={months}
					checked={choice.months === months}
					onSelect={() => choose({ months })}
					testId={`months-${months}`}
				>
					{t("cohorts.months", { count: months })}
				</MenuItem>
			))}
			<MenuLine />
			<MenuTitle>{t("cohorts.people")}</MenuTitle>
			{(["sale", "lead"] as const).map((start) => (
				<MenuItem
					key={start}
					checked={choice.start === start}
					onSelect={() => choose({ start })}
					testId={`start-${start}`}
				>
					{t(`cohorts.startText.${start}`)}
				</MenuItem>
			))}
			{choice.start === "sale" && (
				<>
					<MenuLine />
					<MenuTitle>{t("cohorts.acquiredBy")}</MenuTitle>
					{(["last_touch", "first_touch"] as const).map((acquired) => (
						<MenuItem
							key={acquired}
							checked={choice.acquired === acquired}
							onSelect={() => choose({ acquired })}
						>
							{t(`cohorts.acquired.${acquired}`)}
						</MenuItem>
					))}
				</>
			)}
			<MenuLine />
			<MenuTitle>{t("cohorts.valueAt")}</MenuTitle>
			{AGES.map((age) => (
				<MenuItem key={age} checked={choice.age === age} onSelect={() => choose({ age })}>
					{t("cohorts.months", { count: age })}
				</MenuItem>
			))}
		</Menu>
	);
}
