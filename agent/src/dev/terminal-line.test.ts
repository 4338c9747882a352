import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { FINDING_EVENT, FINDING_JSON } from '../attributes.ts';
import { terminalLine } from './terminal-line.ts';

function entry(
  attributes: Attributes,
  findings: readonly object[] = [],
  kind = SpanKind.SERVER,
): ReadableSpan {
  const ended: ReadableSpan[] = [];
  const tracer = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  }).getTracer('test');
  const span = tracer.startSpan('GET', { kind, attributes, startTime: 1_000 }, ROOT_CONTEXT);
  for (const finding of findings) span.addEvent(FINDING_EVENT, { [FINDING_JSON]: JSON.stringify(finding) });
  span.end(1_034);
  const [only] = ended;
  if (only === undefined) throw new Error('no span ended');
  return only;
}

const REQUEST = {
  'http.request.method': 'GET',
  'http.route': '/orders/:id',
  'http.response.status_code': 200,
};

it('names method, route, status, time, queries and the N+1 with its line', () => {
  const span = entry({ ...REQUEST, 'nightjar.db.query_count': 9, 'nightjar.db.duration_ms': 5.12 }, [
    { kind: 'n_plus_one', count: 8, callSite: { file: 'orders.mts', line: 31 } },
  ]);
  expect(terminalLine(span)).toBe('GET /orders/:id 200 34 ms 9 queries 5.1 ms N+1 x8 orders.mts:31');
});

it('says which finding somebody has accepted', () => {
  const accepted = { how: 'acknowledged', reason: 'small', expires: '2027-01-31' };
  const span = entry(REQUEST, [{ kind: 'n_plus_one', count: 8, accepted }]);
  expect(terminalLine(span)).toMatch(/N\+1 x8 \(acknowledged\)$/);
});

it('is short when there is little to say', () => {
  expect(terminalLine(entry({ ...REQUEST, 'nightjar.db.query_count': 0 }))).toBe(
    'GET /orders/:id 200 34 ms 0 queries',
  );
  expect(
    terminalLine(entry({ ...REQUEST, 'nightjar.db.query_count': 1, 'nightjar.db.duration_ms': 20 })),
  ).toContain('1 query 20 ms');
});

it('names three findings and counts the rest', () => {
  const findings = Array.from({ length: 5 }, () => ({ kind: 'duplicate_query', count: 2 }));
  expect(terminalLine(entry(REQUEST, findings))).toMatch(/(duplicate query x2 ){3}and 2 more$/);
});

it('lets no client steer the terminal', () => {
  const line = terminalLine(
    entry({ 'http.request.method': 'GET', 'url.path': `/\u001B[2J\u009B${'x'.repeat(900)}` }),
  );
  expect(line).toContain('GET /?[2J?x');
  expect(line?.length).toBe(400);
});

it('says nothing of a job', () => {
  expect(terminalLine(entry({ 'messaging.system': 'bullmq' }, [], SpanKind.CONSUMER))).toBeUndefined();
});
