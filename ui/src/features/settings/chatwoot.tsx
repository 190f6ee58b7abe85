import { useMutation, useQuery } from "@tanstack/react-query";
import { Headset, Link2, TriangleAlert, Unlink } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import type {
	ChatwootChannel,
	ChatwootFound,
	ChatwootLink,
	ChatwootStatus,
	ConnectChatwoot,
} from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { ToChannels } from "@/components/to-channels";
import {
	Banner,
	Button,
	Empty,
	Panel,
	SelectField,
	Skeleton,
	Tag,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, instant, recent } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Fact } from "./parts";

/** Hours of the pause that is offered. */
const PAUSE = 24;

/** What is asked for again where only a part of a link changes. */
const asLinked = (link: ChatwootLink, channels: readonly ChatwootChannel[]): ConnectChatwoot => ({
	base_url: link.base_url,
	account_id: link.account_id,
	inbox_id: link.inbox_id,
	pause_hours: link.pause_hours,
	channels: channels.filter((channel) => channel.mirrored).map((channel) => channel.id),
});

function ChannelChoice({
	channels,
	chosen,
	onChange,
}: {
	channels: readonly ChatwootChannel[];
	chosen: ReadonlySet<string>;
	onChange: (chosen: Set<string>) => void;
}) {
	const { t } = useWords();
	if (channels.length === 0) {
		return <p className="text-ink-2">{t("chatwoot.noChannels")}</p>;
	}
	return (
		<fieldset>
			<legend className="mb-1 font-medium">{t("chatwoot.channels")}</legend>
			<div className="flex flex-col gap-1.5">
				{channels.map((channel) => (
					<label key={channel.id} className="flex items-center gap-2">
						<input
							type="checkbox"
							className="size-4 flex-none accent-[var(--accent)]"
							checked={chosen.has(channel.id)}
							onChange={(event) => {
								const next = new Set(chosen);
								if (event.target.checked) next.add(channel.id);
								else next.delete(channel.id);
								onChange(next);
							}}
						/>
						<span className="min-w-0 break-words">{channel.name}</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}

/** The way to a Chatwoot, and then which of its inboxes. */
function ConnectDialog({ status, onClose }: { status: ChatwootStatus; onClose: () => void }) {
	const { t, failure } = useWords();
	const { link, channels } = status;
	const [url, setUrl] = useState(link?.base_url ?? "");
	const [token, setToken] = useState("");
	const [found, setFound] = useState<ChatwootFound | null>(null);
	const [account, setAccount] = useState<number | null>(link?.account_id ?? null);
	const [inbox, setInbox] = useState<number | null>(link?.inbox_id ?? null);
	const [chosen, setChosen] = useState(
		new Set<string>(
			channels.filter((channel) => !link || channel.mirrored).map((channel) => channel.id),
		),
	);
	const look = useMutation<ChatwootFound, AppError, void>({
		mutationFn: () => call("lookAtChatwoot", { base_url: url, token: token || null }),
		onSuccess: (next) => {
			setFound(next);
			const kept = next.accounts.find((one) => one.id === account) ?? next.accounts[0];
			setAccount(kept?.id ?? null);
			const usable = kept?.inboxes.filter((one) => one.usable) ?? [];
			setInbox((usable.find((one) => one.id === inbox) ?? usable[0])?.id ?? null);
		},
	});
	const connect = useMutation<ChatwootStatus, AppError, void>({
		mutationFn: () =>
			call("connectChatwoot", {
				base_url: found?.base_url ?? url,
				token: token || null,
				account_id: account ?? 0,
				inbox_id: inbox ?? 0,
				pause_hours: link?.pause_hours ?? PAUSE,
				channels: [...chosen],
			}),
		onSuccess: onClose,
	});
	const error = look.error ?? connect.error;
	const wrong = (field: string) => (error?.field === field ? failure(error) : undefined);
	const again = () => {
		look.reset();
		connect.reset();
		setFound(null);
	};
	const usable =
		found?.accounts.find((one) => one.id === account)?.inboxes.filter((one) => one.usable) ?? [];
	const nothing = found !== null && usable.length === 0;
	return (
		<FormDialog
			title={t(link ? "chatwoot.change" : "chatwoot.connect")}
			description={t("chatwoot.connectText")}
			label={t(found ? "chatwoot.connect" : "chatwoot.look")}
			busy={look.isPending || connect.isPending}
			error={error}
			fields={["base_url", "token"]}
			onClose={onClose}
			onSubmit={() => {
				if (!found) look.mutate();
				else if (!nothing) connect.mutate();
			}}
		>
			<TextField
				label={t("chatwoot.url")}
				placeholder="https://app.chatwoot.com"
				inputMode="url"
				value={url}
				error={wrong("base_url")}
				onChange={(event) => {
					again();
					setUrl(event.target.value);
				}}
			/>
			<TextField
				type="password"
				label={t("chatwoot.token")}
				hint={t(link ? "chatwoot.tokenKept" : "chatwoot.tokenHint")}
				value={token}
				error={wrong("token")}
				onChange={(event) => {
					again();
					setToken(event.target.value);
				}}
			/>
			{found && (
				<>
					<p role="status" className="text-positive">
						{t("chatwoot.signedIn", { name: found.user_name })}
					</p>
					<SelectField
						label={t("chatwoot.account")}
						value={account ?? ""}
						onChange={(event) => {
							const id = Number(event.target.value);
							setAccount(id);
							const of = found.accounts.find((one) => one.id === id);
							setInbox(of?.inboxes.find((one) => one.usable)?.id ?? null);
						}}
					>
						{found.accounts.map((one) => (
							<option key={one.id} value={one.id}>
								{one.name}
							</option>
						))}
					</SelectField>
					{nothing ? (
						<p role="alert" className="text-negative">
							{t("chatwoot.noInbox")}
						</p>
					) : (
						<SelectField
							label={t("chatwoot.inbox")}
							hint={t("chatwoot.inboxHint")}
							value={inbox ?? ""}
							onChange={(event) => setInbox(Number(event.target.value))}
						>
							{usable.map((one) => (
								<option key={one.id} value={one.id}>
									{one.name}
								</option>
							))}
						</SelectField>
					)}
					<ChannelChoice channels={channels} chosen={chosen} onChange={setChosen} />
				</>
			)}
		</FormDialog>
	);
}

function DisconnectDialog({ link, onClose }: { link: ChatwootLink; onClose: () => void }) {
	const { t } = useWords();
	const end = useMutation<ChatwootStatus, AppError, void>({
		mutationFn: () => call("disconnectChatwoot", {}),
		onSuccess: onClose,
	});
	return (
		<FormDialog
			title={t("chatwoot.disconnect")}
			description={
				<>
					{t("chatwoot.disconnectText")}
					{link.waiting > 0 && ` ${t("chatwoot.disconnectWaiting", { count: link.waiting })}`}
				</>
			}
			label={t("chatwoot.disconnect")}
			danger
			busy={end.isPending}
			error={end.error}
			fields={[]}
			onClose={onClose}
			onSubmit={() => end.mutate()}
		/>
	);
}

/** Which channels are mirrored, and how long a person is left alone. */
function Rules({ link, channels }: { link: ChatwootLink; channels: readonly ChatwootChannel[] }) {
	const { t, failure } = useWords();
	const stored = asLinked(link, channels);
	const [chosen, setChosen] = useState<Set<string> | null>(null);
	const [hours, setHours] = useState<string | null>(null);
	const pause = hours ?? String(link.pause_hours);
	const wrongHours = !/^\d{1,3}$/.test(pause) || Number(pause) > 720;
	const save = useMutation<ChatwootStatus, AppError, void>({
		mutationFn: () =>
			call("connectChatwoot", {
				...stored,
				channels: chosen ? [...chosen] : stored.channels,
				pause_hours: Number(pause),
			}),
		onSuccess: () => {
			setChosen(null);
			setHours(null);
		},
	});
	return (
		<Panel title={t("chatwoot.rules")}>
			<form
				className="flex flex-col gap-3 border-line border-t px-4 py-3"
				onSubmit={(event) => {
					event.preventDefault();
					if (!wrongHours) save.mutate();
				}}
			>
				{channels.length === 0 ? (
					<div className="flex flex-wrap items-center gap-3">
						<p className="text-ink-2">{t("chatwoot.noChannels")}</p>
						<ToChannels />
					</div>
				) : (
					<ChannelChoice
						channels={channels}
						chosen={chosen ?? new Set<string>(stored.channels)}
						onChange={(next) => {
							save.reset();
							setChosen(next);
						}}
					/>
				)}
				<TextField
					label={t("chatwoot.pause")}
					hint={t("chatwoot.pauseHint")}
					inputMode="numeric"
					value={pause}
					error={wrongHours ? t("chatwoot.pauseWrong") : undefined}
					onChange={(event) => {
						save.reset();
						setHours(event.target.value.trim());
					}}
				/>
				{save.error && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
				<div className="flex items-center gap-3">
					<Button type="submit" variant="primary" size="l" busy={save.isPending}>
						{t("action.save")}
					</Button>
					{save.isSuccess && (
						<span role="status" className="text-positive">
							{t("settings.saved")}
						</span>
					)}
				</div>
			</form>
		</Panel>
	);
}

/** How Chatwoot tells at once what agents write, where it can reach an agent of ours. */
function Webhook({ link, channels }: { link: ChatwootLink; channels: readonly ChatwootChannel[] }) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const [secret, setSecret] = useState("");
	const save = useMutation<ChatwootStatus, AppError, void>({
		mutationFn: () =>
			call("connectChatwoot", { ...asLinked(link, channels), webhook_secret: secret }),
		onSuccess: () => setSecret(""),
	});
	const address = link.webhook_url ?? link.webhook_path;
	return (
		<Panel title={t("chatwoot.webhook")}>
			<p className="border-line border-t px-4 py-2 text-ink-2">{t("chatwoot.webhookText")}</p>
			<dl>
				<Fact label={t("chatwoot.webhookUrl")}>
					<div className="flex flex-wrap items-center gap-2">
						<code className="min-w-0 break-all font-mono text-12">{address}</code>
						<CopyButton text={address} />
					</div>
					{!link.webhook_url && (
						<p className="text-12 text-ink-3">{t("chatwoot.webhookNoAgent")}</p>
					)}
				</Fact>
				<Fact label={t("chatwoot.webhookLast")}>
					{link.webhook_at ? recent(locale, link.webhook_at, now) : t("chatwoot.webhookNever")}
				</Fact>
			</dl>
			<form
				className="flex flex-col gap-3 border-line border-t px-4 py-3"
				onSubmit={(event) => {
					event.preventDefault();
					if (secret) save.mutate();
				}}
			>
				<TextField
					type="password"
					label={t("chatwoot.webhookSecret")}
					hint={t(link.webhook_signed ? "channels.kept" : "chatwoot.webhookSecretHint")}
					value={secret}
					onChange={(event) => {
						save.reset();
						setSecret(event.target.value);
					}}
				/>
				{save.error && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
				<div className="flex items-center gap-3">
					<Button type="submit" size="l" disabled={!secret} busy={save.isPending}>
						{t("action.save")}
					</Button>
					{save.isSuccess && (
						<span role="status" className="text-positive">
							{t("settings.saved")}
						</span>
					)}
				</div>
			</form>
		</Panel>
	);
}

function Linked({ link, onChange }: { link: ChatwootLink; onChange: () => void }) {
	const { t, locale } = useWords();
	const { now } = useSession();
	const [ending, setEnding] = useState(false);
	const stopped = link.state === "disconnected";
	return (
		<>
			{stopped && (
				<Banner
					tone="negative"
					icon={TriangleAlert}
					testId="chatwoot-stopped"
					actions={<Button onClick={onChange}>{t("chatwoot.again")}</Button>}
				>
					{t("chatwoot.stopped", { reason: link.state_reason ?? "" })}
				</Banner>
			)}
			{!stopped && link.retry_at && (
				<Banner tone="warning" icon={TriangleAlert} testId="chatwoot-waits">
					{t("chatwoot.retry", { at: recent(locale, link.retry_at, now) })}
				</Banner>
			)}
			<Panel
				title={t("settings.chatwoot")}
				actions={
					<>
						<Button size="s" onClick={onChange} data-testid="chatwoot-change">
							{t("settings.change")}
						</Button>
						<Button
							size="s"
							icon={Unlink}
							onClick={() => setEnding(true)}
							data-testid="chatwoot-disconnect"
						>
							{t("chatwoot.disconnect")}
						</Button>
					</>
				}
			>
				<dl>
					<Fact label={t("settings.state")}>
						<Tag tone={stopped ? "negative" : link.retry_at ? "warning" : "positive"}>
							{link.retry_at && !stopped
								? t("chatwoot.unreachable")
								: t(`channels.state.${link.state}`)}
						</Tag>
						<span className="text-12 text-ink-3">
							{" "}
							{t("channels.since", { time: instant(locale, link.state_since) })}
						</span>
					</Fact>
					<Fact label={t("chatwoot.url")}>{link.base_url}</Fact>
					<Fact label={t("chatwoot.inbox")}>
						{link.inbox_name} <span className="text-ink-3">· {link.account_name}</span>
					</Fact>
					<Fact label={t("settings.user")}>{link.user_name}</Fact>
					<Fact label={t("chatwoot.mirrored")}>
						<span className="num">{count(locale, link.mirrored)}</span>
					</Fact>
					<Fact label={t("chatwoot.waiting")}>
						<span className="num" data-testid="chatwoot-waiting">
							{count(locale, link.waiting + link.replies)}
						</span>
					</Fact>
					{link.refused > 0 && (
						<Fact label={t("chatwoot.refused")}>
							<span className="num">{count(locale, link.refused)}</span>
						</Fact>
					)}
					{link.error && (
						<Fact label={t("settings.lastError")}>
							<span data-testid="chatwoot-error">
								{t(`chatwoot.error.${link.error_kind ?? "other"}`, {
									defaultValue: t("chatwoot.error.other"),
								})}
								<span className="block text-12 text-ink-3">{link.error}</span>
							</span>
						</Fact>
					)}
				</dl>
			</Panel>
			{ending && <DisconnectDialog link={link} onClose={() => setEnding(false)} />}
		</>
	);
}

/** The inbox of a Chatwoot in which agents see, and answer, what is written here. */
export function Chatwoot() {
	const { t } = useWords();
	const status = useQuery(query("getChatwoot", {}));
	const [connecting, setConnecting] = useState(false);
	if (status.error) return <Failure error={status.error} retry={() => void status.refetch()} />;
	if (!status.data) return <Skeleton className="h-64" />;
	const { link, channels } = status.data;
	return (
		<>
			{link ? (
				<>
					<Linked link={link} onChange={() => setConnecting(true)} />
					<Rules link={link} channels={channels} />
					<Webhook link={link} channels={channels} />
				</>
			) : (
				<Empty
					icon={Headset}
					title={t("chatwoot.none")}
					actions={
						<Button
							icon={Link2}
							variant="primary"
							size="l"
							onClick={() => setConnecting(true)}
							data-testid="chatwoot-connect"
						>
							{t("chatwoot.connect")}
						</Button>
					}
				>
					{t("chatwoot.noneText")}
				</Empty>
			)}
			{connecting && <ConnectDialog status={status.data} onClose={() => setConnecting(false)} />}
		</>
	);
}
