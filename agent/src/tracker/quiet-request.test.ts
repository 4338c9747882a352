import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detect } from '../detect/index.ts';
import { AgentTracerProvider } from '../spans/agent-tracer-provider.ts';
import { headSamplerOf } from '../sampling/head-sampler.ts';
import { quietCounts } from './quiet-request.ts';
import { recordOf } from './tracked-request.ts';

interface CallLike {
  readonly text: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly rows?: number;
  readonly hash?: string;
  readonly scope?: string;
  readonly waitedMs?: number;
}

const START_MS = 1_795_168_818_000;

/** A request and its spans, as they end. */
function requestOf(calls: readonly CallLike[]): { entry: ReadableSpan; spans: ReadableSpan[] } {
  const spans: ReadableSpan[] = [];
  const tracers = new AgentTracerProvider({
    resource: resourceFromAttributes({}),
    sampler: headSamplerOf({ name: 'always_on', ratio: 1 }),
    processor: {
      onStart: () => undefined,
      onEnd: (span) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  });
  const server = tracers.getTracer('@nightjar/http');
  const root = server.startSpan('GET', { kind: SpanKind.SERVER, startTime: START_MS }, ROOT_CONTEXT);
  const inRequest = trace.setSpan(ROOT_CONTEXT, root);
  for (const { text, startMs, durationMs, rows, hash, scope = '@nightjar/pg', waitedMs } of calls) {
    const attributes = {
      'db.system.name': 'postgresql',
      'db.query.text': text,
      ...(rows === undefined ? {} : { 'db.response.returned_rows': rows }),
      ...(waitedMs === undefined ? {} : { 'nightjar.db.pool_wait_ms': waitedMs }),
      ...(hash === undefined ? {} : { 'nightjar.db.parameter_hash': hash }),
    };
    const startTime = START_MS + startMs;
    tracers
      .getTracer(scope)
      .startSpan(
        `pg.query:${text.slice(0, 6)} shop`,
        { kind: SpanKind.CLIENT, startTime, attributes },
        inRequest,
      )
      .end(startTime + durationMs);
  }
  root.end(START_MS + 10_000);
  const entry = spans.at(-1);
  if (entry === undefined) throw new Error('no entry');
  return { entry, spans };
}

const STATEMENTS = [
  'SELECT id, name FROM products WHERE id = $1',
  'SELECT id FROM products WHERE id = 7',
  'SELECT * FROM categories',
  'SELECT quantity FROM stock WHERE product_id = ANY($1)',
  'INSERT INTO orders (id) VALUES ($1)',
  'UPDATE stock SET quantity = $1 WHERE id = $2',
  'SELECT nextval($1)',
  'BEGIN',
  'COMMIT',
  'FETCH 10 FROM c',
  'SELECT 1 FROM pg_class',
  'CREATE TABLE t (id int)',
  '',
];
const call: fc.Arbitrary<CallLike> = fc.record(
  {
    text: fc.constantFrom(...STATEMENTS),
    startMs: fc.double({ min: 0, max: 9_000, noNaN: true }),
    durationMs: fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: 0, max: 4, noNaN: true }) },
      fc.constantFrom(60, 600),
    ),
    rows: fc.constantFrom(0, 1, 100, 10_000, 10_001, 50_000),
    hash: fc.constantFrom('aa', 'bb', 'cc'),
    waitedMs: fc.constantFrom(1, 60, 2_000),
    scope: fc.constantFrom('@nightjar/pg', '@nightjar/pg', '@nightjar/pg', 'other'),
  },
  { requiredKeys: ['text', 'startMs', 'durationMs'] },
);

it('counts what detect counts, and only where detect finds nothing', () => {
  let quiet = 0;
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40, size: 'max' }), fc.nat(12), (all, few) => {
      for (const calls of [all, all.slice(0, few)]) {
        const { entry, spans } = requestOf(calls);
        const counts = quietCounts(entry, spans);
        if (counts === undefined) continue;
        quiet++;
        const { findings, requests } = detect(spans.map((span) => recordOf(span, 'shop')));
        expect(findings).toEqual([]);
        const { queryCount, statementCount, dbDurationMs } = counts;
        expect(requests).toMatchObject([{ queryCount, statementCount }]);
        expect(requests[0]?.dbDurationMs).toBeCloseTo(dbDurationMs, 6);
      }
    }),
    { numRuns: 500 },
  );
  expect(quiet).toBeGreaterThan(50);
});

it('takes a usual request for quiet', () => {
  const calls = STATEMENTS.slice(0, 5).map((text, i) => ({ text, startMs: i * 3, durationMs: 2, rows: 1 }));
  const { entry, spans } = requestOf(calls);
  expect(quietCounts(entry, spans)).toEqual({ queryCount: 5, statementCount: 5, dbDurationMs: 10 });
});
