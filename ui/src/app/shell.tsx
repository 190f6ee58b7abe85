import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatch, useNavigate, useRouterState } from "@tanstack/react-router";
import {
	BadgeDollarSign,
	ChartBarStacked,
	CircleCheck,
	CircleDashed,
	CloudOff,
	Columns3,
	Compass,
	FileInput,
	Gauge,
	Grid3x3,
	HardDrive,
	History,
	House,
	Images,
	Inbox,
	Megaphone,
	MessageSquareText,
	ReceiptText,
	RefreshCw,
	Scale,
	Search,
	Send,
	Settings,
	Split,
	TriangleAlert,
	Users,
} from "lucide-react";
import type { ReactNode } from "react";
import type { DataAge } from "@/bindings";
import { TemplateNotices } from "@/components/template-notices";
import { Button, cx, Kbd } from "@/components/ui/kit";
import { type Key, useWords } from "@/i18n";
import { useArrival } from "@/lib/arrival";
import { useFileDrop } from "@/lib/file-drop";
import { age, recent } from "@/lib/format";
import { query } from "@/lib/ipc";
import { keysOf } from "@/lib/shortcuts";
import { Banners } from "./banners";
import { usePalette } from "./palette";
import { useSession } from "./session";
import { WorkspaceMenu } from "./workspace-menu";

type Page = { to: string; key: Key; icon: typeof House; testId: string };
const GROUPS: Array<{ title?: Key; pages: Page[] }> = [
	{ pages: [{ to: "/", key: "nav.home", icon: House, testId: "nav-home" }] },
	{
		title: "nav.ads",
		pages: [
			{ to: "/campaigns", key: "nav.campaigns", icon: Megaphone, testId: "nav-campaigns" },
			{ to: "/creatives", key: "nav.creatives", icon: Images, testId: "nav-creatives" },
			{
				to: "/breakdowns",
				key: "nav.breakdowns",
				icon: ChartBarStacked,
				testId: "nav-breakdowns",
			},
			{ to: "/attribution", key: "nav.attribution", icon: Split, testId: "nav-attribution" },
			{ to: "/gap", key: "nav.gap", icon: Scale, testId: "nav-gap" },
			{ to: "/changes", key: "nav.changes", icon: History, testId: "nav-changes" },
			{ to: "/pacing", key: "nav.pacing", icon: Gauge, testId: "nav-pacing" },
			{ to: "/spend", key: "nav.spend", icon: ReceiptText, testId: "nav-spend" },
			{ to: "/sync", key: "nav.sync", icon: RefreshCw, testId: "nav-sync" },
		],
	},
	{
		title: "nav.customers",
		pages: [
			{ to: "/contacts", key: "nav.contacts", icon: Users, testId: "nav-contacts" },
			{ to: "/pipeline", key: "nav.pipeline", icon: Columns3, testId: "nav-pipeline" },
			{ to: "/sales", key: "nav.sales", icon: BadgeDollarSign, testId: "nav-sales" },
			{ to: "/cohorts", key: "nav.cohorts", icon: Grid3x3, testId: "nav-cohorts" },
			{ to: "/import", key: "nav.import", icon: FileInput, testId: "nav-import" },
		],
	},
	{
		title: "nav.messaging",
		pages: [
			{ to: "/inbox", key: "nav.inbox", icon: Inbox, testId: "nav-inbox" },
			{ to: "/outbox", key: "nav.outbox", icon: Send, testId: "nav-outbox" },
			{ to: "/templates", key: "nav.templates", icon: MessageSquareText, testId: "nav-templates" },
		],
	},
];

/** A region shows that it has the focus, inside its own edge: outside there is no room. */
const REGION_FOCUS = "focus-visible:!shadow-[inset_0_0_0_2px_var(--accent)]";

function NavLink({ page }: { page: Page }) {
	const { t } = useWords();
	const path = useRouterState({ select: (state) => state.location.pathname });
	const on = page.to === "/" ? path === "/" : path.startsWith(page.to);
	const Icon = page.icon;
	return (
		<Link
			to={page.to}
			data-testid={page.testId}
			aria-current={on ? "page" : undefined}
			title={t(page.key)}
			className={cx(
				"flex h-7 items-center gap-2.5 rounded-2 px-2 font-medium rail:h-8 rail:w-9 rail:justify-center rail:px-0",
				on
					? "bg-surface text-ink shadow-[0_0_0_1px_var(--border-1),var(--shadow-1)] dark:bg-raised dark:shadow-none"
					: "text-ink-2 hover:bg-hover",
			)}
		>
			<Icon
				size={16}
				strokeWidth={1.75}
				aria-hidden
				className={on ? "text-accent-text" : "text-ink-3"}
			/>
			<span className="truncate rail:sr-only">{t(page.key)}</span>
		</Link>
	);
}

