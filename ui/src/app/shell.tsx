import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import {
	BadgeDollarSign,
	CircleCheck,
	CloudOff,
	Columns3,
	Compass,
	FileInput,
	HardDrive,
	House,
	Images,
	Megaphone,
	RefreshCw,
	Search,
	Settings,
	TriangleAlert,
	Users,
} from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button, cx, Kbd } from "@/components/ui/kit";
import { type Key, useWords } from "@/i18n";
import { age } from "@/lib/format";
import { query } from "@/lib/ipc";
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
			{ to: "/sync", key: "nav.sync", icon: RefreshCw, testId: "nav-sync" },
		],
	},
	{
		title: "nav.customers",
		pages: [
			{ to: "/contacts", key: "nav.contacts", icon: Users, testId: "nav-contacts" },
			{ to: "/pipeline", key: "nav.pipeline", icon: Columns3, testId: "nav-pipeline" },
			{ to: "/sales", key: "nav.sales", icon: BadgeDollarSign, testId: "nav-sales" },
			{ to: "/import", key: "nav.import", icon: FileInput, testId: "nav-import" },
		],
	},
];

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
			className="flex min-h-0 flex-col border-line border-r bg-sidebar rail:items-center"
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

function StatusBar() {
	const { t } = useWords();
	const { now, online } = useSession();
	const ages = useQuery(query("getDataAges", {}));
	const progress = useQuery(query("getSyncProgress", {}));
	const running = progress.data && !progress.data.finished_at ? progress.data : null;
	const done =
		running && running.slices_total > 0
			? Math.floor((100 * running.slices_done) / running.slices_total)
			: 0;
	return (
		<footer className="num flex h-7 flex-none items-center gap-4 overflow-hidden border-line border-t bg-app px-5 text-11 text-ink-3">
			{running && (
				<Link to="/sync" className="inline-flex items-center gap-1.5 font-medium text-accent-text">
					<RefreshCw size={12} aria-hidden />
					{t("status.syncing", { percent: done })}
				</Link>
			)}
			{(ages.data ?? []).map((source) => {
				const Icon = !online ? CloudOff : source.failing ? TriangleAlert : CircleCheck;
				return (
					<span
						key={source.source}
						className={cx(
							"inline-flex items-center gap-[5px]",
							(source.failing || !online) && "text-warning",
						)}
					>
						<Icon size={12} strokeWidth={2} aria-hidden />
						<b className="font-medium text-ink-2">{t(`source.${source.source}` as Key)}</b>
						{source.as_of ? age(source.as_of, now) : t("status.never")}
					</span>
				);
			})}
			<span className="ml-auto inline-flex items-center gap-[5px]">
				<HardDrive size={12} strokeWidth={2} aria-hidden />
				{t("status.local")}
			</span>
		</footer>
	);
}

/** Puts F6 and Shift+F6 between the regions of the window. */
function useRegionKeys() {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== "F6") return;
			event.preventDefault();
			const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
			const at = regions.findIndex((region) => region.contains(document.activeElement));
			const step = event.shiftKey ? -1 : 1;
			regions[(at + step + regions.length) % regions.length]?.focus();
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);
}

export function Shell() {
	useRegionKeys();
	return (
		<div className="grid h-screen grid-cols-[208px_minmax(0,1fr)] rail:grid-cols-[56px_minmax(0,1fr)]">
			<Sidebar />
			<div className="flex min-h-0 min-w-0 flex-col">
				<Outlet />
				<StatusBar />
			</div>
		</div>
	);
}

/** A page: its head with title and tools, at most one banner, its content. */
export function Page({
	title,
	crumb,
	tools,
	children,
	fill,
}: {
	title: ReactNode;
	crumb?: ReactNode;
	tools?: ReactNode;
	children: ReactNode;
	/** The content takes the height and scrolls by itself. */
	fill?: boolean;
}) {
	const { t } = useWords();
	const palette = usePalette();
	const main = useRef<HTMLElement>(null);
	return (
		<>
			<header className="flex h-[52px] flex-none items-center gap-2 border-line border-b bg-app px-5">
				{crumb && <span className="font-medium text-ink-3">{crumb} /</span>}
				<h1 className="whitespace-nowrap font-semibold text-16 tracking-[-.01em]">{title}</h1>
				<div className="ml-auto flex items-center gap-2">
					{tools}
					<Button
						onClick={palette.open}
						className="!border-control !font-normal !text-ink-3 w-44 !justify-start dark:!bg-sunken"
						icon={Search}
					>
						{t("palette.open")}
						<span className="ml-auto">
							<Kbd>{navigator.platform.startsWith("Mac") ? "⌘ K" : "Ctrl K"}</Kbd>
						</span>
					</Button>
				</div>
			</header>
			<main
				ref={main}
				data-region
				tabIndex={-1}
				className={cx(
					"flex min-h-0 flex-1 flex-col gap-3 px-5 pt-4 pb-3 focus:!shadow-none",
					fill ? "overflow-hidden" : "overflow-y-auto",
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
