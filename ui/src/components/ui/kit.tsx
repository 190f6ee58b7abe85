/** The small parts that every screen is made of. */
import { Search } from "lucide-react";
import { Slot } from "radix-ui";
import {
	type ButtonHTMLAttributes,
	type ComponentType,
	type FocusEvent,
	forwardRef,
	type InputHTMLAttributes,
	type KeyboardEvent,
	type MouseEvent,
	type ReactNode,
	type Ref,
	type SelectHTMLAttributes,
	type TextareaHTMLAttributes,
	useEffect,
	useId,
	useRef,
} from "react";
import { Said } from "./explained";

export function cx(...parts: Array<string | false | null | undefined>): string {
	return parts.filter(Boolean).join(" ");
}

type Icon = ComponentType<{
	size?: number;
	strokeWidth?: number;
	className?: string;
	"aria-hidden"?: boolean;
}>;

type Blocked = {
	/**
	 * Why it cannot be pressed now. With a reason the button is off and yet takes focus, so that
	 * keys and screen readers reach the reason as well as the mouse does.
	 */
	reason?: string | undefined;
};

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> &
	Blocked & {
		variant?: "plain" | "primary" | "ghost" | "danger";
		size?: "s" | "m" | "l" | "xl";
		icon?: Icon;
		/** Keeps its label while it works. */
		busy?: boolean;
		asChild?: boolean;
	};

function swallow(event: MouseEvent) {
	event.preventDefault();
	event.stopPropagation();
}

const VARIANTS = {
	plain: "border-line-2 bg-surface text-ink hover:bg-hover dark:bg-raised",
	primary:
		"border-transparent bg-accent text-on-accent hover:bg-accent-hover active:bg-accent-active",
	ghost: "border-transparent text-ink-2 hover:bg-hover hover:text-ink",
	danger: "border-transparent bg-danger text-on-accent hover:opacity-90",
};
const SIZES = {
	s: "h-6 px-2 text-12",
	m: "h-7 px-2.5",
	l: "h-8 px-3.5",
	xl: "h-10 px-[18px] text-14",
};

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
	{
		variant = "plain",
		size = "m",
		icon: Icon,
		busy,
		asChild,
		className,
		children,
		disabled,
		reason,
		...rest
	},
	ref,
) {
	const id = useId();
	const Part = asChild ? Slot.Root : "button";
	const off = Boolean(disabled || reason);
	return (
		<Said id={id} text={reason}>
			<Part
				ref={ref}
				type={asChild ? undefined : "button"}
				disabled={asChild || reason ? undefined : disabled}
				aria-disabled={off || busy || undefined}
				aria-busy={busy || undefined}
				className={cx(
					"inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-2 border font-medium transition-colors duration-90",
					VARIANTS[variant],
					SIZES[size],
					off && "!cursor-default !border-line !bg-sunken !text-ink-off",
					busy && "opacity-70",
					className,
				)}
				{...rest}
				{...(reason && { "aria-describedby": id })}
				{...((busy || reason) && { onClickCapture: swallow })}
			>
				{asChild ? (
					children
				) : (
					<>
						{Icon && (
							<Icon
								size={16}
								strokeWidth={1.75}
								aria-hidden
								className={cx(
									"flex-none",
									variant !== "primary" && variant !== "danger" && !off && "text-ink-3",
								)}
							/>
						)}
						{children}
					</>
				)}
			</Part>
		</Said>
	);
});

/** A button with a picture instead of words; its name is for everybody who cannot see it. */
export const IconButton = forwardRef<
	HTMLButtonElement,
	ButtonHTMLAttributes<HTMLButtonElement> & Blocked & { icon: Icon; label: string }
>(function IconButton({ icon: Icon, label, className, reason, ...rest }, ref) {
	const id = useId();
	return (
		<Said id={id} text={reason}>
			<button
				ref={ref}
				type="button"
				aria-label={label}
				title={reason ? undefined : label}
				className={cx(
					"inline-grid size-7 shrink-0 place-items-center rounded-2 text-ink-3 transition-colors duration-90 hover:bg-hover hover:text-ink",
					reason && "!cursor-default !text-ink-off hover:!bg-transparent",
					className,
				)}
				{...rest}
				{...(reason && {
					"aria-disabled": true,
					"aria-describedby": id,
					onClickCapture: swallow,
				})}
			>
				<Icon size={16} strokeWidth={1.75} aria-hidden />
			</button>
		</Said>
	);
});

