/** How reports credit opportunities and sales, in words. */
import type { Attribution } from "@/bindings";

type Say = (key: string, values?: Record<string, unknown>) => string;

/** What is usual is left out, but for the model: "Linear, 28 d". */
export function attributionLabel(t: Say, attribution: Attribution): string {
	const { model, basis, refunds, window_days, view_window_days, half_life_days } = attribution;
	return [
		t(`model.${model}`),
		model === "time_decay" && t("attribution.halfLife", { size: half_life_days }),
		window_days !== null && t("attribution.short", { size: window_days }),
		view_window_days !== null && t("attribution.views", { size: view_window_days }),
		basis !== "sale_date" && t(`basis.${basis}`),
		refunds !== "accrual" && t(`refunds.${refunds}`),
	]
		.filter(Boolean)
		.join(", ");
}
