import { useId } from "react";
import { useSession } from "@/app/session";
import { STEPS } from "@/app/zoom";
import { Checkbox, Panel, SelectField } from "@/components/ui/kit";
import { LANGUAGES, useWords } from "@/i18n";
import { percent } from "@/lib/format";

/** The language and the look, for this person on this computer. */
export function Appearance() {
	const { t, locale } = useWords();
	const id = useId();
	const { preferences, change, setZoom } = useSession();
	const zoom = preferences.zoom ?? 100;
	return (
		<Panel title={t("settings.appearance")}>
			<div className="grid grid-cols-2 gap-4 border-line border-t p-4 max-[860px]:grid-cols-1">
				<SelectField
					label={t("workspace.language")}
					value={preferences.language ?? locale}
					data-testid="language-select"
					onChange={(event) => change({ language: event.target.value })}
				>
					{LANGUAGES.map((language) => (
						<option key={language.code} value={language.code}>
							{language.name}
						</option>
					))}
				</SelectField>
				<SelectField
					label={t("settings.theme")}
					value={preferences.theme ?? "system"}
					data-testid="theme-select"
					onChange={(event) =>
						change({ theme: event.target.value === "system" ? null : event.target.value })
					}
				>
					<option value="system">{t("settings.theme.system")}</option>
					<option value="light">{t("settings.theme.light")}</option>
					<option value="dark">{t("settings.theme.dark")}</option>
				</SelectField>
				<SelectField
					label={t("settings.size")}
					value={zoom}
					data-testid="zoom-select"
					onChange={(event) => setZoom(Number(event.target.value))}
				>
					{[...new Set([...STEPS, zoom])]
						.toSorted((a, b) => a - b)
						.map((step) => (
							<option key={step} value={step}>
								{percent(locale, step, 0)}
							</option>
						))}
				</SelectField>
			</div>
			<label
				htmlFor={`${id}-notify`}
				className="flex items-start gap-2 border-line border-t px-4 py-3"
			>
				<Checkbox
					id={`${id}-notify`}
					label={t("settings.notifyTemplates")}
					data-testid="notify-templates"
					checked={preferences.notify_templates ?? false}
					onChange={(event) => change({ notify_templates: event.target.checked })}
				/>
				{t("settings.notifyTemplates")}
			</label>
			<p className="border-line border-t px-4 py-2 text-12 text-ink-3">{t("settings.zoom")}</p>
		</Panel>
	);
}
