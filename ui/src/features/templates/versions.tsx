import { useMutation, useQuery } from "@tanstack/react-query";
import { History, RotateCcw, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { PartDifference, TemplateDetail } from "@/bindings";
import { AuditList } from "@/components/audit-list";
import { Failure } from "@/components/failure";
import { Happened } from "@/components/happened";
import { FilterSelect } from "@/components/ui/filter-select";
import { Banner, Button, cx, Empty, Panel, Skeleton, Tag } from "@/components/ui/kit";
import { type Key, useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

/** One part in two versions: what went struck, what came underlined, never by colour alone. */
function Difference({ part }: { part: PartDifference }) {
	const { t } = useWords();
	/** What Meta writes in capitals has a name of ours. */
	const told = (text: string) => {
		const kind =
			part.field === "format"
				? `templates.header.${text}`
				: part.field === "kind"
					? `templates.button.${text}`
					: part.field === "category"
						? `templates.category.${text.toLowerCase()}`
						: null;
		return kind ? t(kind as Key, { defaultValue: text }) : text;
	};
	const place = [
		part.card === null ? "" : t("templates.cardNumber", { number: part.card + 1 }),
		part.button === null
			? t(`templates.part.${part.part}`, { defaultValue: part.part })
			: t("templates.buttonNumber", { number: part.button + 1 }),
		t(`templates.field.${part.field}`, { defaultValue: part.field }),
	]
		.filter(Boolean)
		.join(" · ");
	return (
		<div className="border-line border-b px-4 py-3 last:border-b-0">
			<h4 className="mb-1 font-medium text-12 text-ink-2">{place}</h4>
			<div className="grid grid-cols-2 gap-4 text-13">
				{(["removed", "added"] as const).map((side) => (
					<p key={side} data-selectable className="whitespace-pre-wrap break-words">
						{part.words
							.filter((word) => word.change === "same" || word.change === side)
							.map((word, at) => {
								const Mark =
									word.change === "removed" ? "del" : word.change === "added" ? "ins" : "span";
								return (
									<Mark
										key={at}
										className={cx(
											word.change === "removed" && "rounded-1 bg-negative-soft text-negative",
											word.change === "added" && "rounded-1 bg-positive-soft text-positive",
										)}
									>
										{told(word.text)}
									</Mark>
								);
							})}
						{(side === "removed" ? part.before : part.after) === null && (
							<span className="text-ink-3">—</span>
						)}
					</p>
				))}
			</div>
		</div>
	);
}

/** Every version with who made it and why, two of them side by side, and what happened. */
export function Versions({ detail }: { detail: TemplateDetail }) {
	const { t, locale, failure } = useWords();
	const { versions, row } = detail;
	const newest = versions[0]?.version ?? 1;
	const [pair, setPair] = useState<{ before: number; after: number }>({
		before: versions[1]?.version ?? newest,
		after: newest,
	});
	const several = versions.length > 1;
	const compared = useQuery({
		...query("compareTemplateVersions", { id: row.id, ...pair }),
		enabled: several,
	});
	const restore = useMutation<unknown, AppError, number>({
		mutationFn: (version) =>
			call("restoreTemplateVersion", {
				id: row.id,
				version,
				note: t("templates.restoredNote", { version }),
			}),
	});
	const pick = (side: "before" | "after") => (
		<FilterSelect
			aria-label={t(`templates.${side}`)}
			data-testid={`version-${side}`}
			value={pair[side]}
			onChange={(event) => setPair({ ...pair, [side]: Number(event.target.value) })}
		>
			{versions.map((one) => (
				<option key={one.version} value={one.version}>
					{t("templates.versionNumber", { version: one.version })}
				</option>
			))}
		</FilterSelect>
	);
	return (
		<div className="grid min-h-0 flex-1 grid-cols-[340px_minmax(0,1fr)] gap-3 overflow-y-auto p-5 max-[1100px]:grid-cols-1">
			<div className="flex min-w-0 flex-col gap-3">
				<Panel title={t("templates.versions")}>
					<ol data-testid="versions">
						{versions.map((one) => (
							<li key={one.version} className="border-line border-t px-4 py-2.5">
								<p className="flex flex-wrap items-center gap-2">
									<b className="font-medium">
										{t("templates.versionNumber", { version: one.version })}
									</b>
									<span className="text-12 text-ink-3">
										{t(`templates.origin.${one.origin}`, { defaultValue: one.origin })}
									</span>
									{one.at_provider && <Tag tone="accent">{t("templates.atMeta")}</Tag>}
									{one.version !== newest && (
										<Button
											size="s"
											variant="ghost"
											icon={RotateCcw}
											className="ml-auto"
											busy={restore.isPending && restore.variables === one.version}
											onClick={() => restore.mutate(one.version)}
										>
											{t("templates.restore")}
										</Button>
									)}
								</p>
								<p className="num text-12 text-ink-3">
									{[instant(locale, one.created_at), one.author].filter(Boolean).join(", ")}
								</p>
								{one.note && <p className="text-12 text-ink-2">{one.note}</p>}
							</li>
						))}
					</ol>
					{restore.error && (
						<p role="alert" className="px-4 pb-3 text-12 text-negative">
							{failure(restore.error)}
						</p>
					)}
				</Panel>
				<Panel title={t("templates.history")}>
					{detail.events.length === 0 && (
						<p className="px-4 pb-3 text-12 text-ink-3">{t("templates.noHistory")}</p>
					)}
					<ol data-testid="history">
						{detail.events.map((one) => (
							<li key={one.id} className="border-line border-t px-4 py-2">
								<p>
									<Happened event={one} />
								</p>
								<p className="num text-12 text-ink-3">{instant(locale, one.occurred_at)}</p>
							</li>
						))}
					</ol>
				</Panel>
				<AuditList quiet of={{ kind: "template", id: row.id }} />
			</div>
			<Panel
				title={t("templates.sideBySide")}
				actions={
					several && (
						<>
							{pick("before")}
							<span aria-hidden className="text-ink-3">
								→
							</span>
							{pick("after")}
						</>
					)
				}
			>
				{!several && (
					<Empty icon={History} title={t("templates.oneVersion")}>
						{t("templates.oneVersionText")}
					</Empty>
				)}
				{several && compared.error && (
					<Failure error={compared.error} retry={() => void compared.refetch()} />
				)}
				{several && compared.isPending && <Skeleton className="m-4 h-40" />}
				{several && compared.data && (
					<div data-testid="comparison">
						{compared.data.breaks.length > 0 && (
							<div className="p-3">
								<Banner tone="warning" icon={TriangleAlert}>
									<span className="block">
										{compared.data.breaks
											.map((one) =>
												t(`templates.breaks.${one.breaks}`, {
													variable: `{{${one.variable.name}}}`,
												}),
											)
											.join(" ")}
									</span>
									{compared.data.affected.length > 0 && (
										<span className="block">
											{t("templates.affected", {
												count: compared.data.affected.length,
												names: compared.data.affected.map((one) => one.name).join(", "),
											})}
										</span>
									)}
								</Banner>
							</div>
						)}
						{compared.data.parts.length === 0 && (
							<p className="px-4 pb-4 text-ink-3">{t("templates.nothingDiffers")}</p>
						)}
						{compared.data.parts.map((one) => (
							<Difference key={`${one.part}${one.card}${one.button}${one.field}`} part={one} />
						))}
					</div>
				)}
			</Panel>
		</div>
	);
}
