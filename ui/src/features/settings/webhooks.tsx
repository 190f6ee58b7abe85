import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { AgentEnvironment, Webhooks as Doors, WebhookRow, WebhookTest } from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Failure } from "@/components/failure";
import { Button, Checkbox, Panel, SelectField, Skeleton, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, recent } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Fact } from "./parts";

/** The port that is offered; nothing else is known to use it. */
const PORT = "8790";

const ENVIRONMENTS = ["development", "staging", "production"] as const;

/** The agent that runs beside the window: whether, where, and how providers reach it. */
function Beside({ doors }: { doors: Doors }) {
	const { t, failure } = useWords();
	const [on, setOn] = useState(doors.port !== null);
	const [port, setPort] = useState(String(doors.port ?? PORT));
	const [url, setUrl] = useState(doors.public_url ?? "");
	const [environment, setEnvironment] = useState(doors.environment);
	const save = useMutation<Doors, AppError, void>({
		mutationFn: () =>
			call("setAgent", { port: on ? Number(port) : 0, public_url: url || null, environment }),
	});
	const wrongPort = on && !(Number(port) >= 1 && Number(port) <= 65_535);
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	return (
		<Panel title={t("webhooks.beside")}>
			<form
				className="flex flex-col gap-3 border-line border-t px-4 py-3"
				onSubmit={(event) => {
					event.preventDefault();
					if (!wrongPort) save.mutate();
				}}
			>
				<p className="text-ink-2">{t("webhooks.besideText")}</p>
				<div className="flex items-center gap-2 font-medium">
					<Checkbox
						id="webhooks-on"
						label={t("webhooks.on")}
						checked={on}
						onChange={(event) => setOn(event.target.checked)}
					/>
					<label htmlFor="webhooks-on">{t("webhooks.on")}</label>
				</div>
				{on && (
					<div className="grid grid-cols-[120px_minmax(0,1fr)] gap-3 max-[860px]:grid-cols-1">
						<TextField
							label={t("webhooks.port")}
							inputMode="numeric"
							value={port}
							error={wrongPort ? t("webhooks.portWrong") : undefined}
							onChange={(event) => setPort(event.target.value.trim())}
						/>
						<TextField
							label={t("webhooks.publicUrl")}
							hint={t("webhooks.publicUrlHint")}
							placeholder="https://"
							value={url}
							error={wrong("public_url")}
							onChange={(event) => setUrl(event.target.value)}
						/>
						<SelectField
							label={t("webhooks.environment")}
							value={environment}
							onChange={(event) => setEnvironment(event.target.value as AgentEnvironment)}
						>
							{ENVIRONMENTS.map((one) => (
								<option key={one} value={one}>
									{t(`webhooks.environment.${one}`)}
								</option>
							))}
						</SelectField>
					</div>
				)}
				{save.error && !wrong("public_url") && (
					<p role="alert" className="text-negative">
						{failure(save.error)}
					</p>
				)}
				<div className="flex items-center gap-3">
					<Button type="submit" variant="primary" size="l" busy={save.isPending}>
						{t("action.save")}
					</Button>
					{doors.agent_url && (
						<span className="inline-flex items-center gap-1.5 text-positive">
							<CircleCheck size={14} aria-hidden />
							{t("webhooks.listens", { url: doors.agent_url })}
						</span>
					)}
				</div>
			</form>
		</Panel>
	);
}

