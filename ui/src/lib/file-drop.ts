import { isTauri } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { useEffect, useRef, useState } from "react";

/** Takes the first of the files dropped on the window; says whether any hang over it. */
export function useFileDrop(onFile: (path: string) => void): boolean {
	const [over, setOver] = useState(false);
	const take = useRef(onFile);
	useEffect(() => {
		take.current = onFile;
	});
	useEffect(() => {
		// The page also runs in a plain browser when it is tested; there is no window to drop on.
		if (!isTauri()) return;
		const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
			if (payload.type === "enter") setOver(payload.paths.length > 0);
			if (payload.type === "leave") setOver(false);
			if (payload.type === "drop") {
				setOver(false);
				const [path] = payload.paths;
				if (path) take.current(path);
			}
		});
		return () => {
			void listening.then((stop) => stop());
		};
	}, []);
	return over;
}
