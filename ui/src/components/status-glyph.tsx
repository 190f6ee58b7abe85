/** How an object of an ad account stands: a shape and a name, never a colour alone. */
import { useWords } from "@/i18n";

export function StatusGlyph({ status }: { status: string | null }) {
	const { t } = useWords();
	const kind =
		status === "active"
			? "active"
			: status === "deleted" || status === "archived"
				? "archived"
				: status === null
					? "unknown"
					: status.includes("paused")
						? "paused"
						: "other";
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
