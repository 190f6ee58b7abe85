import type { ComponentProps } from "react";
import { cx } from "@/components/ui/kit";

/** A choice in the row above a table, as high as the buttons there. */
export function FilterSelect({ className, ...select }: ComponentProps<"select">) {
	return (
		<select
			{...select}
			className={cx("h-7 rounded-2 border border-line-2 bg-surface px-2 dark:bg-raised", className)}
		/>
	);
}