function Sidebar() {
	const { t } = useWords();
	return (
		<nav
			aria-label={t("nav.label")}
			data-region
			tabIndex={-1}
			className={cx(
				"flex min-h-0 flex-col border-line border-r bg-sidebar rail:items-center",
				REGION_FOCUS,
			)}
		>
			<WorkspaceMenu />
			<div className="min-h-0 flex-1 overflow-y-auto px-2 py-1">
				{GROUPS.map((group) => (
					<div key={group.pages[0]?.to}>
						{group.title && (
							<h3 className="px-2 pt-3.5 pb-1 font-medium text-11 text-ink-3 rail:my-2 rail:h-px rail:bg-line-2 rail:p-0">
								<span className="rail:sr-only">{t(group.title)}</span>
							</h3>
						)}
						{group.pages.map((page) => (
							<NavLink key={page.to} page={page} />
						))}
					</div>
				))}
			</div>
			<footer className="p-2">
				<NavLink
					page={{ to: "/settings", key: "nav.settings", icon: Settings, testId: "nav-settings" }}
				/>
			</footer>
		</nav>
	);
}

/** Where the rows of a source are, and whether they come over a network. */
const SOURCES: Record<string, { to: string; network?: true }> = {
	meta_ads: { to: "/sync", network: true },
	lead_forms: { to: "/sync", network: true },
	contacts: { to: "/contacts" },
	opportunities: { to: "/pipeline" },
	sales: { to: "/sales" },
};

/** How old one source is. What lies on this computer does not age while there is no network. */
function SourceAge({ source }: { source: DataAge }) {
	const { t, locale } = useWords();
	const { now, online } = useSession();
	const { to, network } = SOURCES[source.source] ?? { to: "/sync" };
	const cut = network && !online;
	const whole = source.as_of ? CircleCheck : CircleDashed;
	const Icon = cut ? CloudOff : source.failing ? TriangleAlert : whole;
	const when = !source.as_of
		? t("status.never")
		: cut
			? recent(locale, source.as_of, now)
			: online
				? age(source.as_of, now)
				: t("status.current");
	return (
		<Link
			to={to}
			data-source={source.source}
			className={cx(
				"inline-flex items-center gap-[5px] rounded-1 hover:text-ink-2",
				(cut || source.failing) && "text-warning hover:text-warning",
			)}
		>
			<Icon size={12} strokeWidth={2} aria-hidden />
			<b className={cx("font-medium", !cut && !source.failing && "text-ink-2")}>
				{t(`source.${source.source}`)}
			</b>
			{when}
			{source.failing && !cut && <span className="sr-only">{t("status.failing")}</span>}
		</Link>
	);
}

