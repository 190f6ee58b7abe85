import i18next from "i18next";
import { startI18n, words } from "@/i18n";
import { screens, union } from "./source";

type Language = keyof typeof words;
const PLURAL = /_(zero|one|two|few|many|other)$/;
const stem = (key: string) => key.replace(PLURAL, "");
const has = (key: string) => key in words.en || `${key}_other` in words.en;

/** What is filled in, and what is said in other words inside; how each is written is the language's. */
const holes = (text: string) =>
	[...text.matchAll(/\{\{(\w+)[^}]*\}\}|\$t\(([^,)]+)/g)]
		.map((found) => found[1] ?? `$${found[2]}`)
		.toSorted()
		.join();

/** What a person reads who chose the language. */
function read(language: Language): Record<string, string> {
	return language === "es-AR" ? { ...words.es, ...words["es-AR"] } : words[language];
}

describe("words", () => {
	test("every language has the same keys with the same values to fill in", () => {
		const keys = Object.keys(words.en).toSorted();
		for (const language of ["es", "pt"] as const) {
			expect(Object.keys(words[language]).toSorted()).toEqual(keys);
			for (const key of keys) {
				expect(holes(words[language][key] ?? ""), `${language} ${key}`).toBe(
					holes(words.en[key] ?? ""),
				);
			}
		}
		for (const [key, text] of Object.entries(words["es-AR"])) {
			expect(holes(text), `es-AR ${key}`).toBe(holes(words.es[key] ?? "missing"));
		}
	});

	test("two features never write the same key", () => {
		for (const language of ["en", "es", "es-AR", "pt"] as const) {
			const files = import.meta.glob<Record<string, string>>(
				["../i18n/words/*.json", "../features/*/words/*.json"],
				{ eager: true, import: "default" },
			);
			const keys = Object.entries(files)
				.filter(([path]) => path.endsWith(`/${language}.json`))
				.flatMap(([, list]) => Object.keys(list));
			expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
		}
	});

	test("no screen asks for a word that is not there", () => {
		const missing = screens.flatMap(({ path, text }) =>
			[...text.matchAll(/\bt\(\s*"([^"]+)"/g)]
				.map((found) => found[1] as string)
				.filter((key) => !has(key))
				.map((key) => `${path}: ${key}`),
		);
		expect(missing).toEqual([]);
	});

	test("nor does a list of keys that a screen goes through", () => {
		const spaces = new Set(Object.keys(words.en).map((key) => key.split(".")[0]));
		const missing = screens.flatMap(({ path, text }) =>
			[...text.matchAll(/"([a-z]\w*)\.(\w+(?:\.\w+)*)"/g)]
				.filter((found) => spaces.has(found[1]) && !has(`${found[1]}.${found[2]}`))
				.map((found) => `${path}: ${found[1]}.${found[2]}`),
		);
		expect(missing).toEqual([]);
	});

	test("a key put together has a word for every value it can take", () => {
		const keys = Object.keys(words.en).map(stem);
		const templates = new Set(
			screens.flatMap(({ text }) =>
				[...text.matchAll(/\bt\(\s*`([^`]+)`/g)].map((found) => found[1] as string),
			),
		);
		expect(templates.size).toBeGreaterThan(15);
		for (const template of templates) {
			// The list of reasons is the core's.
			if (template.startsWith("reason.") && union("Reason").length === 0) continue;
			const shape = template
				.split(/\$\{(?:[^{}]|\{[^}]*\})*\}/)
				.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
				.join("[^]*");
			expect(
				keys.some((key) => new RegExp(`^${shape}$`).test(key)),
				template,
			).toBe(true);
		}
		// Where the core names the values, each has its word.
		const known: Record<string, readonly string[]> = {
			"error.": union("Code"),
			"reason.": union("Reason"),
			"sync.state.": union("SyncState"),
			"source.": ["meta_ads", "contacts", "opportunities", "sales"],
			"connection.": ["expired", "revoked", "expiring"],
			"settings.state.": [
				"connected",
				"expiring",
				"expired",
				"revoked",
				"missing_scope",
				"missing",
			],
			"account.": ["disabled", "unsettled", "pending", "closed"],
			"attention.": [
				"spend_without_sales",
				"waiting_for_sync",
				"account_failing",
				"account_stale",
			].flatMap((kind) => [kind, `${kind}.text`]),
			"cause.": union("ChangeCause").flatMap((cause) => [cause, `${cause}.text`]),
			"settings.outcome.": ["ok", "warning", "failed"],
			"settings.vault.": ["keyring", "passphrase", "memory"],
		};
		const missing = Object.entries(known).flatMap(([prefix, values]) => {
			if (prefix !== "reason.") expect(values.length, prefix).toBeGreaterThan(2);
			return values.map((value) => prefix + value).filter((key) => !has(key));
		});
		expect(missing).toEqual([]);
	});

	test("words said inside other words are there", () => {
		const missing = Object.entries(words).flatMap(([language, list]) =>
			Object.entries(list).flatMap(([key, text]) =>
				[...text.matchAll(/\$t\(([^,)]+)/g)]
					.map((found) => found[1] as string)
					.filter((inner) => !inner.includes("{{") && !has(inner))
					.map((inner) => `${language} ${key}: ${inner}`),
			),
		);
		expect(missing).toEqual([]);
	});
});

describe("one and many", () => {
	test("what is counted is written in the singular and the plural", () => {
		// A number before a word, as "3 days": the word has to follow the number.
		const counted =
			/\{\{(count|days|hours|leads|objects|rows|pages|accounts|numbers)\b[^}]*\}\}\s+\p{L}/u;
		for (const language of ["en", "es", "pt"] as const) {
			const single = Object.entries(words[language])
				.filter(([key, text]) => counted.test(text) && !PLURAL.test(key))
				.map(([key]) => key);
			expect(single, language).toEqual([]);
		}
		for (const key of Object.keys(words.en).filter((one) => PLURAL.test(one))) {
			expect(`${stem(key)}_one` in words.en && `${stem(key)}_other` in words.en, key).toBe(true);
		}
	});

	test("each language chooses its form, also for none and for a million", async () => {
		const say = async (language: Language, count: number, key = "count.accounts") => {
			await startI18n(language);
			return i18next.t(key, { count });
		};
		expect(await say("en", 1)).toBe("1 ad account");
		expect(await say("en", 0)).toBe("0 ad accounts");
		expect(await say("es", 1)).toBe("1 cuenta");
		expect(await say("es-AR", 2)).toBe("2 cuentas");
		expect(await say("es", 1_000_000)).toBe("1.000.000 cuentas");
		expect(await say("pt", 1)).toBe("1 conta");
		expect(await say("pt", 0)).toBe("0 contas");
		expect(await say("pt", 1_000_000)).toBe("1.000.000 contas");
		expect(await say("en", 1, "connection.expiring")).toContain("1 day,");
		expect(await say("en", 0, "connection.expiring")).toContain("ends today");
	});

	test("several counts in one sentence each follow their number", async () => {
		await startI18n("en");
		expect(i18next.t("connect.counts", { accounts: 1, pages: 2, numbers: 0 })).toBe(
			"1 ad account, 2 pages, 0 WhatsApp accounts",
		);
		await startI18n("es");
		const text = i18next.t("attention.spend_without_sales.text", {
			name: "Sala",
			spend: "US$ 5",
			leads: "1",
			sales_of_others: "1200",
		});
		// Numbers come from the core as text.
		expect(text).toBe("Sala: US$ 5, 1 lead, 0 ventas; las demás vendieron 1.200 veces.");
	});
});

describe("how figures stand in words", () => {
	test("a percentage is written by its language", async () => {
		await startI18n("es");
		expect(i18next.t("status.syncing", { percent: 78 })).toBe("Sincronizando, 78\u202f%");
		await startI18n("en");
		expect(i18next.t("status.syncing", { percent: 78 })).toBe("Syncing, 78%");
	});

	test("Spanish never parts the sign from its figure by a common space", () => {
		for (const language of ["es", "es-AR"] as const) {
			const wrong = Object.entries(words[language])
				.filter(([, text]) => /(\d|\}\})[ \u00a0]?%/.test(text))
				.map(([key]) => key);
			expect(wrong, language).toEqual([]);
		}
	});

	test("no screen writes the sign, points or sizes by hand", () => {
		const wrong = screens
			.filter(({ path }) => path !== "lib/format.ts")
			.filter(({ text }) => />\{[\w.]+\}%<|\)\} (pp|MB|kB|GB)\b/.test(text))
			.map(({ path }) => path);
		expect(wrong).toEqual([]);
	});
});

describe("how people are spoken to", () => {
	/** Commands of tú, where a command stands: first, after a comma or colon, after "y" and "o". */
	const TU = new RegExp(
		`(?:^|[.:;,!?)] |(?<!\\p{L})(?:y|o|primero|antes) )(${[
			"abre|agrega|ajusta|ajústalo|apaga|aprueba|arrastra|añade|busca|cambia|cierra|comprueba|conecta",
			"confirma|copia|corrige|crea|deja|desbloquea|desbloquéalo|elige|empieza|escribe|espera|explora",
			"filtra|guarda|haz|importa|impórtalas|inicia|instala|libera|mira|muévela|pega|pide|pon|presiona",
			"prueba|quita|registra|reintenta|resuelve|restaura|restáurala|revisa|sigue|suelta|usa|ven",
			"verifica|vincula|vuelve",
		].join("|")})(?!\\p{L})`,
		"giu",
	);
	const TU_VERBS =
		/(?<!\p{L})(debes|eres|necesitas|prefieres|puedes|quieres|sabes|tienes)(?!\p{L})/giu;
	const VOS =
		/(?<!\p{L})(podés|querés|tenés|debés|sos|necesitás|preferís|sabés|acá|\p{L}{3,}[áéí]l[oa]s?|(?:abr|agreg|ajust|aprob|arrastr|busc|cerr|conect|corr[ei]g|cre|eleg|empez|escrib|explor|import|inici|instal|liber|mir|mov|peg|ped|presion|registr|reintent|resolv|revis|solt|us|volv)[áéí])(?!\p{L})/giu;
	/** Where such a word is said of a thing: a row waits for the sync, the pace goes back to normal. */
	const OF_THINGS = new Set([
		"attention.waiting_for_sync",
		"campaigns.waiting",
		"connect.landedHint",
		"contacts.waiting",
		"home.waiting",
		"import.dryRun",
		"sync.slowed",
	]);

	function found(language: Language, patterns: RegExp[]) {
		return Object.entries(read(language))
			.filter(([key]) => !OF_THINGS.has(key))
			.flatMap(([key, text]) =>
				patterns.flatMap((pattern) =>
					[...text.matchAll(pattern)].map((one) => `${key}: ${one[1]}`),
				),
			);
	}

	test("Argentina is spoken to with vos", () => {
		expect(found("es-AR", [TU, TU_VERBS])).toEqual([]);
	});

	test("the rest of Spanish with tú", () => {
		expect(found("es", [VOS])).toEqual([]);
	});

	test("and what Argentina has of its own says something else", () => {
		const same = Object.entries(words["es-AR"]).filter(([key, text]) => words.es[key] === text);
		expect(same.map(([key]) => key)).toEqual([]);
	});
});
