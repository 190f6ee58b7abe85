import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import type { TemplateFinding } from "@/bindings";
import { Button, cx, IconButton } from "@/components/ui/kit";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { LIMITS, type TemplateButton } from "./draft";

const KINDS = ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "FLOW", "CATALOG"] as const;
const CODE_KINDS = ["OTP"] as const;

const INPUT =
	"h-8 min-w-0 rounded-2 border border-control bg-surface px-2.5 text-ink placeholder:text-ink-3 dark:bg-sunken focus-visible:border-accent";

function fresh(type: string): TemplateButton {
	switch (type) {
		case "URL":
			return { type, text: "", url: "https://" };
		case "PHONE_NUMBER":
			return { type, text: "", phone_number: "+" };
		case "COPY_CODE":
			return { type, example: "" };
		case "OTP":
			return { type, otp_type: "COPY_CODE" };
		case "FLOW":
			return { type, text: "", flow_id: "", flow_action: "navigate" };
		default:
			return { type, text: "" };
	}
}

/** The buttons of a message or of a card, each with what it needs. */
export function ButtonsForm({
	buttons,
	findings,
	most,
	code,
	onChange,
}: {
	buttons: readonly TemplateButton[];
	findings: readonly TemplateFinding[];
	most: number;
	/** An authentication template has a button for its code alone. */
	code: boolean;
	onChange: (buttons: TemplateButton[]) => void;
}) {
	const { t } = useWords();
	const put = (at: number, next: TemplateButton) =>
		onChange(buttons.map((one, index) => (index === at ? next : one)));
	const move = (at: number, to: number) => {
		const next = [...buttons];
		const [taken] = next.splice(at, 1);
		if (taken) next.splice(to, 0, taken);
		onChange(next);
	};
	const kinds: readonly string[] = code ? CODE_KINDS : KINDS;
	return (
		<div className="flex flex-col gap-2">
			{buttons.map((button, at) => {
				const wrong = findings.filter((one) => one.place.button === at);
				const refused = wrong.some((one) => one.severity === "refused");
				const named = t("templates.buttonNumber", { number: at + 1 });
				const text = (field: string, label: string, value: unknown) => (
					<input
						aria-label={`${named}: ${label}`}
						placeholder={label}
						aria-invalid={
							wrong.some((one) => one.place.field === field && one.severity === "refused") ||
							undefined
						}
						value={String(value ?? "")}
						onChange={(event) => put(at, { ...button, [field]: event.target.value })}
						className={cx(INPUT, "flex-1")}
					/>
				);
				return (
					<div key={at} className="flex flex-col gap-1">
						<div className="flex items-center gap-2">
							<select
								aria-label={`${named}: ${t("templates.buttonKind")}`}
								value={button.type}
								onChange={(event) =>
									put(at, {
										...fresh(event.target.value),
										...(button.text ? { text: button.text } : {}),
									})
								}
								className={cx(INPUT, "w-36 flex-none", refused && "!border-negative")}
							>
								{[...new Set([...kinds, button.type])].map((kind) => (
									<option key={kind} value={kind}>
										{t(`templates.button.${kind}`, { defaultValue: kind })}
									</option>
								))}
							</select>
							{button.type !== "COPY_CODE" && (
								<span className="relative flex min-w-0 flex-1">
									{text("text", t("templates.buttonLabel"), button.text)}
									<span
										className={cx(
											"num pointer-events-none absolute top-2 right-2 text-11",
											(button.text ?? "").length > LIMITS.label ? "text-negative" : "text-ink-3",
										)}
									>
										{(button.text ?? "").length}/{LIMITS.label}
									</span>
								</span>
							)}
							{button.type === "URL" && text("url", t("templates.buttonUrl"), button.url)}
							{button.type === "PHONE_NUMBER" &&
								text("phone_number", t("templates.buttonPhone"), button.phone_number)}
							{button.type === "COPY_CODE" &&
								text(
									"example",
									t("templates.buttonCode"),
									Array.isArray(button.example) ? button.example[0] : button.example,
								)}
							{button.type === "FLOW" && text("flow_id", t("templates.buttonFlow"), button.flow_id)}
							<IconButton
								icon={ChevronUp}
								label={`${named}: ${t("templates.moveUp")}`}
								disabled={at === 0}
								className={cx(at === 0 && "invisible")}
								onClick={() => move(at, at - 1)}
							/>
							<IconButton
								icon={ChevronDown}
								label={`${named}: ${t("templates.moveDown")}`}
								disabled={at === buttons.length - 1}
								className={cx(at === buttons.length - 1 && "invisible")}
								onClick={() => move(at, at + 1)}
							/>
							<IconButton
								icon={Trash2}
								label={`${named}: ${t("templates.takeOut")}`}
								onClick={() => onChange(buttons.filter((_, index) => index !== at))}
							/>
						</div>
						{wrong[0] && (
							<p
								className={cx(
									"text-12",
									wrong[0].severity === "refused" ? "text-negative" : "text-warning",
								)}
							>
								{wrong[0].message}
							</p>
						)}
					</div>
				);
			})}
			{buttons.length < most && (
				<div>
					<Menu
						align="start"
						trigger={
							<Button variant="ghost" size="s" icon={Plus} data-testid="add-button">
								{t("templates.addButton")}
							</Button>
						}
					>
						{kinds.map((kind) => (
							<MenuItem key={kind} onSelect={() => onChange([...buttons, fresh(kind)])}>
								{t(`templates.button.${kind}`)}
							</MenuItem>
						))}
					</Menu>
				</div>
			)}
		</div>
	);
}
