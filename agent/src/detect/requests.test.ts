import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { childrenOf, inTurn, LOOKUP, loop, query, request, span } from './test-traces.ts';
import type { DetectSpan, Finding } from './types.ts';

function onlyFinding(spans: readonly DetectSpan[]): Finding {
  const { findings } = detect(spans);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  if (finding === undefined) throw new Error('no finding');
  return finding;
}

describe('requests', () => {
  it('counts each statement once and leaves out what is not a query', () => {
    const root = request();
    const wrapper = query(LOOKUP, {
      parentSpanId: root.spanId,
      scopeName: 'sequelize',
      startMs: 1,
      durationMs: 5,
    });
    const spans = [
      root,
      wrapper,
      query(LOOKUP, { parentSpanId: wrapper.spanId, startMs: 2, durationMs: 3 }),
      query('BEGIN', { parentSpanId: root.spanId, startMs: 7 }),
      query('UPDATE t SET a = 1', { parentSpanId: root.spanId, startMs: 8, durationMs: 4 }),
      query('COMMIT', { parentSpanId: root.spanId, startMs: 13 }),
      query('FETCH 10 FROM c', { parentSpanId: root.spanId, startMs: 14 }),
      query(LOOKUP, { parentSpanId: root.spanId, startMs: 15, attributes: { cached: true } }),
      span({
        name: 'pg-pool.connect',
        kind: 3,
        parentSpanId: root.spanId,
        attributes: { 'db.system': 'postgresql' },
      }),
      span({
        name: 'get',
        kind: 3,
        parentSpanId: root.spanId,
        startMs: 20,
        attributes: { 'db.system': 'redis', 'db.statement': 'get user:1' },
      }),
      span({
        name: 'GET',
        kind: 3,
        parentSpanId: root.spanId,
        attributes: { 'http.method': 'GET', 'http.url': 'http://a/b' },
      }),
    ];
    expect(detect(spans).requests).toEqual([
      {
        scopeSpanId: root.spanId,
        service: 'api',
        operation: 'GET /books',
        queryCount: 3,
        statementCount: 3,
        dbDurationMs: 8,
      },
    ]);
  });

  it('judges two requests of one trace apart', () => {
    const first = request({ startMs: 0 });
    const second = request({ startMs: 0 });
    const spans = [...childrenOf(first, loop(3)), ...childrenOf(second, loop(4))];
    expect(detect(spans).requests.map((one) => one.queryCount)).toEqual([3, 4]);
    expect(detect(spans).repeats.map((repeat) => repeat.verdict)).toEqual([
      'below_threshold',
      'below_threshold',
    ]);
  });

  it('names a route where the span name is only a method', () => {
    const root = request({
      name: 'GET',
      attributes: { 'http.route': '/a/:id', 'http.request.method': 'GET' },
    });
    expect(detect([root]).requests[0]?.operation).toBe('GET /a/:id');
  });

  it('counts a second instrumentation beside the first only once', () => {
    const root = request();
    const outer = inTurn(
      6,
      (_, startMs) => query(LOOKUP, { scopeName: 'knex', startMs: startMs - 0.1 }),
      2.3,
    );
    const inner = inTurn(
      6,
      (_, startMs) => query('SELECT * FROM authors WHERE id = ?', { startMs: startMs + 0.5 }),
      2.3,
    ).map((one) => ({ ...one, durationMs: 1 }));
    const { requests, findings } = detect(childrenOf(root, [...outer, ...inner]));
    expect(requests[0]?.queryCount).toBe(6);
    expect(findings.map((finding) => finding.count)).toEqual([6]);
  });

  it('gives the statement of a prepare to its execution', () => {
    const root = request();
    const spans = inTurn(
      6,
      (_, startMs) => query(LOOKUP, { name: 'Doctrine::prepare', startMs }),
      0.1,
    ).flatMap((one) => [
      one,
      span({
        name: 'Doctrine::execute',
        kind: 3,
        startMs: one.startMs + 0.2,
        durationMs: 2,
        attributes: { 'db.system': 'postgresql' },
      }),
    ]);
    const finding = onlyFinding(childrenOf(root, spans));
    expect(finding).toMatchObject({ kind: 'n_plus_one', count: 6 });
    expect(finding.totalMs).toBeCloseTo(12);
  });
});

describe('broken traces', () => {
  it('cuts a circle of parents', () => {
    const a = span({ spanId: 'aa', parentSpanId: 'bb', startMs: 0 });
    const b = span({ spanId: 'bb', parentSpanId: 'aa', startMs: 1 });
    const spans = [a, b, ...loop(6).map((one) => ({ ...one, parentSpanId: 'bb' }))];
    expect(detect(spans).findings).toMatchObject([{ count: 6, scopeSpanId: 'aa', anchorSpanId: 'bb' }]);
  });

  it('takes a span that is its own parent for a root', () => {
    const root = span({ spanId: 'cc', parentSpanId: 'cc' });
    expect(detect([root, ...loop(6).map((one) => ({ ...one, parentSpanId: 'cc' }))]).findings).toHaveLength(
      1,
    );
  });

  it('keeps the children of a missing span together, with less confidence', () => {
    const spans = loop(6).map((one) => ({ ...one, parentSpanId: 'feedfacefeedface' }));
    expect(onlyFinding(spans)).toMatchObject({
      count: 6,
      scopeSpanId: 'feedfacefeedface',
      confidence: 'low',
    });
    const apart = spans.map((one, i) => ({ ...one, parentSpanId: `missing${i}` }));
    expect(detect(apart).findings).toEqual([]);
  });

  it('follows a parent chain of 20,000 spans and keeps at most 5,000 members', () => {
    const chain: DetectSpan[] = [request({ durationMs: 1e6 })];
    for (let i = 0; i < 20_000; i++)
      chain.push(span({ name: `step ${i}`, parentSpanId: chain[i]?.spanId ?? '' }));
    const last = chain.at(-1)?.spanId ?? '';
    const spans = [...chain, ...loop(6_000).map((one) => ({ ...one, parentSpanId: last }))];
    const finding = onlyFinding(spans);
    expect(finding).toMatchObject({ count: 6_000, anchorSpanId: last, severity: 'critical' });
    expect(finding.memberSpanIds).toHaveLength(5_000);
  });

  it('answers nothing to nothing', () => {
    expect(detect([])).toEqual({ findings: [], repeats: [], requests: [] });
  });
});
