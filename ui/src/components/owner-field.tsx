import { useQuery } from "@tanstack/react-query";
import type { Owner } from "@/bindings";
import { SelectField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { query } from "@/lib/ipc";

/** Who looks after something: a member of the workspace, or no one, which is an empty text. */
export function OwnerField({
	value,
	onChange,
	before,
	maker,
	error,
	testId,
}: {
	/** Null while nobody chose. */
	value: string | null;
	onChange: (id: string) => void;
	/** Who does now, also when gone from the workspace. */
	before?: Owner | null | undefined;
	/** While nobody chooses it is of whoever makes it. */
	maker?: boolean;
	error?: string | undefined;
	testId: string;
}) {
	const { t, failure } = useWords();
	const owners = useQuery(query("listOwners", {}));
	const known = owners.data ?? [];
	const gone = before && owners.data && !known.some((one) => one.id === before.id);
	const only = known.length === 1 ? known[0] : undefined;
	return (
		<SelectField
			label={t("contacts.owner")}
			value={value ?? before?.id ?? (maker ? (only?.id ?? "maker") : "")}
			data-testid={testId}
			onChange={(event) => onChange(event.target.value)}
			error={owners.error ? failure(owners.error) : error}
		>
			<option value="">{t("contacts.noOwner")}</option>
			{maker && !only && value === null && <option value="maker">{t("contacts.me")}</option>}
			{(gone || !owners.data) && before && <option value={before.id}>{before.name}</option>}
			{known.map((owner) => (
				<option key={owner.id} value={owner.id}>
					{owner.name}
				</option>
			))}
		</SelectField>
	);
}
