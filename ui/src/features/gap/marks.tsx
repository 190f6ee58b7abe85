import { useWords } from "@/i18n";

const META = "border-2 border-[var(--series-2)] bg-surface";
const CRM = "bg-[var(--series-1)]";

/** Both sides of a row on one line: a ring for Meta, a dot for the CRM. The figures stand beside it. */
export function Marks({ meta, crm, most }: { meta: number | null; crm: number; most: number }) {
	const at = (value: number) => (most > 0 ? (100 * Math.max(0, value)) / most : 0);
	const [low, high] = [Math.min(meta ?? crm, crm), Math.max(meta ?? crm, crm)];
	return (
		<span aria-hidden className="relative mx-[5px] block h-4">
			<span className="absolute inset-x-0 top-[7px] h-0.5 rounded-full bg-track" />
			<span
				data-swatch
				className="absolute top-[7px] h-0.5 bg-[var(--chart-previous)]"
				style={{ left: `${at(low)}%`, width: `${at(high) - at(low)}%` }}
			/>
			{meta !== null && (
				<span
					data-swatch
					className={`absolute top-[3px] size-2.5 -translate-x-1/2 rounded-full ${META}`}
					style={{ left: `${at(meta)}%` }}
				/>
			)}
			<span
				data-swatch
				className={`absolute top-1 size-2 -translate-x-1/2 rounded-full ${CRM}`}
				style={{ left: `${at(crm)}%` }}
			/>
		</span>
	);
}

/** What the marks are. */
export function MarksKey() {
	const { t } = useWords();
	return (
		<span aria-hidden className="flex items-center gap-x-3 pr-2 text-11 text-ink-3">
			<span className="flex items-center gap-1.5">
				<i data-swatch className={`size-2.5 rounded-full ${META}`} />
				{t("gap.meta")}
			</span>
			<span className="flex items-center gap-1.5">
				<i data-swatch className={`size-2 rounded-full ${CRM}`} />
				{t("gap.crm")}
			</span>
		</span>
	);
}
