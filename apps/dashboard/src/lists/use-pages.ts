import { useInfiniteQuery, type QueryKey, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { List } from '@trainyard/protocol';

/** A page of a list, and where in it the next one begins. */
export type ListPage<T> = Pick<List<T>, 'data' | 'has_more' | 'last_id'>;

interface Options<T> {
  readonly key: QueryKey;
  /** @param position `{ after }` of the page; empty for the first one */
  readonly fetchPage: (position: { readonly after?: string }) => Promise<ListPage<T>>;
  /** How often it is asked for anew, by what there is; never, where this is left out. */
  readonly pollMs?: (items: readonly T[]) => number | false;
  /** Whether what was found by another key is shown until this one's is there. */
  readonly keepsBefore?: boolean;
}

export interface Pages<T> {
  readonly items: readonly T[];
  readonly query: Pick<UseInfiniteQueryResult, 'error' | 'isPending' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
}

/** A list of the API, read page by page as far as one asks for more. */
export function usePages<T>({ key, fetchPage, pollMs = () => false, keepsBefore = false }: Options<T>): Pages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => fetchPage(pageParam === undefined ? {} : { after: pageParam }),
    getNextPageParam: ({ has_more, last_id }) => (has_more ? (last_id ?? undefined) : undefined),
    refetchInterval: ({ state }) => pollMs(state.data?.pages.flatMap(({ data }) => data) ?? []),
    placeholderData: (before) => (keepsBefore ? before : undefined),
  });
  return { items: query.data?.pages.flatMap(({ data }) => data) ?? [], query };
}