export function Panel({
	title,
	hint,
	actions,
	children,
	className,
	bare,
}: {
	title?: ReactNode;
	hint?: ReactNode;
	actions?: ReactNode;
	children: ReactNode;
	className?: string;
	/** Without the frame, for a panel in a panel. */
	bare?: boolean;
}) {
	return (
		<section
			className={cx(
				"flex min-h-0 min-w-0 flex-col overflow-hidden bg-surface",
				!bare && "rounded-3 border border-line",
				className,
			)}
		>
			{title !== undefined && (
				<header className="flex min-h-10 flex-none flex-wrap items-center gap-x-2 gap-y-1 py-1 pr-2 pl-4">
					<h2 className="min-w-0 font-semibold text-14">{title}</h2>
					{hint && <span className="truncate text-12 text-ink-3">{hint}</span>}
					{actions && (
						<div className="ml-auto flex flex-wrap items-center justify-end gap-2">{actions}</div>
					)}
				</header>
			)}
			{children}
		</section>
	);
}

const TONES = {
	neutral: "bg-sunken text-ink-2 dark:bg-raised",
	positive: "bg-positive-soft text-positive",
	negative: "bg-negative-soft text-negative",
	warning: "bg-warning-soft text-warning",
	info: "bg-info-soft text-info",
	accent: "bg-accent-soft text-accent-text",
	line: "shadow-[inset_0_0_0_1px_var(--border-2)] text-ink-2",
};
export type Tone = keyof typeof TONES;

export function Tag({
	tone = "neutral",
	icon: Icon,
	children,
}: {
	tone?: Tone;
	icon?: Icon;
	children: ReactNode;
}) {
	return (
		<span
			className={cx(
				"inline-flex h-[18px] flex-none items-center gap-1 whitespace-nowrap rounded-1 px-1.5 font-medium text-11 leading-[18px] outline-1 -outline-offset-1 outline-transparent",
				TONES[tone],
			)}
		>
			{Icon && <Icon size={12} strokeWidth={2} aria-hidden />}
			{children}
		</span>
	);
}

const BANNERS = {
	warning: "border-warning-line bg-warning-soft [&>svg]:text-warning",
	negative: "border-negative-line bg-negative-soft [&>svg]:text-negative",
	info: "border-info-line bg-info-soft [&>svg]:text-info",
	flat: "border-line bg-surface",
};

/** A state of the page: what happened, what it means, what to do. */
/**
 * What was pressed may be gone with what it did, such as the question that is asked by now: the
 * focus then stays at what stands in its place, and Tab goes on from there.
 */
function useKeptFocus<E extends HTMLElement>() {
	const box = useRef<E>(null);
	const within = useRef(false);
	useEffect(() => {
		if (within.current && document.activeElement === document.body) {
			box.current?.focus({ preventScroll: true });
		}
	});
	return {
		ref: box,
		onFocus: () => {
			within.current = true;
		},
		onBlur: ({ target }: FocusEvent<E>) => {
			queueMicrotask(() => {
				if (target.isConnected) within.current = false;
			});
		},
	};
}

export function Banner({
	tone,
	icon: Icon,
	children,
	actions,
	testId,
}: {
	tone: keyof typeof BANNERS;
	icon: Icon;
	children: ReactNode;
	actions?: ReactNode;
	testId?: string;
}) {
	const kept = useKeptFocus<HTMLDivElement>();
	return (
		<div
			role="status"
			tabIndex={-1}
			{...kept}
			data-testid={testId}
			className={cx(
				"flex min-h-9 flex-none items-center gap-2.5 rounded-3 border py-1 pr-1.5 pl-3",
				BANNERS[tone],
			)}
		>
			<Icon size={16} strokeWidth={1.75} aria-hidden className="flex-none" />
			<p className="min-w-0 flex-1">{children}</p>
			{actions}
		</div>
	);
}

const STEPS: Record<string, (at: number, last: number) => number> = {
	ArrowRight: (at, last) => (at === last ? 0 : at + 1),
	ArrowDown: (at, last) => (at === last ? 0 : at + 1),
	ArrowLeft: (at, last) => (at === 0 ? last : at - 1),
	ArrowUp: (at, last) => (at === 0 ? last : at - 1),
	Home: () => 0,
	End: (_, last) => last,
};

/**
 * Keys of a group of tabs or radios, which is one stop of the Tab key: the arrows go round it, Home
 * and End to its ends, and what takes the focus is chosen.
 */
export function groupKeys(event: KeyboardEvent<HTMLElement>) {
	const step = STEPS[event.key];
	if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
	const all = [
		...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"], [role="radio"]'),
	].filter((one) => one.getAttribute("aria-disabled") !== "true");
	const at = all.indexOf(document.activeElement as HTMLElement);
	if (at < 0) return;
	event.preventDefault();
	const next = all[step(at, all.length - 1)];
	next?.focus();
	next?.click();
}

type Option<T extends string> = { value: T; label: string; testId?: string };

