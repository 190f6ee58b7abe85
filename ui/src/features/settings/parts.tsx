import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { WorkspaceSettings } from "@/bindings";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call, query } from "@/lib/ipc";

export function Fact({ label, children }: { label: string; children: ReactNode }) {
	return (
		<div className="grid grid-cols-[180px_1fr] gap-3 border-line border-t px-4 py-2 max-[860px]:grid-cols-1 max-[860px]:gap-0">
			<dt className="text-ink-3">{label}</dt>
			<dd data-selectable className="min-w-0 break-words">
				{children}
			</dd>
		</div>
	);
}

/** The workspace's settings while they are edited. What is not touched stays as it is stored. */
export function useSettingsForm() {
	const { failure } = useWords();
	const stored = useQuery(query("getWorkspaceSettings", {}));
	const [edit, setEdit] = useState<Partial<WorkspaceSettings>>({});
	const save = useMutation<WorkspaceSettings, AppError, Partial<WorkspaceSettings>>({
		mutationFn: (last) => {
			if (!stored.data) throw new Error("the settings have not been read");
			return call("saveWorkspaceSettings", { ...stored.data, ...edit, ...last });
		},
		onSuccess: () => {
			setEdit({});
			void stored.refetch();
		},
	});
	const value = stored.data && { ...stored.data, ...edit };
	const wrong = (field: string) => (save.error?.field === field ? failure(save.error) : undefined);
	return {
		stored,
		value,
		save,
		wrong,
		set: (next: Partial<WorkspaceSettings>) => {
			save.reset();
			setEdit((before) => ({ ...before, ...next }));
		},
		/** For a text that may be left empty. */
		text: (field: "name" | "timezone" | "currency" | "phone_region" | "your_name") => ({
			value: value?.[field] ?? "",
			error: wrong(field),
			onChange: (event: { target: { value: string } }) => {
				const typed = event.target.value;
				const empty = field === "currency" || field === "phone_region" ? null : "";
				save.reset();
				setEdit((before) => ({ ...before, [field]: typed || empty }));
			},
		}),
	};
}

/** Saves, says that it did, and what is wrong when no field is. */
export function SaveRow({
	save,
	onSave,
}: {
	save: { error: AppError | null; isPending: boolean; isSuccess: boolean };
	onSave: () => void;
}) {
	const { t, failure } = useWords();
	return (
		<>
			{save.error && !save.error.field && (
				<p role="alert" className="text-negative">
					{failure(save.error)}
				</p>
			)}
			<div className="flex items-center gap-3">
				<Button variant="primary" size="l" busy={save.isPending} onClick={onSave}>
					{t("action.save")}
				</Button>
				{save.isSuccess && (
					<span role="status" className="text-positive">
						{t("settings.saved")}
					</span>
				)}
			</div>
			<input type="submit" hidden />
		</>
	);
}
