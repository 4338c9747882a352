import { instantMs, instantSchema } from '@nightjar/collector/contract';

/** As it stands in the URL: relative ends stay relative. */
export type TimeRange = Readonly<{ from: string; to: string }>;

export const defaultRange: TimeRange = { from: 'now-1h', to: 'now' };

export const quickRanges: readonly Readonly<{ label: string; from: string }>[] = [
  { label: 'Last 5 minutes', from: 'now-5m' },
  { label: 'Last 15 minutes', from: 'now-15m' },
  { label: 'Last hour', from: 'now-1h' },
  { label: 'Last 6 hours', from: 'now-6h' },
  { label: 'Last 24 hours', from: 'now-24h' },
  { label: 'Last 7 days', from: 'now-7d' },
];

/**
 * Two ends from text that anybody may have typed; the default where they are no instants or the same, turned where they
 * stand the wrong way round.
 */
export function parseRange(from: string | undefined, to: string | undefined, nowMs: number): TimeRange {
  const start = instantSchema.safeParse(from ?? defaultRange.from);
  const end = instantSchema.safeParse(to ?? defaultRange.to);
  if (!start.success || !end.success) return defaultRange;
  const length = instantMs(end.data, nowMs) - instantMs(start.data, nowMs);
  if (length === 0) return defaultRange;
  return length > 0 ? { from: start.data, to: end.data } : { from: end.data, to: start.data };
}

/** What an address must change to say the range that is shown; undefined where it says so already, or says nothing. */
export function rangeCorrection(
  search: Readonly<{ from?: string | undefined; to?: string | undefined }>,
  range: TimeRange,
): TimeRange | undefined {
  const { from = range.from, to = range.to } = search;
  return from === range.from && to === range.to ? undefined : range;
}

export function rangeBounds(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  return { fromMs: instantMs(range.from, nowMs), toMs: instantMs(range.to, nowMs) };
}

/** Only a range that ends now can be live. */
export function endsNow(range: TimeRange): boolean {
  return range.to === 'now';
}

/** The window of the same length before (-1) or after (+1), absolute; never beyond now. */
export function shiftRange(range: TimeRange, direction: -1 | 1, nowMs: number): TimeRange {
  const { fromMs, toMs } = rangeBounds(range, nowMs);
  const length = toMs - fromMs;
  const end = Math.min(toMs + direction * length, nowMs);
  return absoluteRange(end - length, end);
}

export function absoluteRange(fromMs: number, toMs: number): TimeRange {
  return { from: String(Math.max(0, Math.floor(fromMs))), to: String(Math.ceil(toMs)) };
}

const unitWords: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'weeks' };

/** "Last hour" for a known relative range, "Last 90 min" for another, undefined where an end is absolute. */
export function relativeLabel(range: TimeRange): string | undefined {
  if (range.to !== 'now') return undefined;
  const quick = quickRanges.find(({ from }) => from === range.from);
  if (quick !== undefined) return quick.label;
  const parts = /^now-(\d+)([smhdw])$/.exec(range.from);
  return parts === null ? undefined : `Last ${parts[1] ?? ''} ${unitWords[parts[2] ?? ''] ?? ''}`;
}

/** The value of `<input type="datetime-local">`, local zone, and back (undefined when it is no time). */
export function toLocalInput(atMs: number): string {
  const at = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 19);
}

export function fromLocalInput(text: string): number | undefined {
  const atMs = new Date(text).getTime();
  return Number.isFinite(atMs) ? atMs : undefined;
}
