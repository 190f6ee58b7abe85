import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportKind, ImportMapping, SavedMapping } from "@/bindings";
import { Dialog } from "@/components/ui/dialog";
import { Button, TextField } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { day } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

/** Mappings kept under a name, for files of the same make. */
export function SavedMappings({
	kind,
	mapping,
	used,
	onUse,
	onSaved,
}: {
	kind: ImportKind;
	mapping: ImportMapping;
	/** The name of the one in use; empty when the mapping is none of them. */
	used: string;
	/** Null stands for the suggestion. */
	onUse: (saved: SavedMapping | null) => void;
	onSaved: (saved: SavedMapping) => void;
}) {
	const { t, locale, failure } = useWords();
	const saved = useQuery(query("listMappings", { kind }));
	const [name, setName] = useState<string | null>(null);
	const save = useMutation<SavedMapping, AppError, string>({
		mutationFn: (called) => call("saveMapping", { kind, name: called, mapping }),
		onSuccess: (kept) => {
			setName(null);
			onSaved(kept);
		},
	});
	const wanted = name?.trim() ?? "";
	const replaces = saved.data?.some((one) => one.name === wanted);
	const submit = () => wanted && !save.isPending && save.mutate(wanted);
	return (
		<>
			<Menu trigger={<Button data-testid="import-mappings">{used || t("import.mappings")}</Button>}>
				<MenuItem onSelect={() => onUse(null)}>{t("import.suggested")}</MenuItem>
				{saved.error && <p className="px-2 py-1 text-12 text-negative">{failure(saved.error)}</p>}
				{(saved.data ?? []).map((one) => (
					<MenuItem
						key={one.name}
						checked={one.name === used}
						hint={day(locale, one.updated_at.slice(0, 10))}
						onSelect={() => onUse(one)}
					>
						{one.name}
					</MenuItem>
				))}
				<MenuLine />
				<MenuItem
					testId="import-save-mapping"
					onSelect={() => {
						save.reset();
						setName(used);
					}}
				>
					{t("import.saveMapping")}
				</MenuItem>
			</Menu>
			{name !== null && (
				<Dialog
					open
					onClose={() => setName(null)}
					title={t("import.saveMapping")}
					description={t("import.saveMappingHint")}
					width={420}
					footer={
						<>
							<Button size="l" onClick={() => setName(null)}>
								{t("action.cancel")}
							</Button>
							<Button
								size="l"
								variant="primary"
								busy={save.isPending}
								disabled={!wanted}
								onClick={submit}
							>
								{replaces ? t("import.replace") : t("action.save")}
							</Button>
						</>
					}
				>
					<form
						onSubmit={(event) => {
							event.preventDefault();
							submit();
						}}
					>
						<TextField
							label={t("import.mappingName")}
							value={name}
							autoFocus
							onChange={(event) => setName(event.target.value)}
							hint={replaces ? t("import.replaces") : undefined}
							error={save.error ? failure(save.error) : undefined}
						/>
						<input type="submit" hidden />
					</form>
				</Dialog>
			)}
		</>
	);
}
