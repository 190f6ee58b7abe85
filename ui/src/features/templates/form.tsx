import { useMutation } from "@tanstack/react-query";
import { Plus, Trash2, Upload } from "lucide-react";
import { useId } from "react";
import {
	commands,
	type TemplateFinding,
	type TemplateSample,
	type TemplateVariable,
} from "@/bindings";
import {
	Button,
	Checkbox,
	cx,
	IconButton,
	Segmented,
	SelectField,
	TextField,
} from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count } from "@/lib/format";
import { type AppError, call } from "@/lib/ipc";
import { ButtonsForm } from "./buttons-form";
import {
	type Component,
	type Draft,
	isNamed,
	LIMITS,
	MEDIA,
	namesIn,
	nextVariable,
	part,
	type Template,
	withPart,
} from "./draft";
import { TokenText } from "./token-text";

type HeaderFormat = "NONE" | "TEXT" | "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION";

/** Findings of one part of the message, or of a card. */
const of = (findings: readonly TemplateFinding[], where: string, card: number | null = null) =>
	findings.filter((one) => one.place.part === where && one.place.card === card);

function Said({ findings }: { findings: readonly TemplateFinding[] }) {
	const first =
		findings.find((one) => one.severity === "refused") ?? findings.find(() => true) ?? null;
	if (!first) return null;
	return (
		<p className={cx("text-12", first.severity === "refused" ? "text-negative" : "text-warning")}>
			{first.message}
		</p>
	);
}

/** Who keeps the templates of an account. */
export type Keeper = {
	account: string | null;
	/** It takes the address of a sample instead of a file. */
	byAddress: boolean;
};

/** Picks a file and uploads it as the sample of a header. */
function SampleField({
	header,
	wrong,
	keeper,
	onSample,
	onAddress,
}: {
	header: Component;
	wrong: readonly TemplateFinding[];
	keeper: Keeper;
	onSample: (sample: TemplateSample) => void;
	onAddress: (address: string) => void;
}) {
	const { t, failure } = useWords();
	const handles = header.example?.header_handle;
	const has = Array.isArray(handles) ? handles.length > 0 : Boolean(handles);
	const upload = useMutation<TemplateSample | null, AppError, void>({
		mutationFn: async () => {
			const extensions = { IMAGE: ["jpg", "jpeg", "png"], VIDEO: ["mp4"], DOCUMENT: ["pdf"] }[
				header.format ?? "IMAGE"
			] ?? ["jpg", "jpeg", "png"];
			const name = t(`templates.header.${header.format ?? "IMAGE"}`);
			const path = await commands.pickFile({ name, extensions, suggested: null });
			return path ? await call("uploadTemplateSample", { path, account: keeper.account }) : null;
		},
		onSuccess: (sample) => sample && onSample(sample),
	});
	if (keeper.byAddress) {
		const given = header.example?.header_url ?? header.example?.header_handle;
		const address = Array.isArray(given) ? String(given[0] ?? "") : String(given ?? "");
		return (
			<div className="flex flex-col gap-1">
				<TextField
					label={t("templates.sampleAddress")}
					hint={t("templates.sampleAddressText")}
					type="url"
					data-testid="sample-address"
					placeholder="https://…"
					value={address}
					onChange={(event) => onAddress(event.target.value.trim())}
				/>
				<Said findings={wrong} />
			</div>
		);
	}
	return (
		<div className="flex flex-col gap-1">
			<div className="flex items-center gap-2">
				<Button icon={Upload} busy={upload.isPending} onClick={() => upload.mutate()}>
					{t(has ? "templates.otherSample" : "templates.sample")}
				</Button>
				<span className="min-w-0 truncate text-12 text-ink-3">
					{upload.data?.file_name ?? t(has ? "templates.hasSample" : "templates.sampleText")}
				</span>
			</div>
			{upload.error && (
				<p role="alert" className="text-12 text-negative">
					{failure(upload.error)}
				</p>
			)}
			<Said findings={wrong} />
		</div>
	);
}

