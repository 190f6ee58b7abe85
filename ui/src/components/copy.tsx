import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/kit";
import { useWords } from "@/i18n";

/** Puts a text on the clipboard, and says that it did. */
export function CopyButton({
	text,
	label,
	size = "s",
	variant = "plain",
}: {
	text: string;
	label?: string;
	size?: "s" | "m" | "l";
	variant?: "plain" | "ghost";
}) {
	const { t } = useWords();
	const [copied, setCopied] = useState(false);
	useEffect(() => {
		if (!copied) return;
		const timer = setTimeout(() => setCopied(false), 2000);
		return () => clearTimeout(timer);
	}, [copied]);
	return (
		<Button
			size={size}
			variant={variant}
			icon={copied ? Check : Copy}
			onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
		>
			<span aria-live="polite">{copied ? t("action.copied") : (label ?? t("action.copy"))}</span>
		</Button>
	);
}

/** An exact value to compare or enter elsewhere, with its name and a button that copies it. */
export function CopyValue({ label, value }: { label: string; value: string }) {
	return (
		<div>
			<p className="mb-1 text-12 text-ink-3">{label}</p>
			<div className="flex items-start gap-2 rounded-2 bg-sunken py-1 pr-1 pl-3">
				<pre
					data-selectable
					className="min-w-0 flex-1 whitespace-pre-wrap break-all py-1 font-mono text-12"
				>
					{value}
				</pre>
				<CopyButton text={value} />
			</div>
		</div>
	);
}
