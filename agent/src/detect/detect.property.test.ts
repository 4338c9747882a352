import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { expectedCases, span, spansOfCase } from './test-traces.ts';
import type { Detection, DetectSpan } from './types.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../test/n-plus-one-cases/${name}`, import.meta.url), 'utf8'));
const traces = expectedCases(read('expected.json')).map((one) => ({
  ...one,
  trace: spansOfCase(read(one.file)),
}));
const anyTrace = fc.constantFrom(...traces.map((one) => one.trace));
const positive = fc.constantFrom(
  ...traces.filter((one) => one.verdict === 'n_plus_one').map((one) => one.trace),
);

/** What was decided, without the ids and times that a change of the trace may move. */
function decisions({ findings, repeats, requests }: Detection): unknown {
  return {
    findings: findings.map((one) => `${one.kind} ${one.fingerprint} ${one.count} ${one.hint}`).sort(),
    repeats: repeats.map((one) => `${one.verdict} ${one.fingerprint} ${one.count}`).sort(),
    queries: requests
      .map((one) => `${one.queryCount}/${one.statementCount}`)
      .filter((count) => count !== '0/0')
      .sort(),
  };
}

const withOrder = anyTrace.chain((trace) =>
  fc.tuple(fc.constant(trace), fc.shuffledSubarray(trace, { minLength: trace.length })),
);

describe('the answer stays the same', () => {
  it('in whatever order the spans arrive', () => {
    fc.assert(
      fc.property(withOrder, ([trace, shuffled]) => {
        expect(detect(shuffled)).toEqual(detect(trace));
      }),
    );
  });

  it('when spans are delivered twice', () => {
    fc.assert(
      fc.property(withOrder, fc.nat(200), ([trace, shuffled], again) => {
        expect(detect([...trace, ...shuffled.slice(0, again)])).toEqual(detect(trace));
      }),
    );
  });

  it('when they come split into batches that overlap, in any order', () => {
    fc.assert(
      fc.property(anyTrace, fc.array(fc.nat(), { maxLength: 6 }), fc.nat(5), (trace, cuts, overlap) => {
        const at = [0, ...cuts.map((cut) => cut % trace.length), trace.length].toSorted((a, b) => a - b);
        const batches = at.slice(1).map((to, i) => trace.slice(Math.max(0, (at[i] ?? 0) - overlap), to));
        expect(detect(batches.toReversed().flat())).toEqual(detect(trace));
      }),
    );
  });

  it('when spans have other ids', () => {
    fc.assert(
      fc.property(anyTrace, fc.nat({ max: 0xffff }), (trace, salt) => {
        const other = (id: string): string => (id === '' ? '' : `${salt.toString(16).padStart(4, '0')}${id}`);
        const renamed = trace.map((one) => ({
          ...one,
          spanId: other(one.spanId),
          parentSpanId: other(one.parentSpanId),
        }));
        const after = detect(renamed);
        const before = detect(trace);
        expect(decisions(after)).toEqual(decisions(before));
        expect(after.findings.map((one) => one.id).toSorted()).toEqual(
          before.findings.map((one) => one.id).toSorted(),
        );
      }),
    );
  });

  it('when its tables have other names, but for the names', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const after = detect(trace.map(withOtherTables));
        const kinds = ({ findings, repeats }: Detection): unknown => [
          findings.map((one) => `${one.kind} ${one.count} ${one.severity}`).toSorted(),
          repeats.map((one) => `${one.verdict} ${one.count}`).toSorted(),
        ];
        expect(kinds(after)).toEqual(kinds(detect(trace)));
      }),
    );
  });

  it('when services have other names, but for the names', () => {
    fc.assert(
      fc.property(anyTrace, fc.constantFrom('shop', 'a b', 'Ünï'), (trace, prefix) => {
        const renamed = trace.map((one) => ({ ...one, service: `${prefix}-${one.service}` }));
        const after = detect(renamed);
        expect(decisions(after)).toEqual(decisions(detect(trace)));
        expect(after.requests.every((one) => one.service.startsWith(prefix))).toBe(true);
      }),
    );
  });

  it('when the database and the app are a few times slower or faster, for every loop', () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 0.3, max: 8, noNaN: true }), (trace, scale) => {
        const scaled = trace.map((one) => ({
          ...one,
          startMs: one.startMs * scale,
          durationMs: one.durationMs * scale,
        }));
        const loops = (found: Detection): string[] =>
          found.findings.filter((one) => one.kind === 'n_plus_one').map((one) => `${one.id} ${one.count}`);
        // Redis commands that start closer together than a round trip are a pipeline, so that pace counts there.
        fc.pre(!trace.some((one) => one.attributes['db.system.name'] === 'redis') || scale >= 1);
        expect(loops(detect(scaled)).sort()).toEqual(loops(detect(trace)).sort());
      }),
    );
  });

  it('when a framework wraps everything in one more span', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        expect(decisions(detect(wrapped(trace)))).toEqual(decisions(detect(trace)));
      }),
    );
  });

  it('when spans of other kinds lie in between', () => {
    fc.assert(
      fc.property(
        anyTrace,
        fc.array(fc.tuple(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 }),
        (trace, spots) => {
          const noise = spots.map(([i, at]) => {
            const parent = trace[i % trace.length];
            const startMs = (parent?.startMs ?? 0) + at * (parent?.durationMs ?? 0);
            return span({
              name: `log ${i}`,
              parentSpanId: parent?.spanId ?? '',
              service: parent?.service ?? '',
              startMs,
            });
          });
          expect(decisions(detect([...trace, ...noise]))).toEqual(decisions(detect(trace)));
        },
      ),
    );
  });
});