/** What stands above the text. */
function HeaderForm({
	draft,
	findings,
	card,
	header,
	formats,
	keeper,
	onChange,
	onPicture,
}: {
	draft: Draft;
	findings: readonly TemplateFinding[];
	card: number | null;
	header: Component | undefined;
	formats: readonly HeaderFormat[];
	keeper: Keeper;
	onChange: (header: Component | null) => void;
	onPicture: (picture: string | null) => void;
}) {
	const { t } = useWords();
	const format = (header?.format ?? "NONE") as HeaderFormat;
	const wrong = of(findings, "header", card);
	const choose = (next: HeaderFormat) => {
		if (next === "NONE") onChange(null);
		else if (next === "TEXT") onChange({ type: "HEADER", format: next, text: header?.text ?? "" });
		else onChange({ type: "HEADER", format: next });
	};
	return (
		<div data-part={card === null ? "header" : "carousel"} className="flex flex-col gap-2">
			<div className="flex flex-col gap-1.5">
				<span className="font-medium text-12 text-ink-2">{t("templates.headerHead")}</span>
				<div>
					<Segmented
						label={t("templates.headerHead")}
						value={format}
						onChange={choose}
						options={[...new Set([...formats, format])].map((value) => ({
							value,
							label: t(`templates.header.${value}`, { defaultValue: value }),
							testId: `header-${value}`,
						}))}
					/>
				</div>
			</div>
			{format === "TEXT" && (
				<TokenText
					label={t("templates.headerText")}
					value={header?.text ?? ""}
					most={LIMITS.header}
					findings={wrong}
					testId="header-text"
					onChange={(text) => onChange({ ...(header ?? {}), type: "HEADER", format: "TEXT", text })}
					onVariable={
						namesIn(header?.text).length === 0
							? () => nextVariable(draft.template, header?.text)
							: undefined
					}
				/>
			)}
			{format === "TEXT" && <Said findings={wrong} />}
			{header && (MEDIA as readonly string[]).includes(format) && (
				<SampleField
					header={header}
					wrong={wrong}
					keeper={keeper}
					onAddress={(address) =>
						onChange({ ...header, example: address ? { header_url: [address] } : {} })
					}
					onSample={(sample) => {
						onPicture(sample.picture);
						onChange({ ...header, example: { header_handle: [sample.handle] } });
					}}
				/>
			)}
		</div>
	);
}

