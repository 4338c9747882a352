import { compileMatchers, matcherProblem } from './delivery/matching.ts';
import type { LabelTest } from './delivery/matching.ts';
import type { MetricQuery } from './ports.ts';

/** A query without what its filter says of the labels that it groups by: those groups can be told apart afterwards. */
export interface BroadQuery {
  readonly query: MetricQuery;
  readonly key: string;
  readonly isAsked: LabelTest;
}

/** Undefined where nothing can be left out. */
export function broaden(query: MetricQuery): BroadQuery | undefined {
  const { signal, groupBy } = query;
  if (!('filter' in signal) || signal.filter === undefined) return undefined;
  const grouped = signal.filter.filter((matcher) => groupBy.includes(matcher.label));
  // What the source would refuse it must get to see.
  if (grouped.length === 0 || grouped.some((matcher) => matcherProblem(matcher) !== undefined))
    return undefined;
  const filter = signal.filter.filter((matcher) => !groupBy.includes(matcher.label));
  const broad = { ...query, signal: { ...signal, filter } };
  return { query: broad, key: keyOf(broad), isAsked: compileMatchers(grouped) };
}

export function keyOf({ signal, groupBy, fromMs, toMs, groupsMax }: MetricQuery): string {
  return JSON.stringify([signal, groupBy, fromMs, toMs, groupsMax]);
}
