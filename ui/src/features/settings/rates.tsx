import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Download, Plus, Undo2 } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import {
	commands,
	type RateRow,
	type RateSource,
	type RatesImport,
	type RemovedRates,
} from "@/bindings";
import { Failure } from "@/components/failure";
import { FormDialog } from "@/components/form-dialog";
import { FilterSelect } from "@/components/ui/filter-select";
import { Button, Empty, IconButton, Panel, Skeleton, Tag, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count, day, instant, period, rate } from "@/lib/format";
import { type AppError, call, query, toAppError } from "@/lib/ipc";
import { today } from "@/lib/period";
import { Fact } from "./parts";
import { typedRate } from "./typed-rate";

const STEP = 50;
/** The core gives no more rows at once. */
const MOST = 1000;

function RateDialog({ from, onClose }: { from: RateRow | null; onClose: () => void }) {
	const { t, failure, locale } = useWords();
	const { now } = useSession();
	const settings = useQuery(query("getWorkspaceSettings", {}));
	const thisDay = today(settings.data?.timezone ?? "UTC", now);
	const [edit, setEdit] = useState({
		base: from?.base ?? "",
		quote: from?.quote ?? "",
		rate: from ? rate(locale, from.rate, 12) : "",
		from: from?.day ?? "",
		to: "",
	});
	const save = useMutation<RateRow[], AppError, void>({
		mutationFn: () =>
			call("setRate", {
				base: edit.base.trim().toUpperCase(),
				quote: edit.quote.trim().toUpperCase(),
				rate: typedRate(edit.rate, locale),
				from: edit.from || thisDay,
				to: edit.to || null,
			}),
		onSuccess: onClose,
	});
	const field = (name: keyof typeof edit) => ({
		value: edit[name],
		error: save.error?.field === name ? failure(save.error) : undefined,
		onChange: (event: { target: { value: string } }) => {
			save.reset();
			setEdit((before) => ({ ...before, [name]: event.target.value }));
		},
	});
	const [one, other] = [edit.base.trim().toUpperCase(), edit.quote.trim().toUpperCase()];
	return (
		<FormDialog
			title={t("rates.enter")}
			description={t("rates.enterText")}
			label={t("action.save")}
			busy={save.isPending}
			error={save.error}
			fields={["base", "quote", "rate", "from", "to"]}
			onClose={onClose}
			onSubmit={() => save.mutate()}
		>
			<div className="grid grid-cols-2 gap-4">
				<TextField label={t("rates.base")} placeholder="USD" {...field("base")} />
				<TextField label={t("rates.quote")} placeholder="ARS" {...field("quote")} />
			</div>
			<TextField
				label={t("rates.rate")}
				hint={one && other ? t("rates.meaning", { base: one, quote: other }) : undefined}
				inputMode="decimal"
				{...field("rate")}
			/>
			<div className="grid grid-cols-2 gap-4">
				<TextField
					type="date"
					label={t("rates.day")}
					hint={t("rates.dayHint")}
					{...field("from")}
				/>
				<TextField
					type="date"
					label={t("rates.lastDay")}
					hint={t("rates.lastDayHint")}
					{...field("to")}
				/>
			</div>
		</FormDialog>
	);
}

/** What the last import did. */
function Imported({ done }: { done: RatesImport }) {
	const { t, locale, reason } = useWords();
	return (
		<div
			role="status"
			className="border-line border-t px-4 py-2 text-12"
			data-testid="rates-imported"
		>
			<p>
				{t("rates.imported", {
					days: count(locale, done.days),
					added: count(locale, done.added),
					changed: count(locale, done.changed),
					unchanged: count(locale, done.unchanged),
				})}
			</p>
			{done.rejections.length > 0 && (
				<>
					<p className="mt-1 text-warning">{t("rates.rejected", { count: done.rejected })}</p>
					<ul className="mt-1 text-ink-2">
						{done.rejections.slice(0, 5).map((line, at) => (
							<li key={`${line.line}${at}`}>
								{t("rates.line", { line: line.line })}{" "}
								{reason(line.reason_id, line.params as Record<string, string>) ?? line.reason}
							</li>
						))}
					</ul>
				</>
			)}
		</div>
	);
}

