import { useMutation, useQuery } from "@tanstack/react-query";
import { Coins, MessagesSquare, Pencil, Plus, Send, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type {
	ChannelList,
	ChannelNeeds,
	ChannelRow,
	ChannelTest,
	Provider,
	RemovedChannel,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import {
	Button,
	Empty,
	IconButton,
	Panel,
	SelectField,
	Skeleton,
	Tag,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { PricesDialog } from "./channel-prices";
import { TrialDialog } from "./channel-trial";
import { Qr } from "./qr";

/** A code that pairs a number is good for less than a minute. */
const NEW_CODE = 25_000;

const TONE = { connected: "positive", connecting: "neutral", disconnected: "negative" } as const;

/** What a channel is while it is edited. Secrets that were kept are not known here. */
type Edit = {
	name: string;
	provider: Provider;
	sender: string;
	sender_id: string;
	base_url: string;
	per_second: string;
	active: boolean;
	settings: Record<string, string>;
	secrets: Record<string, string>;
};

function ChannelDialog({
	from,
	providers,
	onClose,
}: {
	from: ChannelRow | null;
	providers: ChannelNeeds[];
	onClose: (saved?: ChannelRow) => void;
}) {
	const { t, failure } = useWords();
	const [edit, setEdit] = useState<Edit>({
		name: from?.name ?? "",
		provider: from?.provider ?? providers[0]?.provider ?? "evolution",
		sender: from?.sender ?? "",
		sender_id: from?.sender_id ?? "",
		base_url: from?.base_url ?? "",
		per_second: from?.per_second?.toString() ?? "",
		active: from?.active ?? true,
		settings: (from?.settings as Record<string, string>) ?? {},
		secrets: {},
	});
	const needs = providers.find((one) => one.provider === edit.provider);
	const settings = needs?.settings ?? [];
	const secrets = from?.of_connection ? [] : (needs?.secrets ?? []);
	const save = useMutation<ChannelRow, AppError, void>({
		mutationFn: () =>
			call("saveChannel", {
				id: from?.id ?? null,
				name: edit.name,
				provider: edit.provider,
				description: from?.description ?? null,
				base_url: edit.base_url || null,
				sender: edit.sender,
				sender_id: edit.sender_id,
				// Those of the outbox are kept beside the provider's.
				settings: Object.fromEntries(Object.entries(edit.settings).filter(([, value]) => value)),
				secrets: Object.fromEntries(
					secrets.flatMap(({ name }) => (edit.secrets[name] ? [[name, edit.secrets[name]]] : [])),
				),
				of_connection: from?.of_connection ?? false,
				active: edit.active,
				per_second: edit.per_second ? Number(edit.per_second) : null,
			}),
		onSuccess: (row) => onClose(row),
	});
	const wrong = (name: string) => (save.error?.field === name ? failure(save.error) : undefined);
	const change = (next: Partial<Edit>) => {
		save.reset();
		setEdit((before) => ({ ...before, ...next }));
	};
	const text = (name: "name" | "sender" | "sender_id" | "base_url" | "per_second") => ({
		value: edit[name],
		error: wrong(name),
		onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
	});
	const label = (name: string) => t(`channels.${edit.provider}.${name}`);
	const optional = (required: boolean) => (required ? undefined : t("channels.optional"));
	return (
		<FormDialog
			title={from ? t("channels.change", { name: from.name }) : t("channels.add")}
			description={t(`channels.${edit.provider}.text`)}
			label={t("action.save")}
			busy={save.isPending}
			error={save.error}
			fields={[
				"name",
				"provider",
				"sender",
				"sender_id",
				"base_url",
				"per_second",
				...settings.map(({ name }) => name),
				...secrets.map(({ name }) => name),
			]}
			onClose={() => onClose()}
			onSubmit={() => save.mutate()}
		>
			{!from && (
				<SelectField
					label={t("channels.provider")}
					value={edit.provider}
					error={wrong("provider")}
					onChange={(event) =>
						change({ provider: event.target.value as Provider, settings: {}, secrets: {} })
					}
				>
					{providers.map(({ provider }) => (
						<option key={provider} value={provider}>
							{t(`channels.${provider}`)}
						</option>
					))}
				</SelectField>
			)}
			<TextField
				label={t("channels.name")}
				placeholder={t("channels.nameExample")}
				{...text("name")}
			/>
			{needs?.base_url && (
				<TextField
					label={label("base_url")}
					placeholder="https://"
					inputMode="url"
					{...text("base_url")}
				/>
			)}
			<TextField
				label={label("sender")}
				placeholder={label("senderExample")}
				disabled={from?.of_connection}
				{...text("sender")}
			/>
			{needs?.sender_id && !from?.of_connection && (
				<TextField label={label("sender_id")} {...text("sender_id")} />
			)}
			{settings.map(({ name, required }) =>
				name === "security" ? (
					<SelectField
						key={name}
						label={label(name)}
						error={wrong(name)}
						value={edit.settings[name] ?? "starttls"}
						onChange={(event) =>
							change({ settings: { ...edit.settings, [name]: event.target.value } })
						}
					>
						{["starttls", "tls"].map((value) => (
							<option key={value} value={value}>
								{t(`channels.security.${value}`)}
							</option>
						))}
					</SelectField>
				) : (
					<TextField
						key={name}
						label={label(name)}
						hint={optional(required)}
						error={wrong(name)}
						value={edit.settings[name] ?? ""}
						onChange={(event) =>
							change({ settings: { ...edit.settings, [name]: event.target.value } })
						}
					/>
				),
			)}
			{secrets.map(({ name, required }) => (
				<TextField
					key={name}
					type="password"
					autoComplete="off"
					label={label(name)}
					hint={from ? t("channels.kept") : optional(required)}
					error={wrong(name)}
					value={edit.secrets[name] ?? ""}
					onChange={(event) => change({ secrets: { ...edit.secrets, [name]: event.target.value } })}
				/>
			))}
			<TextField
				label={t("channels.pace")}
				hint={t("channels.paceHint")}
				inputMode="numeric"
				{...text("per_second")}
			/>
			<label className="flex items-center gap-2">
				<input
					type="checkbox"
					className="size-4 flex-none accent-[var(--accent)]"
					checked={edit.active}
					onChange={(event) => change({ active: event.target.checked })}
				/>
				{t("channels.active")}
			</label>
		</FormDialog>
	);
}

function RemoveDialog({ row, onClose }: { row: ChannelRow; onClose: () => void }) {
	const { t } = useWords();
	const remove = useMutation<RemovedChannel, AppError, void>({
		mutationFn: () => call("removeChannel", { id: row.id }),
		onSuccess: onClose,
	});
	return (
		<FormDialog
			title={t("channels.remove", { name: row.name })}
			description={t("channels.removeText")}
			label={t("channels.removeButton")}
			danger
			busy={remove.isPending}
			error={remove.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => remove.mutate()}
		/>
	);
}

function ChannelLine({
	row,
	onEdit,
	onTrial,
	onPrices,
	onRemove,
}: {
	row: ChannelRow;
	onEdit: () => void;
	onTrial: () => void;
	onPrices: () => void;
	onRemove: () => void;
}) {
	const { t, locale, failure } = useWords();
	const test = useMutation<ChannelTest, AppError, void>({
		mutationFn: () => call("testChannel", { id: row.id }),
	});
	// It was tried, and waits for its code to be scanned.
	const unpaired = row.state === "connecting" && row.state_reason !== null;
	const code = row.state === "connected" ? null : test.data?.pairing_code;
	const { mutate: testAgain, isPending: testing } = test;
	// While the code is on the screen there is always one that works, until the number is paired.
	useEffect(() => {
		if (!code || testing) return;
		const timer = setTimeout(() => testAgain(), NEW_CODE);
		return () => clearTimeout(timer);
	}, [code, testing, testAgain]);
	return (
		<li className="border-line border-t px-4 py-3" data-testid="channel">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<span className="min-w-0 break-words font-medium">{row.name}</span>
				<Tag tone={!row.active ? "line" : unpaired ? "warning" : TONE[row.state]}>
					{!row.active
						? t("channels.off")
						: unpaired
							? t("channels.state.unpaired")
							: t(`channels.state.${row.state}`)}
				</Tag>
				<span className="flex-1" />
				<Button
					size="s"
					busy={test.isPending}
					disabled={!row.active}
					onClick={() => test.mutate()}
					data-testid="channel-test"
				>
					{t("settings.test")}
				</Button>
				<IconButton
					icon={Send}
					label={t("channels.trial", { name: row.name })}
					disabled={!row.active || row.state !== "connected"}
					onClick={onTrial}
				/>
				<IconButton
					icon={Coins}
					label={t("channels.prices", { name: row.name })}
					onClick={onPrices}
				/>
				<IconButton
					icon={Pencil}
					label={t("channels.change", { name: row.name })}
					onClick={onEdit}
				/>
				<IconButton
					icon={Trash2}
					label={t("channels.remove", { name: row.name })}
					onClick={onRemove}
				/>
			</div>
			<p data-selectable className="text-12 text-ink-2">
				{t(`channels.${row.provider}`)} · {row.sender}
				{row.active && row.state !== "connecting" && (
					<span className="text-ink-3">
						{" "}
						· {t("channels.since", { time: instant(locale, row.state_since) })}
					</span>
				)}
			</p>
			{row.active && row.state_reason && (
				<p data-selectable className="text-12 text-ink-2">
					{t(`channels.trouble.${row.state_reason}`)}
					{row.state_detail && <span className="text-ink-3"> ({row.state_detail})</span>}
				</p>
			)}
			{test.error && (
				<p role="alert" className="text-12 text-negative">
					{failure(test.error)}
				</p>
			)}
			{test.data?.channel.state === "connected" && (
				<p role="status" className="text-12 text-positive">
					{t("channels.works")}
				</p>
			)}
			{code && (
				<div className="mt-2 flex flex-wrap items-start gap-4">
					<Qr text={code} label={t("channels.qr")} />
					<div className="flex max-w-[280px] flex-col gap-2 text-12 text-ink-2">
						<p>{t("channels.qrText")}</p>
						<Button size="s" busy={test.isPending} onClick={() => test.mutate()}>
							{t("channels.qrAgain")}
						</Button>
					</div>
				</div>
			)}
		</li>
	);
}

/** Numbers that the sign-in at Meta brought and that are no channel yet. */
function Numbers({ numbers }: { numbers: ChannelList["numbers"] }) {
	const { t, failure } = useWords();
	const add = useMutation<ChannelRow, AppError, ChannelList["numbers"][number]>({
		mutationFn: (number) =>
			call("saveChannel", {
				id: null,
				name: number.name ? `${number.name} ${number.number}` : number.number,
				provider: "whatsapp_cloud",
				sender: number.number,
				sender_id: number.phone_number_id,
				of_connection: true,
				active: true,
			}),
	});
	if (numbers.length === 0) return null;
	return (
		<Panel title={t("channels.numbers")}>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-2">
				{t("channels.numbersText")}
			</p>
			{add.error && (
				<p role="alert" className="px-4 pb-2 text-12 text-negative">
					{failure(add.error)}
				</p>
			)}
			<ul>
				{numbers.map((number) => (
					<li
						key={number.phone_number_id}
						className="flex items-center gap-3 border-line border-t px-4 py-2"
					>
						<span className="min-w-0 flex-1">
							{number.number}
							<span className="text-ink-3"> · {number.name ?? number.account_name}</span>
						</span>
						<Button
							size="s"
							icon={Plus}
							busy={add.isPending && add.variables === number}
							onClick={() => add.mutate(number)}
						>
							{t("channels.use")}
						</Button>
					</li>
				))}
			</ul>
		</Panel>
	);
}

/** The numbers, bots and addresses by which people are written to. */
export function Channels() {
	const { t } = useWords();
	const list = useQuery(query("listChannels", {}));
	const [editing, setEditing] = useState<ChannelRow | "new" | null>(null);
	const [removing, setRemoving] = useState<ChannelRow | null>(null);
	const [trying, setTrying] = useState<ChannelRow | null>(null);
	const [pricing, setPricing] = useState<ChannelRow | null>(null);
	if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />;
	if (!list.data) return <Skeleton className="h-40" />;
	const { channels, providers, numbers } = list.data;
	const add = (
		<Button icon={Plus} onClick={() => setEditing("new")} data-testid="channel-add">
			{t("channels.add")}
		</Button>
	);
	return (
		<>
			{channels.length === 0 ? (
				<Empty icon={MessagesSquare} title={t("channels.none")} actions={add}>
					{t("channels.noneText")}
				</Empty>
			) : (
				<Panel title={t("settings.channels")} actions={add}>
					<ul>
						{channels.map((row) => (
							<ChannelLine
								key={row.id}
								row={row}
								onEdit={() => setEditing(row)}
								onTrial={() => setTrying(row)}
								onPrices={() => setPricing(row)}
								onRemove={() => setRemoving(row)}
							/>
						))}
					</ul>
				</Panel>
			)}
			<Numbers numbers={numbers} />
			{editing && (
				<ChannelDialog
					from={editing === "new" ? null : editing}
					providers={providers}
					onClose={() => setEditing(null)}
				/>
			)}
			{trying && <TrialDialog row={trying} onClose={() => setTrying(null)} />}
			{pricing && <PricesDialog row={pricing} onClose={() => setPricing(null)} />}
			{removing && <RemoveDialog row={removing} onClose={() => setRemoving(null)} />}
		</>
	);
}
