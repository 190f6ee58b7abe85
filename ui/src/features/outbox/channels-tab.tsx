import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useSession } from "@/app/session";
import type { CheaperChannel, ComparedChannel } from "@/bindings";
import { Failure } from "@/components/failure";
import { ToChannels } from "@/components/to-channels";
import { Empty, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, meanPrice, money, percent } from "@/lib/format";
import { query } from "@/lib/ipc";

const NOTHING = "—";

const NBSP = "\u00a0";

/** How long an answer took, in the two largest units: 40 s, 12 min, 3 h 05 min, 2 d 4 h. */
export function took(seconds: number | null): string {
	if (seconds === null) return NOTHING;
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	if (minutes === 0) return `${Math.round(seconds)}${NBSP}s`;
	if (hours === 0) return `${minutes}${NBSP}min`;
	if (hours < 24)
		return `${hours}${NBSP}h${NBSP}${String(minutes % 60).padStart(2, "0")}${NBSP}min`;
	return `${Math.floor(hours / 24)}${NBSP}d${NBSP}${hours % 24}${NBSP}h`;
}

function Cheaper({ from, to }: { from: ComparedChannel; to: CheaperChannel }) {
	const { t, locale } = useWords();
	return (
		<li className="border-line border-t px-4 py-2" data-testid="cheaper">
			<p>
				{t("outbox.cheaper", {
					count: to.people,
					from: from.figures.name,
					to: to.name,
					saves: money(locale, to.saves.amount, to.saves.currency),
				})}
			</p>
			<p className="flex flex-wrap gap-x-3 text-12">
				{to.some.map((contact) => (
					<Link
						key={contact.id}
						to="/contacts"
						search={{ open: contact.id } as never}
						className="text-accent-text hover:underline"
					>
						{contact.name}
					</Link>
				))}
				{to.people > to.some.length && (
					<span className="text-ink-3">
						{t("outbox.cheaperMore", { count: to.people - to.some.length })}
					</span>
				)}
			</p>
		</li>
	);
}

/** Messaging channels beside one another: how far messages come, and what they cost. */
export function ChannelsTab() {
	const { t, locale } = useWords();
	const { range } = useSession();
	const asked = useQuery(query("compareChannels", { from: range.from, to: range.to }));
	if (asked.error) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
	if (!asked.data) return <Skeleton className="h-64" />;
	if (asked.data.length === 0) {
		return (
			<Empty icon={MessagesSquare} title={t("outbox.noChannels")} actions={<ToChannels />}>
				{t("outbox.noChannelsText")}
			</Empty>
		);
	}
	const heads = [
		"outbox.compare.out",
		"outbox.compare.reach",
		"outbox.compare.failed",
		"outbox.compare.in",
		"outbox.compare.replies",
		"outbox.compare.answer",
		"outbox.compare.sales",
		"outbox.compare.cost",
		"outbox.compare.perDelivered",
		"outbox.compare.perReply",
		"outbox.compare.perSale",
	] as const;
	const cheaper = asked.data.flatMap((from) => from.cheaper.map((to) => ({ from, to })));
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto">
			<Panel title={t("outbox.tab.channels")} hint={t("outbox.compare.hint")}>
				<div className="overflow-x-auto border-line border-t">
					<table className="w-full text-left">
						<thead>
							<tr className="align-bottom text-11 text-ink-3">
								<th className="px-4 py-1.5 font-medium">{t("outbox.channel")}</th>
								{heads.map((head) => (
									<th key={head} className="px-2 py-1.5 text-right font-medium last:pr-4">
										{t(head)}
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{asked.data.map((row) => {
								const { figures } = row;
								const cost = (text: string | null) =>
									text === null ? NOTHING : meanPrice(locale, text, row.currency ?? "");
								const costs = figures.costs.map((one) => money(locale, one.amount, one.currency));
								const cells = [
									count(locale, figures.outbound),
									percent(locale, row.reach_percent),
									percent(locale, row.failure_percent),
									count(locale, figures.inbound),
									count(locale, row.replies),
									took(figures.median_answer_seconds),
									count(locale, row.sales),
									costs.length === 0 ? NOTHING : costs.join(" + "),
									cost(row.cost_per_delivered),
									cost(row.cost_per_reply),
									cost(row.cost_per_sale),
								];
								return (
									<tr key={figures.id} className="border-line border-t" data-testid="compared">
										<th
											scope="row"
											title={figures.name}
											className="max-w-[200px] truncate px-4 py-1.5 font-medium"
										>
											{figures.name}
										</th>
										{cells.map((cell, place) => (
											<td key={heads[place]} className="num px-2 py-1.5 text-right last:pr-4">
												{cell}
											</td>
										))}
									</tr>
								);
							})}
						</tbody>
					</table>
				</div>
			</Panel>
			{cheaper.length > 0 && (
				<Panel title={t("outbox.cheaperTitle")} hint={t("outbox.cheaperHint")}>
					<ul>
						{cheaper.map(({ from, to }) => (
							<Cheaper key={`${from.figures.id} ${to.channel_id}`} from={from} to={to} />
						))}
					</ul>
				</Panel>
			)}
		</div>
	);
}