/** Rates of exchange: the ECB's file, and by hand. */
export function Rates() {
	const { t, locale, failure } = useWords();
	const [limit, setLimit] = useState(STEP);
	const [currency, setCurrency] = useState("");
	const [source, setSource] = useState<RateSource | "">("");
	const [entering, setEntering] = useState<RateRow | "new" | null>(null);
	const pairs = useQuery(query("listRatePairs", {}));
	const rates = useQuery({
		...query("listRates", {
			currency: currency || null,
			source: source || null,
			from: null,
			to: null,
			page: { limit, cursor: null },
		}),
		placeholderData: keepPreviousData,
	});
	const pick = useMutation<RatesImport | null, AppError, void>({
		mutationFn: async () => {
			let path: string | null;
			try {
				path = await commands.pickFile({
					name: t("rates.file"),
					extensions: ["zip", "csv", "xml"],
					suggested: null,
				});
			} catch (error) {
				throw toAppError(error);
			}
			return path ? call("importRates", { path }) : null;
		},
	});
	const remove = useMutation<RemovedRates, AppError, RateRow>({
		mutationFn: (row) =>
			call("removeRates", { base: row.base, quote: row.quote, from: row.day, to: null }),
	});
	if (pairs.error) return <Failure error={pairs.error} retry={() => void pairs.refetch()} />;
	if (!pairs.data) return <Skeleton className="h-40" />;
	const currencies = [...new Set(pairs.data.flatMap((pair) => [pair.base, pair.quote]))].sort();
	const ecb = pairs.data.filter((pair) => pair.source === "ecb");
	const hand = pairs.data.filter((pair) => pair.source === "hand");
	const first = ecb.map((pair) => pair.first_day).sort()[0];
	const last = ecb
		.map((pair) => pair.last_day)
		.sort()
		.at(-1);
	const rows = rates.data?.rows ?? [];
	const actions = (
		<>
			<Button
				icon={Download}
				busy={pick.isPending}
				onClick={() => pick.mutate()}
				data-testid="rates-import"
			>
				{t("rates.import")}
			</Button>
			<Button icon={Plus} onClick={() => setEntering("new")} data-testid="rates-enter">
				{t("rates.enter")}
			</Button>
		</>
	);
	return (
		<>
			<Panel title={t("settings.rates")} actions={actions}>
				<p className="border-line border-t px-4 py-2 text-12 text-ink-2">{t("rates.text")}</p>
				{pick.error && (
					<p role="alert" className="px-4 pb-2 text-12 text-negative">
						{failure(pick.error)}
					</p>
				)}
				{pick.data && <Imported done={pick.data} />}
				<dl>
					{[
						[
							t("exchange.source.ecb"),
							first && last
								? t("rates.span", {
										currencies: t("exchange.currencies", { count: ecb.length }),
										days: period(locale, first, last),
									})
								: t("rates.noEcb"),
						],
						...hand.map((pair) => [
							t("rates.handPair", { base: pair.base, quote: pair.quote }),
							`${t("rates.days", { count: pair.days })}, ${period(locale, pair.first_day, pair.last_day)}`,
						]),
					].map(([name, value]) => (
						<Fact key={name} label={name ?? ""}>
							{value}
						</Fact>
					))}
				</dl>
			</Panel>
			{pairs.data.length === 0 ? (
				<Empty title={t("rates.none")}>{t("rates.noneText")}</Empty>
			) : (
				<Panel
					title={t("rates.list")}
					actions={
						<>
							<FilterSelect
								aria-label={t("figures.currency")}
								value={currency}
								onChange={(event) => setCurrency(event.target.value)}
								className="text-12"
							>
								<option value="">{t("rates.allCurrencies")}</option>
								{currencies.map((code) => (
									<option key={code} value={code}>
										{code}
									</option>
								))}
							</FilterSelect>
							<FilterSelect
								aria-label={t("rates.source")}
								value={source}
								onChange={(event) => setSource(event.target.value as RateSource | "")}
								className="text-12"
							>
								<option value="">{t("rates.allSources")}</option>
								<option value="ecb">{t("exchange.source.ecb")}</option>
								<option value="hand">{t("exchange.source.hand")}</option>
							</FilterSelect>
						</>
					}
				>
					{rates.error && <Failure error={rates.error} retry={() => void rates.refetch()} />}
					{remove.error && (
						<p role="alert" className="px-4 pb-2 text-12 text-negative">
							{failure(remove.error)}
						</p>
					)}
					<table className="w-full text-12" data-testid="rates-table">
						<thead>
							<tr className="h-7 border-line border-y text-11 text-ink-3 [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-4">
								<th scope="col" className="text-left">
									{t("rates.day")}
								</th>
								<th scope="col" className="text-left">
									{t("rates.pair")}
								</th>
								<th scope="col" className="text-right">
									{t("rates.rate")}
								</th>
								<th scope="col" className="text-left">
									{t("rates.source")}
								</th>
								<th scope="col" className="text-left">
									{t("rates.changed")}
								</th>
								<th scope="col" className="w-10">
									<span className="sr-only">{t("rates.remove")}</span>
								</th>
							</tr>
						</thead>
						<tbody>
							{rows.map((row) => {
								const [before] = row.replaced;
								const which = { base: row.base, quote: row.quote, day: day(locale, row.day) };
								return (
									<tr
										key={`${row.day}${row.base}${row.quote}${row.source}`}
										className="h-8 border-line border-b last:border-b-0 hover:bg-hover [&>td]:px-2 [&>td]:first:pl-4"
									>
										<td className="num whitespace-nowrap">{day(locale, row.day, "long")}</td>
										<td className="whitespace-nowrap">
											{row.base} → {row.quote}
										</td>
										<td className="num text-right">
											{row.source === "hand" ? (
												<button
													type="button"
													className="rounded-1 hover:underline"
													aria-label={t("rates.change", which)}
													onClick={() => setEntering(row)}
												>
													{rate(locale, row.rate, 12)}
												</button>
											) : (
												rate(locale, row.rate, 12)
											)}
										</td>
										<td>
											<Tag tone={row.source === "hand" ? "info" : "line"}>
												{t(`exchange.source.${row.source}`)}
											</Tag>
										</td>
										<td className="text-ink-3">
											{instant(locale, row.changed_at)}
											{row.changed_by && `, ${row.changed_by}`}
											{before && ` · ${t("rates.before", { rate: rate(locale, before.rate, 12) })}`}
										</td>
										<td>
											{row.source === "hand" && (
												<IconButton
													icon={Undo2}
													label={t("rates.removeOne", which)}
													onClick={() => remove.mutate(row)}
												/>
											)}
										</td>
									</tr>
								);
							})}
						</tbody>
					</table>
					{rows.length === 0 && rates.data && (
						<p className="px-4 py-3 text-12 text-ink-3">{t("rates.noMatch")}</p>
					)}
					{rates.data?.next && limit < MOST && (
						<div className="border-line border-t p-2">
							<Button
								variant="ghost"
								size="s"
								busy={rates.isFetching}
								onClick={() => setLimit((now) => Math.min(MOST, now * 2))}
							>
								{t("rates.more")}
							</Button>
						</div>
					)}
				</Panel>
			)}
			{entering && (
				<RateDialog from={entering === "new" ? null : entering} onClose={() => setEntering(null)} />
			)}
		</>
	);
}
