import { encode } from "uqr";

/** A QR code, dark on light in either theme: a phone reads no other. */
export function Qr({ text, label }: { text: string; label: string }) {
	const { data, size } = encode(text, { border: 4 });
	const path = data
		.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
		.join("");
	return (
		<svg
			role="img"
			aria-label={label}
			viewBox={`0 0 ${size} ${size}`}
			className="size-56 rounded-2"
			shapeRendering="crispEdges"
		>
			<rect width={size} height={size} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}
