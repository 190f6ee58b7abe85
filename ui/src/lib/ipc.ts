/** The one way from the interface to the core: typed commands, errors, and what goes stale. */
import {
	type InfiniteData,
	infiniteQueryOptions,
	MutationCache,
	QueryClient,
	queryOptions,
	type UseInfiniteQueryOptions,
	type UseQueryOptions,
} from "@tanstack/react-query";
import {
	type CacheTag,
	type Code,
	cacheTags,
	commands,
	events,
	type GetRoi,
	type WireError,
} from "@/bindings";

type Commands = typeof commands;
export type CommandName = keyof Commands;
type Request<N extends CommandName> = Parameters<Commands[N]>[0];
type Answer<N extends CommandName> = Awaited<ReturnType<Commands[N]>>;

declare module "@tanstack/react-query" {
	interface Register {
		defaultError: AppError;
		queryKey: readonly [CommandName, ...ReadonlyArray<unknown>];
	}
}

/** A failure as screens see it. */
export interface AppError {
	code: Code;
	/** The core's own sentence, in English. */
	message: string;
	field: string | null;
	/** Which of the failures of its code it is, such as `phone_not_valid`; the words have it. */
	reason: string | null;
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
			reason: value.reason ?? null,
			params: { ...value.params } as Record<string, string>,
			retryAfterMs: value.retry_after_ms ?? null,
		};
	}
	const message = value instanceof Error ? value.message : String(value);
	return { code: "internal", message, field: null, reason: null, params: {}, retryAfterMs: null };
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

/** What the writes since the last end of a mutation made stale. */
const written = new Set<CacheTag>();

export async function call<N extends CommandName>(name: N, req: Request<N>): Promise<Answer<N>> {
	try {
		const command = commands[name] as (req: Request<N>) => Promise<Answer<N>>;
		const answer = await command(req);
		for (const tag of invalidates(name)) written.add(tag);
		return answer;
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

/** Commands that answer one page of a long list. */
type ListName = {
	[N in CommandName]: "page" extends keyof Request<N>
		? Answer<N> extends { next: string | null }
			? N
			: never
		: never;
}[CommandName];

/** A long list, read page by page as one scrolls: `limit` rows at a time. */
export function pages<N extends ListName>(name: N, req: Omit<Request<N>, "page">, limit = 200) {
	return infiniteQueryOptions({
		queryKey: [name, req] as const,
		queryFn: ({ pageParam }) =>
			call(name, { ...req, page: { limit, cursor: pageParam } } as Request<N>),
		initialPageParam: null as string | null,
		getNextPageParam: (last) => (last as { next: string | null }).next,
	}) as UseInfiniteQueryOptions<
		Answer<N>,
		AppError,
		InfiniteData<Answer<N>>,
		readonly [N, Omit<Request<N>, "page">],
		string | null
	>;
}

/**
 * What was shown last stays while the next is read, except where that is of another moment: a page
 * that says what was known then must not show what is known now, not even for a blink.
 */
export function sameMoment(asOf: string | null) {
	return <T>(
		shown: T | undefined,
		from: { queryKey: readonly [CommandName, ...ReadonlyArray<unknown>] } | undefined,
	): T | undefined => {
		const req = from?.queryKey[1] as { as_of?: string | null; report?: GetRoi } | undefined;
		return ((req?.report ?? req)?.as_of ?? null) === asOf ? shown : undefined;
	};
}

const waiting = new WeakMap<QueryClient, Set<CacheTag>>();

/**
 * Reads again what is made of these tags. A write tells twice, by its answer and by the core's
 * event, and they arrive moments apart: what comes within 20 ms is read once.
 */
export function refresh(client: QueryClient, tags: readonly CacheTag[]) {
	if (tags.length === 0) return;
	const before = waiting.get(client);
	if (before) {
		for (const tag of tags) before.add(tag);
		return;
	}
	const stale = new Set(tags);
	waiting.set(client, stale);
	setTimeout(() => {
		waiting.delete(client);
		void client.invalidateQueries({
			predicate: (q) => provides(q.queryKey[0] as CommandName).some((tag) => stale.has(tag)),
		});
	}, 20);
}

export function makeClient(): QueryClient {
	const client: QueryClient = new QueryClient({
		defaultOptions: {
			// There is no network between the interface and the core: trying again changes nothing,
			// and what is stored goes stale only when the core says so.
			queries: { retry: false, staleTime: Number.POSITIVE_INFINITY, networkMode: "always" },
			mutations: { retry: false, networkMode: "always" },
		},
		mutationCache: new MutationCache({
			// Whatever a mutation wrote is read again by what its commands declare, also when a later
			// step of it failed, and also when the core's event was lost.
			onSettled: () => {
				const stale = [...written];
				written.clear();
				refresh(client, stale);
			},
		}),
	});
	return client;
}

export { events };
