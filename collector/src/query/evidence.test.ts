import { evidence, signal } from '@nightjar/alerts/schema';
import type { EvidenceRequest } from '@nightjar/alerts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hexId, insertSpans, instantText, openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createEvidenceSource } from './evidence.ts';
import { mostTelling } from './evidence-difference.ts';

const toMs = Date.UTC(2026, 10, 2, 12);
const fromMs = toMs - 10 * 60_000;
const dayMs = 86_400_000;
let storage: Storage;

beforeAll(async () => {
  storage = await openTestStorage();
  await seed();
}, 60_000);
afterAll(async () => await storage.close());

async function ask(part: Partial<EvidenceRequest> = {}) {
  const request: EvidenceRequest = {
    ruleUid: 'r',
    kind: 'condition',
    signal: signal.parse({ kind: 'latency', quantile: 0.95 }),
    labels: { service: 'shop' },
    op: '>',
    threshold: 500,
    fromMs,
    toMs,
    baseUrl: 'http://127.0.0.1:3400/',
    ...part,
  };
  const found = await createEvidenceSource({ storage }).read(request, AbortSignal.timeout(5_000));
  return found === undefined ? undefined : evidence.parse(found);
}

it('says what was bad, the worst of it, what it has in common, and what is new since the release', async () => {
  const found = await ask();
  expect(found?.requests).toEqual({ total: 60, bad: 20 });
  expect(found?.traces.map(({ durationMs }) => durationMs)).toEqual([919, 918, 917]);
  expect(found?.traces[0]).toMatchObject({ operation: 'GET /books', isError: false, queries: 7 });
  expect(found?.traces[0]?.url).toMatch(
    /^http:\/\/127\.0\.0\.1:3400\/traces\/[0-9a-f]{32}\?from=\d+&to=\d+$/,
  );
  expect(found?.difference).toEqual({
    attribute: 'app.tenant',
    value: 'big',
    badShare: 1,
    otherShare: expect.closeTo(0.1, 1),
  });
  expect(found?.release).toEqual({ service: 'shop', version: 'v2', firstSeenMs: toMs - 3_600_000 });
  expect(found?.findings).toMatchObject([
    {
      title: 'N+1: SELECT * FROM new',
      callSite: 'books.ts:7',
      url: expect.stringMatching(/findings\/0{15}2\?/),
    },
  ]);
  expect(found?.statements.map(({ text }) => text)).toEqual(['SELECT new']);
});

it('takes failed requests for the bad ones of an error rate, and what a filter pins for labels', async () => {
  const found = await ask({
    signal: signal.parse({ kind: 'error_rate', filter: [{ label: 'service', value: 'shop' }] }),
    labels: {},
    threshold: 5,
  });
  expect(found?.requests).toEqual({ total: 60, bad: 6 });
  expect(found?.traces.every(({ isError }) => isError)).toBe(true);
});

it('without a service it is about the requests of all, as far as the filter goes', async () => {
  const all = await ask({ labels: {} });
  expect(all?.requests).toEqual({ total: 63, bad: 20 });
  expect(all?.traces).toHaveLength(3);
  expect([all?.release, all?.findings, all?.statements]).toEqual([null, [], []]);
  const filter = [{ label: 'service', op: '!=' as const, value: 'shop' }];
  const others = await ask({ signal: signal.parse({ kind: 'latency', quantile: 0.95, filter }), labels: {} });
  expect(others?.requests).toEqual({ total: 3, bad: 0 });
  expect(await ask({ signal: signal.parse({ kind: 'logs' }), labels: {} })).toBeUndefined();
});

it('takes for failed what the rule does', async () => {
  const errorWhen = [{ label: 'http_status', value: '200' }];
  const found = await ask({ signal: signal.parse({ kind: 'error_rate', errorWhen }), threshold: 5 });
  expect(found?.requests).toEqual({ total: 60, bad: 54 });
  const slo = { objective: 99, slowerThanMs: 500 };
  const slow = await ask({ signal: signal.parse({ kind: 'burn_rate', slo }), threshold: 14.4 });
  // Six that failed and twenty that were slow; two are both.
  expect(slow?.requests).toEqual({ total: 60, bad: 24 });
});

it('keeps to the operation, and says nothing where there is nothing', async () => {
  expect((await ask({ labels: { service: 'shop', operation: 'GET /none' } }))?.requests).toBeNull();
  expect(await ask({ labels: { service: 'unknown' } })).toBeUndefined();
  expect(await ask({ labels: { queue: 'mail' } })).toBeUndefined();
});

