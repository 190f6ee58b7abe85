import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Dialog as Radix } from "radix-ui";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { cx, Kbd } from "@/components/ui/kit";
import { LANGUAGES, useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";
import { useSession } from "./session";

const Context = createContext<{ open: () => void }>({ open: () => {} });
export const usePalette = () => useContext(Context);

interface Command {
	id: string;
	title: string;
	keys?: string;
	run: () => void;
}

function plain(text: string): string {
	return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function typing(event: KeyboardEvent): boolean {
	const at = event.target as HTMLElement | null;
	return Boolean(at?.closest("input, textarea, select, [contenteditable]"));
}

const SHORTCUTS = [
	["Ctrl K", "keys.palette"],
	["?", "keys.help"],
	["F6", "keys.regions"],
	["F", "keys.filter"],
	["← → ↑ ↓", "keys.table"],
	["← →", "keys.chart"],
	["T", "keys.chartTable"],
	["Esc", "keys.close"],
] as const;

export function PaletteProvider({ children }: { children: ReactNode }) {
	const { t } = useWords();
	const navigate = useNavigate();
	const { change } = useSession();
	const [open, setOpen] = useState(false);
	const [help, setHelp] = useState(false);
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	const sync = useMutation<unknown, AppError, void>({
		mutationFn: () => call("startSync", { since: null, full: false }),
		onSuccess: () => navigate({ to: "/sync" }),
	});
	const { mutate: startSync } = sync;

	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
				event.preventDefault();
				setOpen(true);
			} else if (event.key === "?" && !typing(event)) {
				event.preventDefault();
				setHelp(true);
			}
		};
		addEventListener("keydown", onKey);
		return () => removeEventListener("keydown", onKey);
	}, []);

	const all = useMemo<Command[]>(() => {
		const go = (id: string, to: string) => ({
			id,
			title: t(`nav.${id}`),
			run: () => void navigate({ to }),
		});
		return [
			go("home", "/"),
			go("campaigns", "/campaigns"),
			go("creatives", "/creatives"),
			go("sync", "/sync"),
			go("contacts", "/contacts"),
			go("pipeline", "/pipeline"),
			go("sales", "/sales"),
			go("import", "/import"),
			go("settings", "/settings"),
			go("connect", "/connect"),
			{ id: "sync-now", title: t("palette.syncNow"), run: () => startSync() },
			{ id: "light", title: t("palette.light"), run: () => change({ theme: "light" }) },
			{ id: "dark", title: t("palette.dark"), run: () => change({ theme: "dark" }) },
			...LANGUAGES.map((language) => ({
				id: `language-${language.code}`,
				title: t("palette.language", { name: language.name }),
				run: () => change({ language: language.code }),
			})),
			{ id: "keys", title: t("palette.shortcuts"), keys: "?", run: () => setHelp(true) },
		];
	}, [t, navigate, change, startSync]);
	const found = all.filter((command) =>
		plain(text)
			.split(/\s+/)
			.every((word) => plain(command.title).includes(word)),
	);
	const close = () => {
		setOpen(false);
		setText("");
		setAt(0);
	};
	const run = (command: Command | undefined) => {
		if (!command) return;
		close();
		command.run();
	};

	return (
		<Context.Provider value={{ open: () => setOpen(true) }}>
			{children}
			<Radix.Root open={open} onOpenChange={(now) => (now ? setOpen(true) : close())}>
				<Radix.Portal>
					<Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
					<Radix.Content
						aria-describedby={undefined}
						className="-translate-x-1/2 fixed top-[14vh] left-1/2 z-50 flex max-h-[60vh] w-[640px] max-w-[94vw] flex-col overflow-hidden rounded-4 bg-raised shadow-3"
					>
						<Radix.Title className="sr-only">{t("palette.title")}</Radix.Title>
						<input
							// biome-ignore lint/a11y/noAutofocus: the palette is opened to type in
							autoFocus
							role="combobox"
							aria-expanded={true}
							aria-controls="palette-list"
							aria-activedescendant={found[at] ? `palette-${found[at].id}` : ""}
							aria-label={t("palette.title")}
							placeholder={t("palette.open")}
							value={text}
							onChange={(event) => {
								setText(event.target.value);
								setAt(0);
							}}
							onKeyDown={(event) => {
								if (event.key === "ArrowDown") setAt((now) => Math.min(now + 1, found.length - 1));
								else if (event.key === "ArrowUp") setAt((now) => Math.max(now - 1, 0));
								else if (event.key === "Enter") run(found[at]);
								else return;
								event.preventDefault();
							}}
							className="h-12 border-line border-b bg-transparent px-4 text-14 outline-none focus-visible:shadow-none"
						/>
						<div id="palette-list" role="listbox" className="min-h-0 overflow-y-auto p-1.5">
							{found.map((command, place) => (
								// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
								<div
									key={command.id}
									id={`palette-${command.id}`}
									role="option"
									tabIndex={-1}
									aria-selected={place === at}
									onMouseMove={() => setAt(place)}
									onClick={() => run(command)}
									className={cx(
										"flex h-8 cursor-pointer items-center rounded-2 px-2.5",
										place === at && "bg-selected",
									)}
								>
									<span className="flex-1">{command.title}</span>
									{command.keys && <Kbd>{command.keys}</Kbd>}
								</div>
							))}
							{found.length === 0 && (
								<li className="px-2.5 py-2 text-ink-3">{t("palette.empty")}</li>
							)}
						</div>
					</Radix.Content>
				</Radix.Portal>
			</Radix.Root>
			<Dialog open={help} onClose={() => setHelp(false)} title={t("palette.shortcuts")} width={420}>
				<dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
					{SHORTCUTS.map(([keys, key]) => (
						<div key={key} className="contents">
							<dt>
								<Kbd>{keys}</Kbd>
							</dt>
							<dd>{t(key)}</dd>
						</div>
					))}
				</dl>
			</Dialog>
		</Context.Provider>
	);
}
