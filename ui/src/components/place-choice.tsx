import { type NavigateOptions, useNavigate } from "@tanstack/react-router";
import { Segmented } from "@/components/ui/kit";
import { stayAt } from "@/lib/arrival";

/** Pages that are two views of one thing: the choice between them stands on each. */
export function PlaceChoice<T extends string>({
	label,
	value,
	places,
}: {
	label: string;
	value: T;
	places: ReadonlyArray<{ value: T; label: string; to: NavigateOptions["to"]; testId?: string }>;
}) {
	const navigate = useNavigate();
	return (
		<Segmented
			label={label}
			value={value}
			options={places}
			onChange={(chosen) => {
				const place = places.find((one) => one.value === chosen);
				if (!place || chosen === value) return;
				stayAt(`[role="radiogroup"][aria-label=${JSON.stringify(label)}] [aria-checked="true"]`);
				void navigate({ to: place.to });
			}}
		/>
	);
}
