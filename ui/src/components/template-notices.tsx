/** Has the system tell what became of templates, where the person asked for it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useSession } from "@/app/session";
import { commands, type TemplateEventRow } from "@/bindings";
import { query } from "@/lib/ipc";
import { useHappened } from "./happened";

/** Statuses that somebody waits for, or has to know of. */
const STATUSES = ["APPROVED", "REINSTATED", "REJECTED", "PAUSED", "DISABLED", "FLAGGED"];

const matters = (event: TemplateEventRow) =>
	event.kind === "status" ? STATUSES.includes(event.after) : event.kind !== "components";

function Listening() {
	const happened = useHappened();
	const news = useQuery(query("listTemplateEvents", {}));
	/** What was told, or was there before anybody listened. */
	const told = useRef<Set<string> | null>(null);
	useEffect(() => {
		if (!news.data) return;
		const before = told.current;
		told.current = new Set([...(before ?? []), ...news.data.map((one) => one.id)]);
		if (!before) return;
		for (const event of news.data.filter((one) => !before.has(one.id) && matters(one))) {
			const title = `${event.name} (${event.language})`;
			// A system without notifications is no trouble: the page of templates tells as well.
			commands.notify({ title, body: happened(event) }).catch(() => undefined);
		}
	}, [news.data, happened]);
	return null;
}

export function TemplateNotices() {
	const { preferences, workspace } = useSession();
	if (!preferences.notify_templates || !workspace) return null;
	return <Listening key={workspace} />;
}
