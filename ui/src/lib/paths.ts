/** Every address inside the dashboard is made here. Range, environment and pause travel with it; the rest does not. */

export type Search = Readonly<Record<string, string | undefined>>;

const kept = ['from', 'to', 'env', 'paused'] as const;

/** The part of a search that every page shares. */
export function keepShared(search: Search): Search {
  return Object.fromEntries(kept.map((key) => [key, search[key]]));
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** `?a=1&b=2`, or '' when nothing is set. Empty values are left out: absent is the default. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (isPlain && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

const address = (path: string, search: Search, more: Search = {}) =>
  path + stringifySearch({ ...keepShared(search), ...more });

export const paths = {
  services: (search: Search) => address('/', search),
  service: (search: Search, service: string, more?: Search) =>
    address(`/services/${encodeURIComponent(service)}`, search, more),
  traces: (search: Search, filter?: Search) => address('/traces', search, filter),
  trace: (search: Search, traceId: string, more?: Search) =>
    address(`/traces/${encodeURIComponent(traceId)}`, search, more),
  findings: (search: Search, filter?: Search) => address('/findings', search, filter),
  finding: (search: Search, id: string) => address(`/findings/${encodeURIComponent(id)}`, search),
  database: (search: Search, filter?: Search) => address('/database', search, filter),
  queues: (search: Search) => address('/queues', search),
  logs: (search: Search, filter?: Search) => address('/logs', search, filter),
  alerts: (search: Search, more?: Search) => address('/alerts', search, more),
  episode: (search: Search, id: string) => address(`/alerts/episodes/${encodeURIComponent(id)}`, search),
  /** A report on a week. */
  noise: (search: Search) => address('/alerts/noise', { ...search, from: 'now-7d', to: 'now' }),
  rules: (search: Search) => address('/alerts/rules', search),
  rule: (search: Search, uid: string, more?: Search) =>
    address(`/alerts/rules/${encodeURIComponent(uid)}`, search, more),
  newRule: (search: Search, more?: Search) => address('/alerts/new-rule', search, more),
  changeRule: (search: Search, uid: string) =>
    address(`/alerts/rules/${encodeURIComponent(uid)}/change`, search),
  silences: (search: Search, more?: Search) => address('/alerts/silences', search, more),
  newSilence: (search: Search, more?: Search) => address('/alerts/new-silence', search, more),
  changeSilence: (search: Search, id: string) =>
    address(`/alerts/silences/${encodeURIComponent(id)}/change`, search),
  channels: (search: Search) => address('/alerts/channels', search),
} as const;

/** An attribute that is a web address, or undefined: telemetry is hostile, only http and https become links. */
export function webAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value)) return undefined;
  try {
    return new URL(value).href;
  } catch {
    return undefined;
  }
}
