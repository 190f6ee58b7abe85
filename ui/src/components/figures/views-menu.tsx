/** Views of figures under a name: everything that is chosen on a page, kept in the workspace. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Bookmark, ChevronDown } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import { useUndo } from "@/app/undo";
import type { RoiBy, SavedView, ViewScreen, ViewState } from "@/bindings";
import { FormDialog } from "@/components/form-dialog";
import { Button, TextField } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import type { FiguresChoice } from "./view";

/** What of a view belongs to its page; the rest holds across pages. */
export interface OpenedView {
	by: RoiBy;
	choice: FiguresChoice;
}

/** Whether two states are the same, in whatever order their parts are written. */
export function same(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	const [x, y] = [Object.entries(a), b as Record<string, unknown>];
	return x.length === Object.keys(y).length && x.every(([key, value]) => same(value, y[key]));
}

/** The page as it stands, to be kept. */
function useStateOf(by: RoiBy, choice: FiguresChoice): ViewState {
	const { period, comparison, attribution } = useSession();
	return {
		by,
		period,
		comparison,
		attribution,
		columns: { shown: choice.columns, pinned: choice.pinned, widths: choice.widths },
		sort: choice.sort,
		filters: choice.filters,
		changes: choice.changes,
		pinned_rows: choice.pinnedRows,
	};
}

function opened(state: ViewState): OpenedView {
	return {
		by: state.by,
		choice: {
			columns: state.columns.shown,
			pinned: state.columns.pinned,
			widths: state.columns.widths as Record<string, number>,
			sort: state.sort,
			filters: state.filters,
			changes: state.changes,
			pinnedRows: state.pinned_rows,
		},
	};
}

/** Asks for the name of a view, and keeps it. */
function NameDialog({
	screen,
	view,
	state,
	onClose,
	onSaved,
}: {
	screen: ViewScreen;
	/** The one that gets another name; a new one where there is none. */
	view: SavedView | null;
	state: ViewState;
	onClose: () => void;
	onSaved: (view: SavedView) => void;
}) {
	const { t, failure } = useWords();
	const [name, setName] = useState(view?.name ?? "");
	const save = useMutation<SavedView, AppError>({
		mutationFn: () =>
			call("saveView", { id: view?.id ?? null, screen, name, state: view?.state ?? state }),
		onSuccess: onSaved,
	});
	const wrong = save.error?.field === "name" ? failure(save.error) : undefined;
	return (
		<FormDialog
			title={t(view ? "views.rename" : "views.saveAs")}
			description={view ? undefined : t("views.saveAsText")}
			label={t("action.save")}
			busy={save.isPending}
			error={save.error}
			fields={["name"]}
			onClose={onClose}
			onSubmit={() => save.mutate()}
			width={420}
		>
			<TextField
				label={t("views.name")}
				value={name}
				maxLength={80}
				onChange={(event) => setName(event.target.value)}
				error={wrong}
				data-testid="view-name"
			/>
		</FormDialog>
	);
}

/** Opens, keeps, renames and removes the views of a page. */
export function ViewsMenu({
	screen,
	by,
	choice,
	current,
	onCurrent,
	onOpen,
}: {
	screen: ViewScreen;
	by: RoiBy;
	choice: FiguresChoice;
	/** The id of the view that was opened last. */
	current: string | null;
	onCurrent: (id: string | null) => void;
	onOpen: (id: string, view: OpenedView) => void;
}) {
	const { t } = useWords();
	const { setPeriod, setComparison, setAttribution } = useSession();
	const { done } = useUndo();
	const [naming, setNaming] = useState<SavedView | "new" | null>(null);
	const list = useQuery(query("listSavedViews", { screen }));
	const views = list.data ?? [];
	const state = useStateOf(by, choice);
	const active = views.find((view) => view.id === current) ?? null;
	const edited = active !== null && !same(active.state, state);
	const open = (view: SavedView) => {
		setPeriod(view.state.period);
		setComparison(view.state.comparison);
		setAttribution(view.state.attribution);
		onOpen(view.id, opened(view.state));
	};
	const keep = useMutation<SavedView, AppError, SavedView>({
		mutationFn: (view) => call("saveView", { id: view.id, screen, name: view.name, state }),
		onSuccess: (kept, before) =>
			done({
				key: `view-${kept.id}`,
				text: t("views.saved", { name: kept.name }),
				undo: () => call("saveView", { id: kept.id, screen, name: kept.name, state: before.state }),
				undone: t("views.savedBack", { name: kept.name }),
			}),
	});
	const remove = useMutation<SavedView, AppError, SavedView>({
		mutationFn: (view) => call("removeView", { id: view.id }),
		onSuccess: ({ name, state: removed }) => {
			onCurrent(null);
			done({
				key: `view-removed-${name}`,
				text: t("views.removed", { name }),
				undo: () => call("saveView", { id: null, screen, name, state: removed }),
				undone: t("views.back", { name }),
			});
		},
	});
	return (
		<>
			<Menu
				trigger={
					<Button
						variant="ghost"
						size="s"
						icon={Bookmark}
						className={active ? "!text-ink" : undefined}
						data-testid="views"
					>
						<span className="max-w-40 truncate">{active?.name ?? t("views.title")}</span>
						{edited && (
							<>
								<i aria-hidden className="size-1.5 rounded-full bg-accent" />
								<span className="sr-only">{t("views.edited")}</span>
							</>
						)}
						<ChevronDown size={14} aria-hidden className="text-ink-3" />
					</Button>
				}
			>
				<MenuTitle>{t("views.title")}</MenuTitle>
				{views.length === 0 && (
					<p className="max-w-60 px-2 pb-1.5 text-12 text-ink-3">{t("views.none")}</p>
				)}
				{views.map((view) => (
					<MenuItem
						key={view.id}
						checked={view.id === current}
						onSelect={() => open(view)}
						testId="saved-view"
					>
						{view.name}
					</MenuItem>
				))}
				<MenuLine />
				<MenuItem onSelect={() => setNaming("new")} testId="view-save-as">
					{t("views.saveAs")}
				</MenuItem>
				{active && (
					<>
						{edited && (
							<MenuItem onSelect={() => keep.mutate(active)} testId="view-save">
								{t("views.save", { name: active.name })}
							</MenuItem>
						)}
						<MenuItem onSelect={() => setNaming(active)}>{t("views.rename")}</MenuItem>
						<MenuItem onSelect={() => remove.mutate(active)} testId="view-remove">
							{t("views.remove", { name: active.name })}
						</MenuItem>
					</>
				)}
			</Menu>
			{naming && (
				<NameDialog
					screen={screen}
					view={naming === "new" ? null : naming}
					state={state}
					onClose={() => setNaming(null)}
					onSaved={(view) => {
						setNaming(null);
						onCurrent(view.id);
					}}
				/>
			)}
		</>
	);
}
