import {
	Clock,
	Copy,
	ExternalLink,
	FileText,
	Image,
	List,
	MapPin,
	Phone as PhoneIcon,
	Play,
	Reply,
	ShoppingBag,
	Workflow,
} from "lucide-react";
import { Fragment, type ReactNode } from "react";
import type { TemplateVariable } from "@/bindings";
import { useWords } from "@/i18n";
import { type Component, filled, part, type Template, type TemplateButton } from "./draft";

const MARKS: Record<string, "strong" | "em" | "s" | "code"> = {
	"*": "strong",
	_: "em",
	"~": "s",
	"`": "code",
};

/** WhatsApp's own formatting: *bold*, _italic_, ~struck~ and `code`. */
function formatted(text: string): ReactNode[] {
	const parts: ReactNode[] = [];
	let rest = text;
	let at = 0;
	for (;;) {
		const found = /([*_~`])(?=\S)([^\n]*?\S)\1/.exec(rest);
		if (!found?.[1] || !found[2]) break;
		const Mark = MARKS[found[1]] ?? "em";
		parts.push(rest.slice(0, found.index));
		parts.push(<Mark key={at}>{found[2]}</Mark>);
		rest = rest.slice(found.index + found[0].length);
		at += 1;
	}
	parts.push(rest);
	return parts;
}

const BUTTON_ICONS: Record<string, typeof Reply> = {
	QUICK_REPLY: Reply,
	URL: ExternalLink,
	PHONE_NUMBER: PhoneIcon,
	COPY_CODE: Copy,
	OTP: Copy,
	FLOW: Workflow,
	CATALOG: ShoppingBag,
	MPM: List,
	SPM: ShoppingBag,
};

function ButtonLine({ button }: { button: TemplateButton }) {
	const { t } = useWords();
	const Icon = BUTTON_ICONS[button.type] ?? ExternalLink;
	const label =
		button.text ||
		(button.type === "COPY_CODE" || button.type === "OTP"
			? t("templates.copyCode")
			: t("templates.buttonEmpty"));
	return (
		<div className="flex items-center justify-center gap-1.5 bg-[var(--phone-bubble)] px-2 py-2 text-[var(--phone-link)] text-13">
			<Icon size={14} aria-hidden />
			<span className="truncate">{label}</span>
		</div>
	);
}

/** The picture, film, paper or place above the text. */
function Media({ header, picture }: { header: Component; picture: string | null }) {
	const { t } = useWords();
	const Icon =
		{ IMAGE: Image, VIDEO: Play, GIF: Play, DOCUMENT: FileText, LOCATION: MapPin }[
			header.format ?? ""
		] ?? Image;
	if (picture && header.format === "IMAGE") {
		return <img src={picture} alt="" className="max-h-40 w-full rounded-1 object-cover" />;
	}
	return (
		<div className="grid h-28 place-items-center rounded-1 bg-[var(--phone-media)] text-[var(--phone-meta)]">
			<span className="flex flex-col items-center gap-1 text-11">
				<Icon size={24} strokeWidth={1.5} aria-hidden />
				{t(`templates.header.${header.format ?? "IMAGE"}`)}
			</span>
		</div>
	);
}

function Bubble({
	components,
	variables,
	card,
	picture,
}: {
	components: readonly Component[];
	variables: readonly TemplateVariable[];
	card: number | null;
	picture: string | null;
}) {
	const { t } = useWords();
	const of = (kind: string) => components.find((one) => one.type === kind);
	const header = of("HEADER");
	const body = of("BODY");
	const footer = of("FOOTER");
	const offer = of("LIMITED_TIME_OFFER")?.limited_time_offer;
	const buttons = of("BUTTONS")?.buttons ?? [];
	// WhatsApp folds what is more than three.
	const shown = buttons.length > 3 ? buttons.slice(0, 2) : buttons;
	const code = t("templates.codeBody", { code: "123456" });
	const bodyText = body?.add_security_recommendation
		? `${code} ${t("templates.codeWarning")}`
		: (body?.text ?? (body && !("text" in body) ? code : ""));
	const expires = footer?.code_expiration_minutes;
	return (
		<div className="flex flex-col gap-px overflow-hidden rounded-3 shadow-1">
			<div className="flex flex-col gap-1 bg-[var(--phone-bubble)] p-1.5">
				{header && header.format !== "TEXT" && <Media header={header} picture={picture} />}
				<div className="flex flex-col gap-1 px-1 pt-0.5">
					{header?.format === "TEXT" && header.text && (
						<p className="font-semibold text-14">
							{filled(header.text, variables, { at: "header", card, button: null })}
						</p>
					)}
					{offer && (
						<p className="flex items-center gap-2 rounded-1 bg-[var(--phone-media)] px-2 py-1.5 text-12">
							<Clock size={14} aria-hidden />
							{offer.text}
						</p>
					)}
					{bodyText && (
						<p className="whitespace-pre-wrap break-words text-13">
							{formatted(filled(bodyText, variables, { at: "body", card, button: null })).map(
								(one, at) => (
									<Fragment key={at}>{one}</Fragment>
								),
							)}
						</p>
					)}
					{(footer?.text || expires) && (
						<p className="text-12 text-[var(--phone-meta)]">
							{footer?.text || t("templates.codeExpires", { count: expires ?? 0 })}
						</p>
					)}
					<p className="num text-right text-11 text-[var(--phone-meta)]">9:41</p>
				</div>
			</div>
			{shown.map((button, at) => (
				<ButtonLine key={at} button={button} />
			))}
			{buttons.length > shown.length && (
				<div className="flex items-center justify-center gap-1.5 bg-[var(--phone-bubble)] py-2 text-[var(--phone-link)] text-13">
					<List size={14} aria-hidden />
					{t("templates.allOptions")}
				</div>
			)}
		</div>
	);
}

/** How the message looks on a phone, filled with the samples. */
export function Phone({
	template,
	variables,
	business,
	dark,
	picture,
}: {
	template: Template;
	variables: readonly TemplateVariable[];
	business: string;
	dark: boolean;
	/** The sample of the header's picture. */
	picture: string | null;
}) {
	const { t } = useWords();
	const cards = part(template, "CAROUSEL")?.cards ?? [];
	const initials = business
		.split(/\s+/)
		.slice(0, 2)
		.map((word) => word.charAt(0).toUpperCase())
		.join("");
	return (
		<figure
			aria-label={t("templates.preview")}
			data-phone={dark ? "dark" : "light"}
			data-testid="phone"
			className="mx-auto flex h-[540px] w-[272px] flex-none flex-col overflow-hidden rounded-[32px] border-[7px] border-[var(--phone-case)] bg-[var(--phone-wall)] text-[var(--phone-text)]"
		>
			<div className="flex flex-none items-center gap-2 bg-[var(--phone-head)] px-3 pt-5 pb-2">
				<span className="grid size-8 flex-none place-items-center rounded-full bg-[var(--phone-mark)] font-semibold text-11 text-[var(--phone-mark-text)]">
					{initials}
				</span>
				<span className="min-w-0">
					<b className="block truncate font-semibold text-13">{business}</b>
					<small className="block text-11 text-[var(--phone-meta)]">
						{t("templates.businessAccount")}
					</small>
				</span>
			</div>
			<div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto p-2 pr-7">
				<Bubble
					components={template.components}
					variables={variables}
					card={null}
					picture={picture}
				/>
				{cards.length > 0 && (
					<div className="flex gap-2 overflow-x-auto pb-1">
						{cards.map((card, at) => (
							<div key={at} className="w-40 flex-none">
								<Bubble
									components={card.components}
									variables={variables}
									card={at}
									picture={null}
								/>
							</div>
						))}
					</div>
				)}
			</div>
		</figure>
	);
}