/** The variables of the template: what each is, its example, whether it must have a value. */
function Variables({
	variables,
	told,
	onChange,
}: {
	variables: readonly TemplateVariable[];
	/** What is wrong may be shown. */
	told: boolean;
	onChange: (variables: TemplateVariable[]) => void;
}) {
	const { t } = useWords();
	const put = (at: number, next: Partial<TemplateVariable>) => {
		const changed = variables[at];
		onChange(
			variables.map((one, index) => {
				const same = changed && one.name === changed.name && !/^\d+$/.test(one.name);
				return index === at || same ? { ...one, ...next } : one;
			}),
		);
	};
	const where = (one: TemplateVariable) =>
		[
			(one.card ?? null) !== null ? t("templates.cardNumber", { number: (one.card ?? 0) + 1 }) : "",
			one.at === "button"
				? t("templates.buttonNumber", { number: (one.button ?? 0) + 1 })
				: t(`templates.part.${one.at}`),
		]
			.filter(Boolean)
			.join(" · ");
	return (
		<div className="flex flex-col gap-1.5">
			<div className="flex items-baseline justify-between gap-2">
				<h3 className="font-medium text-12 text-ink-2">{t("templates.variables")}</h3>
				<span className="text-12 text-ink-3">{t("templates.variablesText")}</span>
			</div>
			<div className="overflow-hidden rounded-3 border border-line bg-surface">
				<table className="w-full">
					<thead>
						<tr className="border-line border-b text-11 text-ink-3">
							<th className="h-7 px-3 text-left font-medium">{t("templates.name")}</th>
							<th className="px-3 text-left font-medium">{t("templates.where")}</th>
							<th className="px-3 text-left font-medium">{t("templates.kind")}</th>
							<th className="px-3 text-left font-medium">{t("templates.example")}</th>
							<th className="px-3 text-center font-medium">{t("templates.required")}</th>
						</tr>
					</thead>
					<tbody>
						{variables.map((one, at) => (
							<tr
								key={`${one.at}${one.card}${one.button}${one.name}`}
								className="border-line border-b last:border-b-0"
							>
								<td className="h-9 px-3">
									<span className="rounded-1 bg-accent-soft px-1 font-medium text-12 text-accent-text">
										{`{{${one.name}}}`}
									</span>
								</td>
								<td className="px-3 text-12 text-ink-3">{where(one)}</td>
								<td className="px-2">
									<select
										aria-label={`${one.name}: ${t("templates.kind")}`}
										value={one.kind}
										onChange={(event) =>
											put(at, { kind: event.target.value as NonNullable<TemplateVariable["kind"]> })
										}
										className="h-7 rounded-2 border border-transparent bg-transparent px-1 hover:border-line-2"
									>
										{(["text", "phone", "email", "url", "datetime"] as const).map((kind) => (
											<option key={kind} value={kind}>
												{t(`templates.variableKind.${kind}`)}
											</option>
										))}
									</select>
								</td>
								<td className="px-2">
									<input
										aria-label={`${one.name}: ${t("templates.example")}`}
										data-testid="variable-example"
										value={one.example}
										placeholder={one.at === "button" ? "https://…" : "…"}
										onChange={(event) => put(at, { example: event.target.value })}
										className={cx(
											"h-7 w-full rounded-2 border bg-transparent px-2 focus-visible:border-accent",
											one.example || !told
												? "border-transparent hover:border-line-2"
												: "border-negative",
										)}
									/>
								</td>
								<td className="px-3">
									<span className="flex justify-center">
										<Checkbox
											label={`${one.name}: ${t("templates.required")}`}
											checked={one.required ?? true}
											onChange={(event) => put(at, { required: event.target.checked })}
										/>
									</span>
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</div>
	);
}

/** The cards of a carousel: all of one shape. */
function Cards({
	draft,
	findings,
	carousel,
	keeper,
	onChange,
}: {
	draft: Draft;
	findings: readonly TemplateFinding[];
	carousel: Component;
	keeper: Keeper;
	onChange: (carousel: Component | null) => void;
}) {
	const { t } = useWords();
	const cards = carousel.cards ?? [];
	const put = (at: number, components: Component[]) =>
		onChange({
			...carousel,
			cards: cards.map((card, index) => (index === at ? { ...card, components } : card)),
		});
	const set = (at: number, components: Component[], type: string, next: Component | null) => {
		const others = components.filter((one) => one.type !== type);
		const order = ["HEADER", "BODY", "BUTTONS"];
		const all = next ? [...others, next] : others;
		put(
			at,
			all.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type)),
		);
	};
	return (
		<div className="flex flex-col gap-3">
			{cards.map((card, at) => {
				const find = (type: string) => card.components.find((one) => one.type === type);
				return (
					<fieldset
						key={at}
						className="flex flex-col gap-3 rounded-3 border border-line bg-surface p-3"
					>
						<legend className="sr-only">{t("templates.cardNumber", { number: at + 1 })}</legend>
						<div className="flex items-center justify-between">
							<b className="font-medium">{t("templates.cardNumber", { number: at + 1 })}</b>
							{cards.length > 2 && (
								<IconButton
									icon={Trash2}
									label={`${t("templates.cardNumber", { number: at + 1 })}: ${t("templates.takeOut")}`}
									onClick={() =>
										onChange({ ...carousel, cards: cards.filter((_, index) => index !== at) })
									}
								/>
							)}
						</div>
						<HeaderForm
							draft={draft}
							findings={findings}
							card={at}
							header={find("HEADER")}
							formats={["IMAGE", "VIDEO"]}
							keeper={keeper}
							onChange={(header) => set(at, card.components, "HEADER", header)}
							onPicture={() => undefined}
						/>
						<TokenText
							label={t("templates.bodyHead")}
							value={find("BODY")?.text ?? ""}
							most={LIMITS.cardBody}
							findings={of(findings, "body", at)}
							lines
							onChange={(text) =>
								set(at, card.components, "BODY", { ...find("BODY"), type: "BODY", text })
							}
							onVariable={() => nextVariable(draft.template, find("BODY")?.text)}
						/>
						<Said findings={of(findings, "body", at)} />
						<ButtonsForm
							buttons={find("BUTTONS")?.buttons ?? []}
							findings={of(findings, "buttons", at)}
							most={LIMITS.cardButtons}
							code={false}
							onChange={(buttons) =>
								set(
									at,
									card.components,
									"BUTTONS",
									buttons.length > 0 ? { ...find("BUTTONS"), type: "BUTTONS", buttons } : null,
								)
							}
						/>
					</fieldset>
				);
			})}
			{cards.length < LIMITS.cards && (
				<div>
					<Button
						size="s"
						variant="ghost"
						icon={Plus}
						onClick={() => {
							const last = cards.at(-1) ?? { components: [] };
							onChange({ ...carousel, cards: [...cards, structuredClone(last)] });
						}}
					>
						{t("templates.addCard")}
					</Button>
				</div>
			)}
		</div>
	);
}

const CARD = {
	components: [
		{ type: "HEADER", format: "IMAGE" },
		{ type: "BODY", text: "" },
		{ type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "" }] },
	],
};

