import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Dialog as Radix } from "radix-ui";
import {
	createContext,
	type ReactNode,
	useContext,
	useEffect,
	useMemo,
	useRef,
	useState,
} from "react";
import { movedText, toneOf } from "@/components/figures/columns";
import { useFocusBack } from "@/components/ui/dialog";
import { cx, Kbd, Skeleton } from "@/components/ui/kit";
import { LANGUAGES, useWords } from "@/i18n";
import { query } from "@/lib/ipc";
import { plain } from "@/lib/plain";
import { keysOf, useShortcut } from "@/lib/shortcuts";
import { type Answer, useAnswers } from "./answers";
import { useRegionKeys } from "./regions";
import { useSession } from "./session";
import { ShortcutSheet } from "./shortcut-sheet";
import { useSync } from "./sync-button";
import { UndoProvider } from "./undo";
import { CreateWorkspace } from "./workspace-menu";
import { pressZoom } from "./zoom";

const Context = createContext<{ open: () => void }>({ open: () => {} });
export const usePalette = () => useContext(Context);

interface Command {
	id: string;
	title: string;
	keys?: string;
	/** Why it cannot be done now. */
	reason?: string | undefined;
	/** Whether the page changes, which then takes the focus. */
	goes?: boolean;
	run: () => void;
}

const ZOOMS = { "+": "zoomIn", "-": "zoomOut", "0": "zoomUsual" } as const;

/** A line of the list: something to do, or a figure. */
interface Entry extends Command {
	answer?: Answer;
}

/** A figure: what it is and what it stands on, then itself and how it moved. */
function AnswerLine({ answer }: { answer: Answer }) {
	const { t } = useWords();
	const { title, basis, value, change } = answer;
	return (
		<>
			<span className="min-w-0 flex-1">
				<b className="block truncate font-medium">{title}</b>
				<small className="block truncate text-12 text-ink-3">{basis}</small>
			</span>
			<span className="num text-right">
				<b className="block font-semibold text-14">{value}</b>
				{change && (
					<small className={cx("block text-11", toneOf(change.good, "text-ink-3"))}>
						{movedText(change)}{" "}
						<span className="text-ink-3">{t("figures.before", { value: change.before })}</span>
					</small>
				)}
			</span>
		</>
	);
}

