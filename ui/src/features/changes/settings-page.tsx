import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { CheckCheck, SlidersHorizontal } from "lucide-react";
import { useRef, useState } from "react";
import { useSession } from "@/app/session";
import { Page } from "@/app/shell";
import { useUndo } from "@/app/undo";
import type { MarkedSettingChanges, SettingChange, SettingKind } from "@/bindings";
import { Failure } from "@/components/failure";
import { BringFigures } from "@/components/no-figures";
import { type RecordColumn, RecordList, type RecordTableHandle } from "@/components/record-table";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, Segmented } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { type AppError, call, pages, query } from "@/lib/ipc";
import { settingName, told } from "./setting";
import { SettingInspector } from "./setting-inspector";
import { SeverityMark } from "./severity";
import { ViewChoice } from "./view-choice";

const KINDS = [
	"enhancement",
	"automation",
	"budget",
	"bidding",
	"status",
	"audience",
	"placement",
	"measurement",
	"schedule",
	"creative",
	"other",
] as const satisfies readonly SettingKind[];
/** So many are marked at once at most. */
const MOST_MARKED = 1_000;

/** Settings at Meta that were not the same at two syncs, until somebody says they were meant. */
export default function SettingsPage() {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const { done } = useUndo();
	const [kind, setKind] = useState<SettingKind | "">("");
	const [account, setAccount] = useState("");
	const [shown, setShown] = useState<"open" | "all">("open");
	const [open, setOpen] = useState<SettingChange | null>(null);
	const table = useRef<RecordTableHandle>(null);
	const request = {
		kind: kind || null,
		account: account || null,
		expected_too: shown === "all",
	};
	const list = useInfiniteQuery({
		...pages("listSettingChanges", request),
		// Rows do not blink away when the filter changes.
		placeholderData: (before) => before,
	});
	const accounts = useQuery(query("listAdAccounts", {})).data ?? [];
	const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
	const unmarked = rows.filter((row) => row.expected_at === null).slice(0, MOST_MARKED);
	const mark = useMutation<
		MarkedSettingChanges,
		AppError,
		{ rows: readonly SettingChange[]; expected: boolean }
	>({
		mutationFn: ({ rows, expected }) =>
			call("markSettingChange", { ids: rows.map((row) => row.id), expected }),
		onSuccess: ({ rows: now }, { rows, expected }) => {
			setOpen((before) => now.find((row) => row.id === before?.id) ?? before);
			const ids = rows.map((row) => row.id);
			const count = ids.length;
			done({
				key: `settings-${ids[0]}-${expected}`,
				text: t(expected ? "drift.marked" : "drift.unmarked", { count }),
				undo: async () => {
					const { rows: back } = await call("markSettingChange", { ids, expected: !expected });
					setOpen((before) => back.find((row) => row.id === before?.id) ?? before);
				},
				undone: t(expected ? "drift.unmarked" : "drift.marked", { count }),
			});
		},
	});
	const close = () => {
		const back = open;
		setOpen(null);
		if (back) table.current?.focus(back.id);
	};
	const filtered = kind !== "" || account !== "";
	const columns: RecordColumn<SettingChange>[] = [
		{
			id: "setting",
			head: t("drift.setting"),
			width: 260,
			cell: (row) => (
				<span className="flex min-w-0 items-center gap-2">
					<SeverityMark severity={row.severity} />
					<span className="truncate" title={row.field}>
						{settingName(t, row.field)}
					</span>
				</span>
			),
		},
		{
			id: "change",
			head: t("drift.change"),
			width: 260,
			cell: (row) => {
				const { before, after } = told(t, locale, zone, row);
				const text = row.list
					? [...before, ...after].join(", ")
					: `${before.join(", ")} \u2192 ${after.join(", ")}`;
				return (
					<span className="num" title={text}>
						{text}
					</span>
				);
			},
		},
		{
			id: "object",
			head: t("drift.object"),
			width: 220,
			drop: 4,
			cell: (row) => (
				<span title={row.name}>
					{row.name} <span className="text-ink-3">{t(`drift.level.${row.level}`)}</span>
				</span>
			),
		},
		{
			id: "kind",
			head: t("drift.kind"),
			width: 120,
			drop: 2,
			cell: (row) => <span className="text-ink-2">{t(`drift.kind.${row.kind}`)}</span>,
		},
		...(accounts.length > 1
			? [
					{
						id: "account",
						head: t("drift.account"),
						width: 160,
						drop: 1,
						cell: (row: SettingChange) => (
							<span className="text-ink-2" title={row.account_name}>
								{row.account_name}
							</span>
						),
					},
				]
			: []),
		...(shown === "all"
			? [
					{
						id: "meant",
						head: t("drift.meant"),
						width: 84,
						cell: (row: SettingChange) => (
							<span className="text-ink-2">{row.expected_at ? t("drift.yes") : "—"}</span>
						),
					},
				]
			: []),
		{
			id: "seen",
			head: t("drift.seen"),
			width: 120,
			drop: 3,
			cell: (row) => <span className="num text-ink-2">{instant(locale, row.seen_at, zone)}</span>,
		},
	];
	return (
		<div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_auto]">
			<div className="flex min-h-0 min-w-0 flex-col">
				<Page
					title={t("nav.changes")}
					fill
					tools={
						unmarked.length > 0 && (
							<Button
								icon={CheckCheck}
								busy={mark.isPending}
								data-testid="mark-all"
								onClick={() => mark.mutate({ rows: unmarked, expected: true })}
							>
								{t("drift.markAll", { count: unmarked.length })}
							</Button>
						)
					}
				>
					<div className="flex flex-none flex-wrap items-center gap-2">
						<ViewChoice value="settings" />
						<Segmented
							label={t("drift.show")}
							value={shown}
							onChange={setShown}
							options={[
								{ value: "open", label: t("drift.show.open") },
								{ value: "all", label: t("drift.show.all"), testId: "settings-all" },
							]}
						/>
						<FilterSelect
							aria-label={t("drift.kind")}
							data-testid="settings-kind"
							value={kind}
							onChange={(event) => setKind(event.target.value as SettingKind | "")}
						>
							<option value="">{t("drift.anyKind")}</option>
							{KINDS.map((one) => (
								<option key={one} value={one}>
									{t(`drift.kind.${one}`)}
								</option>
							))}
						</FilterSelect>
						{accounts.length > 1 && (
							<FilterSelect
								aria-label={t("drift.account")}
								value={account}
								onChange={(event) => setAccount(event.target.value)}
							>
								<option value="">{t("drift.anyAccount")}</option>
								{accounts.map((one) => (
									<option key={one.id} value={one.id}>
										{one.name}
									</option>
								))}
							</FilterSelect>
						)}
					</div>
					{mark.error && <Failure error={mark.error} />}
					<RecordList
						label={t("changes.view.settings")}
						columns={columns}
						rows={rows}
						selected={open?.id ?? null}
						onOpen={setOpen}
						list={list}
						handle={table}
						testId="setting-row"
					>
						{filtered ? (
							<Empty
								title={t("drift.noMatch")}
								actions={
									<Button
										onClick={() => {
											setKind("");
											setAccount("");
										}}
									>
										{t("drift.clear")}
									</Button>
								}
							/>
						) : (
							<Empty icon={SlidersHorizontal} title={t("drift.none")} actions={<BringFigures />}>
								{t("drift.noneText")}
							</Empty>
						)}
					</RecordList>
				</Page>
			</div>
			{open && (
				<SettingInspector
					key={open.id}
					change={open}
					busy={mark.isPending}
					onClose={close}
					onMark={(expected) => mark.mutate({ rows: [open], expected })}
				/>
			)}
		</div>
	);
}
