/**
 * A rate as typed, with the point that the core reads. A decimal comma is one where the language
 * writes it, or where there is no point; points then part thousands. What cannot be read is left for
 * the core to say so.
 */
export function typedRate(text: string, locale: string): string {
	const plain = text.replace(/[\s\u00a0\u202f]/g, "");
	const comma = !locale.startsWith("en");
	if (comma && plain.includes(",")) return plain.replaceAll(".", "").replace(",", ".");
	if (!comma && plain.includes(".")) return plain.replaceAll(",", "");
	return plain.replace(",", ".");
}