/** Every part of the message, in the order in which it is read. */
export function MessageForm({
	draft,
	findings,
	keeper,
	onChange,
	onPicture,
}: {
	draft: Draft;
	/** What is wrong, of the parts that somebody has left. */
	findings: readonly TemplateFinding[];
	keeper: Keeper;
	onChange: (draft: Draft) => void;
	onPicture: (picture: string | null) => void;
}) {
	const { t, locale } = useWords();
	const id = useId();
	const { template, variables } = draft;
	const code = template.category === "AUTHENTICATION";
	const set = (next: Template) => onChange({ ...draft, template: next });
	const body = part(template, "BODY");
	const footer = part(template, "FOOTER");
	const buttons = part(template, "BUTTONS");
	const carousel = part(template, "CAROUSEL");
	const offer = part(template, "LIMITED_TIME_OFFER");
	const inBody = namesIn(body?.text).length;
	const words = (body?.text ?? "")
		.replace(/\{\{[^{}]*\}\}/g, " ")
		.split(/\s+/)
		.filter(Boolean);
	if (code) {
		return (
			<div className="flex flex-col gap-4">
				<p className="text-12 text-ink-2">{t("templates.codeText")}</p>
				<label htmlFor={`${id}-warning`} className="flex items-center gap-2">
					<Checkbox
						id={`${id}-warning`}
						label={t("templates.codeWarning")}
						checked={body?.add_security_recommendation ?? false}
						onChange={(event) =>
							set(
								withPart(template, "BODY", {
									type: "BODY",
									add_security_recommendation: event.target.checked,
								}),
							)
						}
					/>
					{t("templates.codeWarning")}
				</label>
				<label className="flex items-center gap-2">
					{t("templates.codeMinutes")}
					<input
						type="number"
						min={1}
						max={90}
						value={footer?.code_expiration_minutes ?? ""}
						onChange={(event) => {
							const minutes = Number(event.target.value);
							set(
								withPart(
									template,
									"FOOTER",
									minutes > 0 ? { type: "FOOTER", code_expiration_minutes: minutes } : null,
								),
							);
						}}
						className="h-8 w-20 rounded-2 border border-control bg-surface px-2 dark:bg-sunken"
					/>
				</label>
				<Said findings={[...of(findings, "body"), ...of(findings, "footer")]} />
				<ButtonsForm
					buttons={buttons?.buttons ?? []}
					findings={of(findings, "buttons")}
					most={1}
					code
					onChange={(next) =>
						set(
							withPart(
								template,
								"BUTTONS",
								next.length > 0 ? { type: "BUTTONS", buttons: next } : null,
							),
						)
					}
				/>
			</div>
		);
	}
	return (
		<div className="flex flex-col gap-4">
			{!carousel && (
				<HeaderForm
					draft={draft}
					findings={findings}
					card={null}
					header={part(template, "HEADER")}
					formats={["NONE", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]}
					keeper={keeper}
					onChange={(header) => set(withPart(template, "HEADER", header))}
					onPicture={onPicture}
				/>
			)}
			{offer && (
				<div data-part="limited_time_offer" className="flex flex-col gap-2">
					<TokenText
						label={t("templates.offerHead")}
						value={offer.limited_time_offer?.text ?? ""}
						most={LIMITS.offer}
						findings={of(findings, "limited_time_offer")}
						onChange={(text) =>
							set(
								withPart(template, "LIMITED_TIME_OFFER", {
									...offer,
									limited_time_offer: { ...offer.limited_time_offer, text },
								}),
							)
						}
					/>
					<label htmlFor={`${id}-expires`} className="flex items-center gap-2 text-12 text-ink-2">
						<Checkbox
							id={`${id}-expires`}
							label={t("templates.offerExpires")}
							checked={offer.limited_time_offer?.has_expiration ?? false}
							onChange={(event) =>
								set(
									withPart(template, "LIMITED_TIME_OFFER", {
										...offer,
										limited_time_offer: {
											...offer.limited_time_offer,
											has_expiration: event.target.checked,
										},
									}),
								)
							}
						/>
						{t("templates.offerExpires")}
					</label>
					<Said findings={of(findings, "limited_time_offer")} />
				</div>
			)}
			<div data-part="body" className="flex flex-col gap-1">
				<TokenText
					label={t("templates.bodyHead")}
					value={body?.text ?? ""}
					most={offer ? LIMITS.offerBody : LIMITS.body}
					findings={of(findings, "body")}
					lines
					testId="body-text"
					hint={t("templates.inWords", {
						variables: count(locale, inBody),
						count: words.length,
					})}
					onChange={(text) => set(withPart(template, "BODY", { ...body, type: "BODY", text }))}
					onVariable={() => nextVariable(template, body?.text)}
				/>
				<Said findings={of(findings, "body")} />
			</div>
			{variables.length > 0 && (
				<Variables
					variables={variables}
					told={findings.some((one) => one.severity === "refused")}
					onChange={(next) => onChange({ ...draft, variables: next })}
				/>
			)}
			{!carousel && !offer && (
				<div data-part="footer" className="flex flex-col gap-1">
					<TokenText
						label={t("templates.footerHead")}
						value={footer?.text ?? ""}
						most={LIMITS.footer}
						findings={of(findings, "footer")}
						testId="footer-text"
						onChange={(text) =>
							set(withPart(template, "FOOTER", text ? { ...footer, type: "FOOTER", text } : null))
						}
					/>
					<Said findings={of(findings, "footer")} />
				</div>
			)}
			{!carousel && (
				<div data-part="buttons" className="flex flex-col gap-1.5">
					<div className="flex items-baseline justify-between">
						<h3 className="font-medium text-12 text-ink-2">{t("templates.buttonsHead")}</h3>
						<span className="num text-12 text-ink-3">
							{buttons?.buttons?.length ?? 0}/{LIMITS.buttons}
						</span>
					</div>
					<ButtonsForm
						buttons={buttons?.buttons ?? []}
						findings={of(findings, "buttons")}
						most={LIMITS.buttons}
						code={false}
						onChange={(next) =>
							set(
								withPart(
									template,
									"BUTTONS",
									next.length > 0 ? { ...buttons, type: "BUTTONS", buttons: next } : null,
								),
							)
						}
					/>
					<Said findings={of(findings, "buttons").filter((one) => one.place.button === null)} />
				</div>
			)}
			{carousel && (
				<div data-part="carousel" className="flex flex-col gap-1.5">
					<h3 className="font-medium text-12 text-ink-2">{t("templates.cardsHead")}</h3>
					<Cards
						draft={draft}
						findings={findings}
						carousel={carousel}
						keeper={keeper}
						onChange={(next) => set(withPart(template, "CAROUSEL", next))}
					/>
					<Said findings={of(findings, "carousel")} />
				</div>
			)}
			<div className="flex flex-wrap items-end gap-3 border-line border-t pt-3">
				{template.category === "MARKETING" && (
					<>
						<Button
							size="s"
							variant="ghost"
							onClick={() => {
								if (carousel) set(withPart(template, "CAROUSEL", null));
								else {
									const bare = ["HEADER", "FOOTER", "BUTTONS", "LIMITED_TIME_OFFER"] as const;
									const cleared = bare.reduce((one, kind) => withPart(one, kind, null), template);
									set(
										withPart(cleared, "CAROUSEL", {
											type: "CAROUSEL",
											cards: [structuredClone(CARD), structuredClone(CARD)],
										}),
									);
								}
							}}
						>
							{t(carousel ? "templates.withoutCards" : "templates.withCards")}
						</Button>
						{!carousel && (
							<Button
								size="s"
								variant="ghost"
								onClick={() =>
									set(
										offer
											? withPart(template, "LIMITED_TIME_OFFER", null)
											: withPart(withPart(template, "FOOTER", null), "LIMITED_TIME_OFFER", {
													type: "LIMITED_TIME_OFFER",
													limited_time_offer: { text: "", has_expiration: true },
												}),
									)
								}
							>
								{t(offer ? "templates.withoutOffer" : "templates.withOffer")}
							</Button>
						)}
					</>
				)}
				<div className="ml-auto w-48">
					<SelectField
						label={t("templates.format")}
						value={template.parameter_format}
						disabled={variables.length > 0}
						hint={variables.length > 0 ? t("templates.formatFixed") : undefined}
						onChange={(event) => set({ ...template, parameter_format: event.target.value })}
					>
						<option value="NAMED">{t("templates.formatNamed", { example: "{{name}}" })}</option>
						<option value="POSITIONAL">
							{t("templates.formatPositional", { example: "{{1}}" })}
						</option>
						{!isNamed(template) && template.parameter_format !== "POSITIONAL" && (
							<option value={template.parameter_format}>{template.parameter_format}</option>
						)}
					</SelectField>
				</div>
			</div>
		</div>
	);
}
