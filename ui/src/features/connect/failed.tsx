import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { MetaApp } from "@/bindings";
import { CopyButton, CopyValue } from "@/components/copy";
import { MetaAppForm } from "@/components/meta-app-form";
import { Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import type { AppError } from "@/lib/ipc";

/** One exact value that the person compares with what Meta, or this computer, has. */
interface Compared {
	label: string;
	value: string;
}

/** Which values there are to compare depends on what failed; most failures have none. */
function useCompared(error: AppError, app: MetaApp | undefined): Compared[] {
	const { t, locale } = useWords();
	const found: Array<[string, string | undefined]> = [];
	switch (error.code) {
		case "redirect_not_registered":
			found.push(["redirect", error.params.redirect_uri ?? app?.redirect_uris.join("\n")]);
			found.push(["appId", app?.app_id]);
			break;
		case "ports_taken":
			found.push(["ports", error.params.ports ?? app?.ports.join(", ")]);
			break;
		case "sign_in_denied":
		case "permission_missing": {
			const asked = new Set(app?.permissions.map((one) => one.scope));
			found.push(["permissions", [...asked].join("\n")]);
			break;
		}
		case "clock_skew":
			found.push(["clock", instant(locale, new Date().toISOString())]);
			break;
		case "sign_in_mismatch":
			found.push(["redirect", app?.redirect_uris.join("\n")]);
			break;
		case "meta_refused":
			found.push([
				"meta",
				[error.params.meta_error, error.params.meta_code, error.params.meta_message]
					.filter(Boolean)
					.join(" · "),
			]);
			found.push(["trace", error.params.meta_trace]);
			found.push(["appId", app?.app_id]);
			break;
		case "invalid_input":
			if (error.params.token_app_id) found.push(["tokenAppId", error.params.token_app_id]);
			if (error.field === "app_id" || error.params.token_app_id)
				found.push(["appId", error.params.app_id ?? app?.app_id]);
			if (error.field === "landed_url") found.push(["redirect", error.params.redirect_uri]);
			break;
		default:
			break;
	}
	return found.flatMap(([name, value]) =>
		value ? [{ label: t(`connect.compare.${name}`), value }] : [],
	);
}

/** What failed stands in place of the content: what it is, what to compare, and ways on. */
export function Failed({
	error,
	app,
	sample,
	actions,
}: {
	error: AppError;
	app: MetaApp | undefined;
	/** The sample workspace has the sandbox's app, which is not changed here. */
	sample: boolean | undefined;
	actions: ReactNode;
}) {
	const { t, failure, details } = useWords();
	const compared = useCompared(error, app);
	const needsApp =
		error.code === "invalid_input" && /^(app_id|bounce_url)$/.test(error.field ?? "");
	return (
		<Panel className="p-5">
			<div role="alert" data-testid="sign-in-failed" data-code={error.code}>
				<p className="flex items-start gap-2.5 font-semibold text-14">
					<CircleAlert size={20} aria-hidden className="flex-none text-negative" />
					{failure(error)}
				</p>
				<p className="mt-1 pl-[30px] text-ink-2">
					{t(`connect.next.${error.code}`, { defaultValue: t("connect.next") })}
				</p>
			</div>
			<div className="flex flex-col gap-3 pt-3 pl-[30px]">
				{compared.map((one) => (
					<CopyValue key={one.label} label={one.label} value={one.value} />
				))}
				<div className="flex flex-wrap items-center gap-2 pt-1">
					{actions}
					<CopyButton
						size="l"
						variant="ghost"
						label={t("action.copyDetails")}
						text={[details(error), ...compared.map((one) => `${one.label}: ${one.value}`)].join(
							"\n",
						)}
					/>
				</div>
			</div>
			{needsApp && app && !sample && (
				<section className="mt-5 border-line border-t pt-4">
					<h2 className="mb-3 font-semibold text-14">{t("metaApp.title")}</h2>
					<MetaAppForm app={app} />
				</section>
			)}
		</Panel>
	);
}
