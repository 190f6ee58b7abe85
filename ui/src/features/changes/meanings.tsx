import { Panel } from "@/components/ui/kit";

/** What words of the page mean. */
export function Meanings({
	title,
	of,
}: {
	title: string;
	of: ReadonlyArray<{ name: string; text: string }>;
}) {
	return (
		<Panel title={title} className="flex-none">
			<dl className="grid grid-cols-[repeat(auto-fill,minmax(240px,1fr))] gap-x-6 gap-y-3 border-line border-t px-4 pt-2.5 pb-3.5 text-12">
				{of.map(({ name, text }) => (
					<div key={name}>
						<dt className="font-medium">{name}</dt>
						<dd className="text-ink-2">{text}</dd>
					</div>
				))}
			</dl>
		</Panel>
	);
}