export function Segmented<T extends string>({
	label,
	value,
	options,
	onChange,
}: {
	label: string;
	value: T;
	options: ReadonlyArray<Option<T>>;
	onChange: (value: T) => void;
}) {
	return (
		<div
			role="radiogroup"
			aria-label={label}
			onKeyDown={groupKeys}
			className="inline-flex gap-0.5 rounded-2 border border-line bg-sunken p-0.5"
		>
			{options.map((option) => (
				// biome-ignore lint/a11y/useSemanticElements: a radio's look cannot be drawn, a button's can
				<button
					key={option.value}
					type="button"
					role="radio"
					aria-checked={option.value === value}
					tabIndex={option.value === value ? 0 : -1}
					data-testid={option.testId}
					onClick={() => onChange(option.value)}
					className={cx(
						"h-[22px] rounded-1 px-2.5 font-medium text-12 leading-[22px]",
						option.value === value
							? "bg-surface text-ink shadow-[0_0_0_1px_var(--border-2)] dark:bg-raised"
							: "text-ink-2 hover:text-ink",
					)}
				>
					{option.label}
				</button>
			))}
		</div>
	);
}

/**
 * The parts of a page, one at a time. The part itself is a `TabPanel` of the same `id`; `children`
 * stand at the end of the row.
 */
export function Tabs<T extends string>({
	id,
	label,
	value,
	options,
	onChange,
	children,
}: {
	id: string;
	label: string;
	value: T;
	options: ReadonlyArray<Option<T>>;
	onChange: (value: T) => void;
	children?: ReactNode;
}) {
	return (
		<div className="flex flex-none items-center gap-1 border-line border-b">
			<div
				role="tablist"
				aria-label={label}
				onKeyDown={groupKeys}
				className="flex min-w-0 flex-wrap gap-1"
			>
				{options.map((option) => (
					<button
						key={option.value}
						type="button"
						role="tab"
						id={`${id}-${option.value}`}
						aria-controls={`${id}-panel`}
						aria-selected={option.value === value}
						tabIndex={option.value === value ? 0 : -1}
						data-testid={option.testId}
						onClick={() => onChange(option.value)}
						className={cx(
							"-mb-px h-9 whitespace-nowrap border-b-2 px-2.5 font-medium",
							option.value === value
								? "border-accent text-ink"
								: "border-transparent text-ink-2 hover:text-ink",
						)}
					>
						{option.label}
					</button>
				))}
			</div>
			{children}
		</div>
	);
}

export function TabPanel({
	id,
	value,
	children,
	className,
}: {
	id: string;
	value: string;
	children: ReactNode;
	className?: string;
}) {
	return (
		<div
			role="tabpanel"
			id={`${id}-panel`}
			aria-labelledby={`${id}-${value}`}
			className={className}
		>
			{children}
		</div>
	);
}

const CONTROL =
	"h-8 w-full rounded-2 border border-control bg-surface px-2.5 text-ink placeholder:text-ink-3 dark:bg-sunken focus-visible:border-accent disabled:border-line-2 disabled:bg-sunken disabled:text-ink-off";

/** A labelled place for input, with its hint or what is wrong with it. */
export function Field({
	label,
	hint,
	error,
	children,
}: {
	label: string;
	hint?: ReactNode;
	error?: ReactNode;
	children: (id: string, describedBy: string | undefined) => ReactNode;
}) {
	const id = useId();
	const note = error ?? hint;
	return (
		<div className="flex flex-col gap-1.5">
			<label htmlFor={id} className="font-medium text-12 text-ink-2">
				{label}
			</label>
			{children(id, note ? `${id}-note` : undefined)}
			{note && (
				<p
					id={`${id}-note`}
					role={error ? "alert" : undefined}
					className={cx("text-12", error ? "text-negative" : "text-ink-3")}
				>
					{note}
				</p>
			)}
		</div>
	);
}

