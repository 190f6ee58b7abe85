import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, FolderOpen, TriangleAlert } from "lucide-react";
import { commands, type DoctorCheck } from "@/bindings";
import { CopyButton } from "@/components/copy";
import { Failure } from "@/components/failure";
import { Button, cx, Panel, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { size } from "@/lib/format";
import { query } from "@/lib/ipc";
import { Fact } from "./parts";

/** This program, where its data lies, and an examination of both. */
export function About() {
	const { t, locale } = useWords();
	const info = useQuery(query("getAppInfo", {}));
	if (info.error) return <Failure error={info.error} retry={() => void info.refetch()} />;
	if (!info.data) return <Skeleton className="h-40" />;
	const i = info.data;
	return (
		<>
			<Doctor />
			<Panel title={t("settings.about")}>
				<dl>
					<Fact label={t("settings.version")}>
						Rumbo {i.version} · {t("settings.schema", { number: i.schema_version })}
					</Fact>
					<Fact label={t("settings.folder")}>
						<Folder path={i.data_dir} label={t("settings.folder")} />
					</Fact>
					<Fact label={t("settings.database")}>
						{i.database === "sqlite" ? t("settings.sqlite") : "PostgreSQL"}
						{i.database_bytes !== null && ` · ${size(locale, i.database_bytes)}`}
					</Fact>
					<Fact label={t("settings.logs")}>
						<Folder path={i.log_dir} label={t("settings.logs")} />
					</Fact>
				</dl>
			</Panel>
		</>
	);
}

function Folder({ path, label }: { path: string; label: string }) {
	const { t } = useWords();
	return (
		<span className="flex items-center gap-2">
			<span className="min-w-0 flex-1 break-all">{path}</span>
			<Button
				size="s"
				icon={FolderOpen}
				aria-label={`${t("settings.openFolder")}: ${label}`}
				onClick={() => void commands.openOutside(path)}
			>
				{t("settings.openFolder")}
			</Button>
		</span>
	);
}

const OUTCOMES: Record<string, { icon: typeof CircleCheck; tone: string }> = {
	ok: { icon: CircleCheck, tone: "text-positive" },
	warning: { icon: TriangleAlert, tone: "text-warning" },
	failed: { icon: CircleX, tone: "text-negative" },
};

function Doctor() {
	const { t, reason } = useWords();
	// It runs whenever somebody looks: that the accounts still add up is not to be asked for.
	const doctor = useQuery({ ...query("runDoctor", {}), staleTime: 0 });
	const told = (check: DoctorCheck) =>
		reason(check.reason, check.params as Record<string, string>) ?? check.detail;
	const fix = (check: DoctorCheck) => reason(check.fix_reason) ?? check.fix;
	return (
		<Panel
			title={t("settings.checks")}
			hint={t("settings.checksHint")}
			actions={
				<>
					{doctor.data && (
						<CopyButton
							size="m"
							variant="ghost"
							label={t("action.copyDetails")}
							text={doctor.data
								.map((check) =>
									[`${check.outcome} ${check.name}: ${check.detail}`, check.fix]
										.filter(Boolean)
										.join(" "),
								)
								.join("\n")}
						/>
					)}
					<Button
						busy={doctor.isFetching}
						onClick={() => void doctor.refetch()}
						data-testid="run-doctor"
					>
						{t("settings.checkAgain")}
					</Button>
				</>
			}
		>
			{doctor.error && <Failure error={doctor.error} retry={() => void doctor.refetch()} />}
			{doctor.isPending && (
				<div aria-hidden className="border-line border-t px-4 py-3">
					<Skeleton className="h-4 w-2/3" />
					<Skeleton className="mt-3 h-4 w-1/2" />
				</div>
			)}
			<ul data-testid="doctor-checks" aria-live="polite">
				{doctor.data?.map((check) => {
					const outcome = OUTCOMES[check.outcome] ?? { icon: CircleX, tone: "text-negative" };
					const Icon = outcome.icon;
					return (
						<li
							key={check.name}
							className="grid grid-cols-[16px_1fr] gap-x-2.5 border-line border-t px-4 py-2"
						>
							<Icon
								size={16}
								aria-label={t(`settings.outcome.${check.outcome}`)}
								className={cx("mt-0.5", outcome.tone)}
							/>
							<div className="min-w-0">
								<p className="break-words">{told(check)}</p>
								{check.fix && <p className="text-12 text-ink-3">{fix(check)}</p>}
							</div>
						</li>
					);
				})}
			</ul>
		</Panel>
	);
}
