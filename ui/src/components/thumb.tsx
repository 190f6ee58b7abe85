import { useQuery } from "@tanstack/react-query";
import { Image } from "lucide-react";
import { query } from "@/lib/ipc";

/** A creative's picture, as kept for offline use. */
export function Thumb({ id, known, size = 32 }: { id: string; known: boolean; size?: number }) {
	const picture = useQuery({ ...query("getThumbnail", { creative_id: id }), enabled: known });
	const url = picture.data?.data_url;
	return (
		<span
			className="grid flex-none place-items-center overflow-hidden rounded-1 bg-sunken text-ink-3"
			style={{ width: size, height: size }}
		>
			{url ? (
				<img src={url} alt="" className="size-full object-cover" />
			) : (
				<Image size={16} aria-hidden />
			)}
		</span>
	);
}
