import type { Span } from '@nightjar/collector/contract';

/** A span for tests: id, parent, start and length in milliseconds; the rest as given or plain. */
export function makeSpan(
  [spanId, parentSpanId]: readonly [string, string],
  [startMs, lengthMs]: readonly [number, number],
  more: Partial<Span> = {},
): Span {
  return {
    traceId: 'a'.repeat(32),
    spanId,
    parentSpanId,
    service: 'shop',
    name: spanId,
    kind: 'internal',
    startTimeUnixNano: String(1_790_000_000_000_000_000n + BigInt(Math.round(startMs * 1e6))),
    durationNs: lengthMs * 1e6,
    status: { code: 'unset', message: '' },
    attributes: {},
    events: [],
    links: [],
    isEntry: false,
    operation: '',
    release: '',
    scope: { name: '', version: '' },
    resourceId: '',
    ...more,
  };
}
