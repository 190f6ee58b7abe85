import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { BoardColumn, StageRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { Dialog } from "@/components/ui/dialog";
import { Button, cx, IconButton, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { percent as percentOf } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { pressed } from "@/lib/shortcuts";

type Meaning = "open" | "won" | "lost";
const MEANINGS: readonly Meaning[] = ["open", "won", "lost"];
const meaningOf = (column: BoardColumn): Meaning =>
	column.outcome === "won" || column.outcome === "lost" ? column.outcome : "open";
const CONTROL =
	"h-8 w-full min-w-0 rounded-2 border border-control bg-surface px-2.5 focus-visible:border-accent dark:bg-sunken aria-[invalid]:!border-negative";
const GRID = "grid grid-cols-[60px_minmax(0,1fr)_112px_76px_28px] items-center gap-2";

/** A percentage as people type it, from 0 to 100; null when it is none. */
export function typedPercent(text: string): number | null {
	const typed = /^\s*(\d{1,3})\s*%?\s*$/.exec(text);
	const value = typed ? Number(typed[1]) : Number.NaN;
	return value <= 100 ? value : null;
}

/** The stages of the pipeline: what each change does stands at once, and what is refused says why. */
export function StagesDialog({ onClose }: { onClose: () => void }) {
	const { t } = useWords();
	// All cards, also those that a filter hides: they move with their stage.
	const board = useQuery(query("getBoard", { search: null }));
	const columns = board.data?.columns ?? [];
	const [told, setTold] = useState("");
	const list = useRef<HTMLUListElement>(null);
	/** What each stage takes back on Esc, by its id. */
	const restores = useRef(new Map<string, () => boolean>());
	/** The control that takes the focus once the list shows what was done. */
	const followed = useRef<{ control: string; shown: (now: BoardColumn[]) => boolean } | null>(null);
	/** The stage that was moved last. */
	const [moved, setMoved] = useState<string | null>(null);
	const order = useMutation<StageRow[], AppError, string[]>({
		mutationFn: (ids) => call("orderStages", { ids }),
	});
	const move = (at: number, step: number, control: string) => {
		const ids = columns.map((column) => column.stage_id);
		const column = columns[at];
		const to = at + step;
		if (!column || to < 0 || to >= ids.length || order.isPending) return;
		ids.splice(to, 0, ...ids.splice(at, 1));
		followed.current = {
			control: `${column.stage_id}-${control}`,
			shown: (now) => now[to]?.stage_id === column.stage_id,
		};
		setMoved(column.stage_id);
		order.mutate(ids, {
			onSuccess: () =>
				setTold(t("stages.moved", { name: column.name, place: to + 1, all: ids.length })),
		});
	};
	// biome-ignore lint/correctness/useExhaustiveDependencies: it follows what the list shows
	useEffect(() => {
		const wanted = followed.current;
		if (!wanted?.shown(columns)) return;
		followed.current = null;
		list.current?.querySelector<HTMLElement>(`[data-control="${wanted.control}"]`)?.focus();
	}, [board.data]);
	return (
		<Dialog
			open
			onClose={onClose}
			onEscape={() => {
				const row = document.activeElement?.closest<HTMLElement>("[data-stage-row]");
				return restores.current.get(row?.dataset.stageRow ?? "")?.() ?? false;
			}}
			title={t("stages.title")}
			description={t("stages.text")}
			width={680}
			footer={
				<Button size="l" variant="primary" onClick={onClose} data-testid="stages-done">
					{t("stages.close")}
				</Button>
			}
		>
			<p role="status" className="sr-only">
				{told}
			</p>
			{board.error && <Failure error={board.error} retry={() => void board.refetch()} />}
			{board.isPending && <Skeleton className="h-64" />}
			{board.data && (
				<>
					<div aria-hidden className={cx(GRID, "pb-1 text-11 text-ink-3")}>
						<span />
						<span>{t("pipeline.name")}</span>
						<span>{t("stages.meaning")}</span>
						<span>{t("stages.probability")}</span>
					</div>
					<ul ref={list} className="flex flex-col">
						{columns.map((column, at) => (
							<Stage
								key={column.stage_id}
								column={column}
								at={at}
								columns={columns}
								failed={moved === column.stage_id ? order.error : null}
								onMove={(step, control) => move(at, step, control)}
								onRemoved={() => {
									const next = columns[at + 1] ?? columns[at - 1];
									followed.current = next
										? {
												control: `${next.stage_id}-name`,
												shown: (now) => now.every((one) => one.stage_id !== column.stage_id),
											}
										: null;
									setTold(t("stages.removed", { name: column.name }));
								}}
								onTell={setTold}
								restores={restores.current}
							/>
						))}
					</ul>
					<NewStage onTell={setTold} />
				</>
			)}
		</Dialog>
	);
}

function Wrong({ children }: { children: ReactNode }) {
	return (
		<p role="alert" className="mt-1 pl-[68px] text-12 text-negative">
			{children}
		</p>
	);
}

interface Change {
	name?: string;
	probability?: number;
	outcome?: Meaning;
}

function Stage({
	column,
	at,
	columns,
	failed,
	onMove,
	onRemoved,
	onTell,
	restores,
}: {
	column: BoardColumn;
	/** Its place, from 0. */
	at: number;
	columns: readonly BoardColumn[];
	/** Why it could not change its place. */
	failed: AppError | null;
	onMove: (step: number, control: string) => void;
	onRemoved: () => void;
	onTell: (text: string) => void;
	/** Where it leaves what Esc takes back. */
	restores: Map<string, () => boolean>;
}) {
	const { t, locale, failure } = useWords();
	const id = column.stage_id;
	const [name, setName] = useState(column.name);
	const [percent, setPercent] = useState(String(column.probability));
	const [wrong, setWrong] = useState<string | null>(null);
	/** What was asked to be confirmed, since it changes opportunities. */
	const [asked, setAsked] = useState<Meaning | "remove" | null>(null);
	const [to, setTo] = useState("");
	const row = useRef<HTMLLIElement>(null);
	/** The control that a question was asked from. */
	const last = useRef("name");
	useEffect(() => setName(column.name), [column.name]);
	useEffect(() => setPercent(String(column.probability)), [column.probability]);
	const save = useMutation<StageRow, AppError, Change>({
		mutationFn: (change) =>
			call("saveStage", { id, name: null, probability: null, outcome: null, ...change }),
		onSuccess: (saved) => {
			setAsked(null);
			onTell(t("stages.saved", { name: saved.name }));
		},
	});
	const remove = useMutation<StageRow[], AppError, void>({
		mutationFn: () => call("removeStage", { id, move_to: to || null }),
		onSuccess: onRemoved,
	});
	const meaning = meaningOf(column);
	const many = { count: column.count };
	const others = columns.filter((other) => other.stage_id !== id);
	const error = save.error ?? remove.error ?? failed;
	const settleName = () => {
		const typed = name.trim();
		if (typed === column.name) return setName(column.name);
		setWrong(typed ? null : t("stages.needsName"));
		if (typed) save.mutate({ name: typed });
	};
	const settlePercent = () => {
		const typed = typedPercent(percent);
		if (typed === column.probability) return setPercent(String(typed));
		setWrong(typed === null ? t("stages.percentWrong") : null);
		if (typed !== null) save.mutate({ probability: typed });
	};
	const ask = (question: Meaning | "remove") => {
		save.reset();
		remove.reset();
		setWrong(null);
		// Without opportunities nothing but the stage itself changes.
		if (question !== "remove" && column.count === 0) save.mutate({ outcome: question });
		else {
			setTo(others.find((other) => other.outcome === column.outcome)?.stage_id ?? "");
			setAsked(question);
		}
	};
	const onKey = (event: KeyboardEvent) => {
		const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
		const here = event.target as HTMLElement;
		// In a choice Alt with an arrow opens it.
		if (!step || !pressed(event, "move") || here.tagName === "SELECT") return;
		event.preventDefault();
		onMove(step, here.dataset.control?.slice(id.length + 1) ?? "name");
	};
	const typing = (settle: () => void) => ({
		onBlur: settle,
		onKeyDown: (event: KeyboardEvent) => event.key === "Enter" && settle(),
	});
	useEffect(() => {
		restores.set(id, () => {
			// What was just saved is not in the list yet.
			const saved = save.error ? undefined : save.variables;
			const typed =
				![column.name, saved?.name].includes(name) ||
				![String(column.probability), String(saved?.probability)].includes(percent);
			if (!typed && asked === null) return false;
			setName(column.name);
			setPercent(String(column.probability));
			setWrong(null);
			setAsked(null);
			save.reset();
			remove.reset();
			row.current?.querySelector<HTMLElement>(`[data-control="${id}-${last.current}"]`)?.focus();
			return true;
		});
		return () => {
			restores.delete(id);
		};
	});
	const control = (which: string) => ({
		"data-control": `${id}-${which}`,
		onFocus: () => {
			last.current = which;
		},
	});
	return (
		<li
			ref={row}
			data-stage-row={id}
			data-testid="stage-row"
			onKeyDown={onKey}
			className="border-line border-t py-1.5"
		>
			<div className={GRID}>
				<span className="flex">
					<IconButton
						icon={ArrowUp}
						label={t("stages.up", { name: column.name })}
						reason={at === 0 ? t("stages.isFirst") : undefined}
						onClick={() => onMove(-1, "up")}
						{...control("up")}
					/>
					<IconButton
						icon={ArrowDown}
						label={t("stages.down", { name: column.name })}
						reason={at === columns.length - 1 ? t("stages.isLast") : undefined}
						onClick={() => onMove(1, "down")}
						{...control("down")}
					/>
				</span>
				<input
					aria-label={t("stages.nameOf", { name: column.name })}
					aria-invalid={wrong !== null && !name.trim() ? true : undefined}
					value={name}
					maxLength={60}
					autoComplete="off"
					onChange={(event) => setName(event.target.value)}
					className={CONTROL}
					{...typing(settleName)}
					{...control("name")}
				/>
				<select
					aria-label={t("stages.meaningOf", { name: column.name })}
					value={meaning}
					onChange={(event) => ask(event.target.value as Meaning)}
					className={CONTROL}
					{...control("meaning")}
				>
					{MEANINGS.map((one) => (
						<option key={one} value={one}>
							{t(`stages.${one}`)}
						</option>
					))}
				</select>
				{meaning === "open" ? (
					<span className="relative">
						<input
							aria-label={t("stages.probabilityOf", { name: column.name })}
							aria-invalid={typedPercent(percent) === null || undefined}
							value={percent}
							inputMode="numeric"
							maxLength={4}
							autoComplete="off"
							onChange={(event) => setPercent(event.target.value)}
							className={cx(CONTROL, "num pr-6 text-right")}
							{...typing(settlePercent)}
							{...control("probability")}
						/>
						<span aria-hidden className="-translate-y-1/2 absolute top-1/2 right-2.5 text-ink-3">
							%
						</span>
					</span>
				) : (
					<span className="num pr-2.5 text-right text-ink-3">
						{percentOf(locale, column.probability, 0)}
					</span>
				)}
				<IconButton
					icon={Trash2}
					label={t("stages.remove", { name: column.name })}
					onClick={() => ask("remove")}
					{...control("remove")}
				/>
			</div>
			{asked && (
				<fieldset
					data-testid="stage-question"
					className="mt-1.5 mb-0.5 ml-[68px] flex flex-wrap items-center gap-2 rounded-2 border border-line bg-sunken px-3 py-2"
				>
					<legend className="sr-only">{column.name}</legend>
					{asked !== "remove" ? (
						<span className="min-w-0 flex-1">{t(`stages.become.${asked}`, many)}</span>
					) : column.count === 0 ? (
						<span className="min-w-0 flex-1">{t("stages.removeEmpty", { name: column.name })}</span>
					) : (
						<label className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
							<span>{t("stages.moveTo", many)}</span>
							<select
								value={to}
								// biome-ignore lint/a11y/noAutofocus: it was just asked for
								autoFocus
								data-testid="stage-move-to"
								onChange={(event) => setTo(event.target.value)}
								className={cx(CONTROL, "!w-48")}
							>
								<option value="">{t("stages.chooseStage")}</option>
								{others.map((other) => (
									<option key={other.stage_id} value={other.stage_id}>
										{other.name}
									</option>
								))}
							</select>
						</label>
					)}
					<Button
						// The answer that changes nothing, unless there is something to choose.
						autoFocus={asked !== "remove" || column.count === 0}
						onClick={() => {
							setAsked(null);
							save.reset();
							remove.reset();
						}}
					>
						{t("action.cancel")}
					</Button>
					<Button
						variant={asked === "remove" ? "danger" : "primary"}
						busy={save.isPending || remove.isPending}
						data-testid="stage-answer"
						onClick={() => (asked === "remove" ? remove.mutate() : save.mutate({ outcome: asked }))}
					>
						{t(asked === "remove" ? "stages.removeShort" : "stages.change")}
					</Button>
				</fieldset>
			)}
			{wrong ? <Wrong>{wrong}</Wrong> : error && <Wrong>{failure(error)}</Wrong>}
		</li>
	);
}

/** Adds a stage behind the others of its meaning. */
function NewStage({ onTell }: { onTell: (text: string) => void }) {
	const { t, locale, failure } = useWords();
	const [name, setName] = useState("");
	const [meaning, setMeaning] = useState<Meaning>("open");
	const [percent, setPercent] = useState("50");
	const [wrong, setWrong] = useState<string | null>(null);
	const box = useRef<HTMLInputElement>(null);
	const add = useMutation<StageRow, AppError, void>({
		mutationFn: () =>
			call("saveStage", {
				id: null,
				name: name.trim(),
				outcome: meaning,
				probability: meaning === "open" ? typedPercent(percent) : null,
			}),
		onSuccess: (saved) => {
			setName("");
			setMeaning("open");
			setPercent("50");
			onTell(t("stages.added", { name: saved.name }));
			box.current?.focus();
		},
	});
	return (
		<form
			className="border-line border-t pt-3"
			onSubmit={(event) => {
				event.preventDefault();
				const found = !name.trim()
					? t("stages.needsName")
					: meaning === "open" && typedPercent(percent) === null
						? t("stages.percentWrong")
						: null;
				setWrong(found);
				if (!found && !add.isPending) add.mutate();
			}}
		>
			<div className={cx(GRID, "!grid-cols-[60px_minmax(0,1fr)_112px_76px_auto]")}>
				<span className="font-medium text-12 text-ink-2">{t("stages.new")}</span>
				<input
					ref={box}
					aria-label={t("stages.newName")}
					placeholder={t("stages.newName")}
					value={name}
					maxLength={60}
					autoComplete="off"
					data-testid="stage-new-name"
					onChange={(event) => setName(event.target.value)}
					className={cx(CONTROL, "placeholder:text-ink-3")}
				/>
				<select
					aria-label={t("stages.meaning")}
					value={meaning}
					onChange={(event) => setMeaning(event.target.value as Meaning)}
					className={CONTROL}
				>
					{MEANINGS.map((one) => (
						<option key={one} value={one}>
							{t(`stages.${one}`)}
						</option>
					))}
				</select>
				{meaning === "open" ? (
					<span className="relative">
						<input
							aria-label={t("stages.probability")}
							value={percent}
							inputMode="numeric"
							maxLength={4}
							autoComplete="off"
							onChange={(event) => setPercent(event.target.value)}
							className={cx(CONTROL, "num pr-6 text-right")}
						/>
						<span aria-hidden className="-translate-y-1/2 absolute top-1/2 right-2.5 text-ink-3">
							%
						</span>
					</span>
				) : (
					<span className="num pr-2.5 text-right text-ink-3">
						{percentOf(locale, meaning === "won" ? 100 : 0, 0)}
					</span>
				)}
				<Button type="submit" size="l" icon={Plus} busy={add.isPending} data-testid="stage-add">
					{t("stages.add")}
				</Button>
			</div>
			{wrong ? <Wrong>{wrong}</Wrong> : add.error && <Wrong>{failure(add.error)}</Wrong>}
		</form>
	);
}
