import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, FlaskConical } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ImportReport } from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Button, Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, money } from "@/lib/format";
import { AdsChecks } from "./ads-checks";

/** Where what was imported is seen. */
const SHOWN = {
	ads: "/campaigns",
	contacts: "/contacts",
	opportunities: "/pipeline",
	sales: "/sales",
	spend: "/spend",
} as const;
const COUNTS = ["rows_read", "added", "changed", "unchanged", "rejected"] as const;

/** What an import did, or would do. */
export function ReportPanel({ report }: { report: ImportReport }) {
	const { t, locale, reason } = useWords();
	const navigate = useNavigate();
	const { dry_run: dry, kind } = report;
	const box = useRef<HTMLDivElement>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: every report comes into view
	useEffect(() => {
		box.current?.scrollIntoView({ block: "nearest" });
	}, [report]);
	const sums = kind === "ads" ? "import.totals.ads" : "import.totals";
	return (
		<div ref={box} className="flex-none scroll-mb-16">
			<Panel
				title={
					<span className="inline-flex items-center gap-2">
						{dry ? (
							<FlaskConical size={16} aria-hidden className="text-info" />
						) : (
							<CircleCheck size={16} aria-hidden className="text-positive" />
						)}
						{t(dry ? "import.wouldDo" : "import.did")}
					</span>
				}
				hint={t(dry ? "import.nothingChanged" : "import.inPlace")}
				actions={
					dry ? (
						<Tag tone="info">{t("import.dryRun")}</Tag>
					) : (
						<Button size="s" onClick={() => void navigate({ to: SHOWN[kind] })}>
							{t(`import.see.${kind}`)}
						</Button>
					)
				}
			>
				<dl
					className="num flex flex-wrap gap-x-8 gap-y-3 border-line border-t px-4 py-3"
					data-testid="import-report"
				>
					{COUNTS.map((name) => (
						<div key={name}>
							<dt className="text-12 text-ink-2">
								{t(`import.count.${name}${dry && name !== "rows_read" ? ".dry" : ""}`)}
							</dt>
							<dd
								data-testid={`import-${name}`}
								className={
									name === "rejected" && report.rejected > 0
										? "font-semibold text-20 text-negative tracking-[-.02em]"
										: "font-semibold text-20 tracking-[-.02em]"
								}
							>
								{count(locale, report[name])}
							</dd>
						</div>
					))}
					{report.contacts_added > 0 && (
						<div>
							<dt className="text-12 text-ink-2">
								{t(`import.count.contacts${dry ? ".dry" : ""}`)}
							</dt>
							<dd className="font-semibold text-20 tracking-[-.02em]">
								{count(locale, report.contacts_added)}
							</dd>
						</div>
					)}
					{!report.ads && (report.totals_rows ?? 0) > 0 && (
						<div>
							<dt className="text-12 text-ink-2">{t("import.count.totals_rows")}</dt>
							<dd className="font-semibold text-20 tracking-[-.02em]">
								{count(locale, report.totals_rows ?? 0)}
							</dd>
						</div>
					)}
					{report.totals.length > 0 && (
						<div>
							<dt className="text-12 text-ink-2">{t(sums)}</dt>
							{report.totals.map((sum) => (
								<dd key={sum.currency} className="font-semibold text-20 tracking-[-.02em]">
									{money(locale, sum.amount, sum.currency)}
								</dd>
							))}
						</div>
					)}
				</dl>
				{report.ads && <AdsChecks ads={report.ads} report={report} />}
				{report.rejections.length > 0 && (
					<>
						<h3 className="border-line border-t px-4 pt-2.5 pb-1 font-medium">
							{t("import.rejections")}
							{report.rejected > report.rejections.length && (
								<span className="ml-2 font-normal text-12 text-ink-3">
									{t("import.firstRejections", { count: report.rejections.length })}
								</span>
							)}
						</h3>
						<section
							className="max-h-56 overflow-y-auto px-4 pb-3"
							aria-label={t("import.rejections")}
							// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
							tabIndex={0}
						>
							<table className="w-full text-12" data-selectable>
								<thead className="text-left text-ink-3">
									<tr>
										<th scope="col" className="w-20 py-1 font-medium">
											{t("import.line")}
										</th>
										<th scope="col" className="py-1 font-medium">
											{t("import.reason")}
										</th>
									</tr>
								</thead>
								<tbody>
									{report.rejections.map((row) => (
										<tr key={`${row.line}:${row.reason}`}>
											<td className="num border-line border-t py-1 align-top text-ink-2">
												{count(locale, row.line)}
											</td>
											<td className="border-line border-t py-1">
												{reason(row.reason_id, row.params as Record<string, string>) ?? row.reason}
											</td>
										</tr>
									))}
								</tbody>
							</table>
						</section>
					</>
				)}
				{report.rejected_file && (
					<p className="flex items-center gap-3 border-line border-t px-4 py-2 text-12 text-ink-2">
						<span className="min-w-0 break-all" data-selectable>
							{t("import.rejectedFile", { path: report.rejected_file })}
						</span>
						<span className="ml-auto flex-none">
							<CopyButton text={report.rejected_file} label={t("import.copyPath")} />
						</span>
					</p>
				)}
			</Panel>
		</div>
	);
}
