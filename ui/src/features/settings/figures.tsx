import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Breakdown } from "@/bindings";
import { Failure } from "@/components/failure";
import { Checkbox, Panel, Skeleton, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { instant } from "@/lib/format";
import { query } from "@/lib/ipc";
import { AttributionSettings } from "./attribution";
import { Fact, SaveRow, useSettingsForm } from "./parts";

const BREAKDOWNS: Breakdown[] = ["age", "gender", "country", "placement", "device"];

/** `lead, onsite_conversion.lead` as a list, most wanted first. */
export function actionList(text: string): string[] {
	return text
		.split(",")
		.map((word) => word.trim())
		.filter(Boolean);
}

/** How often Meta is read, which of its actions count, and in which currency. */
export function Figures() {
	const { t, locale } = useWords();
	const form = useSettingsForm();
	const info = useQuery(query("getAppInfo", {}));
	const accounts = useQuery(query("listAdAccounts", {}));
	// As typed: a list is made of it only when it is saved, so that a comma can be typed.
	const [typed, setTyped] = useState<{ leads?: string; purchases?: string; minutes?: string }>({});
	const { stored, value } = form;
	if (stored.error) return <Failure error={stored.error} retry={() => void stored.refetch()} />;
	if (!value) return <Skeleton className="h-40" />;
	const leads = typed.leads ?? value.lead_actions.join(", ");
	const purchases = typed.purchases ?? value.purchase_actions.join(", ");
	const minutes = typed.minutes ?? String(value.sync_interval_minutes);
	const save = () =>
		form.save.mutate(
			{
				lead_actions: actionList(leads),
				purchase_actions: actionList(purchases),
				sync_interval_minutes: Number(minutes) || 0,
			},
			{ onSuccess: () => setTyped({}) },
		);
	const type = (edit: typeof typed) => {
		form.save.reset();
		setTyped((before) => ({ ...before, ...edit }));
	};
	const parts = value.breakdowns ?? [];
	const next = info.data?.next_sync_at;
	const synced = (accounts.data ?? []).filter((account) => account.selected);
	const currencies = [...new Set(synced.map((account) => account.currency))];
	return (
		<>
			<Panel title={t("settings.figures")}>
				<form
					className="flex flex-col gap-4 border-line border-t p-4"
					onSubmit={(event) => {
						event.preventDefault();
						save();
					}}
				>
					<div className="grid grid-cols-2 gap-4 max-[860px]:grid-cols-1">
						<TextField
							type="number"
							min={15}
							label={t("settings.interval")}
							hint={[
								t("settings.intervalHint"),
								next && t("settings.nextSync", { time: instant(locale, next) }),
							]
								.filter(Boolean)
								.join(" ")}
							value={minutes}
							onChange={(event) => type({ minutes: event.target.value })}
							error={form.wrong("sync_interval_minutes")}
						/>
						<TextField
							label={t("workspace.currency")}
							hint={t("workspace.currencyHint")}
							placeholder="USD"
							{...form.text("currency")}
						/>
					</div>
					<TextField
						label={t("settings.leadActions")}
						hint={t("settings.actionsHint")}
						placeholder="lead, onsite_conversion.lead_grouped"
						value={leads}
						onChange={(event) => type({ leads: event.target.value })}
						error={form.wrong("lead_actions")}
					/>
					<TextField
						label={t("settings.purchaseActions")}
						hint={t("settings.actionsHint")}
						placeholder="omni_purchase"
						value={purchases}
						onChange={(event) => type({ purchases: event.target.value })}
						error={form.wrong("purchase_actions")}
					/>
					<fieldset className="flex flex-col gap-1.5">
						<legend className="mb-1.5 font-medium text-12 text-ink-2">
							{t("settings.breakdowns")}
						</legend>
						<div className="flex flex-wrap gap-x-5 gap-y-1.5">
							{BREAKDOWNS.map((one) => (
								<span key={one} className="flex items-center gap-2">
									<Checkbox
										label={t(`breakdown.${one}`)}
										data-testid={`sync-by-${one}`}
										checked={parts.includes(one)}
										onChange={(event) =>
											form.set({
												breakdowns: BREAKDOWNS.filter((other) =>
													other === one ? event.target.checked : parts.includes(other),
												),
											})
										}
									/>
									<span aria-hidden>{t(`breakdown.${one}`)}</span>
								</span>
							))}
						</div>
						<p className="text-12 text-ink-3">{t("settings.breakdownsHint")}</p>
					</fieldset>
					<SaveRow save={form.save} onSave={save} />
				</form>
			</Panel>
			<AttributionSettings />
			{currencies.length > 0 && (
				<Panel title={t("settings.currencies")}>
					<dl>
						{currencies.map((currency) => (
							<Fact key={currency} label={currency}>
								{synced
									.filter((account) => account.currency === currency)
									.map((account) => account.name)
									.join(", ")}
							</Fact>
						))}
					</dl>
					<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
						{t("settings.currenciesHint")}
					</p>
				</Panel>
			)}
		</>
	);
}
