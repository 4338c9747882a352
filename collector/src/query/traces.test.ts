import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints, type FindingSearch, type TraceSearch } from '../contract/index.ts';
import { listFindings, listLogs, listTraces, readFinding, readTrace, type QueryContext } from './index.ts';
import { insertSpans } from '../storage/testing.ts';
import { traceSpansMax } from './trace.ts';
import { finding, listDefaults, nowMs, openSeededStorage, spanId, statement, traceId } from './testing.ts';

let context: QueryContext;

beforeAll(async () => {
  context = await openSeededStorage();
}, 60_000);

afterAll(async () => {
  await context.storage.close();
});

const traceSearch: TraceSearch = { ...listDefaults, sort: 'newest', limit: 50 };
const findingSearch: FindingSearch = { ...listDefaults, limit: 200 };

it('searches requests', async () => {
  const ids = async (search: Partial<TraceSearch>): Promise<number[]> => {
    const answer = endpoints.traces.response.parse(await listTraces(context, { ...traceSearch, ...search }));
    return answer.traces.map((row) => Number.parseInt(row.traceId, 16));
  };
  expect(await ids({ service: 'shop', limit: 3 })).toEqual([1, 2, 3]);
  expect(await ids({ sort: 'slowest', limit: 2 })).toEqual([40, 39]);
  expect((await ids({ sort: 'queries', limit: 2 }))[0]).toBe(2);
  expect(await ids({ minDurationMs: 375, maxDurationMs: 390 })).toEqual([38, 39]);
  expect(await ids({ status: 'error' })).toEqual([1, 11, 21, 31]);
  expect(await ids({ hasFinding: true })).toEqual([1, 2]);
  expect(await ids({ hasFinding: false, limit: 500 })).toHaveLength(39);
  expect(await ids({ minQueries: 13 })).toEqual([2]);
  expect(await ids({ environment: 'other', operation: 'process mail' })).toEqual([900]);
  expect(await ids({ release: 'nope' })).toEqual([]);
  const [counted, swept] = (await listTraces(context, { ...traceSearch, service: 'shop' })).traces;
  expect(counted).toMatchObject({
    queryCount: 12,
    findings: 1,
    httpStatus: 500,
    isError: true,
    durationMs: 10,
  });
  expect(swept).toMatchObject({ queryCount: 33, findings: 1, status: 'unset' });
  expect((await listTraces(context, { ...traceSearch, limit: 2 })).isPartial).toBe(true);
});

it('keeps the request of a trace that is too large to be read whole, in the order of time', async () => {
  const large = { traceId: traceId(7_000), startMs: nowMs - 5_000, durationMs: 100 };
  const call = (n: number) => ({
    ...large,
    spanId: spanId(n),
    parentSpanId: spanId(0xffffff),
    startMs: large.startMs + (n % 4),
    columns: { service: 'large', kind: 3 },
  });
  await insertSpans(
    context.storage,
    [
      ...Array.from({ length: traceSpansMax + 10 }, (_, index) => call(index + 1)),
      {
        ...large,
        spanId: spanId(0xffffff),
        startMs: large.startMs + 3,
        columns: { service: 'large', is_entry: true, kind: 2 },
      },
      { ...large, spanId: spanId(0xfffffe), startMs: large.startMs + 3, columns: { service: 'large' } },
    ],
    'large',
  );
  const read = await readTrace(context, { traceId: large.traceId }, (spans) => {
    expect(spans).toHaveLength(traceSpansMax);
    return { repeats: [], requests: [] };
  });
  expect(read?.spanCount).toBe(traceSpansMax + 12);
  const parentless = read?.spans.filter((span) => span.parentSpanId === '');
  expect(parentless?.map((span) => span.spanId)).toEqual([spanId(0xfffffe), spanId(0xffffff)]);
  const times = read?.spans.map((span) => `${span.startTimeUnixNano} ${span.spanId}`) ?? [];
  expect(times).toEqual(times.toSorted());
});