it('without a release before it there is none, and new is what is new in the window', async () => {
  const found = await ask({ labels: { service: 'young' } });
  expect(found?.release).toBeNull();
  expect(found?.requests).toEqual({ total: 3, bad: 0 });
  expect(found?.difference).toBeNull();
});

it('a part that fails leaves the others', async () => {
  const broken: Storage = {
    ...storage,
    query: async (query, params) => {
      if (query.name === 'evidence.attributes') throw new Error('too slow');
      return await storage.query(query, params);
    },
  };
  const found = await createEvidenceSource({ storage: broken }).read(
    {
      ruleUid: 'r',
      kind: 'condition',
      signal: signal.parse({ kind: 'latency', quantile: 0.95 }),
      labels: { service: 'shop' },
      op: '>',
      threshold: 500,
      fromMs,
      toMs,
      baseUrl: 'http://x',
    },
    AbortSignal.timeout(5_000),
  );
  expect(found?.difference).toBeNull();
  expect(found?.requests?.bad).toBe(20);
});

it.each([
  { name: 'twice as often is telling', bad: 40, others: 20, said: true },
  { name: 'somewhat more often is not', bad: 40, others: 30, said: false },
  { name: 'a value of few bad requests is not', bad: 20, others: 0, said: false },
])('$name', ({ bad, others, said }) => {
  const told = mostTelling([{ attribute: 'a', value: 'x', bad, others }], { bad: 100, others: 100 });
  expect(told !== null).toBe(said);
});

async function seed(): Promise<void> {
  await seedSpans();
  await seedFindings();
}

async function seedSpans(): Promise<void> {
  const request = (index: number, part: { startMs: number; durationMs: number; columns: object }) => ({
    traceId: hexId(index, 32),
    spanId: hexId(index, 16),
    startMs: part.startMs,
    durationMs: part.durationMs,
    columns: { is_entry: true, kind: 2, operation: 'GET /books', db_query_count: 7, ...part.columns },
  });
  // 60 in the window, every third slow and of one tenant; 60 in the hour before, quick, a tenth of that tenant.
  const within = Array.from({ length: 60 }, (_, index) =>
    request(index + 1, {
      startMs: fromMs + index * 9_000,
      durationMs: index % 3 === 0 ? 900 + index / 3 : 40,
      columns: {
        release: 'v2',
        http_status: index % 10 === 1 ? 500 : 200,
        attributes_string: {
          'app.tenant': index % 3 === 0 ? 'big' : `small-${index % 7}`,
          'url.path': `/books/${index}`,
        },
      },
    }),
  );
  const before = Array.from({ length: 60 }, (_, index) =>
    request(index + 101, {
      startMs: index === 0 ? toMs - 3_600_000 : fromMs - 40 * 60_000 + index * 10_000,
      durationMs: 40,
      columns: { release: 'v2', attributes_string: { 'app.tenant': index % 6 === 0 ? 'big' : 'small-1' } },
    }),
  );
  const older = request(300, { startMs: toMs - 2 * dayMs, durationMs: 40, columns: { release: 'v1' } });
  const young = Array.from({ length: 3 }, (_, index) =>
    request(400 + index, {
      startMs: fromMs + index,
      durationMs: 5,
      columns: { service: 'young', release: 'v1' },
    }),
  );
  const call = (index: number, startMs: number, statement: string) => ({
    traceId: hexId(index, 32),
    spanId: hexId(index, 16),
    parentSpanId: hexId(1, 16),
    startMs,
    columns: {
      kind: 3,
      db_system: 'postgresql',
      db_statement: statement,
      db_fingerprint: BigInt(statement.length),
    },
  });
  const calls = [
    call(500, toMs - 2 * dayMs, 'SELECT older'),
    call(501, toMs - 60_000, 'SELECT older'),
    call(502, toMs - 60_000, 'SELECT new'),
  ];
  await insertSpans(storage, [...within, ...before, older, ...young, ...calls], 'spans');
}

async function seedFindings(): Promise<void> {
  const finding = (id: bigint, startMs: number, statement: string) => ({
    service: 'shop',
    finding_id: id,
    start_time: instantText(startMs),
    trace_id: hexId(1, 32),
    scope_span_id: hexId(Number(id), 16),
    kind: 'n_plus_one',
    operation: 'GET /books',
    environment: 'test',
    release: 'v2',
    fingerprint: id,
    statement,
    saved_ms: 5,
    code_file: 'books.ts',
    code_line: 7,
    version: 1,
  });
  const findings = [
    finding(1n, toMs - dayMs, 'SELECT * FROM old'),
    finding(1n, toMs - 60_000, 'SELECT * FROM old'),
    finding(2n, toMs - 60_000, 'SELECT * FROM new'),
  ];
  await storage.insertRows('findings', findings, 'findings');
}
