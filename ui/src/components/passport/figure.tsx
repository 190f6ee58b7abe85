import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import type { FigureOf } from "./number";
import { useExplain } from "./provider";
import { useRoving } from "./roving";

/** A figure that shows, when it is pressed, what it is made of. */
export function Figure({
	of,
	children,
	className,
	testId,
}: {
	/** Null for what cannot be explained: it stands there as it is. */
	of: FigureOf | null;
	children: ReactNode;
	className?: string;
	testId?: string;
}) {
	const explain = useExplain();
	if (!explain || !of) return children;
	return (
		<Door onOpen={(from) => explain(of, from)} className={className} testId={testId}>
			{children}
		</Door>
	);
}

/** What opens where a figure comes from. */
export function Door({
	onOpen,
	children,
	className,
	testId,
}: {
	onOpen: (from: HTMLElement) => void;
	children: ReactNode;
	className?: string | undefined;
	testId?: string | undefined;
}) {
	const { t } = useWords();
	return (
		<button
			type="button"
			data-door
			data-testid={testId}
			title={t("passport.hint")}
			onClick={(event) => onOpen(event.currentTarget)}
			className={cx(
				"rounded-1 font-[inherit] decoration-dotted decoration-1 underline-offset-4 hover:underline",
				className,
			)}
		>
			{children}
		</button>
	);
}

/** A table with such figures: one stop of the Tab key, through which the arrow keys go. */
export function FigureTable(props: Omit<ComponentProps<"table">, "ref">) {
	const roving = useRoving<HTMLTableElement>("[data-door]");
	return <table {...props} {...roving} />;
}
