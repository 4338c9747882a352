import { useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { parseSearch, stringifySearch } from './paths.ts';
import type { Search } from './paths.ts';
import type { TimeRange } from './time-range.ts';
import { endsNow, parseRange } from './time-range.ts';

/** State lives in the URL. `push` for what Back should undo, `replace` for what it should not. */
export type UrlState = Readonly<{
  search: Search;
  set: (patch: Search, how?: 'push' | 'replace') => void;
  goTo: (href: string) => void;
}>;

export function useUrlState(): UrlState {
  const router = useRouter();
  const text = useRouterState({ select: (state) => state.location.searchStr });
  const search = useMemo(() => parseSearch(text), [text]);
  const set = useCallback(
    (patch: Search, how: 'push' | 'replace' = 'push') => {
      const at = router.history.location;
      const next = at.pathname + stringifySearch({ ...parseSearch(at.search), ...patch });
      if (next === at.href) return;
      router.history[how](next);
    },
    [router],
  );
  const goTo = useCallback((href: string) => router.history.push(href), [router]);
  return { search, set, goTo };
}

/** What every request asks with, and whether it is to be asked again by itself. */
export type RangeState = Readonly<{
  range: TimeRange;
  environment: string | undefined;
  query: Readonly<{ from: string; to: string; environment?: string }>;
  isLive: boolean;
}>;

export function useRangeState(): RangeState {
  const { search } = useUrlState();
  const { from, to, env, paused } = search;
  return useMemo(() => {
    const range = rangeAsOfNow(from, to);
    return {
      range,
      environment: env,
      query: env === undefined ? range : { ...range, environment: env },
      isLive: paused === undefined && endsNow(range),
    };
  }, [from, to, env, paused]);
}

/** Which end comes first is settled when the address changes: by the time a page was opened, later ends would all be turned. */
function rangeAsOfNow(from: string | undefined, to: string | undefined): TimeRange {
  return parseRange(from, to, Date.now());
}
