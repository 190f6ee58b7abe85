import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, Plus, SlidersHorizontal, X } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Page } from "@/app/shell";
import { useUndo } from "@/app/undo";
import type { BoardColumn, OpportunityCard } from "@/bindings";
import { Failure } from "@/components/failure";
import { SaleDialog } from "@/components/sales";
import { Banner, Button, Empty, IconButton, SearchField, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";
import { useShortcut } from "@/lib/shortcuts";
import { Board } from "./board";
import { LostDialog } from "./lost-dialog";
import { OpportunityDialog } from "./opportunity-dialog";
import { StagesDialog } from "./stages-dialog";

interface Step {
	card: OpportunityCard;
	/** Where it was. */
	from: BoardColumn | undefined;
	to: BoardColumn;
	reason: string | null;
}

export default function PipelinePage() {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	const [text, setText] = useState("");
	const search = useDeferredValue(text.trim());
	const [editing, setEditing] = useState<OpportunityCard | "new" | null>(null);
	const [losing, setLosing] = useState<Omit<Step, "reason"> | null>(null);
	const [selling, setSelling] = useState<OpportunityCard | null>(null);
	const [staging, setStaging] = useState(false);
	const [told, setTold] = useState("");
	const { done } = useUndo();
	const box = useRef<HTMLInputElement>(null);
	const stages = useRef<HTMLDivElement>(null);
	/** The card that takes the focus once the board shows it in its new place. */
	const followed = useRef<{ id: string; stage: string | null } | null>(null);
	const board = useQuery({
		...query("getBoard", { search: search || null }),
		placeholderData: keepPreviousData,
	});
	const columns = board.data?.columns ?? [];
	const bare = board.data && columns.every((column) => column.count === 0);
	const nothing = bare && !search;
	/** The filter leaves no card. */
	const lost = bare && search !== "";

	const move = useMutation<OpportunityCard, AppError, Step>({
		mutationFn: ({ card, to, reason }) =>
			call("moveOpportunity", { id: card.id, stage_id: to.stage_id, lost_reason: reason }),
		onSuccess: (card, { card: before, from, to }) => {
			followed.current = { id: card.id, stage: to.stage_id };
			setLosing(null);
			const name = card.name || card.contact_name;
			if (!from) return setTold(t("pipeline.moved", { name, stage: to.name }));
			done({
				key: `move-${card.id}`,
				text: t("pipeline.moved", { name, stage: to.name }),
				undo: async () => {
					// Where it was lost it had a reason.
					const reason = from.outcome === "lost" ? before.lost_reason : null;
					await call("moveOpportunity", {
						id: card.id,
						stage_id: from.stage_id,
						lost_reason: reason,
					});
					followed.current = { id: card.id, stage: from.stage_id };
				},
				undone: t("pipeline.moved", { name, stage: from.name }),
			});
		},
	});
	const ask = (card: OpportunityCard, to: BoardColumn) => {
		const from = columns.find((column) => column.cards.some((one) => one.id === card.id));
		if (move.isPending || from?.stage_id === to.stage_id) return;
		move.reset();
		if (to.outcome === "lost") setLosing({ card, from, to });
		else move.mutate({ card, from, to, reason: null });
	};

	// biome-ignore lint/correctness/useExhaustiveDependencies: it follows what the board shows
	useEffect(() => {
		const wanted = followed.current;
		if (!wanted || losing || editing) return;
		const card = stages.current?.querySelector<HTMLElement>(`[data-card="${wanted.id}"]`);
		const stage = card?.closest<HTMLElement>("[data-stage]")?.dataset.stage;
		if (!card || (wanted.stage && stage !== wanted.stage)) return;
		followed.current = null;
		if (document.activeElement === box.current) return;
		// After the dialog or menu has given the focus back.
		requestAnimationFrame(() => {
			card.focus();
			card.scrollIntoView({ block: "nearest", inline: "nearest" });
		});
	}, [board.data, losing, editing]);

	useShortcut("filter", () => box.current?.focus());

	return (
		<Page
			title={t("nav.pipeline")}
			fill
			tools={
				<>
					<Button
						icon={SlidersHorizontal}
						disabled={!board.data}
						data-testid="stages"
						onClick={() => setStaging(true)}
					>
						{t("stages.title")}
					</Button>
					<Button
						variant="primary"
						icon={Plus}
						disabled={!board.data}
						data-testid="new-opportunity"
						onClick={() => setEditing("new")}
					>
						{t("pipeline.new")}
					</Button>
				</>
			}
		>
			{!nothing && (
				<div className="flex flex-none flex-wrap items-center gap-2">
					<SearchField
						ref={box}
						label={t("pipeline.filter")}
						value={text}
						onChange={setText}
						className="w-64"
					/>
					<span className="text-12 text-ink-3">{t("pipeline.keys")}</span>
				</div>
			)}
			<p role="status" className="sr-only">
				{told}
			</p>
			{move.error && !losing && (
				<Banner
					tone="negative"
					icon={CircleAlert}
					actions={<IconButton icon={X} label={t("action.close")} onClick={() => move.reset()} />}
				>
					{failure(move.error)}
				</Banner>
			)}
			{board.error && <Failure error={board.error} retry={() => void board.refetch()} />}
			{!board.data && !board.error && (
				<div className="flex min-h-0 flex-1 gap-2" aria-hidden>
					{["a", "b", "c", "d", "e"].map((key) => (
						<Skeleton key={key} className="w-64 flex-none" />
					))}
				</div>
			)}
			{nothing && (
				<div className="flex flex-none rounded-3 border border-line bg-surface">
					<Empty
						title={t("pipeline.nothing")}
						actions={
							<>
								<Button onClick={() => setEditing("new")}>{t("pipeline.new")}</Button>
								<Button variant="ghost" onClick={() => void navigate({ to: "/import" })}>
									{t("pipeline.import")}
								</Button>
							</>
						}
					>
						{t("pipeline.nothingText")}
					</Empty>
				</div>
			)}
			{lost && (
				<div className="flex flex-none rounded-3 border border-line bg-surface">
					<Empty
						title={t("pipeline.noMatch")}
						actions={<Button onClick={() => setText("")}>{t("pipeline.clear")}</Button>}
					/>
				</div>
			)}
			{board.data && !lost && (
				<Board
					board={board.data}
					stages={stages}
					onMove={ask}
					onEdit={setEditing}
					onSale={setSelling}
					onContact={(card) =>
						void navigate({ to: "/contacts", search: { open: card.contact_id } as never })
					}
				/>
			)}
			{selling && (
				<SaleDialog
					contact={{ id: selling.contact_id, name: selling.contact_name }}
					opportunities={[{ id: selling.id, name: selling.name || selling.contact_name }]}
					from={selling}
					onClose={() => setSelling(null)}
				/>
			)}
			{editing && (
				<OpportunityDialog
					columns={columns}
					card={editing === "new" ? null : editing}
					onClose={() => setEditing(null)}
					onSaved={(card) => {
						followed.current = { id: card.id, stage: null };
						setEditing(null);
						setTold(t("pipeline.saved", { name: card.name || card.contact_name }));
					}}
				/>
			)}
			{staging && <StagesDialog onClose={() => setStaging(false)} />}
			{losing && (
				<LostDialog
					card={losing.card}
					stage={losing.to}
					busy={move.isPending}
					error={move.error}
					onClose={() => {
						move.reset();
						setLosing(null);
					}}
					onMove={(reason) => move.mutate({ ...losing, reason })}
				/>
			)}
		</Page>
	);
}
