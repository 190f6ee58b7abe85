/** The one way from the interface to the core: typed commands, errors, and what goes stale. */
import { QueryClient, queryOptions, type UseQueryOptions } from "@tanstack/react-query";
import { type CacheTag, type Code, cacheTags, commands, events, type WireError } from "@/bindings";

type Commands = typeof commands;
export type CommandName = keyof Commands;
type Request<N extends CommandName> = Parameters<Commands[N]>[0];
type Answer<N extends CommandName> = Awaited<ReturnType<Commands[N]>>;

declare module "@tanstack/react-query" {
	interface Register {
		defaultError: AppError;
		queryKey: readonly [CommandName, ...ReadonlyArray<unknown>];
		mutationMeta: { command?: CommandName };
	}
}

/** A failure as screens see it. */
export interface AppError {
	code: Code;
	message: string;
	field: string | null;
	params: Record<string, string>;
	retryAfterMs: number | null;
}

function isWireError(value: unknown): value is WireError {
	return (
		typeof value === "object" &&
		value !== null &&
		typeof (value as WireError).code === "string" &&
		typeof (value as WireError).message === "string"
	);
}

/** A malformed argument comes back as plain text, everything else as a WireError: both become one. */
export function toAppError(value: unknown): AppError {
	if (isWireError(value)) {
		return {
			code: value.code,
			message: value.message,
			field: value.field ?? null,
			params: { ...value.params } as Record<string, string>,
			retryAfterMs: value.retry_after_ms ?? null,
		};
	}
	const message = value instanceof Error ? value.message : String(value);
	return { code: "internal", message, field: null, params: {}, retryAfterMs: null };
}

/** The command's name in the list, as the tags are keyed: getHome → get_home. */
function listName(name: CommandName): keyof typeof cacheTags {
	return name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`) as keyof typeof cacheTags;
}

/** Tags that a read is made of. */
export function provides(name: CommandName): readonly CacheTag[] {
	const tags = cacheTags[listName(name)] as { provides?: readonly CacheTag[] } | undefined;
	return tags?.provides ?? [];
}

/** Tags that a write makes stale. */
export function invalidates(name: CommandName): readonly CacheTag[] {
	const tags = cacheTags[listName(name)] as { invalidates?: readonly CacheTag[] } | undefined;
	return tags?.invalidates ?? [];
}

export async function call<N extends CommandName>(name: N, req: Request<N>): Promise<Answer<N>> {
	try {
		const command = commands[name] as (req: Request<N>) => Promise<Answer<N>>;
		return await command(req);
	} catch (error) {
		throw toAppError(error);
	}
}

/** The only maker of queries: the key is the command and what it is asked. */
export function query<N extends CommandName>(name: N, req: Request<N>) {
	return queryOptions({
		queryKey: [name, req] as const,
		queryFn: () => call(name, req),
	}) as UseQueryOptions<Answer<N>, AppError, Answer<N>, readonly [N, Request<N>]>;
}

/** Reads again what is made of these tags. */
export function refresh(client: QueryClient, tags: readonly CacheTag[]) {
	if (tags.length === 0) return;
	const stale = new Set(tags);
	void client.invalidateQueries({
		predicate: (q) => provides(q.queryKey[0] as CommandName).some((tag) => stale.has(tag)),
	});
}

export function makeClient(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			// There is no network between the interface and the core: trying again changes nothing,
			// and what is stored goes stale only when the core says so.
			queries: { retry: false, staleTime: Number.POSITIVE_INFINITY, networkMode: "always" },
			mutations: { retry: false, networkMode: "always" },
		},
	});
}

export { events };