export function PaletteProvider({ children }: { children: ReactNode }) {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	useRegionKeys();
	const { change } = useSession();
	const setup = useQuery(query("getSetupState", {}));
	const noWorkspace = setup.data?.workspace === null;
	const [creating, setCreating] = useState(false);
	const [open, setOpen] = useState(false);
	const [help, setHelp] = useState(false);
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	// The page that opens takes the focus; otherwise it goes back to where it was.
	const leaves = useRef(false);
	const list = useRef<HTMLDivElement>(null);
	const { start: startSync, reason: noSync } = useSync();
	const { content, giveBack } = useFocusBack(open);

	useShortcut("palette", () => setOpen(true));
	useShortcut("help", () => setHelp(true));

	const all = useMemo<Command[]>(() => {
		const go = (id: string, to: string) => ({
			id,
			title: t(`nav.${id}`),
			goes: true,
			run: () => void navigate({ to }),
		});
		return [
			go("home", "/"),
			go("campaigns", "/campaigns"),
			go("creatives", "/creatives"),
			go("breakdowns", "/breakdowns"),
			go("attribution", "/attribution"),
			go("gap", "/gap"),
			go("changes", "/changes"),
			go("pacing", "/pacing"),
			go("sync", "/sync"),
			go("inbox", "/inbox"),
			go("contacts", "/contacts"),
			go("pipeline", "/pipeline"),
			go("sales", "/sales"),
			go("spend", "/spend"),
			go("outbox", "/outbox"),
			go("cohorts", "/cohorts"),
			go("templates", "/templates"),
			go("import", "/import"),
			go("audit", "/audit"),
			go("settings", "/settings"),
			// Without a workspace there is nothing to connect yet: that comes first.
			noWorkspace
				? { id: "connect", title: t("nav.connect"), run: () => setCreating(true) }
				: go("connect", "/connect"),
			{
				id: "sync-now",
				title: t("palette.syncNow"),
				reason: noSync,
				goes: true,
				run: () => {
					startSync();
					void navigate({ to: "/sync" });
				},
			},
			{ id: "light", title: t("palette.light"), run: () => change({ theme: "light" }) },
			{ id: "dark", title: t("palette.dark"), run: () => change({ theme: "dark" }) },
			...LANGUAGES.map((language) => ({
				id: `language-${language.code}`,
				title: t("palette.language", { name: language.name }),
				run: () => change({ language: language.code }),
			})),
			...(["+", "-", "0"] as const).map((key) => ({
				id: `zoom-${key}`,
				title: t(`palette.zoom.${key}`),
				keys: keysOf(ZOOMS[key]),
				run: () => pressZoom(key),
			})),
			{ id: "keys", title: t("palette.shortcuts"), keys: keysOf("help"), run: () => setHelp(true) },
		];
	}, [t, navigate, change, startSync, noSync, noWorkspace]);
	const commands = all.filter((command) =>
		plain(text)
			.split(/\s+/)
			.every((word) => plain(command.title).includes(word)),
	);
	const { answers, none, pending, error } = useAnswers(open ? text : "");
	const figures: Entry[] = answers.map((answer) => ({ ...answer, goes: true, answer }));
	// A page that is called so is what was meant: "sales", "campaigns".
	const found: Entry[] =
		text.trim() !== "" && commands.length === 0 ? figures : [...commands, ...figures];
	const active = found[at]?.id;
	useEffect(() => {
		if (open && active) {
			list.current?.querySelector(`[id="palette-${active}"]`)?.scrollIntoView({ block: "nearest" });
		}
	}, [open, active]);
	const close = () => {
		setOpen(false);
		setText("");
		setAt(0);
	};
	const run = (command: Entry | undefined) => {
		if (!command || command.reason) return;
		leaves.current = command.goes ?? false;
		close();
		command.run();
	};

	return (
		<Context.Provider value={{ open: () => setOpen(true) }}>
			<UndoProvider>{children}</UndoProvider>
			<Radix.Root open={open} onOpenChange={(now) => (now ? setOpen(true) : close())}>
				<Radix.Portal>
					<Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
					<Radix.Content
						ref={content}
						aria-describedby={undefined}
						onCloseAutoFocus={(event) => {
							if (leaves.current) event.preventDefault();
							else giveBack(event);
							leaves.current = false;
						}}
						className="-translate-x-1/2 fixed top-[14vh] left-1/2 z-50 flex max-h-[60vh] w-[640px] max-w-[94vw] flex-col overflow-hidden rounded-4 bg-raised shadow-3"
					>
						<Radix.Title className="sr-only">{t("palette.title")}</Radix.Title>
						<input
							// biome-ignore lint/a11y/noAutofocus: the palette is opened to type in
							autoFocus
							role="combobox"
							aria-expanded={true}
							aria-controls="palette-list"
							aria-activedescendant={found[at] ? `palette-${found[at].id}` : undefined}
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
						<div
							ref={list}
							id="palette-list"
							role="listbox"
							aria-label={t("palette.title")}
							className="min-h-0 overflow-y-auto p-1.5"
						>
							{found.map((command, place) => (
								// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
								<div
									key={command.id}
									id={`palette-${command.id}`}
									role="option"
									tabIndex={-1}
									aria-selected={place === at}
									aria-disabled={command.reason ? true : undefined}
									onMouseMove={() => setAt(place)}
									onClick={() => run(command)}
									className={cx(
										"flex min-h-8 items-center gap-3 rounded-2 px-2.5 py-1",
										command.reason ? "cursor-default" : "cursor-pointer",
										place === at && "bg-selected",
									)}
								>
									{command.answer ? (
										<AnswerLine answer={command.answer} />
									) : (
										<span className={cx("flex-1", command.reason && "text-ink-off")}>
											{command.title}
										</span>
									)}
									{command.reason && (
										<span className="text-right text-12 text-ink-3">{command.reason}</span>
									)}
									{command.keys && <Kbd>{command.keys}</Kbd>}
								</div>
							))}
							{pending && found.length === 0 && (
								<div aria-hidden className="flex items-center gap-3 px-2.5 py-2">
									<Skeleton className="h-3 w-40" />
									<Skeleton className="ml-auto h-3 w-16" />
								</div>
							)}
							{found.length === 0 && !pending && (
								<p role="status" className="px-2.5 py-2 text-ink-3">
									{error
										? failure(error)
										: none
											? t("ask.none", { name: none })
											: t("palette.empty")}
								</p>
							)}
						</div>
						{!noWorkspace && (
							<p className="border-line border-t px-4 py-2 text-12 text-ink-3">
								{t("ask.example", { example: t("ask.exampleText") })}
							</p>
						)}
					</Radix.Content>
				</Radix.Portal>
			</Radix.Root>
			<CreateWorkspace open={creating} onClose={() => setCreating(false)} to="/connect" />
			<ShortcutSheet open={help} onClose={() => setHelp(false)} />
		</Context.Provider>
	);
}