it('reads one trace whole', async () => {
  const judged: unknown[] = [];
  const trace = await readTrace(context, { traceId: traceId(1).toUpperCase() }, (spans) => {
    judged.push(...spans);
    return { repeats: [], requests: [] };
  });
  const parsed = endpoints.trace.response.parse(trace);
  expect(parsed.spans).toHaveLength(7);
  expect(judged).toHaveLength(7);
  expect(parsed.resources).toEqual({ '7': { 'host.name': 'a' } });
  expect(parsed.findings).toMatchObject([
    {
      id: '000000000000feed',
      memberSpanIds: [spanId(10), spanId(11)],
      companions: [{ statement: 'SELECT 1', count: 7, memberSpanIds: [spanId(12)] }],
    },
  ]);
  const call = parsed.spans.find((span) => span.spanId === spanId(11));
  expect(call).toMatchObject({
    parentSpanId: spanId(1),
    kind: 'client',
    durationNs: 2_000_000,
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.text': statement,
      'server.port': 5432,
      'db.user': 'app',
      'nightjar.db.fingerprint': '0000000000abcdef',
      'nightjar.db.parameter_hash': '0000000000000002',
    },
    events: [
      {
        name: 'exception',
        timeUnixNano: '1700000000000000001',
        attributes: { 'exception.type': 'Oops', nested: '{"a":[1]}' },
      },
    ],
    links: [{ traceId: traceId(9), spanId: spanId(9) }],
  });
  expect(parsed.spans[0]).toMatchObject({ parentSpanId: '', isEntry: true });
  expect(
    await readTrace(context, { traceId: traceId(5_000) }, () => ({ repeats: [], requests: [] })),
  ).toBeUndefined();
});

it('ranks findings, without those taken back', async () => {
  const { findings } = endpoints.findings.response.parse(await listFindings(context, findingSearch));
  expect(findings).toMatchObject([
    {
      id: '000000000000feed',
      fingerprint: '0000000000abcdef',
      count: 7,
      savedMs: 15,
      severity: 'high',
      occurrences: 2,
      traceId: traceId(1),
      firstRelease: '0.9.0',
      callSite: { file: '/app/books.js', line: 12, function: 'list' },
      memberSpanIds: [],
      companions: [{ statement: 'SELECT 1', memberSpanIds: [] }],
    },
  ]);
  expect(findings[0]?.savedMsPerHour).toBeCloseTo(30, 0);
  expect(findings[0]?.firstSeen).toBeLessThan(nowMs - 80_000_000);
  const count = async (search: Partial<FindingSearch>): Promise<number> =>
    (await listFindings(context, { ...findingSearch, ...search })).findings.length;
  expect(await count({ severity: 'low' })).toBe(0);
  expect(await count({ severity: 'high', kind: 'n_plus_one', service: 'shop' })).toBe(1);
  expect(await count({ traceId: traceId(777) })).toBe(1);
  expect(await count({ traceId: traceId(3) })).toBe(0);
  const detail = endpoints.finding.response.parse(
    await readFinding(context, { ...listDefaults, findingId: '000000000000FEED' }),
  );
  expect(detail.examples.map((example) => example.traceId)).toEqual([traceId(1), traceId(2), traceId(777)]);
  expect(detail.operations).toEqual([{ operation: 'GET /books', occurrences: 2, savedMs: 30 }]);
  expect(detail.releases.map((row) => row.release)).toEqual(['1.0.0', '0.9.0']);
  expect(detail.points.reduce((sum, point) => sum + point.occurrences, 0)).toBe(2);
  const silent = await readFinding(context, { from: 'now-1m', to: 'now-50s', findingId: '000000000000feed' });
  expect(silent?.finding).toMatchObject({ savedMsPerHour: 0, occurrences: 3 });
  expect(await readFinding(context, { ...listDefaults, findingId: '00000000000000aa' })).toBeUndefined();
});

it('takes the severity of the median request', async () => {
  const rows = ['low', 'critical', 'low'].map((severity, index) =>
    finding(10 + index, { finding_id: 0xbeefn, service: 'quiet', severity }),
  );
  await context.storage.insertRows('findings', rows, 'severities');
  const { findings } = await listFindings(context, { ...findingSearch, service: 'quiet' });
  expect(findings).toMatchObject([{ id: '000000000000beef', severity: 'low', occurrences: 3 }]);
});

it('finds logs by words, severity and trace', async () => {
  const bodies = async (search: object): Promise<string[]> => {
    const answer = endpoints.logs.response.parse(
      await listLogs(context, { ...listDefaults, limit: 100, ...search }),
    );
    return answer.logs.map((log) => log.body);
  };
  expect(await bodies({})).toEqual(['all is well', 'Payment FAILED for order']);
  expect(await bodies({ q: 'failed payment' })).toEqual(['Payment FAILED for order']);
  expect(await bodies({ q: 'failed nothing' })).toEqual([]);
  expect(await bodies({ minSeverity: 17 })).toEqual(['Payment FAILED for order']);
  expect(await bodies({ traceId: traceId(1), from: 'now-2s' })).toHaveLength(2);
  expect(await bodies({ service: 'other' })).toEqual([]);
});
