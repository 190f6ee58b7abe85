import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import type { TemplateDetail, TemplateSend } from "@/bindings";
import { DispatchState } from "@/components/dispatch-state";
import { Failure } from "@/components/failure";
import { type RecordColumn, RecordTable } from "@/components/record-table";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant, money } from "@/lib/format";
import { pages, query } from "@/lib/ipc";

const FIGURES = [
	"sent",
	"delivered",
	"read",
	"replies",
	"failed",
	"unknown",
	"skipped",
	"waiting",
] as const;
const STATES = [
	"sent",
	"delivered",
	"read",
	"failed",
	"bounced",
	"skipped",
	"held",
	"planned",
	"unknown",
	"cancelled",
] as const;

const ORIGINS = ["person", "bulk_send", "rule", "sequence", "campaign", "bot"] as const;

/** What came of what was sent with a template, by version, and every single message. */
export function Usage({ detail }: { detail: TemplateDetail }) {
	const { t, locale } = useWords();
	const { id } = detail.row;
	const [filter, setFilter] = useState({ state: "", origin: "", version: "" });
	const filtered = Object.values(filter).some(Boolean);
	const usage = useQuery(query("getTemplateUsage", { id }));
	const request = {
		id,
		state: filter.state || null,
		origin: filter.origin || null,
		version: filter.version ? Number(filter.version) : null,
	};
	const sends = useInfiniteQuery({
		...pages("listTemplateSends", request, 100),
		placeholderData: (before) => before,
	});
	const rows = sends.data?.pages.flatMap((page) => page.rows) ?? [];
	const columns: RecordColumn<TemplateSend>[] = [
		{
			id: "who",
			head: t("templates.who"),
			width: 220,
			cell: (row) => row.contact ?? row.address,
		},
		{
			id: "when",
			head: t("templates.when"),
			width: 130,
			cell: (row) => (
				<span className="num text-ink-2">{instant(locale, row.sent_at ?? row.created_at)}</span>
			),
		},
		{
			id: "origin",
			head: t("templates.originHead"),
			width: 120,
			drop: 2,
			cell: (row) => <span className="text-ink-2">{t(`outbox.origin.${row.origin}`)}</span>,
		},
		{
			id: "state",
			head: t("templates.status"),
			width: 120,
			cell: (row) => <DispatchState state={row.state} />,
		},
		{
			id: "why",
			head: t("templates.why"),
			width: 240,
			drop: 1,
			cell: (row) => (
				<span className="text-ink-3" title={row.error ?? undefined}>
					{row.error ??
						(row.reason && row.reason !== "withdrawn" ? t(`outbox.why.${row.reason}`) : "—")}
				</span>
			),
		},
		{
			id: "version",
			head: t("templates.version"),
			width: 72,
			right: true,
			drop: 3,
			cell: (row) => <span className="num">{row.version ?? "—"}</span>,
		},
	];
	const choice = (
		name: keyof typeof filter,
		any: string,
		options: ReadonlyArray<readonly [string, string]>,
	) => (
		<FilterSelect
			aria-label={any}
			data-testid={`sends-${name}`}
			value={filter[name]}
			onChange={(event) => setFilter({ ...filter, [name]: event.target.value })}
		>
			<option value="">{any}</option>
			{options.map(([value, label]) => (
				<option key={value} value={value}>
					{label}
				</option>
			))}
		</FilterSelect>
	);
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-5">
			{usage.error && <Failure error={usage.error} retry={() => void usage.refetch()} />}
			{usage.isPending && <Skeleton className="h-24" />}
			{detail.used_by.length > 0 && (
				<Panel title={t("templates.usedBy")}>
					<ul className="px-4 pb-3">
						{detail.used_by.map((one) => (
							<li key={one.id}>
								{one.name}{" "}
								<span className="text-ink-3">
									{t(`templates.bulk.${one.state}`, { defaultValue: one.state })}
								</span>
							</li>
						))}
					</ul>
				</Panel>
			)}
			{usage.data && usage.data.versions.length === 0 && (
				<Empty icon={Send} title={t("templates.notUsed")}>
					{t("templates.notUsedText")}
				</Empty>
			)}
			{usage.data && usage.data.versions.length > 0 && (
				<>
					<Panel title={t("templates.byVersion")}>
						<table className="w-full" data-testid="usage">
							<thead>
								<tr className="border-line border-b text-11 text-ink-3">
									<th className="h-7 px-4 text-left font-medium">{t("templates.version")}</th>
									{FIGURES.map((one) => (
										<th key={one} className="px-3 text-right font-medium">
											{t(`templates.figure.${one}`)}
										</th>
									))}
									<th className="px-4 text-right font-medium">{t("templates.cost")}</th>
								</tr>
							</thead>
							<tbody>
								{usage.data.versions.map((one) => (
									<tr key={one.version} className="border-line border-b last:border-b-0">
										<td className="num h-8 px-4">{one.version || "—"}</td>
										{FIGURES.map((figure) => (
											<td key={figure} className="num px-3 text-right">
												{count(locale, one[figure])}
											</td>
										))}
										<td className="num px-4 text-right">
											{one.costs
												.map((cost) => money(locale, cost.amount, cost.currency))
												.join(" + ") || "—"}
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</Panel>
					<div className="flex flex-none items-center justify-between gap-2 pt-1">
						<h2 className="font-semibold text-14">{t("templates.sends")}</h2>
						<span className="flex flex-wrap items-center gap-2">
							{choice(
								"state",
								t("templates.anySend"),
								STATES.map((one) => [one, t(`outbox.state.${one}`)]),
							)}
							{choice(
								"origin",
								t("templates.anyOrigin"),
								ORIGINS.map((one) => [one, t(`outbox.origin.${one}`)]),
							)}
							{usage.data.versions.length > 1 &&
								choice(
									"version",
									t("templates.anyVersion"),
									usage.data.versions
										.filter((one) => one.version > 0)
										.map((one) => [
											String(one.version),
											t("templates.versionNumber", { version: one.version }),
										]),
								)}
							{filtered && (
								<Button
									variant="ghost"
									size="s"
									onClick={() => setFilter({ state: "", origin: "", version: "" })}
								>
									{t("templates.clear")}
								</Button>
							)}
						</span>
					</div>
					<div className="flex min-h-72 flex-1 flex-col">
						{sends.error && <Failure error={sends.error} retry={() => void sends.refetch()} />}
						<RecordTable
							label={t("templates.sends")}
							columns={columns}
							rows={rows}
							more={sends}
							testId="template-send"
						>
							<Empty title={t("templates.noSend")} />
						</RecordTable>
					</div>
				</>
			)}
		</div>
	);
}
