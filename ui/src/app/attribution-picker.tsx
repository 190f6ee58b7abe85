import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Split } from "lucide-react";
import { type Attribution, attributionChoices } from "@/bindings";
import { useTooLittle } from "@/components/learned";
import { Button } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { attributionLabel } from "@/lib/attribution";
import { query } from "@/lib/ipc";
import { useSession } from "./session";

/** Windows that are offered, in days. Settings take any number. */
const WINDOWS = [null, 1, 7, 28, 90] as const;

/** The models. The data-driven one only where there is enough to learn from: asked when opened. */
function Models({
	now,
	choose,
}: {
	now: Attribution;
	choose: (model: Attribution["model"]) => void;
}) {
	const { t } = useWords();
	const { range, asOf } = useSession();
	const asked = useQuery(
		query("getLearned", { ...range, attribution: { ...now, model: "last_touch" }, as_of: asOf }),
	);
	const little = useTooLittle(asked.data);
	return attributionChoices.models.map(({ id }) => (
		<MenuItem
			key={id}
			checked={now.model === id}
			onSelect={() => choose(id)}
			testId={`model-${id}`}
			disabled={id === "markov" && little !== null}
		>
			{t(`model.${id}`)}
			{id === "markov" && little && <p className="max-w-[260px] pb-1 text-11">{little}</p>}
		</MenuItem>
	));
}

/** How opportunities and sales are credited, on every page. The workspace has its own way. */
export function AttributionPicker() {
	const { t } = useWords();
	const { attribution: chosen, setAttribution } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const kept = settings.data?.attribution;
	const now = chosen ?? kept;
	if (!now) return null;
	const choose = (edit: Partial<Attribution>) => setAttribution({ ...now, ...edit });
	return (
		<Menu
			trigger={
				<Button icon={Split} data-testid="attribution-picker" title={attributionLabel(t, now)}>
					<span className="sr-only">{t("attribution.title")}: </span>
					<span className="max-w-[220px] truncate">{attributionLabel(t, now)}</span>
					<ChevronDown size={14} aria-hidden className="text-ink-3" />
				</Button>
			}
		>
			<MenuTitle>{t("attribution.model")}</MenuTitle>
			<Models now={now} choose={(model) => choose({ model })} />
			<MenuLine />
			<MenuTitle>{t("attribution.window")}</MenuTitle>
			{WINDOWS.map((days) => (
				<MenuItem
					key={days}
					checked={now.window_days === days}
					onSelect={() => choose({ window_days: days })}
				>
					{days === null ? t("attribution.noLimit") : t("attribution.days", { count: days })}
				</MenuItem>
			))}
			<MenuLine />
			<MenuTitle>{t("attribution.basis")}</MenuTitle>
			{attributionChoices.bases.map(({ id }) => (
				<MenuItem key={id} checked={now.basis === id} onSelect={() => choose({ basis: id })}>
					{t(`basis.${id}`)}
				</MenuItem>
			))}
			<MenuLine />
			{attributionChoices.refunds.map(({ id }) => (
				<MenuItem key={id} checked={now.refunds === id} onSelect={() => choose({ refunds: id })}>
					{t(`refunds.${id}`)}
				</MenuItem>
			))}
			{chosen && (
				<>
					<MenuLine />
					<MenuItem onSelect={() => setAttribution(null)}>{t("attribution.asWorkspace")}</MenuItem>
				</>
			)}
		</Menu>
	);
}
