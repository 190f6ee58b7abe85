import { Page } from "@/app/shell";
import { useWords } from "@/i18n";

export default function View() {
	const { t } = useWords();
	return <Page title={t("nav.creatives")}>{null}</Page>;
}
