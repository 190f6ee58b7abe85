import { useQuery } from "@tanstack/react-query";
import { type Attribution, attributionChoices } from "@/bindings";
import { useTooLittle } from "@/components/learned";
import { Panel, SelectField, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";
import { today } from "@/lib/period";
import { SaveRow, useSettingsForm } from "./parts";

/** How reports credit when nobody chooses otherwise. */
export function AttributionSettings() {
	const { t } = useWords();
	const form = useSettingsForm();
	const way = form.value?.attribution;
	const day = today(form.value?.timezone ?? "UTC", Date.now());
	const learned = useQuery({
		...query("getLearned", {
			from: day,
			to: day,
			attribution: way && { ...way, model: "last_touch", half_life_days: 7 },
		}),
		enabled: way !== undefined,
	});
	const little = useTooLittle(learned.data);
	if (!way) return null;
	const set = (edit: Partial<Attribution>) => form.set({ attribution: { ...way, ...edit } });
	const days = (text: string) =>
		text.trim() === "" ? null : Math.max(0, Math.trunc(Number(text)));
	const save = () => form.save.mutate({});
	return (
		<Panel title={t("attribution.title")}>
			<form
				className="flex flex-col gap-4 border-line border-t p-4"
				onSubmit={(event) => {
					event.preventDefault();
					save();
				}}
			>
				<p className="text-12 text-ink-3">{t("settings.attributionHint")}</p>
				<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
					<SelectField
						label={t("attribution.model")}
						value={way.model}
						onChange={(event) => set({ model: event.target.value as Attribution["model"] })}
						hint={little && `${t("model.markov")}: ${little}`}
						error={form.wrong("model")}
					>
						{attributionChoices.models.map(({ id }) => (
							<option key={id} value={id} disabled={id === "markov" && little !== null}>
								{t(`model.${id}`)}
							</option>
						))}
					</SelectField>
					{way.model === "time_decay" && (
						<TextField
							type="number"
							min={1}
							max={365}
							label={t("settings.halfLife")}
							value={way.half_life_days}
							onChange={(event) => set({ half_life_days: days(event.target.value) ?? 0 })}
							error={form.wrong("half_life_days")}
						/>
					)}
					<TextField
						type="number"
						min={0}
						label={t("attribution.window")}
						hint={t("settings.windowHint")}
						placeholder={t("attribution.noLimit")}
						value={way.window_days ?? ""}
						onChange={(event) => set({ window_days: days(event.target.value) })}
						error={form.wrong("window_days")}
					/>
					<TextField
						type="number"
						min={0}
						label={t("attribution.viewWindow")}
						hint={t("settings.viewWindowHint")}
						placeholder={t("attribution.noLimit")}
						value={way.view_window_days ?? ""}
						onChange={(event) => set({ view_window_days: days(event.target.value) })}
						error={form.wrong("view_window_days")}
					/>
					<SelectField
						label={t("attribution.basis")}
						value={way.basis}
						onChange={(event) => set({ basis: event.target.value as Attribution["basis"] })}
					>
						{attributionChoices.bases.map(({ id }) => (
							<option key={id} value={id}>
								{t(`basis.${id}`)}
							</option>
						))}
					</SelectField>
					<SelectField
						label={t("attribution.refunds")}
						value={way.refunds}
						onChange={(event) => set({ refunds: event.target.value as Attribution["refunds"] })}
					>
						{attributionChoices.refunds.map(({ id }) => (
							<option key={id} value={id}>
								{t(`refunds.${id}`)}
							</option>
						))}
					</SelectField>
				</div>
				<SaveRow save={form.save} onSave={save} />
			</form>
		</Panel>
	);
}
