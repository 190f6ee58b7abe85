import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Check, Circle, FileInput, Plug, Shapes } from "lucide-react";
import { useState } from "react";
import { CreateWorkspace } from "@/app/workspace-menu";
import type { SetupState } from "@/bindings";
import { Button, Panel } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, call } from "@/lib/ipc";

/** Nothing is here yet: three ways in, and how far setting up has come. */
export function FirstRun({ setup }: { setup: SetupState }) {
	const { t, failure } = useWords();
	const navigate = useNavigate();
	const [creating, setCreating] = useState<"/connect" | "/import" | null>(null);
	const sample = useMutation<unknown, AppError, void>({
		mutationFn: () => call("openSampleWorkspace", {}),
	});
	const inWorkspace = setup.workspace !== null;
	const steps = [
		{ done: inWorkspace, key: "first.stepWorkspace" },
		{ done: setup.connected, key: "first.stepConnect" },
		{ done: setup.ad_accounts > 0, key: "first.stepAccounts" },
		{ done: setup.synced, key: "first.stepSync" },
		{ done: setup.has_sales, key: "first.stepSales" },
	];
	return (
		<div className="m-auto w-full max-w-[920px] py-6">
			<h2 className="font-semibold text-28 tracking-[-.01em]">{t("first.title")}</h2>
			<p className="mt-1 mb-6 text-14 text-ink-2">{t("first.text")}</p>
			<div className="grid grid-cols-3 gap-3 max-[1100px]:grid-cols-1">
				<Panel className="p-5">
					<Plug size={20} strokeWidth={1.75} aria-hidden className="text-accent-text" />
					<h3 className="mt-3 font-semibold text-14">{t("first.connect")}</h3>
					<p className="mt-1 flex-1 text-ink-2">{t("first.connectText")}</p>
					<Button
						variant="primary"
						size="l"
						className="mt-4 self-start"
						data-testid="connect-meta"
						onClick={() =>
							inWorkspace ? void navigate({ to: "/connect" }) : setCreating("/connect")
						}
					>
						{t("nav.connect")}
					</Button>
				</Panel>
				<Panel className="p-5">
					<FileInput size={20} strokeWidth={1.75} aria-hidden className="text-accent-text" />
					<h3 className="mt-3 font-semibold text-14">{t("first.import")}</h3>
					<p className="mt-1 flex-1 text-ink-2">{t("first.importText")}</p>
					{inWorkspace ? (
						<Button asChild size="l" className="mt-4 self-start">
							<Link to="/import">{t("first.importButton")}</Link>
						</Button>
					) : (
						<Button size="l" className="mt-4 self-start" onClick={() => setCreating("/import")}>
							{t("first.importButton")}
						</Button>
					)}
				</Panel>
				{!setup.workspace?.sample && (
					<Panel className="p-5">
						<Shapes size={20} strokeWidth={1.75} aria-hidden className="text-accent-text" />
						<h3 className="mt-3 font-semibold text-14">{t("first.sample")}</h3>
						<p className="mt-1 flex-1 text-ink-2">{t("first.sampleText")}</p>
						<Button
							size="l"
							className="mt-4 self-start"
							busy={sample.isPending}
							data-testid="open-sample"
							onClick={() => sample.mutate()}
						>
							{t("first.sampleButton")}
						</Button>
						{sample.error && (
							<p role="alert" className="mt-2 text-12 text-negative">
								{failure(sample.error)}
							</p>
						)}
					</Panel>
				)}
			</div>
			{inWorkspace && (
				<Panel title={t("first.steps")} className="mt-3">
					<ol className="pb-2">
						{steps.map((step) => (
							<li key={step.key} className="flex h-8 items-center gap-2.5 px-4">
								{step.done ? (
									<Check size={16} aria-label={t("first.done")} className="text-positive" />
								) : (
									<Circle size={16} aria-label={t("first.open")} className="text-ink-3" />
								)}
								<span className={step.done ? "text-ink-3" : ""}>{t(step.key)}</span>
							</li>
						))}
					</ol>
				</Panel>
			)}
			<CreateWorkspace
				open={creating !== null}
				onClose={() => setCreating(null)}
				to={creating ?? "/"}
			/>
		</div>
	);
}
