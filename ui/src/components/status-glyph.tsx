/** How an object of an ad account stands: a shape and a name, never a colour alone. */
import { useWords } from "@/i18n";

export const STATUS_KINDS = ["active", "paused", "other", "archived", "unknown"] as const;
export type StatusKind = (typeof STATUS_KINDS)[number];

/** Meta's many statuses, as few as a person tells apart. */
export function statusKind(status: string | null): StatusKind {
	if (status === null) return "unknown";
	if (status === "active") return "active";
	if (status === "deleted" || status === "archived") return "archived";
	return status.includes("paused") ? "paused" : "other";
}

export function StatusGlyph({ status }: { status: string | null }) {
	const { t } = useWords();
	const kind = statusKind(status);
	const name = t(`status.${kind}`);
	return (
		<svg
			width="10"
			height="10"
			viewBox="0 0 10 10"
			role="img"
			aria-label={name}
			className="flex-none"
		>
			<title>{name}</title>
			{kind === "active" && <circle cx="5" cy="5" r="4" fill="var(--positive)" />}
			{kind === "paused" && (
				<g fill="var(--text-2)">
					<rect x="2" y="1.5" width="2" height="7" />
					<rect x="6" y="1.5" width="2" height="7" />
				</g>
			)}
			{(kind === "other" || kind === "unknown") && (
				<circle cx="5" cy="5" r="3" fill="none" stroke="var(--text-3)" strokeWidth="1.5" />
			)}
			{kind === "archived" && (
				<rect
					x="1.5"
					y="1.5"
					width="7"
					height="7"
					fill="none"
					stroke="var(--text-3)"
					strokeWidth="1.5"
				/>
			)}
		</svg>
	);
}
