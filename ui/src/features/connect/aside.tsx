import { Check, Minus, TriangleAlert } from "lucide-react";
import type { Connection } from "@/bindings";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";
import { day } from "@/lib/format";
import { listsPages } from "./choice";

const LEAVES = ["connect.leaves1", "connect.leaves2", "connect.leaves3"];

/** What Rumbo reads, by what is switched on, and what it leaves alone. */
export function Pledges({ features }: { features: readonly string[] }) {
	const on = (feature: string) => features.includes(feature);
	const reads = [
		"connect.reads1",
		...(on("leads") ? ["connect.reads2"] : []),
		...(listsPages(features) ? ["connect.reads3"] : []),
		...(on("whatsapp") ? ["connect.reads4"] : []),
	];
	return (
		<>
			<Pledge title="connect.reads" items={reads} icon="yes" />
			<Pledge title="connect.leaves" items={LEAVES} icon="no" />
		</>
	);
}

function Pledge({ title, items, icon }: { title: string; items: string[]; icon: "yes" | "no" }) {
	const { t } = useWords();
	return (
		<section className="border-line border-b py-5 first:pt-0">
			<h2 className="mb-2.5 font-semibold text-14">{t(title)}</h2>
			<ul>
				{items.map((key) => (
					<li key={key} className="grid grid-cols-[16px_1fr] gap-x-2.5 py-[5px] leading-[18px]">
						{icon === "yes" ? (
							<Check size={16} aria-hidden className="mt-px text-positive" />
						) : (
							<Minus size={16} aria-hidden className="mt-px text-ink-3" />
						)}
						{t(key)}
					</li>
				))}
			</ul>
		</section>
	);
}

/** Permissions that Meta did not give, what does not work without them, and asking again. */
export function Missing({
	missing,
	onAsk,
}: {
	missing: Connection["missing"];
	/** Absent where it is asked already. */
	onAsk: (() => void) | null;
}) {
	const { t } = useWords();
	if (missing.length === 0) return null;
	// One permission can serve two features.
	const scopes = [...new Map(missing.map((one) => [one.scope, one])).values()];
	return (
		<section className="grid grid-cols-[16px_1fr] gap-x-2.5">
			<TriangleAlert size={16} aria-hidden className="mt-0.5 text-warning" />
			<div>
				<h2 className="font-medium">{t("connect.missing", { count: scopes.length })}</h2>
				{scopes.map((one) => (
					<p key={one.scope} className="mt-0.5 text-12 text-ink-2">
						<code className="font-mono text-11">{one.scope}</code>: {t(`feature.${one.feature}`)}
					</p>
				))}
				{onAsk && (
					<Button size="s" className="mt-2" data-testid="ask-permission" onClick={onAsk}>
						{t("connection.ask")}
					</Button>
				)}
			</div>
		</section>
	);
}

export function SignInEnds({ connection }: { connection: Connection }) {
	const { t, locale } = useWords();
	return (
		<p className="num flex justify-between gap-3 text-12">
			<span className="text-ink-3">{t("connect.ends")}</span>
			<span>
				{connection.expires_at
					? day(locale, connection.expires_at.slice(0, 10), "long")
					: t("connect.noEnd")}
			</span>
		</p>
	);
}
