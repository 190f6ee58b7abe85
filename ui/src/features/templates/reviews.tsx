/** What somebody else of the workspace said of a template before it was submitted. */
import { CircleCheck, Eye, TriangleAlert } from "lucide-react";
import type { TemplateDetail, TemplateReviewRow } from "@/bindings";
import { Banner } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";

/** Where the newest version stands with its review, while that is of any matter. */
export function ReviewBanner({ detail }: { detail: TemplateDetail }) {
	const { t, locale } = useWords();
	const last = detail.reviews[0];
	const { review } = detail;
	const newest = detail.versions[0]?.version;
	if (!last || last.version !== newest) return null;
	if (detail.at_provider && detail.row.version === newest) return null;
	if (review.open) {
		return (
			<div className="flex-none px-5 pt-3">
				<Banner tone="info" icon={Eye} testId="review-open">
					{t(review.needed ? "templates.review.open" : "templates.review.asked", {
						who: last.asker ?? t("templates.review.somebody"),
						at: instant(locale, last.asked_at),
					})}
					{last.note && <span className="block text-ink-2">{last.note}</span>}
				</Banner>
			</div>
		);
	}
	if (last.outcome !== "approved" && last.outcome !== "declined") return null;
	const declined = last.outcome === "declined";
	return (
		<div className="flex-none px-5 pt-3">
			<Banner
				tone={declined ? "warning" : "info"}
				icon={declined ? TriangleAlert : CircleCheck}
				testId={`review-${last.outcome}`}
			>
				{t(`templates.review.was.${last.outcome}`, {
					who: last.decider ?? t("templates.review.somebody"),
					at: last.decided_at ? instant(locale, last.decided_at) : "",
				})}
				{last.reason && <span className="block text-ink-2">{last.reason}</span>}
			</Banner>
		</div>
	);
}

function line(review: TemplateReviewRow) {
	return review.outcome ?? "asked";
}

/** Every review, who and when, newest first. */
export function Reviews({ detail }: { detail: TemplateDetail }) {
	const { t, locale } = useWords();
	if (detail.reviews.length === 0) return null;
	return (
		<section aria-label={t("templates.review.all")} className="text-12 text-ink-2">
			<b className="block font-medium">{t("templates.review.all")}</b>
			<ul data-testid="reviews">
				{detail.reviews.map((review) => (
					<li key={review.asked_at} className="py-0.5">
						{t(`templates.review.line.${line(review)}`, {
							version: review.version,
							who: review.decider ?? review.asker ?? t("templates.review.somebody"),
							at: instant(locale, review.decided_at ?? review.asked_at),
						})}
					</li>
				))}
			</ul>
		</section>
	);
}
