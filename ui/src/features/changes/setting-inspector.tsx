import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, Undo2 } from "lucide-react";
import { useSession } from "@/app/session";
import type { SettingChange } from "@/bindings";
import { Facts, Inspector } from "@/components/inspector";
import { Button, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { moment } from "@/lib/format";
import { settingName, told } from "./setting";
import { SeverityMark } from "./severity";

/** One changed setting: what it was and is, between which syncs, and whether it was meant. */
export function SettingInspector({
	change,
	busy,
	onClose,
	onMark,
}: {
	change: SettingChange;
	busy: boolean;
	onClose: () => void;
	onMark: (expected: boolean) => void;
}) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const navigate = useNavigate();
	const name = settingName(t, change.field);
	const { before, after } = told(t, locale, zone, change);
	const campaign =
		change.level === "campaign"
			? { id: change.object_id, name: change.name }
			: { id: change.campaign_id, name: change.campaign_name };
	const meant = change.expected_at !== null;
	return (
		<Inspector label={name} title={name} onClose={onClose}>
			<p className="mb-3 flex flex-wrap items-center gap-2">
				<SeverityMark severity={change.severity} named />
				<Tag>{t(`drift.kind.${change.kind}`)}</Tag>
				{meant && <Tag tone="positive">{t("drift.meant")}</Tag>}
			</p>
			<dl className="mb-4 grid gap-2 rounded-2 border border-line bg-sunken p-3">
				{(
					[
						["before", before],
						["after", after],
					] as const
				).map(
					([when, texts]) =>
						texts.length > 0 && (
							<div key={when}>
								<dt className="text-11 text-ink-3">
									{t(`drift.${when}.${change.list ? "list" : "value"}`)}
								</dt>
								<dd data-selectable className="break-words font-medium">
									{texts.map((text) => (
										<div key={text}>{text}</div>
									))}
								</dd>
							</div>
						),
				)}
			</dl>
			<Facts
				rows={[
					[t(`drift.level.${change.level}`), change.name],
					[t("drift.campaign"), change.level === "campaign" ? null : change.campaign_name],
					[
						t("drift.shown"),
						change.level === "creative" && t("drift.shownBy", { count: change.shown_by }),
					],
					[t("drift.account"), change.account_name],
					[
						t("drift.metaName"),
						<code key="field" className="text-12">
							{change.field}
						</code>,
					],
					[t("drift.metaId"), change.external_id],
					[t("drift.lastRead"), moment(locale, change.last_read_at, zone)],
					[t("drift.seen"), moment(locale, change.seen_at, zone)],
					[t("drift.meantAt"), change.expected_at && moment(locale, change.expected_at, zone)],
					[t("drift.meantBy"), change.expected_by],
				]}
			/>
			<p className="mt-3 text-12 text-ink-3">{t("drift.notRumbo")}</p>
			<div className="mt-4 flex flex-wrap gap-2">
				<Button
					variant={meant ? "plain" : "primary"}
					icon={meant ? Undo2 : CircleCheck}
					busy={busy}
					data-testid="mark-setting"
					onClick={() => onMark(!meant)}
				>
					{t(meant ? "drift.unmark" : "drift.mark")}
				</Button>
				{campaign.id && (
					<Button
						variant="ghost"
						onClick={() =>
							void navigate({
								to: "/campaigns",
								search: { campaign: campaign.id, name: campaign.name } as never,
							})
						}
					>
						{t("drift.openCampaign")}
					</Button>
				)}
			</div>
		</Inspector>
	);
}
