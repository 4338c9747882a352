import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createCallSiteReader } from './call-site.ts';
import { RequestTracker } from './request-tracker.ts';
import type { TrackerLimits } from './tracker-ports.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Bench {
  readonly tracker: RequestTracker;
  readonly exported: ReadableSpan[];
  readonly entry: (name?: string, parent?: Context) => Span;
  readonly query: (parent: Span, statement?: string) => Span;
  readonly faults: unknown[];
}

function bench(limits: Partial<TrackerLimits> = {}): Bench {
  const exported: ReadableSpan[] = [];
  const faults: unknown[] = [];
  const tracker = new RequestTracker({
    service: 'shop',
    callSites: createCallSiteReader('/nowhere'),
    next: (span) => void exported.push(span),
    nowMs: () => performance.now(),
    onFault: (fault) => void faults.push(fault),
    limits,
  });
  const tracer = new TracerProvider({ spanProcessors: [tracker] }).getTracer('test');
  return {
    tracker,
    exported,
    faults,
    entry: (name = 'GET /', parent = ROOT_CONTEXT) =>
      tracer.startSpan(name, { kind: SpanKind.SERVER }, parent),
    query: (parent, statement = 'SELECT * FROM t WHERE id = $1') =>
      tracer.startSpan(
        'SELECT',
        { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'mysql', 'db.query.text': statement } },
        trace.setSpan(ROOT_CONTEXT, parent),
      ),
  };
}

function countOf(span: ReadableSpan | undefined): unknown {
  return span?.attributes['nightjar.db.query_count'];
}

it('writes counts on the entry span before it is exported', () => {
  const { entry, query, exported } = bench();
  const root = entry();
  query(root).end();
  query(root, 'SELECT now()').end();
  root.end();
  expect(exported).toHaveLength(3);
  expect(exported[2]?.attributes).toMatchObject({
    'nightjar.db.query_count': 2,
    'nightjar.db.statement_count': 2,
  });
});

it('holds the entry back for a query that outlives it, and counts that query', () => {
  const { entry, query, exported } = bench();
  const root = entry();
  const late = query(root);
  root.end();
  expect(exported).toEqual([]);
  late.end();
  expect(exported.map(countOf)).toEqual([undefined, 1]);
  expect(exported[1]?.spanContext()).toEqual(root.spanContext());
  expect(exported[1]?.duration).toEqual((root as unknown as ReadableSpan).duration);
});

it('waits for such a query no longer than a second', () => {
  const { entry, query, exported } = bench();
  const root = entry();
  query(root).end();
  const late = query(root);
  root.end();
  vi.advanceTimersByTime(1_300);
  expect(exported.map(countOf)).toEqual([undefined, 1]);
  late.end();
  expect(exported).toHaveLength(3);
});

it('releases what waits when flushed', async () => {
  const { entry, query, exported, tracker } = bench();
  const root = entry();
  query(root);
  root.end();
  await tracker.forceFlush();
  expect(exported.map(countOf)).toEqual([0]);
});

it('keeps two requests of one process apart, also when one calls the other', () => {
  const { entry, query, exported } = bench();
  const outer = entry('GET /outer');
  query(outer).end();
  const inner = entry('GET /inner', trace.setSpan(ROOT_CONTEXT, outer));
  query(inner).end();
  query(inner).end();
  inner.end();
  outer.end();
  const entries = exported.filter(({ kind }) => kind === SpanKind.SERVER);
  expect(entries.map((span) => [span.name, countOf(span)])).toEqual([
    ['GET /inner', 2],
    ['GET /outer', 1],
  ]);
});

it('takes a call site for repeats only', () => {
  const { entry, query, exported } = bench();
  const root = entry();
  for (let index = 0; index < 12; index++) query(root).end();
  query(root, 'SELECT 1 FROM once').end();
  root.end();
  // Here the caller is the test runner's frame or none at all, so the budget is what can be seen.
  expect(exported).toHaveLength(14);
  expect(exported.at(-1)?.attributes['nightjar.finding.count']).toBe(1);
});

it('leaves the spans of a request beyond the limit uncounted and unharmed', () => {
  const { entry, query, exported, tracker } = bench({ requestsMax: 1 });
  const tracked = entry('tracked');
  const untracked = entry('untracked');
  query(untracked).end();
  untracked.end();
  query(tracked).end();
  tracked.end();
  expect(exported).toHaveLength(4);
  expect(exported.filter((span) => countOf(span) !== undefined).map(({ name }) => name)).toEqual(['tracked']);
  expect(tracker.counters.untrackedRequests).toBe(1);
  const next = entry('next');
  next.end();
  expect(countOf(exported.at(-1))).toBe(0);
});

it('keeps at most so many records of a request and over all', () => {
  const perRequest = bench({ spansPerRequestMax: 3 });
  const root = perRequest.entry();
  for (let index = 0; index < 10; index++) perRequest.query(root).end();
  root.end();
  expect(perRequest.exported).toHaveLength(11);
  expect(perRequest.tracker.counters.uncountedSpans).toBe(8);
  const overAll = bench({ recordsMax: 2 });
  const one = overAll.entry();
  const two = overAll.entry();
  for (const parent of [one, two, one, two]) overAll.query(parent).end();
  expect(overAll.tracker.counters.uncountedSpans).toBe(2);
});

it('forgets a request that never ends', () => {
  const { entry, query, exported, tracker } = bench({ requestAgeMaxMs: 10_000 });
  const root = entry();
  query(root).end();
  vi.advanceTimersByTime(11_000);
  expect(tracker.counters.abandonedRequests).toBe(1);
  query(root).end();
  root.end();
  expect(exported).toHaveLength(3);
  expect(countOf(exported[2])).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

it('survives its own faults and says so once', () => {
  const { entry, exported, faults, tracker } = bench();
  const hostile = entry();
  Object.defineProperty(hostile, 'attributes', {
    get: () => {
      throw new Error('hostile');
    },
  });
  hostile.end();
  const fine = entry();
  fine.end();
  expect(faults).toHaveLength(1);
  expect(tracker.counters.faults).toBeGreaterThan(0);
  expect(exported).toContain(fine);
});

it('gives no context to a call outside a request', () => {
  const { tracker } = bench();
  expect(tracker.siteOfPoolCall('SELECT 1')).toBe(undefined);
  expect(tracker.stackOfBuild()).toBeUndefined();
});
