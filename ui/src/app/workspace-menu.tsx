import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Button, SelectField, TextField } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { LANGUAGES, useWords } from "@/i18n";
import { currencySign } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";
import { Mark } from "./shell";

export function WorkspaceMenu() {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	const list = useQuery(query("listWorkspaces", {}));
	const [creating, setCreating] = useState(false);
	const current = list.data?.find((workspace) => workspace.current);
	const open = useMutation<unknown, AppError, string>({
		mutationFn: (workspace) => call("useWorkspace", { workspace }),
		onSuccess: () => navigate({ to: "/" }),
	});
	const sample = useMutation<unknown, AppError, void>({
		mutationFn: () => call("openSampleWorkspace", {}),
		onSuccess: () => navigate({ to: "/" }),
	});
	const opening = open.isPending || sample.isPending;
	// The last one asked for is the one to tell of.
	const failed = open.error
		? { error: open.error, again: () => open.variables && open.mutate(open.variables) }
		: sample.error
			? { error: sample.error, again: () => sample.mutate() }
			: null;
	const dismiss = () => {
		open.reset();
		sample.reset();
	};
	return (
		<>
			<Menu
				align="start"
				trigger={
					<button
						type="button"
						data-testid="workspace-menu"
						aria-label={t("workspace.menu")}
						className="flex h-[52px] flex-none items-center gap-2.5 px-3 text-left rail:px-0"
					>
						<Mark />
						<span className="min-w-0 flex-1 rail:sr-only">
							<b className="block truncate font-semibold leading-4">{current?.name ?? "Rumbo"}</b>
							<small role="status" className="block truncate text-11 text-ink-3 leading-[14px]">
								{opening
									? t("workspace.opening")
									: current
										? [
												current.sample
													? t("workspace.sample")
													: current.timezone.split("/").pop()?.replace(/_/g, " "),
												current.currency && currencySign(current.currency),
											]
												.filter(Boolean)
												.join(" · ")
										: t("workspace.none")}
							</small>
						</span>
						<ChevronsUpDown size={14} aria-hidden className="text-ink-3 rail:hidden" />
					</button>
				}
			>
				<MenuTitle>{t("workspace.title")}</MenuTitle>
				{(list.data ?? [])
					.filter((workspace) => !workspace.archived)
					.map((workspace) => (
						<MenuItem
							key={workspace.id}
							checked={workspace.current}
							onSelect={() => {
								dismiss();
								open.mutate(workspace.id);
							}}
						>
							{workspace.name}
						</MenuItem>
					))}
				<MenuLine />
				<MenuItem onSelect={() => setCreating(true)} testId="create-workspace">
					{t("workspace.create")}
				</MenuItem>
				{!list.data?.some((workspace) => workspace.sample) && (
					<MenuItem
						testId="menu-open-sample"
						onSelect={() => {
							dismiss();
							sample.mutate();
						}}
					>
						{t("workspace.openSample")}
					</MenuItem>
				)}
			</Menu>
			<CreateWorkspace open={creating} onClose={() => setCreating(false)} />
			<Dialog
				open={failed !== null}
				onClose={dismiss}
				title={t("workspace.notOpened")}
				description={failed ? failure(failed.error) : undefined}
				footer={
					<>
						<Button size="l" onClick={dismiss}>
							{t("action.close")}
						</Button>
						<Button size="l" variant="primary" busy={opening} onClick={() => failed?.again()}>
							{t("action.retry")}
						</Button>
					</>
				}
			/>
		</>
	);
}

export function CreateWorkspace({
	open,
	onClose,
	to = "/",
}: {
	open: boolean;
	onClose: () => void;
	/** Where the person wanted to go, and could not without a workspace. */
	to?: "/" | "/connect" | "/import";
}) {
	const { t, locale, failure } = useWords();
	const navigate = useNavigate();
	const [name, setName] = useState("");
	const [currency, setCurrency] = useState("");
	const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
	const [language, setLanguage] = useState(locale);
	const create = useMutation<unknown, AppError, void>({
		mutationFn: () =>
			call("createWorkspace", {
				name,
				currency: currency.trim() || null,
				timezone: zone.trim() || null,
				locale: language,
			}),
		onSuccess: () => {
			onClose();
			setName("");
			void navigate({ to });
		},
	});
	const wrong = (field: string) =>
		create.error?.field === field ? failure(create.error) : undefined;
	return (
		<Dialog
			open={open}
			onClose={onClose}
			title={t("workspace.create")}
			description={t("workspace.createHint")}
			footer={
				<>
					<Button size="l" onClick={onClose}>
						{t("action.cancel")}
					</Button>
					<Button
						size="l"
						variant="primary"
						busy={create.isPending}
						onClick={() => create.mutate()}
						data-testid="create-workspace-confirm"
					>
						{t("workspace.create")}
					</Button>
				</>
			}
		>
			<form
				className="flex flex-col gap-4"
				onSubmit={(event) => {
					event.preventDefault();
					create.mutate();
				}}
			>
				<TextField
					label={t("workspace.name")}
					value={name}
					autoFocus
					data-testid="workspace-name"
					onChange={(e) => setName(e.target.value)}
					error={wrong("name")}
				/>
				<div className="grid grid-cols-2 gap-3">
					<TextField
						label={t("workspace.currency")}
						hint={t("workspace.currencyHint")}
						value={currency}
						placeholder="USD"
						onChange={(e) => setCurrency(e.target.value)}
						error={wrong("currency")}
					/>
					<TextField
						label={t("workspace.timezone")}
						value={zone}
						onChange={(e) => setZone(e.target.value)}
						error={wrong("timezone")}
					/>
				</div>
				<SelectField
					label={t("workspace.language")}
					value={language}
					onChange={(e) => setLanguage(e.target.value)}
				>
					{LANGUAGES.map((option) => (
						<option key={option.code} value={option.code}>
							{option.name}
						</option>
					))}
				</SelectField>
				<input type="submit" hidden />
				{create.error && !create.error.field && (
					<p role="alert" className="text-negative">
						{failure(create.error)}
					</p>
				)}
			</form>
		</Dialog>
	);
}
