import type { Learned, LearnedChannel } from "@/bindings";
import { Panel, Progress } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, percent, period } from "@/lib/format";

/** Channels that are listed; the rest follow in one line. */
const MOST = 12;

/** Why the data-driven model cannot be chosen; null where it can, or while that is not known. */
export function useTooLittle(learned: Learned | undefined): string | null {
	const { t, locale } = useWords();
	if (!learned || learned.enough) return null;
	const { sold, unsold, channels, least_sold, least_unsold, least_channels } = learned;
	// What there is enough of is not what is missing.
	const missing = (
		[
			["sold", sold, least_sold],
			["unsold", unsold, least_unsold],
			["channels", channels.length, least_channels],
		] as const
	).flatMap(([what, has, needs]) =>
		has < needs
			? t(`learned.few.${what}`, { has: count(locale, has), needs: count(locale, needs) })
			: [],
	);
	return t("learned.tooLittle", { missing: new Intl.ListFormat(locale).format(missing) });
}

/** From what the data-driven model learned, in one line. */
export function useLearnedFrom() {
	const { t, locale } = useWords();
	return (learned: Learned) =>
		t("learned.from", {
			days: period(locale, learned.from, learned.to),
			sold: count(locale, learned.sold),
			unsold: count(locale, learned.unsold),
			channels: count(locale, learned.channels.length),
		});
}

/** Lead sources that have campaigns, which a touch may fail to name. */
const OF_CAMPAIGNS = ["META_ADS", "CLICK_TO_WHATSAPP"];

/** A campaign by its name, a source in words. */
function useChannelName() {
	const { t } = useWords();
	return ({ is_source, name }: LearnedChannel) => {
		if (!is_source) return name;
		const source = t(`lead.${name}`, { defaultValue: name });
		return OF_CAMPAIGNS.includes(name) ? t("learned.withoutCampaign", { source }) : source;
	};
}

/** Below a report that the data-driven model credits. */
export function LearnedNote({ learned }: { learned: Learned | null | undefined }) {
	const { t } = useWords();
	const from = useLearnedFrom();
	if (!learned) return null;
	return (
		<p data-testid="learned-note" className="text-12 text-ink-3">
			{t("model.markov")}: {from(learned)}
		</p>
	);
}

/** What the data-driven model learned of each campaign and source, or why it is left out. */
export function LearnedPanel({ learned }: { learned: Learned }) {
	const { t, locale } = useWords();
	const from = useLearnedFrom();
	const little = useTooLittle(learned);
	const nameOf = useChannelName();
	const shown = learned.channels.slice(0, MOST);
	const more = learned.channels.length - shown.length;
	return (
		<Panel title={t("learned.title")} className="flex-none">
			<p className="border-line border-t px-4 py-2.5 text-ink-2">{little ?? from(learned)}</p>
			{!little && (
				<>
					<table data-testid="learned" className="w-full">
						<thead>
							<tr className="h-7 text-11 text-ink-3 [&>*]:border-line [&>*]:border-t">
								<th scope="col" className="w-[34%] pl-4 text-left font-medium">
									{t("learned.channel")}
								</th>
								<th scope="col" colSpan={2} className="px-2 text-left font-medium">
									{t("learned.effect")}
								</th>
								<th scope="col" className="whitespace-nowrap pr-4 pl-2 text-right font-medium">
									{t("learned.share")}
								</th>
							</tr>
						</thead>
						<tbody>
							{shown.map((channel) => (
								<tr
									key={`${channel.is_source} ${channel.campaign_id} ${channel.name}`}
									className="h-8"
								>
									<th
										scope="row"
										className="max-w-0 truncate pl-4 text-left font-normal"
										title={nameOf(channel)}
									>
										{nameOf(channel)}
									</th>
									<td className="w-full px-2">
										<Progress percent={Number(channel.effect_percent)} label={nameOf(channel)} />
									</td>
									<td className="num whitespace-nowrap px-2 text-right">
										{percent(locale, channel.effect_percent, 1)}
									</td>
									<td className="num whitespace-nowrap pr-4 pl-2 text-right text-ink-2">
										{percent(locale, channel.share_percent, 1)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
					<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
						{more > 0 && `${t("learned.more", { count: more })} `}
						{t("learned.hint")}
					</p>
				</>
			)}
		</Panel>
	);
}
