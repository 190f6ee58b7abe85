import { keepPreviousData, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, Columns3, Download, ListFilter, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { PeriodPicker } from "@/app/period-picker";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { commands, type RoiBy, type RoiReport, type RoiRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { Button, cx, Empty, Skeleton } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { COLUMNS, type Column, rank, USUAL } from "./columns";
import { FiguresTable, type Sort, type TreeRow } from "./table";

const LEVELS: readonly RoiBy[] = ["account", "campaign", "adset", "ad"];

interface View {
	by: RoiBy;
	columns: string[];
	sort: Sort;
	status: "all" | "active" | "inactive";
	least: number;
}
const FRESH: View = {
	by: "campaign",
	columns: USUAL,
	sort: { id: "revenue", down: true },
	status: "all",
	least: 0,
};

function plain(text: string): string {
	return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The rows in one currency of a report. */
function group(report: RoiReport, currency: string) {
	if (report.currency === currency) return report;
	return report.other_currencies.find((other) => other.currency === currency) ?? report;
}

function sorted(rows: readonly RoiRow[], sort: Sort): RoiRow[] {
	const way = sort.down ? -1 : 1;
	return [...rows].sort((a, b) => {
		if (sort.id === "name") return way * a.name.localeCompare(b.name);
		const [x, y] = [rank(a, sort.id), rank(b, sort.id)];
		if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
		return way * (x - y);
	});
}

export default function CampaignsPage() {
	const { t, locale, failure } = useWords();
	const { range, view: kept, keepView } = useSession();
	const view = { ...FRESH, ...kept<Partial<View>>("campaigns", {}) };
	const change = (edit: Partial<View>) => keepView("campaigns", { ...view, ...edit });
	const [search, setSearch] = useState("");
	const [chosen, setChosen] = useState<string | null>(null);
	const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
	const box = useRef<HTMLInputElement>(null);
	const base = {
		...range,
		accounts: [],
		campaign: null,
		ad_set: null,
		compare: false,
		without_spend: false,
	};
	const report = useQuery({
		...query("getRoi", { ...base, by: view.by }),
		placeholderData: keepPreviousData,
	});
	const currencies = report.data
		? [report.data.currency, ...report.data.other_currencies.map((other) => other.currency)]
		: [];
	const currency =
		chosen && currencies.includes(chosen) ? chosen : (report.data?.currency ?? "USD");
	const shown = report.data ? group(report.data, currency) : null;

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() !== "f" || event.altKey) return;
			if ((event.target as HTMLElement | null)?.closest("input, textarea, select")) return;
			event.preventDefault();
			box.current?.focus();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);

	const rows = useMemo(() => {
		const words = plain(search).split(/\s+/).filter(Boolean);
		return sorted(
			(shown?.rows ?? []).filter((row) => {
				const text = plain(
					`${row.name} ${row.account_name ?? ""} ${row.campaign_name ?? ""} ${row.external_id ?? ""}`,
				);
				const active = row.status === "active";
				return (
					words.every((word) => text.includes(word)) &&
					(view.status === "all" || (view.status === "active") === active) &&
					row.leads >= view.least
				);
			}),
			view.sort,
		);
	}, [shown, search, view.status, view.least, view.sort]);

	// Campaigns open into their ad sets, read when they are asked for.
	const nests = view.by === "campaign";
	const openIds = rows.filter((row) => row.id && open.has(row.key)).map((row) => row.id as string);
	const inner = useQueries({
		queries: (nests ? openIds : []).map((campaign) =>
			query("getRoi", { ...base, by: "adset" as RoiBy, campaign }),
		),
	});
	const children = new Map(openIds.map((id, at) => [id, inner[at]?.data]));
	const tree: TreeRow[] = rows.flatMap((row) => {
		const opens = nests && row.id !== null;
		const isOpen = opens && open.has(row.key);
		const below = isOpen && row.id ? children.get(row.id) : undefined;
		return [
			{ row, depth: 0, open: opens ? isOpen : null },
			...(below ? sorted(group(below, currency).rows, view.sort) : []).map((child) => ({
				row: child,
				depth: 1,
				open: null,
			})),
		];
	});

	const columns = view.columns
		.map((id) => COLUMNS.find((column) => column.id === id))
		.filter((column): column is Column => column !== undefined);
	const move = (id: string, step: number) => {
		const at = view.columns.indexOf(id);
		const next = [...view.columns];
		next.splice(at, 1);
		next.splice(Math.max(0, at + step), 0, id);
		change({ columns: next });
	};
	const saving = useMutation<string | null, AppError, void>({
		mutationFn: async () => {
			const path = await commands.saveFile({
				name: "CSV",
				extensions: ["csv"],
				suggested: `rumbo-${view.by}-${range.from}-${range.to}.csv`,
			});
			if (!path) return null;
			const sums = [`unattributed:${currency}`, `total:${currency}`];
			const done = await call("exportTable", {
				kind: "roi",
				path,
				roi: { ...base, by: view.by },
				columns: [
					"name",
					"status",
					"account",
					"campaign",
					"ad_set",
					"currency",
					...view.columns.filter((id) => id !== "cost_per_sale"),
				],
				row_ids: [...rows.map((row) => row.key), ...sums],
				semicolon: !locale.startsWith("en"),
			});
			return done.path;
		},
	});
	const filtered = search !== "" || view.status !== "all" || view.least > 0;
	const clear = () => {
		setSearch("");
		change({ status: "all", least: 0 });
	};

	return (
		<Page title={t("nav.campaigns")} tools={<PeriodPicker />} fill>
			<div
				className="flex flex-none items-center gap-1 border-line border-b"
				role="tablist"
				aria-label={t("campaigns.levels")}
			>
				{LEVELS.map((level) => (
					<button
						key={level}
						type="button"
						role="tab"
						aria-selected={view.by === level}
						data-testid={`level-${level}`}
						onClick={() => {
							setOpen(new Set());
							change({ by: level });
						}}
						className={cx(
							"-mb-px h-9 border-b-2 px-2.5 font-medium",
							view.by === level
								? "border-accent text-ink"
								: "border-transparent text-ink-2 hover:text-ink",
						)}
					>
						{t(`campaigns.${level}`)}
					</button>
				))}
				<div className="ml-auto flex gap-1 pb-1">
					<Menu
						trigger={
							<Button variant="ghost" icon={Columns3}>
								{t("campaigns.columns")}
							</Button>
						}
					>
						<MenuTitle>{t("campaigns.columnsHint")}</MenuTitle>
						{[...columns, ...COLUMNS.filter((column) => !view.columns.includes(column.id))].map(
							(column) => {
								const on = view.columns.includes(column.id);
								return (
									<div key={column.id} className="flex items-center">
										<div className="flex-1">
											<MenuItem
												keepOpen
												checked={on}
												onSelect={() =>
													change({
														columns: on
															? view.columns.filter((id) => id !== column.id)
															: [...view.columns, column.id],
													})
												}
											>
												{t(`metric.${column.id}`)}
											</MenuItem>
										</div>
										{on && (
											<>
												<button
													type="button"
													aria-label={t("campaigns.earlier")}
													className="p-1 text-ink-3 hover:text-ink"
													onClick={() => move(column.id, -1)}
												>
													<ArrowLeft size={12} aria-hidden />
												</button>
												<button
													type="button"
													aria-label={t("campaigns.later")}
													className="p-1 text-ink-3 hover:text-ink"
													onClick={() => move(column.id, 1)}
												>
													<ArrowRight size={12} aria-hidden />
												</button>
											</>
										)}
									</div>
								);
							},
						)}
						<MenuLine />
						<MenuItem onSelect={() => change({ columns: USUAL })}>{t("campaigns.usual")}</MenuItem>
					</Menu>
					<Button
						variant="ghost"
						icon={Download}
						busy={saving.isPending}
						onClick={() => saving.mutate()}
						data-testid="export-csv"
					>
						{t("action.export")}
					</Button>
				</div>
			</div>
			<div className="flex flex-none flex-wrap items-center gap-2">
				<label className="flex h-7 w-64 items-center gap-2 rounded-2 border border-control bg-surface px-2 text-ink-3 dark:bg-sunken">
					<ListFilter size={14} aria-hidden />
					<input
						ref={box}
						aria-label={t("campaigns.filter")}
						placeholder={t("campaigns.filter")}
						value={search}
						onChange={(event) => setSearch(event.target.value)}
						onKeyDown={(event) => {
							if (event.key === "Escape") {
								setSearch("");
								event.currentTarget.blur();
							}
						}}
						className="min-w-0 flex-1 bg-transparent text-ink outline-none focus-visible:shadow-none"
					/>
				</label>
				<select
					aria-label={t("campaigns.status")}
					value={view.status}
					onChange={(event) => change({ status: event.target.value as View["status"] })}
					className="h-7 rounded-2 border border-line-2 bg-surface px-2 dark:bg-raised"
				>
					<option value="all">{t("campaigns.statusAll")}</option>
					<option value="active">{t("campaigns.statusActive")}</option>
					<option value="inactive">{t("campaigns.statusInactive")}</option>
				</select>
				<label className="flex items-center gap-1.5 text-ink-2">
					{t("campaigns.least")}
					<input
						type="number"
						min={0}
						value={view.least}
						onChange={(event) => change({ least: Math.max(0, Number(event.target.value) || 0) })}
						className="num h-7 w-16 rounded-2 border border-control bg-surface px-2 dark:bg-sunken"
					/>
				</label>
				{filtered && (
					<Button variant="ghost" icon={X} onClick={clear}>
						{t("campaigns.clear")}
					</Button>
				)}
				{currencies.length > 1 && (
					<select
						aria-label={t("campaigns.currency")}
						value={currency}
						onChange={(event) => setChosen(event.target.value)}
						className="h-7 rounded-2 border border-line-2 bg-surface px-2 dark:bg-raised"
					>
						{currencies.map((code) => (
							<option key={code} value={code}>
								{code} ({currencySign(code)})
							</option>
						))}
					</select>
				)}
				<span role="status" className="num ml-auto text-12 text-ink-3">
					{saving.data
						? t("campaigns.saved", { path: saving.data })
						: saving.error
							? failure(saving.error)
							: t("campaigns.count", { shown: rows.length, all: shown?.rows.length ?? 0 })}
				</span>
			</div>
			{report.error && <Failure error={report.error} retry={() => void report.refetch()} />}
			{!report.data && !report.error && (
				<div className="flex flex-col gap-2" aria-hidden>
					{["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
						<Skeleton key={key} className="h-7" />
					))}
				</div>
			)}
			{shown && (
				<FiguresTable
					label={t("nav.campaigns")}
					nameHead={t(`campaigns.${view.by}.one`)}
					rows={tree}
					columns={columns}
					currency={currency}
					sort={view.sort}
					onSort={(id) =>
						change({ sort: { id, down: view.sort.id === id ? !view.sort.down : id !== "name" } })
					}
					onToggle={(row) =>
						setOpen((before) => {
							const next = new Set(before);
							if (!next.delete(row.key)) next.add(row.key);
							return next;
						})
					}
					footers={[
						{ label: t("campaigns.unattributed"), figures: shown.unattributed },
						{ label: t("campaigns.total"), figures: shown.total, strong: true, bare: true },
					]}
					empty={
						filtered ? (
							<Empty
								title={t("campaigns.noMatch")}
								actions={<Button onClick={clear}>{t("campaigns.clear")}</Button>}
							/>
						) : (
							<Empty title={t("campaigns.nothing")}>{t("campaigns.nothingText")}</Empty>
						)
					}
				/>
			)}
		</Page>
	);
}