export function TextField({
	label,
	hint,
	error,
	...rest
}: { label: string; hint?: ReactNode; error?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
	return (
		<Field label={label} hint={hint} error={error}>
			{(id, note) => (
				<input
					id={id}
					aria-describedby={note}
					aria-invalid={error ? true : undefined}
					spellCheck={false}
					autoComplete="off"
					className={cx(
						CONTROL,
						Boolean(error) && "!border-negative shadow-[0_0_0_1px_var(--negative)]",
					)}
					{...rest}
				/>
			)}
		</Field>
	);
}

/** A text of several lines; Ctrl+Enter answers the form it stands in. */
export function TextArea({
	label,
	hint,
	error,
	...rest
}: {
	label: string;
	hint?: ReactNode;
	error?: ReactNode;
} & TextareaHTMLAttributes<HTMLTextAreaElement>) {
	return (
		<Field label={label} hint={hint} error={error}>
			{(id, note) => (
				<textarea
					id={id}
					aria-describedby={note}
					aria-invalid={error ? true : undefined}
					rows={3}
					onKeyDown={(event) => {
						if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
						event.preventDefault();
						event.currentTarget.form?.requestSubmit();
					}}
					className={cx(
						CONTROL,
						"!h-auto min-h-16 resize-y py-1.5 leading-5",
						Boolean(error) && "!border-negative shadow-[0_0_0_1px_var(--negative)]",
					)}
					{...rest}
				/>
			)}
		</Field>
	);
}

/**
 * Filters what is on the page as one types. The whole field shows the focus; Esc empties it, and
 * leaves it when it is empty.
 */
export const SearchField = forwardRef<
	HTMLInputElement,
	{
		/** Its name, shown inside while it is empty. */
		label: string;
		value: string;
		onChange: (text: string) => void;
	} & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "type">
>(function SearchField({ label, value, onChange, onKeyDown, className, ...rest }, ref) {
	return (
		<label
			className={cx(
				"flex h-7 min-w-0 items-center gap-2 rounded-2 border border-control bg-surface px-2 text-ink-3 outline-transparent focus-within:border-accent focus-within:shadow-[var(--focus-ring)] focus-within:outline-2 dark:bg-sunken",
				className ?? "w-72",
			)}
		>
			<Search size={14} aria-hidden className="flex-none" />
			<input
				ref={ref}
				type="search"
				aria-label={label}
				placeholder={label}
				spellCheck={false}
				autoComplete="off"
				value={value}
				onChange={(event) => onChange(event.target.value)}
				onKeyDown={(event) => {
					if (event.key === "Escape") {
						// The key is spent here: a pane beside the field stays open.
						event.preventDefault();
						event.stopPropagation();
						if (value) onChange("");
						else event.currentTarget.blur();
					}
					onKeyDown?.(event);
				}}
				className="min-w-0 flex-1 appearance-none bg-transparent text-ink outline-hidden placeholder:text-ink-3 focus-visible:shadow-none [&::-webkit-search-cancel-button]:hidden"
				{...rest}
			/>
		</label>
	);
});

export function SelectField({
	label,
	hint,
	error,
	children,
	...rest
}: {
	label: string;
	hint?: ReactNode;
	error?: ReactNode;
	children: ReactNode;
} & SelectHTMLAttributes<HTMLSelectElement>) {
	return (
		<Field label={label} hint={hint} error={error}>
			{(id, note) => (
				<select id={id} aria-describedby={note} className={CONTROL} {...rest}>
					{children}
				</select>
			)}
		</Field>
	);
}

export function Checkbox({
	label,
	...rest
}: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
	return (
		<input
			type="checkbox"
			aria-label={label}
			className="size-4 flex-none accent-[var(--accent)]"
			{...rest}
		/>
	);
}

/** Room that is taken while something loads; never over what is already shown. */
export function Skeleton({ className }: { className?: string }) {
	return <span aria-hidden className={cx("skeleton block", className)} />;
}

export function Progress({
	percent,
	tone = "accent",
	label,
	thick,
}: {
	percent: number;
	/** Twice as high, for the one that a page is about. */
	thick?: boolean;
	tone?: "accent" | "positive" | "warning";
	label: string;
}) {
	const colour = {
		accent: "bg-accent dark:bg-accent-text",
		positive: "bg-positive",
		warning: "bg-warning",
	}[tone];
	return (
		<div
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={Math.round(percent)}
			className={cx("overflow-hidden rounded-full bg-track", thick ? "h-2" : "h-1")}
		>
			<div
				className={cx("h-full rounded-full", colour)}
				data-bar
				style={{ width: `${Math.min(100, Math.max(0, percent))}%` }}
			/>
		</div>
	);
}

export function Empty({
	icon: Icon,
	title,
	children,
	actions,
	heading,
}: {
	icon?: Icon;
	title: string;
	children?: ReactNode;
	actions?: ReactNode;
	/** For a page that is nothing else: its title is the page's heading, and can be arrived at. */
	heading?: Ref<HTMLHeadingElement>;
}) {
	const Title = heading ? "h1" : "h2";
	return (
		<div className="m-auto flex max-w-md flex-col items-center gap-2 px-6 py-10 text-center">
			{Icon && <Icon size={24} strokeWidth={1.5} aria-hidden className="mb-1 text-ink-3" />}
			<Title
				ref={heading}
				tabIndex={heading ? -1 : undefined}
				className="font-semibold text-16 tracking-[-.01em]"
			>
				{title}
			</Title>
			{children && <div className="text-ink-2">{children}</div>}
			{actions && <div className="mt-3 flex gap-2">{actions}</div>}
		</div>
	);
}

export function Kbd({ children }: { children: ReactNode }) {
	return (
		<kbd className="flex-none whitespace-nowrap rounded-1 border border-line-2 bg-app px-[5px] font-sans text-11 text-ink-3">
			{children}
		</kbd>
	);
}
