import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from "react";
import type { ContactRow } from "@/bindings";
import { cx, Field, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";

const SHOWN = 8;

/** Chooses a contact by part of its name, phone or e-mail. */
export function ContactPicker({
	value,
	onChange,
	error,
	autoFocus,
}: {
	value: ContactRow | null;
	onChange: (contact: ContactRow | null) => void;
	error?: string | undefined;
	autoFocus?: boolean;
}) {
	const { t, failure } = useWords();
	const list = useId();
	const [text, setText] = useState("");
	const [open, setOpen] = useState(false);
	const [at, setAt] = useState(0);
	const again = useRef(false);
	const search = useDeferredValue(text.trim());
	const found = useQuery({
		...query("listContacts", {
			search: search || null,
			status: null,
			source: null,
			page: { limit: SHOWN, cursor: null },
		}),
		enabled: open && value === null,
		placeholderData: keepPreviousData,
	});
	const rows = found.data?.rows ?? [];
	const marked = rows[Math.min(at, rows.length - 1)];
	const choose = (contact: ContactRow) => {
		onChange(contact);
		setOpen(false);
		setText("");
	};
	const onKey = (event: KeyboardEvent) => {
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			setOpen(true);
			const step = event.key === "ArrowDown" ? 1 : -1;
			setAt((before) => Math.max(0, Math.min(rows.length - 1, before + step)));
		} else if (event.key === "Enter" && open && marked) {
			event.preventDefault();
			choose(marked);
		}
	};
	if (value) {
		return (
			<Field label={t("contacts.pick")} error={error}>
				{(id) => (
					<div className="flex h-8 items-center gap-2 rounded-2 border border-line-2 bg-sunken pr-0.5 pl-2.5">
						<span id={id} className="min-w-0 flex-1 truncate">
							{value.name || value.phone || value.email}{" "}
							<span className="text-ink-3">
								{[value.phone, value.email].filter(Boolean).join(" · ")}
							</span>
						</span>
						<IconButton
							icon={X}
							label={t("contacts.pickOther")}
							autoFocus
							onClick={() => {
								again.current = true;
								onChange(null);
								setOpen(true);
							}}
						/>
					</div>
				)}
			</Field>
		);
	}
	return (
		<Field label={t("contacts.pick")} error={error}>
			{(id, note) => (
				<div className="relative">
					<input
						ref={(input) => {
							if (input && again.current) input.focus();
							again.current = false;
						}}
						id={id}
						role="combobox"
						// biome-ignore lint/a11y/noAutofocus: only where a dialog opens to be typed in
						autoFocus={autoFocus}
						aria-describedby={note}
						aria-expanded={open}
						aria-controls={list}
						aria-autocomplete="list"
						aria-activedescendant={open && marked ? `${list}-${marked.id}` : undefined}
						aria-invalid={error ? true : undefined}
						data-testid="contact-picker"
						autoComplete="off"
						spellCheck={false}
						placeholder={t("contacts.pickHint")}
						value={text}
						onChange={(event) => {
							setText(event.target.value);
							setOpen(true);
							setAt(0);
						}}
						onClick={() => setOpen(true)}
						onBlur={() => setOpen(false)}
						onKeyDown={onKey}
						className={cx(
							"h-8 w-full rounded-2 border bg-surface px-2.5 placeholder:text-ink-3 focus-visible:border-accent dark:bg-sunken",
							error ? "border-negative" : "border-control",
						)}
					/>
					{open && (
						<div
							id={list}
							role="listbox"
							aria-label={t("contacts.pick")}
							className="mt-1 max-h-56 overflow-y-auto rounded-3 border border-line-2 bg-raised p-1"
						>
							{rows.map((contact, place) => (
								// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's
								<div
									key={contact.id}
									id={`${list}-${contact.id}`}
									role="option"
									tabIndex={-1}
									aria-selected={contact === marked}
									data-testid="contact-option"
									onMouseDown={(event) => event.preventDefault()}
									onMouseMove={() => setAt(place)}
									onClick={() => choose(contact)}
									className={cx(
										"flex h-7 cursor-pointer items-center gap-2 rounded-2 px-2",
										contact === marked && "bg-hover",
									)}
								>
									<span className="truncate">{contact.name || contact.phone || contact.email}</span>
									<span className="num ml-auto text-12 text-ink-3">
										{contact.phone ?? contact.email}
									</span>
								</div>
							))}
							{rows.length === 0 && (
								<p className="px-2 py-1.5 text-12 text-ink-3">
									{found.error
										? failure(found.error)
										: found.isPending
											? t("contacts.searching")
											: t("contacts.pickNone")}
								</p>
							)}
						</div>
					)}
				</div>
			)}
		</Field>
	);
}
