import { ChevronDown, type LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { FormDialog } from "@/components/form-dialog";
import { Button, TextField } from "@/components/ui/kit";
import { Menu, MenuItem, MenuLine, MenuTitle } from "@/components/ui/menu";
import { useWords } from "@/i18n";
import { instant, moment } from "@/lib/format";
import { AGO, momentAgo, momentAt, timeOf } from "@/lib/moment";
import { today } from "@/lib/period";
import { useSession } from "./session";

/** Asks for a day and a time of day in the workspace's zone. */
function MomentDialog({
	title,
	start,
	before,
	onChoose,
	onClose,
}: {
	title: string;
	/** What stands in the fields at first. */
	start: string;
	/** Only what lies before this is taken. */
	before: number;
	onChoose: (instant: string) => void;
	onClose: () => void;
}) {
	const { t, locale } = useWords();
	const { zone } = useSession();
	const [day, setDay] = useState(() => today(zone, Date.parse(start)));
	const [time, setTime] = useState(() => timeOf(zone, Date.parse(start)));
	const [told, setTold] = useState(false);
	// Where the window has no field for times it is a field for text.
	const isTime = /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
	const at = day && isTime ? momentAt(zone, day, time) : null;
	const late = at !== null && Date.parse(at) >= before;
	const error = late
		? t("moment.late", { time: moment(locale, new Date(before).toISOString(), zone) })
		: told && !at
			? t("moment.missing")
			: undefined;
	return (
		<FormDialog
			title={title}
			label={t("action.apply")}
			busy={false}
			error={null}
			fields={[]}
			width={380}
			onClose={onClose}
			onSubmit={() => {
				setTold(true);
				if (!at || late) return;
				onChoose(at);
				onClose();
			}}
		>
			<div className="grid grid-cols-2 gap-3">
				<TextField
					type="date"
					label={t("moment.day")}
					value={day}
					max={today(zone, before)}
					onChange={(event) => setDay(event.target.value)}
					error={late || !day ? error : undefined}
				/>
				<TextField
					type="time"
					label={t("moment.time")}
					value={time}
					onChange={(event) => setTime(event.target.value)}
					error={late || !day ? undefined : error}
				/>
			</div>
			<p className="text-12 text-ink-3">{t("moment.zone", { zone: zone.replaceAll("_", " ") })}</p>
		</FormDialog>
	);
}

/** Chooses a moment that has passed; what is chosen by how long ago it is becomes an instant. */
export function MomentPicker({
	icon,
	name,
	text,
	first,
	value,
	before,
	onChoose,
	testId,
}: {
	icon: LucideIcon;
	/** What is chosen here, over the menu. */
	name: string;
	/** What the button says. */
	text: ReactNode;
	/** The choice that comes before all others, where there is one. */
	first: { label: string; at?: string; onSelect: () => void; testId: string } | null;
	/** The instant chosen; null for the first choice. */
	value: string | null;
	/** Only moments before this are offered; now when absent. */
	before?: string | null;
	onChoose: (instant: string) => void;
	testId: string;
}) {
	const { t, locale } = useWords();
	const { zone, now } = useSession();
	const [other, setOther] = useState(false);
	const limit = before ? Date.parse(before) : now;
	const ago = AGO.map((kind) => ({ kind, at: momentAgo(zone, now, kind) })).filter(
		({ at }) => Date.parse(at) < limit,
	);
	const isFirst = value === null;
	const isAgo = ago.some(({ at }) => at === value);
	const hint = (at: string) => <span className="num pl-4">{instant(locale, at, zone)}</span>;
	return (
		<>
			<Menu
				trigger={
					<Button icon={icon} data-testid={testId}>
						{text}
						<ChevronDown size={14} aria-hidden className="text-ink-3" />
					</Button>
				}
			>
				<MenuTitle>{name}</MenuTitle>
				{first && (
					<>
						<MenuItem
							checked={isFirst}
							onSelect={first.onSelect}
							testId={first.testId}
							hint={first.at && hint(first.at)}
						>
							{first.label}
						</MenuItem>
						<MenuLine />
					</>
				)}
				{ago.map(({ kind, at }) => (
					<MenuItem
						key={kind}
						checked={at === value}
						onSelect={() => onChoose(at)}
						hint={hint(at)}
						testId={`${testId}-${kind}`}
					>
						{t(`moment.${kind}`)}
					</MenuItem>
				))}
				<MenuItem
					checked={!isFirst && !isAgo}
					onSelect={() => setOther(true)}
					hint={value !== null && !isAgo && hint(value)}
					testId={`${testId}-other`}
				>
					{t("moment.other")}
				</MenuItem>
			</Menu>
			{other && (
				<MomentDialog
					title={name}
					start={value ?? first?.at ?? momentAgo(zone, limit, "yesterday")}
					before={limit}
					onChoose={onChoose}
					onClose={() => setOther(false)}
				/>
			)}
		</>
	);
}
