import { useMutation, useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/app/session";
import type { ChannelPrice, ChannelPrices, ChannelRow } from "@/bindings";
import { Failure } from "@/components/failure";
import { Dialog } from "@/components/ui/dialog";
import { Button, IconButton, SelectField, Skeleton, TextField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day, decimal, unitPrice } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { countryName } from "@/lib/names";

const PURPOSES = ["", "marketing", "utility", "authentication", "service"] as const;

const keyOf = (line: ChannelPrice) => `${line.country} ${line.purpose} ${line.valid_from}`;

/** What messages cost by a channel: by country and purpose, from a day on. */
export function PricesDialog({ row, onClose }: { row: ChannelRow; onClose: () => void }) {
	const { t, locale, failure } = useWords();
	const { now } = useSession();
	const list = useQuery(query("getChannelPrices", { channel_id: row.id }));
	const blank = {
		country: "",
		purpose: "",
		valid_from: new Date(now).toISOString().slice(0, 10),
		price: "",
		currency: "",
	};
	const [edit, setEdit] = useState(blank);
	const known = list.data?.currency ?? null;
	const save = useMutation<ChannelPrices, AppError, void>({
		mutationFn: () =>
			call("setChannelPrice", {
				...edit,
				channel_id: row.id,
				// As people write decimals here.
				price: edit.price.trim().replace(",", "."),
				currency: known ?? edit.currency,
			}),
		onSuccess: () => setEdit((before) => ({ ...before, country: "", price: "" })),
	});
	const remove = useMutation<ChannelPrices, AppError, ChannelPrice>({
		mutationFn: ({ country, purpose, valid_from }) =>
			call("removeChannelPrice", { channel_id: row.id, country, purpose, valid_from }),
	});
	const wrong = (name: string) => (save.error?.field === name ? failure(save.error) : undefined);
	const field = (name: keyof typeof blank) => ({
		value: edit[name],
		error: wrong(name),
		onChange: (event: { target: { value: string } }) => {
			save.reset();
			setEdit((before) => ({ ...before, [name]: event.target.value }));
		},
	});
	const fields = ["country", "purpose", "valid_from", "price", "currency"];
	const purpose = (word: string) => t(`channels.purpose.${word || "any"}`);
	const country = (code: string) => countryName(locale, code) ?? t("channels.anyCountry");
	const typed = edit.country.trim().toUpperCase();
	const named = typed.length === 2 ? countryName(locale, typed) : null;
	const lines = list.data?.lines ?? [];
	return (
		<Dialog
			open
			onClose={onClose}
			title={t("channels.prices", { name: row.name })}
			description={t("channels.pricesText")}
			width={620}
			footer={
				<Button size="l" onClick={onClose}>
					{t("action.close")}
				</Button>
			}
		>
			<div className="flex flex-col gap-4">
				{list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
				{!list.data && !list.error && <Skeleton className="h-24" />}
				{list.data && lines.length === 0 && <p className="text-ink-2">{t("channels.noPrices")}</p>}
				{lines.length > 0 && (
					<div className="max-h-[260px] overflow-auto">
						<table className="w-full text-left">
							<thead>
								<tr className="text-12 text-ink-3">
									<th className="py-1 pr-3 font-medium">{t("channels.priceCountry")}</th>
									<th className="py-1 pr-3 font-medium">{t("channels.pricePurpose")}</th>
									<th className="py-1 pr-3 font-medium">{t("channels.priceFrom")}</th>
									<th className="py-1 pr-3 text-right font-medium">{t("channels.price")}</th>
									<th className="w-8">
										<span className="sr-only">{t("action.delete")}</span>
									</th>
								</tr>
							</thead>
							<tbody>
								{lines.map((line) => (
									<tr key={keyOf(line)} className="border-line border-t" data-testid="price">
										<td className="py-1 pr-3">{country(line.country)}</td>
										<td className="py-1 pr-3">{purpose(line.purpose)}</td>
										<td className="num py-1 pr-3">{day(locale, line.valid_from, "long")}</td>
										<td className="num py-1 pr-3 text-right">
											{unitPrice(locale, line.price, line.currency)}
										</td>
										<td className="py-1">
											<IconButton
												icon={Trash2}
												label={t("channels.priceRemove", {
													country: country(line.country),
													purpose: purpose(line.purpose),
												})}
												onClick={() => remove.mutate(line)}
											/>
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				)}
				{remove.error && (
					<p role="alert" className="text-negative">
						{failure(remove.error)}
					</p>
				)}
				<form
					className="flex flex-col gap-3 border-line border-t pt-4"
					aria-label={t("channels.priceAdd")}
					onSubmit={(event) => {
						event.preventDefault();
						save.mutate();
					}}
				>
					<div className="grid grid-cols-2 gap-3">
						<TextField
							label={t("channels.priceCountry")}
							hint={named && named !== typed ? named : t("channels.priceCountryHint")}
							placeholder="BR"
							maxLength={2}
							{...field("country")}
						/>
						<SelectField label={t("channels.pricePurpose")} {...field("purpose")}>
							{PURPOSES.map((word) => (
								<option key={word} value={word}>
									{purpose(word)}
								</option>
							))}
						</SelectField>
						<TextField type="date" label={t("channels.priceFrom")} {...field("valid_from")} />
						<div className="grid grid-cols-[minmax(0,1fr)_96px] gap-3">
							<TextField
								label={t("channels.price")}
								inputMode="decimal"
								placeholder={decimal(locale, "0.0625", 4)}
								{...field("price")}
							/>
							<TextField
								label={t("channels.priceCurrency")}
								placeholder="USD"
								maxLength={3}
								disabled={known !== null}
								{...field("currency")}
								value={known ?? edit.currency}
							/>
						</div>
					</div>
					{save.error && !fields.includes(save.error.field ?? "") && (
						<p role="alert" className="text-negative">
							{failure(save.error)}
						</p>
					)}
					<div>
						<Button type="submit" variant="primary" busy={save.isPending} data-testid="price-add">
							{t("channels.priceAdd")}
						</Button>
					</div>
				</form>
			</div>
		</Dialog>
	);
}
