import { useMutation } from "@tanstack/react-query";
import { FileInput, FileText, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { commands } from "@/bindings";
import { Button, cx, IconButton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { type AppError, toAppError } from "@/lib/ipc";

const ENDINGS = ["csv", "tsv", "txt", "xlsx", "xls", "ods"];

export function fileName(path: string): string {
	return path.split(/[\\/]/).at(-1) || path;
}

/** A table file that a page is about: where it is dropped or chosen, and then what it is. */
export function FileChoice({
	path,
	over,
	title,
	text,
	facts,
	onPicked,
	onAgain,
	testId,
}: {
	path: string | null;
	/** A file hangs over the window. */
	over: boolean;
	title: string;
	text: string;
	/** What is known of the chosen file. */
	facts?: ReactNode;
	onPicked: (path: string) => void;
	/** Reads the chosen file again. */
	onAgain: () => void;
	testId: string;
}) {
	const { t, failure } = useWords();
	const pick = useMutation<string | null, AppError, void>({
		mutationFn: async () => {
			try {
				return await commands.pickFile({
					name: t("file.tables"),
					extensions: ENDINGS,
					suggested: null,
				});
			} catch (error) {
				throw toAppError(error);
			}
		},
		onSuccess: (picked) => picked && onPicked(picked),
	});
	const begin = () => !pick.isPending && pick.mutate();
	return (
		<div
			className={cx(
				"flex-none rounded-3 border bg-surface",
				over
					? "border-accent bg-accent-soft"
					: path
						? "border-line"
						: "border-line-2 border-dashed",
			)}
		>
			{path === null ? (
				<div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
					<FileInput size={24} strokeWidth={1.5} aria-hidden className="mb-1 text-ink-3" />
					<h2 className="font-semibold text-16 tracking-[-.01em]">{title}</h2>
					<p className="max-w-md text-ink-2">{text}</p>
					<Button
						variant="primary"
						size="l"
						className="mt-3"
						busy={pick.isPending}
						data-testid={testId}
						onClick={begin}
					>
						{t("file.choose")}
					</Button>
				</div>
			) : (
				<div className="flex min-h-12 items-center gap-3 px-4 py-2">
					<FileText size={20} strokeWidth={1.5} aria-hidden className="flex-none text-ink-3" />
					<div className="min-w-0 flex-1">
						<p className="truncate font-medium" title={path}>
							{fileName(path)}
						</p>
						{facts && <p className="num flex flex-wrap gap-x-3 text-12 text-ink-3">{facts}</p>}
					</div>
					<IconButton icon={RefreshCw} label={t("file.again")} onClick={onAgain} />
					<Button busy={pick.isPending} data-testid={testId} onClick={begin}>
						{t("file.other")}
					</Button>
				</div>
			)}
			{pick.error && (
				<p role="alert" className="px-4 pb-2 text-12 text-negative">
					{failure(pick.error)}
				</p>
			)}
		</div>
	);
}
