import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { LintedTemplate, TemplateFinding } from "@/bindings";
import { Button, cx, Skeleton, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** What Meta would refuse, and what it takes and something else comes of, as one types. */
export function Checks({
	linted,
	untold,
	onFix,
	onGo,
}: {
	linted: LintedTemplate | undefined;
	/** Something is wrong with parts that nobody has left yet. */
	untold: boolean;
	onFix: (finding: TemplateFinding) => void;
	/** Goes to the field that a finding is about. */
	onGo: (finding: TemplateFinding) => void;
}) {
	const { t } = useWords();
	const findings = (linted?.findings ?? []).toSorted(
		(a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"),
	);
	const refused = findings.filter((one) => one.severity === "refused").length;
	const warnings = findings.length - refused;
	return (
		<section
			aria-label={t("templates.checks")}
			data-region
			tabIndex={-1}
			className="flex min-h-0 flex-col border-line border-l bg-surface focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]"
		>
			<header className="flex-none border-line border-b px-4 py-3">
				<h2 className="flex flex-wrap items-center gap-2 font-semibold text-14">
					{t("templates.checks")}
					{refused > 0 && (
						<Tag tone="negative" icon={CircleX}>
							{t("templates.errors", { count: refused })}
						</Tag>
					)}
					{warnings > 0 && (
						<Tag tone="warning" icon={TriangleAlert}>
							{t("templates.warnings", { count: warnings })}
						</Tag>
					)}
				</h2>
				<p className="mt-1 text-12 text-ink-3">{t("templates.checksText")}</p>
			</header>
			<p role="status" className="sr-only">
				{linted && t("templates.errors", { count: refused })}
			</p>
			{!linted && <Skeleton className="m-4 h-24" />}
			<ul className="min-h-0 flex-1 overflow-y-auto" data-testid="checks">
				{findings.map((one) => {
					const Icon = one.severity === "refused" ? CircleX : TriangleAlert;
					return (
						<li
							key={`${one.rule}${one.place.pointer}${one.place.from}`}
							className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-2.5 border-line border-b px-4 py-3"
						>
							<Icon
								size={16}
								strokeWidth={1.75}
								aria-label={t(`templates.severity.${one.severity}`)}
								className={cx(
									"mt-0.5",
									one.severity === "refused" ? "text-negative" : "text-warning",
								)}
							/>
							<div className="min-w-0">
								<button
									type="button"
									onClick={() => onGo(one)}
									className="block rounded-1 text-left font-medium first-letter:uppercase hover:underline"
								>
									{one.place.told}
								</button>
								<p className="mt-0.5 text-12 text-ink-2">{one.message}</p>
								<div className="mt-2 flex flex-wrap items-center gap-2">
									{one.fix && (
										<Button
											size="s"
											className="!h-auto !shrink !whitespace-normal py-0.5 text-left"
											data-testid="fix"
											onClick={() => onFix(one)}
										>
											{one.fix.says}
										</Button>
									)}
									{one.meta_code && (
										<span className="num ml-auto text-11 text-ink-3" title={one.rule}>
											{`Meta ${one.meta_code}`}
										</span>
									)}
								</div>
							</div>
						</li>
					);
				})}
				{linted && findings.length === 0 && untold && (
					<li className="px-4 py-3 text-ink-2">{t("templates.checkedAsYouGo")}</li>
				)}
				{linted && findings.length === 0 && !untold && (
					<li className="flex items-center gap-2.5 px-4 py-3">
						<CircleCheck size={16} strokeWidth={1.75} aria-hidden className="text-positive" />
						{t("templates.allPassed")}
					</li>
				)}
			</ul>
		</section>
	);
}