function StatusBar() {
	const { t } = useWords();
	const ages = useQuery(query("getDataAges", {}));
	const info = useQuery(query("getAppInfo", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const running = progress.data && !progress.data.finished_at ? progress.data : null;
	const done =
		running && running.slices_total > 0
			? Math.floor((100 * running.slices_done) / running.slices_total)
			: 0;
	return (
		<footer className="num flex min-h-7 flex-none flex-wrap items-center gap-x-4 border-line border-t bg-app px-5 py-1 text-11 text-ink-3">
			{running && (
				<Link
					to="/sync"
					className="inline-flex items-center gap-1.5 rounded-1 font-medium text-accent-text"
				>
					<RefreshCw size={12} aria-hidden />
					{t("status.syncing", { percent: done })}
				</Link>
			)}
			{(ages.data ?? []).map((source) => (
				<SourceAge key={source.source} source={source} />
			))}
			{info.data && (
				<Link
					to="/settings"
					title={info.data.data_dir}
					className="ml-auto inline-flex items-center gap-[5px] rounded-1 hover:text-ink-2"
				>
					<HardDrive size={12} strokeWidth={2} aria-hidden />
					{info.data.database === "postgres" ? t("status.shared") : t("status.local")}
				</Link>
			)}
		</footer>
	);
}

/** Pages that take a dropped file themselves. */
const TAKE_FILES = ["/import", "/audit"];

/** A file dropped on any other page is opened where files come in. */
function DroppedFile() {
	const { t } = useWords();
	const navigate = useNavigate();
	const path = useRouterState({ select: (state) => state.location.pathname });
	const here = !TAKE_FILES.includes(path);
	const over = useFileDrop((file) => {
		if (here) void navigate({ to: "/import", search: { file } as never });
	});
	if (!over || !here) return null;
	return (
		<div
			data-testid="drop-here"
			className="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-3 border-2 border-accent border-dashed bg-accent-soft/80"
		>
			<p className="rounded-3 bg-raised px-5 py-3 font-semibold text-16 shadow-3">
				{t("file.drop")}
			</p>
		</div>
	);
}

export function Shell() {
	return (
		<div className="grid h-screen grid-cols-[208px_minmax(0,1fr)] rail:grid-cols-[56px_minmax(0,1fr)]">
			<Sidebar />
			<div className="flex min-h-0 min-w-0 flex-col">
				<Outlet />
				<StatusBar />
			</div>
			<DroppedFile />
			<TemplateNotices />
		</div>
	);
}

/** The way back out of what was gone into; it ends before the title of the page. */
export function Crumbs({ steps }: { steps: ReadonlyArray<{ name: string; go: () => void }> }) {
	const { t } = useWords();
	return (
		<nav aria-label={t("nav.crumbs")} className="flex min-w-0">
			<ol className="flex min-w-0 items-center gap-1 font-medium text-ink-3">
				{steps.map(({ name, go }, at) => (
					<li key={`${at}${name}`} className="flex min-w-0 items-center gap-1">
						<button
							type="button"
							onClick={go}
							title={name}
							className="max-w-44 truncate rounded-1 hover:text-ink hover:underline"
						>
							{name}
						</button>
						<span aria-hidden>/</span>
					</li>
				))}
			</ol>
		</nav>
	);
}

/** A page: its head with title and tools, at most one banner, its content. */
export function Page({
	title,
	crumb,
	part,
	tools,
	strip,
	children,
	fill,
}: {
	title: ReactNode;
	crumb?: ReactNode;
	/** Which page it is where one address has several. */
	part?: string;
	tools?: ReactNode;
	/** Stands below the head, for what holds of all that the page shows. */
	strip?: ReactNode;
	children: ReactNode;
	/** The content takes the height and scrolls by itself. */
	fill?: boolean;
}) {
	const { t } = useWords();
	const palette = usePalette();
	// The page's own place: the address changes before the page does.
	const place = useMatch({ strict: false, select: (match) => match.pathname });
	const heading = useArrival(part ? `${place}#${part}` : place);
	return (
		<>
			{/* The window's width is asked too: WebKit measures a container before it is enlarged. */}
			<div className="@container flex-none border-line border-b bg-app">
				<header className="flex min-h-[52px] flex-wrap items-center gap-x-2 gap-y-1.5 px-5 py-2">
					{typeof crumb === "string" ? (
						<span className="font-medium text-ink-3">{crumb} /</span>
					) : (
						crumb
					)}
					<h1
						ref={heading}
						tabIndex={-1}
						className="min-w-0 truncate font-semibold text-16 tracking-[-.01em]"
					>
						{title}
					</h1>
					<div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-2">
						{tools}
						<Button
							onClick={palette.open}
							className="!border-control !font-normal !text-ink-3 w-44 !justify-start max-[916px]:w-auto @max-[860px]:w-auto dark:!bg-sunken"
							icon={Search}
						>
							<span className="max-[916px]:sr-only @max-[860px]:sr-only">{t("palette.open")}</span>
							<span className="ml-auto">
								<Kbd>{keysOf("palette")}</Kbd>
							</span>
						</Button>
					</div>
				</header>
				{strip}
			</div>
			<main
				data-region
				tabIndex={-1}
				className={cx(
					// What is said to screen readers only stands in it, not below the window.
					"relative flex min-h-0 flex-1 flex-col gap-3 px-5 pt-4 pb-3",
					REGION_FOCUS,
					// Clipped, not hidden: a cell that is brought into sight must not move the whole page.
					// A window drawn large has no height for panes that scroll by themselves.
					fill
						? "overflow-clip [@media(height<480px)]:overflow-y-auto [@media(height<480px)]:[&>:last-child]:min-h-60"
						: // It scrolls: nothing on it is pressed together to fit.
							"overflow-y-auto [&>*]:shrink-0",
				)}
			>
				<Banners />
				{children}
			</main>
		</>
	);
}

export const Mark = () => (
	<span className="grid size-7 flex-none place-items-center rounded-2 bg-ink text-surface dark:bg-raised dark:text-ink dark:shadow-[inset_0_0_0_1px_var(--border-2)]">
		<Compass size={16} strokeWidth={1.75} aria-hidden />
	</span>
);