describe('for any spans at all', () => {
  const id = fc.integer({ min: 0, max: 12 }).map((i) => (i === 0 ? '' : `s${i}`));
  const statement = fc.constantFrom(
    'SELECT * FROM a WHERE id = 1',
    'SELECT * FROM a WHERE id = $1',
    'BEGIN',
    'INSERT INTO a VALUES (1)',
    '',
    "it's",
  );
  const anySpan: fc.Arbitrary<DetectSpan> = fc.record({
    spanId: id,
    parentSpanId: id,
    service: fc.constantFrom('a', 'b', ''),
    name: fc.constantFrom('x', 'execute', 'prepare', 'SELECT a.b', 'job', 'connect'),
    kind: fc.constantFrom(0, 1, 2, 3, 4, 5),
    scopeName: fc.constantFrom('pg', 'knex', ''),
    startMs: fc.double({ min: 0, max: 10, noNaN: true }),
    durationMs: fc.constantFrom(0, 0.5, 3, 600),
    isError: fc.boolean(),
    attributes: fc.oneof(
      fc.record({
        'db.system': fc.constantFrom('postgresql', 'redis', 'mongodb', 'elasticsearch', ''),
        'db.statement': statement,
      }),
      fc.record({
        'http.method': fc.constantFrom('GET', 'POST'),
        'http.url': fc.constantFrom('http://a/1', 'b?page=2', ''),
      }),
      fc.record({ 'rpc.system': fc.constant('grpc') }, { requiredKeys: [] }),
    ),
  });

  it('answers, the same in any order, and counts nothing twice', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 40 }), (spans) => {
        const found = detect(spans);
        expect(detect(spans.toReversed())).toEqual(found);
        const different = new Set(spans.map((one) => one.spanId)).size;
        expect(found.requests.reduce((sum, one) => sum + one.queryCount, 0)).toBeLessThanOrEqual(different);
        const members = found.repeats.flatMap((repeat) => repeat.memberSpanIds);
        expect(new Set(members).size).toBe(members.length);
        expect(found.findings.every((one) => one.savedMs >= 0 && /^[0-9a-f]{16}$/.test(one.id))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function wrapped(trace: readonly DetectSpan[]): DetectSpan[] {
  const roots = trace.filter((one) => one.parentSpanId === '');
  const covers = new Map(
    roots.map((root) => [
      root.spanId,
      { ...root, ...frame, spanId: `w${root.spanId}`, parentSpanId: root.spanId },
    ]),
  );
  const below = trace.map((one) => {
    const cover = covers.get(one.parentSpanId);
    return cover === undefined ? one : { ...one, parentSpanId: cover.spanId };
  });
  return [...below, ...covers.values()];
}

/** The same schema, its tables and columns with one more letter at their end; the database's own tables keep theirs. */
function withOtherTables(one: DetectSpan): DetectSpan {
  const attributes = { ...one.attributes };
  for (const name of ['db.query.text', 'db.statement']) {
    const text = attributes[name];
    if (typeof text === 'string' && attributes['db.system.name'] !== 'redis')
      attributes[name] = text.replaceAll(
        /\b(?!information_schema|pg_|sqlite_|\w*migrations?\b)[a-z]{3,}(?:_[a-z]+)+\b/g,
        '$&x',
      );
  }
  return { ...one, attributes };
}

const frame = { name: 'framework', kind: 1, scopeName: 'framework', attributes: {} } as const;
