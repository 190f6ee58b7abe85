/** Files that came or went along with a message: shown where they are here, told about where not. */
import { useMutation, useQuery } from "@tanstack/react-query";
import {
	Download,
	FileText,
	Image,
	MapPin,
	Mic,
	RotateCcw,
	Save,
	StickyNote,
	Video,
} from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useSession } from "@/app/session";
import {
	type ConversationMedia,
	type ConversationMessage,
	commands,
	type Exported,
} from "@/bindings";
import { Button, Skeleton } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { size } from "@/lib/format";
import { type AppError, call, query } from "@/lib/ipc";

const ICONS: Record<string, typeof Image> = {
	image: Image,
	video: Video,
	audio: Mic,
	document: FileText,
	sticker: StickyNote,
	location: MapPin,
};

/** Reasons with words of their own; anything else is what went wrong, as it was said. */
const REASONS = ["executable", "too_large", "empty", "kind", "no_files", "channel"];

export const hasMedia = (message: ConversationMessage) => message.kind in ICONS;

/** The file as an address that this window alone knows, for as long as it is shown. */
function useFile(message: ConversationMessage, wanted: boolean) {
	const file = useQuery({ ...query("getMessageFile", { id: message.id }), enabled: wanted });
	const blob = useMemo(() => {
		if (!file.data) return null;
		const bytes = Uint8Array.from(atob(file.data.base64), (char) => char.charCodeAt(0));
		return new Blob([bytes], { type: file.data.mime_type });
	}, [file.data]);
	const [address, setAddress] = useState<string | null>(null);
	useEffect(() => {
		if (!blob) return;
		const made = URL.createObjectURL(blob);
		setAddress(made);
		return () => URL.revokeObjectURL(made);
	}, [blob]);
	return { address, error: file.error };
}

/** A picture, a film or a sound. */
function Shown({ message, name }: { message: ConversationMessage; name: string }) {
	const { failure } = useWords();
	const { address, error } = useFile(message, true);
	if (error) return <p className="text-12 text-ink-3">{failure(error)}</p>;
	if (!address) return <Skeleton className="mb-1 h-24 w-48" />;
	if (message.kind === "video") {
		return (
			// biome-ignore lint/a11y/useMediaCaption: nobody writes captions for what people send
			<video
				controls
				src={address}
				aria-label={name}
				className="mb-1 max-h-80 w-full rounded-2 bg-sunken"
			/>
		);
	}
	if (message.kind === "audio") {
		return (
			// biome-ignore lint/a11y/useMediaCaption: nobody writes captions for what people send
			<audio controls src={address} aria-label={name} className="mb-1 w-72 max-w-full" />
		);
	}
	return (
		<img
			src={address}
			alt={name}
			data-testid="message-image"
			className={
				message.kind === "sticker"
					? "mb-1 max-h-36 max-w-36"
					: "mb-1 max-h-80 max-w-full rounded-2 object-contain"
			}
		/>
	);
}

/** Its name, kind and size, where it stands, and what can be done about it. */
function FileLine({ message, media }: { message: ConversationMessage; media: ConversationMedia }) {
	const { t, locale, failure } = useWords();
	const { online } = useSession();
	const Icon = ICONS[message.kind] ?? FileText;
	const bytes = media.bytes ? Number(media.bytes) : null;
	const about = [media.mime_type, bytes === null ? null : size(locale, bytes)].filter(Boolean);
	const fetchNow = useMutation<ConversationMedia, AppError, void>({
		mutationFn: () => call("fetchMessageFile", { id: message.id }),
	});
	const save = useMutation<Exported | null, AppError, void>({
		mutationFn: async () => {
			const suggested = media.file_name ?? `${message.kind}-${message.id}`;
			const ending = suggested.includes(".") ? (suggested.split(".").at(-1) ?? "") : "";
			const path = await commands.saveFile({
				name: t(`inbox.kind.${message.kind}`),
				extensions: ending ? [ending] : [],
				suggested,
			});
			return path ? call("saveMessageFile", { id: message.id, path }) : null;
		},
	});
	const { state, reason } = media;
	const why = reason ? (REASONS.includes(reason) ? t(`inbox.fileWhy.${reason}`) : reason) : null;
	const told =
		state && state !== "here"
			? [t(`inbox.file.${state}`), state === "waiting" ? null : why].filter(Boolean).join(" ")
			: null;
	const again = state === "waiting" || state === "failed";
	return (
		<span className="mb-1 flex flex-col gap-1">
			<span className="flex items-center gap-2 rounded-2 bg-sunken px-2.5 py-2 dark:bg-app">
				<Icon size={20} strokeWidth={1.5} aria-hidden className="flex-none text-ink-3" />
				<span className="min-w-0 flex-1">
					<span className="block truncate font-medium">
						{media.file_name ?? t(`inbox.kind.${message.kind}`)}
					</span>
					{about.length > 0 && (
						<span className="num block truncate text-11 text-ink-3">{about.join(" · ")}</span>
					)}
				</span>
				{state === "here" && (
					<Button
						size="s"
						icon={Save}
						busy={save.isPending}
						data-testid="save-file"
						onClick={() => save.mutate()}
					>
						{t("inbox.fileSave")}
					</Button>
				)}
				{again && (
					<Button
						size="s"
						icon={state === "failed" ? RotateCcw : Download}
						busy={fetchNow.isPending}
						reason={online ? undefined : t("inbox.fileOffline")}
						data-testid="fetch-file"
						onClick={() => fetchNow.mutate()}
					>
						{t(state === "failed" ? "inbox.fileAgain" : "inbox.fileFetch")}
					</Button>
				)}
			</span>
			{told && (
				<span data-testid="file-state" className="text-12 text-ink-3">
					{told}
				</span>
			)}
			{save.data && (
				<span role="status" className="break-words text-12 text-ink-3">
					{t("figures.saved", { path: save.data.path })}
				</span>
			)}
			{(save.error ?? fetchNow.error) && (
				<span role="alert" className="text-12 text-negative">
					{failure((save.error ?? fetchNow.error) as AppError)}
				</span>
			)}
		</span>
	);
}

export function MessageMedia({ message }: { message: ConversationMessage }) {
	const { t } = useWords();
	if (!hasMedia(message)) return null;
	const media = message.media ?? {
		file_name: null,
		mime_type: null,
		bytes: null,
		url: null,
		state: null,
		reason: null,
	};
	const name = media.file_name ?? t(`inbox.kind.${message.kind}`);
	const shown = media.state === "here" && !["document", "location"].includes(message.kind);
	return (
		<>
			{shown && <Shown message={message} name={name} />}
			<FileLine message={message} media={media} />
		</>
	);
}
