import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Coins } from "lucide-react";
import { useSession } from "@/app/session";
import type { Exchanged } from "@/bindings";
import { Button } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { query } from "@/lib/ipc";

export interface CurrencyChoice {
	/** The currencies that the figures are in, as they came. */
	found: readonly string[];
	/** The one that is looked at. */
	shown: string | undefined;
	/** Absent where all of them stand on the page. */
	onShow?: (currency: string) => void;
	/** How the figures came into one currency, if they did. */
	exchanged: Exchanged | null | undefined;
}

/** `US$`, or the sign and the code where they differ. */
const named = (code: string) => {
	const sign = currencySign(code);
	return sign === code ? code : `${code} (${sign})`;
};

/**
 * Which currency is shown: each by itself, or everything converted to one. Stands there when there is
 * more than one.
 */
export function CurrencyPicker({ found, shown, onShow, exchanged }: CurrencyChoice) {
	const { t } = useWords();
	const { convertTo, setConvertTo, keepView } = useSession();
	const navigate = useNavigate();
	const accounts = useQuery(query("listAdAccounts", {}));
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const own = settings.data?.currency;
	const all = new Set([
		...(own ? [own] : []),
		...(accounts.data ?? []).filter((one) => one.selected).map((one) => one.currency),
		...found,
		...(exchanged?.from ?? []).map((one) => one.currency),
	]);
	if (all.size < 2 && !convertTo) return null;
	const targets = [...new Set([...all, ...(convertTo ? [convertTo] : [])])];
	const label = convertTo
		? t("exchange.allIn", { currency: currencySign(convertTo) })
		: onShow && shown
			? `${currencySign(shown)} · ${t("exchange.currencies", { count: found.length })}`
			: t("exchange.currencies", { count: found.length });
	return (
		<Menu
			trigger={
				<Button icon={Coins} data-testid="currency-picker">
					<span className="sr-only">{t("figures.currency")}: </span>
					{label}
					<ChevronDown size={14} aria-hidden className="text-ink-3" />
				</Button>
			}
		>
			<MenuTitle>{t("exchange.apart")}</MenuTitle>
			{onShow && !convertTo ? (
				found.map((code) => (
					<MenuItem key={code} checked={code === shown} onSelect={() => onShow(code)}>
						{named(code)}
					</MenuItem>
				))
			) : (
				<MenuItem checked={!convertTo} onSelect={() => setConvertTo(null)} testId="currency-apart">
					{t("exchange.each")}
				</MenuItem>
			)}
			<MenuLine />
			<MenuTitle>{t("exchange.converted")}</MenuTitle>
			{targets.map((code) => (
				<MenuItem
					key={code}
					checked={code === convertTo}
					onSelect={() => setConvertTo(code)}
					testId={`convert-to-${code}`}
				>
					{t("exchange.allIn", { currency: named(code) })}
				</MenuItem>
			))}
			<MenuLine />
			<MenuItem
				onSelect={() => {
					keepView("settings", "rates");
					void navigate({ to: "/settings" });
				}}
			>
				{t("exchange.toRates")}
			</MenuItem>
		</Menu>
	);
}
