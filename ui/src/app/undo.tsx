/** What was done last and can be taken back: a toast offers it, and Ctrl+Z does it. */
import { useMutation } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { Toast } from "@/components/toast";
import { useWords } from "@/i18n";
import type { AppError } from "@/lib/ipc";
import { useShortcut } from "@/lib/shortcuts";
import { useSession } from "./session";

/** Something that was done. */
export interface Done {
	/** Tells it from everything else that was done. */
	key: string;
	text: string;
	undo: () => unknown;
	/** What is said once it is taken back. */
	undone: string;
	/** Stands before why it could not be. */
	refused?: string;
}

interface Undo {
	/** Says that it was done, and offers to take it back. */
	done: (what: Done) => void;
	/** It was taken back elsewhere, or cannot be any more. */
	forget: (key: string) => void;
}

const Context = createContext<Undo>({ done: () => {}, forget: () => {} });
export const useUndo = () => useContext(Context);

/** Further back nobody remembers what it was. */
const MOST = 20;

interface Shown {
	of: Done;
	state: "done" | "undone";
	error: AppError | null;
}

export function UndoProvider({ children }: { children: ReactNode }) {
	const { failure } = useWords();
	const { workspace } = useSession();
	const [stack, setStack] = useState<{ of: string | null; all: readonly Done[] }>({
		of: workspace,
		all: [],
	});
	const [shown, setShown] = useState<Shown | null>(null);
	// What was done in another workspace is not taken back from this one.
	const all = stack.of === workspace ? stack.all : [];
	const undo = useMutation<unknown, AppError, Done>({
		mutationFn: async (of) => of.undo(),
		onSuccess: (_, of) => setShown({ of, state: "undone", error: null }),
		onError: (error, of) => setShown({ of, state: "done", error }),
		onSettled: (_, __, of) => forget(of.key, false),
	});
	const forget = useCallback((key: string, hide = true) => {
		setStack((before) => ({ ...before, all: before.all.filter((one) => one.key !== key) }));
		if (hide) setShown((before) => (before?.of.key === key ? null : before));
	}, []);
	const value = useMemo<Undo>(
		() => ({
			done: (what) => {
				setStack((before) => ({
					of: workspace,
					all: [
						...(before.of === workspace ? before.all : []).filter((one) => one.key !== what.key),
						what,
					].slice(-MOST),
				}));
				setShown({ of: what, state: "done", error: null });
			},
			forget: (key) => forget(key),
		}),
		[workspace, forget],
	);
	useShortcut("undo", () => {
		const last = all.at(-1);
		if (!last || undo.isPending) return false;
		undo.mutate(last);
		return true;
	});
	return (
		<Context.Provider value={value}>
			{children}
			<Toast
				onClose={() => setShown(null)}
				content={
					shown && {
						// What became of it is said as long as what was done.
						key: `${shown.of.key}${shown.state}${shown.error ? "!" : ""}`,
						text: shown.error
							? [shown.of.refused, failure(shown.error)].filter(Boolean).join(". ")
							: shown.state === "done"
								? shown.of.text
								: shown.of.undone,
						failed: Boolean(shown.error),
						...(shown.state === "done" &&
							!shown.error && {
								undo: { busy: undo.isPending, run: () => undo.mutate(shown.of) },
							}),
					}
				}
			/>
		</Context.Provider>
	);
}
