import { CircleCheck, TriangleAlert } from "lucide-react";
import type { AuditCause, CsvAudit } from "@/bindings";
import { FilterSelect } from "@/components/ui/filter-select";
import { cx, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant, period } from "@/lib/format";
import { figureName } from "./why";

/** How the export and Rumbo agree, in one line, with what was compared. */
export function Summary({ audit }: { audit: CsvAudit }) {
	const words = useWords();
	const { t, locale } = words;
	const equal =
		audit.cells_different === 0 && audit.unmatched_rows === 0 && audit.not_in_file_objects === 0;
	const Icon = equal ? CircleCheck : TriangleAlert;
	const cells = {
		shown: count(locale, audit.cells_different),
		all: count(locale, audit.cells_compared),
		count: audit.cells_compared,
	};
	return (
		<Panel className="flex-none">
			<div className="flex flex-wrap items-center gap-x-10 gap-y-3 px-4 py-3">
				<div className="min-w-0 flex-1 basis-80">
					<h2
						data-testid="audit-result"
						className="flex items-center gap-2 font-semibold text-16 tracking-[-.01em]"
					>
						<Icon
							size={16}
							aria-hidden
							className={cx("flex-none", equal ? "text-positive" : "text-warning")}
						/>
						{audit.cells_compared === 0
							? t("audit.nothing")
							: audit.cells_different === 0
								? t(equal ? "audit.allEqual" : "audit.comparedEqual")
								: t("audit.differ", cells)}
					</h2>
					<p className="num mt-0.5 flex flex-wrap gap-x-3 text-12 text-ink-2">
						<span>
							{audit.account} ({audit.currency})
						</span>
						{audit.days && <span>{period(locale, audit.days.from, audit.days.to)}</span>}
						<span>{audit.timezone}</span>
						<span>
							{audit.read_at
								? t("audit.readAt", { at: instant(locale, audit.read_at) })
								: t("audit.neverRead")}
						</span>
					</p>
				</div>
				<dl className="flex flex-wrap gap-x-8 gap-y-2">
					{(["cells_compared", "cells_equal", "cells_different"] as const).map((name) => (
						<div key={name}>
							<dt className="text-12 text-ink-2">{t(`audit.${name}`)}</dt>
							<dd className="num font-semibold text-16">{count(locale, audit[name])}</dd>
						</div>
					))}
				</dl>
			</div>
			{audit.not_compared.length > 0 && (
				<ul className="border-line border-t px-4 py-2 text-12 text-ink-2">
					{audit.not_compared.map((one) => (
						<li key={`${one.figure}:${one.why}`}>
							<b className="font-medium">{figureName(words, one.figure)}</b>:{" "}
							{t(`audit.notCompared.${one.why}`, { count: one.cells })}
						</li>
					))}
				</ul>
			)}
		</Panel>
	);
}

/** The causes with their counts; one chosen leaves only its cells in the table. */
export function Causes({
	audit,
	chosen,
	onChoose,
}: {
	audit: CsvAudit;
	chosen: AuditCause | null;
	onChoose: (cause: AuditCause | null) => void;
}) {
	const { t, locale } = useWords();
	if (audit.causes.length < 2) return null;
	return (
		<FilterSelect
			aria-label={t("audit.cause")}
			data-testid="audit-cause"
			value={chosen ?? ""}
			onChange={(event) => onChoose((event.target.value || null) as AuditCause | null)}
		>
			<option value="">{t("audit.anyCause")}</option>
			{audit.causes.map(({ cause, cells }) => (
				<option key={cause} value={cause}>
					{t(`audit.cause.${cause}`)} ({count(locale, cells)})
				</option>
			))}
		</FilterSelect>
	);
}