function State({ row }: { row: WebhookRow }) {
	const { t, locale } = useWords();
	const { now } = useSession();
	const trouble = row.waiting + row.refused > 0;
	const Icon = trouble ? TriangleAlert : row.last_at ? CircleCheck : CircleDashed;
	return (
		<div className="num flex flex-col gap-0.5 whitespace-normal text-12 text-ink-2">
			<span className="flex items-center gap-1.5">
				<Icon
					size={14}
					aria-hidden
					className={trouble ? "text-warning" : row.last_at ? "text-positive" : "text-ink-3"}
				/>
				{row.last_at
					? t("webhooks.last", { at: recent(locale, row.last_at, now) })
					: t("webhooks.never")}
				{row.deliveries > 0 && (
					<span className="text-ink-3">{t("webhooks.deliveries", { count: row.deliveries })}</span>
				)}
			</span>
			{row.waiting > 0 && <span>{t("webhooks.waiting", { count: row.waiting })}</span>}
			{row.refused > 0 && <span>{t("webhooks.refused", { count: row.refused })}</span>}
			{trouble && row.reason && (
				<span className="text-ink-3">
					{t(`webhooks.reason.${row.reason.split(":")[0]}`, { defaultValue: row.reason })}
				</span>
			)}
			{row.last_refusal && (
				<span className="text-ink-3">
					{t("webhooks.lastRefusal", {
						at: recent(locale, row.last_refusal.at, now),
						why: t(`webhooks.refusal.${row.last_refusal.reason}`),
					})}
				</span>
			)}
			{row.signed ? (
				<span className="text-ink-3">{t("webhooks.secretKept")}</span>
			) : (
				<span className="flex items-start gap-1.5 text-warning">
					<TriangleAlert size={14} aria-hidden className="mt-0.5 flex-none" />
					<span className="min-w-0">
						{t(
							row.channel_id || row.provider === "ycloud"
								? "webhooks.noSecret"
								: "webhooks.unsigned",
						)}
					</span>
				</span>
			)}
			<span className="sr-only">{count(locale, row.deliveries)}</span>
		</div>
	);
}

/** Calls an address from here, as its provider would. */
function Probe({ row }: { row: WebhookRow }) {
	const { t, failure } = useWords();
	const test = useMutation<WebhookTest, AppError, void>({
		mutationFn: () => call("testWebhook", { path: row.path }),
	});
	const { trouble, detail } = test.data ?? {};
	return (
		<div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-12">
			<Button
				size="s"
				busy={test.isPending}
				reason={row.url ? undefined : t("webhooks.testNeedsAgent")}
				onClick={() => test.mutate()}
				data-testid="webhook-test"
			>
				{t("webhooks.test")}
			</Button>
			{test.error && (
				<span role="alert" className="text-negative">
					{failure(test.error)}
				</span>
			)}
			{test.data && !trouble && (
				<span role="status" className="text-positive">
					{t("webhooks.testWorks")}
				</span>
			)}
			{trouble && (
				<span role="alert" className="text-negative">
					{t(`webhooks.trouble.${trouble}`)}
					{detail && <span className="text-ink-3"> ({detail})</span>}
				</span>
			)}
		</div>
	);
}

/** What to subscribe to at the provider. */
function Fields({ row }: { row: WebhookRow }) {
	const { t } = useWords();
	if (row.fields.length === 0) return null;
	return (
		<details className="text-12 text-ink-2">
			<summary className="cursor-pointer">
				{t("webhooks.fields", { count: row.fields.length })}
			</summary>
			<ul className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 pl-4 font-mono">
				{row.fields.map((field) => (
					<li key={field}>{field}</li>
				))}
			</ul>
		</details>
	);
}

/** Where providers can call, what to enter there, and what came. */
export function Webhooks() {
	const { t } = useWords();
	const doors = useQuery(query("listWebhooks", {}));
	if (doors.error) {
		return <Failure error={doors.error} retry={() => void doors.refetch()} />;
	}
	if (!doors.data) return <Skeleton className="h-64" />;
	const { rows, verify_token } = doors.data;
	return (
		<>
			<Beside doors={doors.data} />
			<Panel title={t("webhooks.addresses")}>
				<dl>
					{rows.map((row) => (
						<Fact
							key={row.path}
							label={row.channel ?? t(`provider.${row.channel_id ? row.provider : familyOf(row)}`)}
						>
							<div className="flex flex-col gap-1.5 py-0.5">
								<div className="flex flex-wrap items-center gap-2">
									<code className="min-w-0 break-all font-mono text-12">{row.url ?? row.path}</code>
									{row.url && <CopyButton text={row.url} />}
								</div>
								<State row={row} />
								<Fields row={row} />
								<Probe row={row} />
							</div>
						</Fact>
					))}
					<Fact label={t("webhooks.verifyToken")}>
						<div className="flex flex-wrap items-center gap-2">
							<code className="min-w-0 break-all font-mono text-12">{verify_token}</code>
							<CopyButton text={verify_token} />
						</div>
						<p className="text-12 text-ink-3">{t("webhooks.verifyTokenHint")}</p>
					</Fact>
				</dl>
			</Panel>
		</>
	);
}

/** Meta tells everything at one address, whatever it is about. */
function familyOf(row: WebhookRow): string {
	return row.provider === "ycloud" ? "ycloud" : "meta";
}
