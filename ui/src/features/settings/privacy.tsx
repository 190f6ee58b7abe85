import { useQuery } from "@tanstack/react-query";
import { Check, Minus } from "lucide-react";
import type { MetaApp } from "@/bindings";
import { Failure } from "@/components/failure";
import { FEATURES } from "@/components/meta-app-form";
import { Panel, Tag } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";
import { Fact } from "./parts";

/** Where secrets lie, what leaves this computer, and everything that is asked of Meta. */
export function Privacy() {
	const { t } = useWords();
	const connection = useQuery(query("getConnection", {}));
	const app = useQuery(query("getMetaApp", {}));
	const info = useQuery(query("getAppInfo", {}));
	const failed = connection.error ?? app.error;
	if (failed) return <Failure error={failed} retry={() => void app.refetch()} />;
	const c = connection.data;
	return (
		<>
			{c && (
				<Panel title={t("settings.security")}>
					<dl>
						<Fact label={t("settings.vault")}>
							{t(`settings.vault.${c.vault}`)}
							<p className="text-12 text-ink-3">{t(`settings.vault.${c.vault}.hint`)}</p>
						</Fact>
						<Fact label={t("settings.secrets")}>
							<ul>
								<Kept there={c.state !== "missing"}>{t("settings.secrets.token")}</Kept>
								<Kept there={app.data?.has_app_secret === true}>
									{t("settings.secrets.appSecret")}
								</Kept>
							</ul>
						</Fact>
					</dl>
				</Panel>
			)}
			<Panel title={t("settings.privacy")}>
				<dl>
					<Fact label={t("settings.data.where")}>
						{info.data?.database === "postgres"
							? t("settings.data.shared")
							: t("settings.data.here", { folder: info.data?.data_dir ?? "" })}
					</Fact>
					<Fact label={t("settings.data.leaves")}>
						{t("settings.data.leavesText", { host: app.data?.graph_url ?? "" })}
					</Fact>
					<Fact label={t("settings.data.reports")}>{t("settings.data.reportsText")}</Fact>
				</dl>
			</Panel>
			{app.data && <Permissions app={app.data} granted={c?.granted ?? []} />}
			{app.data && <Fields app={app.data} />}
		</>
	);
}

function Kept({ there, children }: { there: boolean; children: string }) {
	const { t } = useWords();
	const Icon = there ? Check : Minus;
	return (
		<li className="flex items-center gap-2">
			<Icon
				size={14}
				aria-label={t(there ? "settings.secrets.kept" : "settings.secrets.none")}
				className={there ? "text-positive" : "text-ink-3"}
			/>
			{children}
		</li>
	);
}

const HEAD = "h-7 border-line border-y text-11 text-ink-3";
const CELL = "px-2 py-1.5 align-top first:pl-4 last:pr-4";

/** Every permission that the sign-in asks for, with the feature that needs it. */
function Permissions({ app, granted }: { app: MetaApp; granted: string[] }) {
	const { t } = useWords();
	const off = FEATURES.filter((feature) => !app.features.includes(feature));
	return (
		<Panel title={t("settings.permissions")} hint={t("settings.permissionsHint")}>
			<table className="w-full" data-testid="permission-table">
				<thead>
					<tr className={HEAD}>
						<th className="pl-4 text-left font-medium">{t("settings.permission")}</th>
						<th className="px-2 text-left font-medium">{t("settings.feature")}</th>
						<th className="px-2 text-left font-medium">{t("settings.what")}</th>
						<th className="px-2 pr-4 text-left font-medium">{t("settings.given")}</th>
					</tr>
				</thead>
				<tbody>
					{app.permissions.map((one) => (
						<tr key={`${one.scope}${one.feature}`} className="border-line border-b last:border-b-0">
							<td className={CELL}>
								<code className="font-mono text-11">{one.scope}</code>
							</td>
							<td className={CELL}>{t(`settings.feature.${one.feature}`)}</td>
							<td className={`${CELL} text-ink-2`}>
								{t(`permission.${one.scope}.${one.feature}`)}
								{!one.required && ` ${t("settings.optional")}`}
							</td>
							<td className={CELL}>
								{granted.includes(one.scope) ? (
									<Tag tone="positive">{t("settings.given.yes")}</Tag>
								) : (
									<Tag tone={one.required ? "warning" : "neutral"}>{t("settings.given.no")}</Tag>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{off.length > 0 && (
				<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
					{t("settings.off", {
						features: off.map((feature) => t(`settings.feature.${feature}`)).join(", "),
					})}
				</p>
			)}
		</Panel>
	);
}

/** Every field that is read of Meta, by kind of object. Names are Meta's own. */
function Fields({ app }: { app: MetaApp }) {
	const { t } = useWords();
	return (
		<Panel title={t("settings.fields")} hint={app.graph_version}>
			<table className="w-full" data-testid="field-table">
				<thead>
					<tr className={HEAD}>
						<th className="pl-4 text-left font-medium">{t("settings.object")}</th>
						<th className="px-2 text-left font-medium">{t("settings.feature")}</th>
						<th className="px-2 pr-4 text-left font-medium">{t("settings.fieldNames")}</th>
					</tr>
				</thead>
				<tbody>
					{app.fields.map((one) => (
						<tr key={one.object} className="border-line border-b last:border-b-0">
							<td className={CELL}>
								<code className="font-mono text-11">{one.object}</code>
							</td>
							<td className={CELL}>{t(`settings.feature.${one.feature}`)}</td>
							<td className={`${CELL} break-words font-mono text-11 text-ink-2`}>
								{one.fields.join(", ")}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</Panel>
	);
}
