import type { QueryOf } from '@nightjar/collector/contract';
import type { Search } from '../../lib/paths.ts';

/** The search form as the URL holds it. What cannot be read is left out, so that a mistyped address still answers. */
export type TraceFilter = Omit<QueryOf<'traces'>, 'from' | 'to' | 'environment'>;

export const filterKeys = [
  'service',
  'operation',
  'min',
  'max',
  'status',
  'release',
  'finding',
  'queries',
] as const;

export const sorts = [
  { value: 'newest', label: 'Newest' },
  { value: 'slowest', label: 'Slowest' },
  { value: 'queries', label: 'Most queries' },
] as const;

export type TraceSort = (typeof sorts)[number]['value'];

export function sortOf(search: Search): TraceSort {
  return sorts.find(({ value }) => value === search['sort'])?.value ?? 'newest';
}

export function parseFilter(search: Search): TraceFilter {
  const min = durationMs(search['min']);
  const max = durationMs(search['max']);
  const queries = Number(search['queries'] ?? Number.NaN);
  const { service, operation, release, status, finding } = search;
  return {
    sort: sortOf(search),
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(release === undefined ? {} : { release }),
    ...(status === 'ok' || status === 'error' ? { status } : {}),
    ...(finding === 'yes'
      ? { hasFinding: 'true' as const }
      : finding === 'no'
        ? { hasFinding: 'false' as const }
        : {}),
    ...(min === undefined ? {} : { minDurationMs: min }),
    ...(max === undefined ? {} : { maxDurationMs: max }),
    ...(Number.isInteger(queries) && queries >= 0 ? { minQueries: queries } : {}),
  };
}

const units: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
};

/** `250`, `250ms`, `1.5s`, `2 min`: milliseconds when no unit is given. */
export function durationMs(text: string | undefined): number | undefined {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|min)?\s*$/.exec(text ?? '');
  if (parts === null) return undefined;
  return Number(parts[1]) * (units[parts[2] ?? 'ms'] ?? 1);
}
