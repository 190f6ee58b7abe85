import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BellDot, MessageSquareText, Plus, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import type { PulledTemplates, TemplateRow, TemplateState } from "@/bindings";
import { Happened } from "@/components/happened";
import { type RecordColumn, RecordList } from "@/components/record-table";
import { FilterSelect } from "@/components/ui/filter-select";
import { Banner, Button, Empty, SearchField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { age, recent } from "@/lib/format";
import { type AppError, call, pages, query } from "@/lib/ipc";
import { languageName } from "@/lib/names";
import { CATEGORIES, QUALITIES, STATES } from "./names";
import { CategoryText, QualityTag, StateTag } from "./tags";

interface Filter {
	search: string;
	state: string;
	category: string;
	language: string;
	quality: string;
	account: string;
}
const NONE: Filter = {
	search: "",
	state: "",
	category: "",
	language: "",
	quality: "",
	account: "",
};

/** Every template of the workspace's WhatsApp accounts. */
export default function TemplatesPage() {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const { now, online } = useSession();
	const [filter, setFilter] = useState<Filter>(NONE);
	const [all, setAll] = useState(false);
	const accounts = useQuery(query("listTemplateAccounts", {}));
	const news = useQuery(query("listTemplateEvents", {}));
	const request = {
		search: filter.search || null,
		state: (filter.state || null) as TemplateState | null,
		category: filter.category || null,
		language: filter.language || null,
		quality: filter.quality || null,
		account: filter.account || null,
	};
	const list = useInfiniteQuery({
		...pages("listTemplates", request),
		// Rows do not blink away when the filter changes.
		placeholderData: (before) => before,
	});
	const pull = useMutation<PulledTemplates, AppError, void>({
		mutationFn: () => call("pullTemplates", {}),
	});
	const see = useMutation<unknown, AppError, void>({
		mutationFn: () => call("seeTemplateEvents", {}),
	});
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const total = list.data?.pages[0]?.total ?? rows.length;
	const filtered = Object.values(filter).some(Boolean);
	const connected = (accounts.data ?? []).filter((one) => one.connected);
	const pulledAt = connected.map((one) => one.pulled_at ?? "").toSorted()[0];
	const languages = [...new Set(rows.map((row) => row.language))];
	const open = (row: TemplateRow) =>
		void navigate({ to: "/templates/one", search: { id: row.id } as never });
	const failed = pull.data?.accounts.find((one) => one.error)?.error;
	const several = (accounts.data ?? []).length > 1;
	const why = !online
		? t("templates.offline")
		: accounts.data && connected.length === 0
			? t("templates.noAccount")
			: undefined;

	const columns: RecordColumn<TemplateRow>[] = [
		{
			id: "name",
			head: t("templates.name"),
			width: 240,
			cell: (row) => (
				<span className="flex min-w-0 items-baseline gap-2">
					<span className="truncate font-medium">{row.name}</span>
					<span className="min-w-0 flex-1 truncate text-12 text-ink-3" title={row.body}>
						{row.body}
					</span>
				</span>
			),
		},
		{
			id: "state",
			head: t("templates.status"),
			width: 152,
			cell: (row) => <StateTag state={row.state} told={row.provider_status} />,
		},
		{
			id: "category",
			head: t("templates.categoryHead"),
			width: 180,
			drop: 4,
			cell: (row) => <CategoryText row={row} />,
		},
		{
			id: "language",
			head: t("templates.language"),
			width: 170,
			drop: 5,
			cell: (row) => (
				<span className="text-ink-2" title={row.language}>
					{languageName(locale, row.language)}
				</span>
			),
		},
		{
			id: "quality",
			head: t("templates.qualityHead"),
			width: 96,
			drop: 3,
			cell: (row) => <QualityTag quality={row.quality} />,
		},
		...(several
			? [
					{
						id: "account",
						head: t("templates.account"),
						width: 150,
						drop: 1,
						cell: (row: TemplateRow) => <span className="text-ink-3">{row.account_name}</span>,
					},
				]
			: []),
		{
			id: "version",
			head: t("templates.version"),
			width: 136,
			drop: 2,
			right: true,
			cell: (row) => (
				<span className="num">
					{row.unsent_version ? (
						<span className="text-12 text-warning">
							{t("templates.unsent", { version: row.unsent_version })}
						</span>
					) : (
						row.version
					)}
				</span>
			),
		},
	];
	const choice = (name: keyof Filter, any: string, options: ReadonlyArray<[string, string]>) => (
		<FilterSelect
			aria-label={any}
			data-testid={`templates-${name}`}
			value={filter[name]}
			onChange={(event) => setFilter({ ...filter, [name]: event.target.value })}
			className="max-w-44"
		>
			<option value="">{any}</option>
			{options.map(([value, label]) => (
				<option key={value} value={value}>
					{label}
				</option>
			))}
		</FilterSelect>
	);
	const make = () => void navigate({ to: "/templates/one", search: {} as never });

	return (
		<Page
			title={t("nav.templates")}
			fill
			tools={
				<>
					{pulledAt && (
						<span className="num text-12 text-ink-3" title={recent(locale, pulledAt, now)}>
							{t("templates.pulledAgo", { age: age(pulledAt, now) })}
						</span>
					)}
					<Button
						icon={RefreshCw}
						busy={pull.isPending}
						reason={why}
						data-testid="pull-templates"
						onClick={() => pull.mutate()}
					>
						{t("templates.pull")}
					</Button>
					<Button icon={Plus} variant="primary" data-testid="new-template" onClick={make}>
						{t("templates.new")}
					</Button>
				</>
			}
		>
			{news.data && news.data.length > 0 && (
				<Banner
					tone={news.data.some((one) => one.kind.startsWith("category")) ? "warning" : "info"}
					icon={BellDot}
					testId="template-news"
					actions={
						<>
							{news.data.length > 1 && (
								<Button variant="ghost" size="s" onClick={() => setAll(!all)}>
									{t(all ? "action.fewer" : "action.all", { count: news.data.length })}
								</Button>
							)}
							<Button size="s" busy={see.isPending} onClick={() => see.mutate()}>
								{t("templates.seen")}
							</Button>
						</>
					}
				>
					{(all ? news.data : news.data.slice(0, 1)).map((one) => (
						<span key={one.id} className="block">
							<Happened event={one} named />
						</span>
					))}
				</Banner>
			)}
			{(pull.error || failed) && (
				<p role="alert" className="text-12 text-negative">
					{(pull.error ?? failed)?.code === "throttled"
						? t("templates.throttled")
						: failure((pull.error ?? failed) as AppError)}
				</p>
			)}
			<div className="flex flex-none flex-wrap items-center gap-2">
				<SearchField
					label={t("templates.search")}
					data-testid="templates-search"
					value={filter.search}
					onChange={(search) => setFilter({ ...filter, search })}
				/>
				{choice(
					"state",
					t("templates.anyStatus"),
					STATES.map((one) => [one, t(`templates.state.${one}`)]),
				)}
				{choice(
					"category",
					t("templates.anyCategory"),
					CATEGORIES.map((one) => [one, t(`templates.category.${one}`)]),
				)}
				{choice(
					"language",
					t("templates.anyLanguage"),
					[...new Set([...languages, ...(filter.language ? [filter.language] : [])])].map((one) => [
						one,
						languageName(locale, one),
					]),
				)}
				{choice(
					"quality",
					t("templates.anyQuality"),
					QUALITIES.map((one) => [one, t(`templates.quality.${one}`)]),
				)}
				{several &&
					choice(
						"account",
						t("templates.anyAccount"),
						(accounts.data ?? []).map((one) => [one.account, one.name]),
					)}
				{filtered && (
					<Button variant="ghost" size="s" onClick={() => setFilter(NONE)}>
						{t("templates.clear")}
					</Button>
				)}
				{list.data && total > 0 && (
					<span className="num ml-auto text-12 text-ink-3" data-testid="templates-count">
						{t("templates.count", { count: total })}
					</span>
				)}
			</div>
			<RecordList
				label={t("nav.templates")}
				columns={columns}
				rows={rows}
				onOpen={open}
				list={list}
				testId="template-row"
			>
				{filtered ? (
					<Empty
						title={t("templates.noMatch")}
						actions={<Button onClick={() => setFilter(NONE)}>{t("templates.clear")}</Button>}
					/>
				) : (
					<Empty
						icon={MessageSquareText}
						title={t("templates.none")}
						actions={
							<>
								<Button icon={RefreshCw} reason={why} onClick={() => pull.mutate()}>
									{t("templates.pull")}
								</Button>
								<Button icon={Plus} variant="primary" onClick={make}>
									{t("templates.new")}
								</Button>
							</>
						}
					>
						{t(connected.length > 0 ? "templates.noneText" : "templates.noneConnected")}
					</Empty>
				)}
			</RecordList>
		</Page>
	);
}
