import { useQuery } from "@tanstack/react-query";
import { CircleHelp } from "lucide-react";
import type { ImportMapping } from "@/bindings";
import { Failure } from "@/components/failure";
import { Empty, SelectField } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, query } from "@/lib/ipc";

const NAMES: Record<string, string> = {
	account: "import.account",
	date_format: "import.dates",
	decimal: "import.decimal",
};

/** A file that could not be read; where it can be read in more than one way, one choice settles it. */
export function Unread({
	error,
	mapping,
	onChange,
	retry,
}: {
	error: AppError;
	mapping: ImportMapping | null;
	onChange: (mapping: ImportMapping) => void;
	retry: () => void;
}) {
	const { t, failure } = useWords();
	const field = error.field ?? "";
	const accounts = useQuery({ ...query("listAdAccounts", {}), enabled: field === "account" });
	const choices: Record<string, ReadonlyArray<readonly [string, string]>> = {
		account: (accounts.data ?? []).map(
			(one) => [one.external_id, `${one.name} (${one.currency})`] as const,
		),
		date_format: ["dmy", "mdy", "ymd"].map((order) => [order, t(`import.dates.${order}`)] as const),
		decimal: [
			[".", "1,234.56"],
			[",", "1.234,56"],
		],
	};
	const offered = choices[field] ?? [];
	if (offered.length === 0) return <Failure error={error} retry={retry} />;
	const choose = (value: string) => {
		if (!value) return;
		onChange(
			field === "account"
				? { ...mapping, constants: { ...mapping?.constants, account: value } }
				: { ...mapping, [field]: value },
		);
	};
	return (
		<div role="alert" className="m-auto">
			<Empty
				icon={CircleHelp}
				title={t("audit.ask")}
				actions={
					<div className="w-72 text-left">
						<SelectField
							label={t(NAMES[field] ?? "audit.choose")}
							value=""
							data-testid={`audit-ask-${field}`}
							onChange={(event) => choose(event.target.value)}
						>
							<option value="">{t("audit.choose")}</option>
							{offered.map(([value, label]) => (
								<option key={value} value={value}>
									{label}
								</option>
							))}
						</SelectField>
					</div>
				}
			>
				{failure(error)}
			</Empty>
		</div>
	);
}
