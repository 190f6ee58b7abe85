import { useRouterState } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useSession } from "@/app/session";
import { isAsked } from "@/components/figures/columns";
import { PeoplePassport } from "@/components/people/passport";
import type { FigureOf } from "./number";
import { Passport } from "./passport";

type Explain = (figure: FigureOf, from: HTMLElement) => void;

const Context = createContext<Explain | null>(null);

/** Opens what a figure is made of, beside the page; null where nothing can show it. */
export const useExplain = () => useContext(Context);

/** Holds the passport of one number at a time, over every page. */
export function PassportProvider({ children }: { children: ReactNode }) {
	const { workspace } = useSession();
	const page = useRouterState({ select: (state) => state.location.pathname });
	// From a number to the sums under it, and back.
	const [opened, setOpened] = useState<FigureOf[]>([]);
	const from = useRef<HTMLElement | null>(null);
	const place = `${workspace} ${page}`;
	// biome-ignore lint/correctness/useExhaustiveDependencies: what was opened belongs to its page
	useEffect(() => setOpened([]), [place]);
	const figure = opened.at(-1);
	const close = () => {
		setOpened([]);
		const back = from.current?.isConnected
			? from.current
			: document.querySelector<HTMLElement>("main");
		back?.focus({ preventScroll: true });
	};
	return (
		<Context.Provider
			value={(next, element) => {
				from.current = element;
				setOpened([next]);
			}}
		>
			{children}
			{figure?.people && isAsked(figure.metric) && (
				<PeoplePassport
					key={`${figure.metric} ${figure.people.external_id} ${JSON.stringify(figure.report)}`}
					figure={figure}
					people={figure.people}
					onClose={close}
				/>
			)}
			{figure && !isAsked(figure.metric) && (
				<Passport
					key={`${opened.length} ${figure.metric} ${figure.row} ${JSON.stringify(figure.report)}`}
					figure={figure}
					before={opened.at(-2)}
					onOpen={(next) => setOpened([...opened, next])}
					onBack={() => setOpened(opened.slice(0, -1))}
					onClose={close}
				/>
			)}
		</Context.Provider>
	);
}
