import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { AuditRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { SaveTools, useSaveFile } from "@/components/save-file";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { call, query } from "@/lib/ipc";

const STEP = 50;
/** The core gives no more rows at once. */
const MOST = 1000;

const KINDS = [
	"template",
	"bulk_send",
	"dispatch",
	"conversation",
	"contact",
	"suppressions",
	"message",
	"channel",
	"meta_connection",
	"table",
	"screen",
	"chart",
	"audit",
] as const;

/** Where a thing is looked at, as far as it has a place of its own. */
const PLACES: Record<string, (id: string) => { to: string; search?: Record<string, string> }> = {
	contact: (id) => ({ to: "/contacts", search: { open: id } }),
	conversation: (id) => ({ to: "/inbox", search: { open: id } }),
	template: (id) => ({ to: "/templates/one", search: { id } }),
};

/** What something was done to: its kind, with its id for who asks. */
function Done({ row }: { row: AuditRow }) {
	const { t } = useWords();
	const kind = t(`audit.kind.${row.object_kind}`, { defaultValue: row.object_kind });
	const place = PLACES[row.object_kind]?.(row.object_id);
	if (!place) return <span title={row.object_id}>{kind}</span>;
	return (
		<Link
			to={place.to as never}
			search={place.search as never}
			title={row.object_id}
			className="text-accent-text hover:underline"
		>
			{kind}
		</Link>
	);
}

/** What is otherwise after: fields that were the same before are left out, and of what is new what it is not. */
function changes(row: AuditRow, yes: string, no: string): [string, string, string][] {
	const read = (text: string | null): Record<string, unknown> => {
		if (!text) return {};
		const value: unknown = JSON.parse(text);
		return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
	};
	const shown = (value: unknown) =>
		value === undefined || value === null
			? "—"
			: typeof value === "object"
				? JSON.stringify(value)
				: typeof value === "boolean"
					? value
						? yes
						: no
					: String(value);
	const [before, after] = [read(row.before), read(row.after)];
	return [...new Set([...Object.keys(before), ...Object.keys(after)])]
		.filter((name) => row.before || name !== "deleted")
		.map((name): [string, string, string] => [name, shown(before[name]), shown(after[name])])
		.filter(([, was, is]) => was !== is);
}

/** Who did what, of one thing or of all of them. */
export function AuditList({
	of,
	quiet = false,
}: {
	of?: { kind: string; id: string };
	/** Nothing is said to those who may not see it: nobody asked for it. */
	quiet?: boolean;
}) {
	const { t, locale } = useWords();
	const [limit, setLimit] = useState(STEP);
	const [kind, setKind] = useState("");
	const wanted = {
		action: null,
		object_kind: of?.kind ?? (kind || null),
		object_id: of?.id ?? null,
		actor: null,
		since: null,
		until: null,
	};
	const entries = useQuery({
		...query("listAudit", { wanted, page: { limit, cursor: null } }),
		placeholderData: keepPreviousData,
	});
	const file = useSaveFile<"csv">("audit", (path) =>
		call("exportAudit", { wanted, path, semicolon: !locale.startsWith("en") }),
	);
	const rows = entries.data?.rows ?? [];
	if (quiet && entries.error?.code === "not_allowed") return null;
	return (
		<Panel
			title={t("audit.title")}
			actions={
				<>
					{!of && (
						<FilterSelect
							aria-label={t("audit.kind")}
							data-testid="audit-kind"
							value={kind}
							onChange={(event) => setKind(event.target.value)}
							className="text-12"
						>
							<option value="">{t("audit.allKinds")}</option>
							{KINDS.map((name) => (
								<option key={name} value={name}>
									{t(`audit.kind.${name}`)}
								</option>
							))}
						</FilterSelect>
					)}
					<SaveTools
						formats={["csv"] as const}
						file={file}
						reason={rows.length === 0 ? t("audit.none") : undefined}
					/>
				</>
			}
		>
			{entries.error && <Failure error={entries.error} retry={() => void entries.refetch()} />}
			{entries.isPending && <Skeleton className="m-4 h-24" />}
			{entries.data && rows.length === 0 && <Empty title={t("audit.none")} />}
			<ol data-testid="audit-list">
				{rows.map((row) => (
					<li
						key={row.seq}
						className="grid grid-cols-[150px_1fr] gap-3 border-line border-t px-4 py-2 text-12 max-[860px]:grid-cols-1 max-[860px]:gap-0"
					>
						<span className="num text-ink-3">{instant(locale, row.at)}</span>
						<div data-selectable className="min-w-0 break-words">
							<span className="font-medium">{row.actor ?? t("audit.itself")}</span>{" "}
							{t(`audit.action.${row.action}`, { defaultValue: row.action })}
							{!of && (
								<span className="text-ink-3">
									{" "}
									· <Done row={row} />
								</span>
							)}
							<p className="text-ink-2">
								{changes(row, t("audit.yes"), t("audit.no"))
									.map(([name, was, is]) => {
										const field = t(`audit.field.${name}`, { defaultValue: name });
										return row.before ? `${field}: ${was} → ${is}` : `${field}: ${is}`;
									})
									.join(" · ")}
							</p>
						</div>
					</li>
				))}
			</ol>
			{entries.data?.next && limit < MOST && (
				<div className="border-line border-t px-4 py-2">
					<Button
						size="s"
						variant="ghost"
						busy={entries.isFetching}
						onClick={() => setLimit(Math.min(MOST, limit + STEP))}
					>
						{t("audit.more")}
					</Button>
				</div>
			)}
		</Panel>
	);
}
