import { Bold, Braces, Italic } from "lucide-react";
import { type ReactNode, type Ref, useId, useImperativeHandle, useRef } from "react";
import type { TemplateFinding } from "@/bindings";
import { cx, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { count } from "@/lib/format";

/** What is wrong with some characters of a text. */
interface Mark {
	from: number;
	to: number;
	refused: boolean;
}

/** Characters are counted by the core as Unicode counts them, here as JavaScript does. */
function units(text: string, characters: number): number {
	return [...text].slice(0, characters).join("").length;
}

function marksOf(text: string, findings: readonly TemplateFinding[]): Mark[] {
	return findings
		.filter((one) => one.place.from !== null && one.place.to !== null)
		.map((one) => ({
			from: units(text, one.place.from ?? 0),
			to: units(text, one.place.to ?? 0),
			refused: one.severity === "refused",
		}));
}

/** The text with its variables tinted and what is wrong underlined. */
function Painted({ text, marks }: { text: string; marks: readonly Mark[] }) {
	const tokens = [...text.matchAll(/\{\{[^{}]*\}\}/g)].map((one) => ({
		from: one.index,
		to: one.index + one[0].length,
	}));
	const edges = [
		...new Set([
			0,
			text.length,
			...[...tokens, ...marks].flatMap((one) => [one.from, Math.min(one.to, text.length)]),
		]),
	].toSorted((a, b) => a - b);
	const parts: ReactNode[] = [];
	for (const [index, from] of edges.entries()) {
		const to = edges[index + 1];
		if (to === undefined) break;
		const inside = (one: { from: number; to: number }) => one.from <= from && to <= one.to;
		const token = tokens.some(inside);
		const wrong = marks.filter(inside);
		const refused = wrong.some((one) => one.refused);
		parts.push(
			<span
				key={from}
				className={cx(
					token && "rounded-1 bg-accent-soft",
					token && refused && "!bg-negative-soft",
					wrong.length > 0 && "underline decoration-wavy underline-offset-2",
					wrong.length > 0 && (refused ? "decoration-negative" : "decoration-warning"),
				)}
			>
				{text.slice(from, to)}
			</span>,
		);
	}
	return <>{parts}</>;
}

export interface TokenTextHandle {
	focus: () => void;
}

/** A text with variables: tinted as they are written, with what is wrong underlined. */
export function TokenText({
	label,
	value,
	most,
	findings,
	lines = false,
	hint,
	handle,
	testId,
	onChange,
	onVariable,
}: {
	label: string;
	value: string;
	most: number;
	findings: readonly TemplateFinding[];
	/** Several lines, with formatting. */
	lines?: boolean;
	hint?: ReactNode;
	handle?: Ref<TokenTextHandle>;
	testId?: string;
	onChange: (text: string) => void;
	/** The variable to write where the cursor is; none where there can be none. */
	onVariable?: (() => string) | undefined;
}) {
	const { t, locale } = useWords();
	const id = useId();
	const field = useRef<HTMLTextAreaElement>(null);
	useImperativeHandle(handle, () => ({ focus: () => field.current?.focus() }));
	const refused = findings.some((one) => one.severity === "refused");
	const over = value.length > most;
	const wrap = (before: string, after = before) => {
		const box = field.current;
		if (!box) return;
		const { selectionStart: from, selectionEnd: to } = box;
		onChange(`${value.slice(0, from)}${before}${value.slice(from, to)}${after}${value.slice(to)}`);
		requestAnimationFrame(() => {
			box.focus();
			box.setSelectionRange(from + before.length, to + before.length);
		});
	};
	const insert = (text: string) => {
		const box = field.current;
		if (!box) return;
		const { selectionStart: from, selectionEnd: to } = box;
		onChange(`${value.slice(0, from)}${text}${value.slice(to)}`);
		requestAnimationFrame(() => {
			box.focus();
			box.setSelectionRange(from + text.length, from + text.length);
		});
	};
	const shape = cx(
		"col-start-1 row-start-1 block w-full whitespace-pre-wrap break-words px-2.5 py-1.5 text-13 leading-5",
		lines && "min-h-28",
	);
	return (
		<div className="flex flex-col gap-1.5">
			<div className="flex items-baseline justify-between gap-2">
				<label htmlFor={id} className="font-medium text-12 text-ink-2">
					{label}
				</label>
				<span className={cx("num text-12", over ? "font-medium text-negative" : "text-ink-3")}>
					{count(locale, value.length)}/{count(locale, most)}
				</span>
			</div>
			<div
				className={cx(
					"rounded-2 border bg-surface focus-within:border-accent focus-within:shadow-[var(--focus-ring)] dark:bg-sunken",
					refused || over ? "border-negative" : "border-control",
				)}
			>
				<div className="grid">
					<div
						aria-hidden
						className={cx(shape, "pointer-events-none select-none text-transparent")}
					>
						<Painted text={value} marks={marksOf(value, findings)} />
						{/* A last empty line has a height too. */}
						{"\u200b"}
					</div>
					<textarea
						ref={field}
						id={id}
						rows={1}
						data-testid={testId}
						aria-invalid={refused || over || undefined}
						aria-describedby={hint ? `${id}-hint` : undefined}
						value={value}
						spellCheck={lines}
						onChange={(event) =>
							onChange(lines ? event.target.value : event.target.value.replace(/\n/g, " "))
						}
						onKeyDown={(event) => {
							if (event.key === "Enter" && !lines) event.preventDefault();
						}}
						className={cx(
							shape,
							"resize-none overflow-hidden bg-transparent text-ink outline-hidden focus-visible:shadow-none",
						)}
					/>
				</div>
				{lines && (
					<div className="mx-2 flex items-center gap-1 border-line border-t py-1">
						{onVariable && (
							<button
								type="button"
								onClick={() => insert(onVariable())}
								className="inline-flex h-6 items-center gap-1.5 rounded-1 px-1.5 font-medium text-12 text-ink-2 hover:bg-hover"
							>
								<Braces size={14} aria-hidden className="text-ink-3" />
								{t("templates.variable")}
							</button>
						)}
						<IconButton icon={Bold} label={t("templates.bold")} onClick={() => wrap("*")} />
						<IconButton icon={Italic} label={t("templates.italic")} onClick={() => wrap("_")} />
						{hint && (
							<span id={`${id}-hint`} className="num ml-auto text-12 text-ink-3">
								{hint}
							</span>
						)}
					</div>
				)}
			</div>
			{!lines && onVariable && (
				<button
					type="button"
					onClick={() => insert(onVariable())}
					className="inline-flex h-6 w-fit items-center gap-1.5 rounded-1 px-1 font-medium text-12 text-ink-2 hover:bg-hover"
				>
					<Braces size={14} aria-hidden className="text-ink-3" />
					{t("templates.variable")}
				</button>
			)}
		</div>
	);
}
