import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints } from '../contract/index.ts';
import {
  listFindings,
  listOperations,
  listQueues,
  listServices,
  listStatements,
  listTraces,
  readService,
  readSpanTimes,
  type QueryContext,
} from './index.ts';
import { listDefaults, nowMs, openSeededStorage, statement } from './testing.ts';

let context: QueryContext;

beforeAll(async () => {
  context = await openSeededStorage();
}, 60_000);

afterAll(async () => {
  await context.storage.close();
});

it('lists services with rate, errors, latency and queries a request', async () => {
  for (const from of ['now-10m', 'now-1h']) {
    const answer = endpoints.services.response.parse(await listServices(context, { from, to: 'now' }));
    expect(answer.services.map((service) => service.service)).toEqual(['shop', 'worker']);
    const [shop] = answer.services;
    expect(shop).toMatchObject({
      language: 'nodejs',
      environments: ['test'],
      requests: 40,
      errors: 4,
      errorRate: 0.1,
      release: '1.0.0',
      findings: 1,
    });
    expect(shop?.p50Ms).toBeGreaterThan(190);
    expect(shop?.p50Ms).toBeLessThan(215);
    expect(shop?.p95Ms).toBeGreaterThan(370);
    // 20 requests with 12 queries counted by the agent, one with 33 by the sweep (its later verdict).
    expect(shop?.queriesPerRequest).toBeCloseTo((20 * 12 + 33) / 21);
    expect(shop?.sparkline.startMs.length).toBeLessThanOrEqual(42);
    expect(shop?.sparkline.requests.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(shop?.sparkline.p95Ms).toContain(null);
  }
  const test = await listServices(context, { from: 'now-1h', to: 'now', environment: 'other' });
  expect(test.services.map((service) => service.service)).toEqual(['worker']);
});

it('shows one service and its operations', async () => {
  for (const from of ['now-15m', 'now-6h']) {
    const detail = endpoints.service.response.parse(
      await readService(context, { from, to: 'now', service: 'shop', operation: 'GET /books' }),
    );
    expect(detail.current).toMatchObject({ requests: 40, errors: 4 });
    expect(detail.previous).toMatchObject({ requests: 0, p95Ms: null, queriesPerRequest: null });
    expect(detail.points.reduce((sum, point) => sum + point.requests, 0)).toBe(40);
    expect(detail.points.length).toBeLessThanOrEqual(121);
    expect(detail.releases).toEqual([{ release: '1.0.0', firstSeenMs: nowMs - 400_000 }]);
    const busy = detail.points.filter((point) => point.requests > 0);
    expect(busy.every((point) => point.meanMs !== null && point.p50Ms !== null)).toBe(true);
    expect(busy.some((point) => point.databaseMs !== null)).toBe(true);
  }
  const { operations } = endpoints.operations.response.parse(
    await listOperations(context, { ...listDefaults, service: 'shop' }),
  );
  expect(operations).toMatchObject([{ operation: 'GET /books', kind: 2, requests: 40, findings: 1 }]);
  expect(operations[0]?.totalMs).toBeCloseTo(8_200, -1);
});

it('has nothing to say of the far ends of time', async () => {
  for (const [from, to] of [
    ['now-999999w', 'now-999998w'],
    ['946684800000', '946684860000'],
    ['4294967280000', '4294967400000'],
    ['7258118340000', '7258118400000'],
  ] as const) {
    const range = { from, to };
    const scope = { ...range, service: 'shop' };
    expect((await listServices(context, range)).services).toEqual([]);
    expect((await listOperations(context, scope)).operations).toEqual([]);
    expect((await readService(context, scope)).current.requests).toBe(0);
    expect((await listTraces(context, { ...range, sort: 'newest', limit: 5 })).traces).toEqual([]);
    expect((await listFindings(context, { ...range, limit: 5 })).findings).toEqual([]);
    expect((await listQueues(context, range)).queues).toEqual([]);
  }
});

it('counts calls side by side as no more than their request', async () => {
  const { services } = await listServices(context, { from: 'now-10m', to: 'now' });
  // Twenty requests of 10, 30 … 390 ms with 5 ms each, and one of 20 ms whose calls took 80 ms together.
  expect(services[0]?.databaseShare).toBeCloseTo((20 * 5 + 20) / (20 * 200 + 20), 4);
  const { operations } = await listOperations(context, { from: 'now-25s', to: 'now-15s', service: 'shop' });
  expect(operations[0]?.databaseShare).toBe(1);
});

it('knows no percentile beyond the slowest request', async () => {
  // One request of 10, 20 … 80 ms each: a sketch puts about half of them above what was measured.
  for (let request = 1; request <= 8; request += 1) {
    const range = { from: `now-${request * 10 + 5}s`, to: `now-${request * 10 - 5}s` };
    const scope = { ...range, service: 'shop' };
    const [shop] = (await listServices(context, range)).services.filter(({ service }) => service === 'shop');
    const [operation] = (await listOperations(context, scope)).operations;
    const { current } = await readService(context, scope);
    for (const told of [shop, operation, current]) {
      expect(told?.requests).toBe(1);
      expect(told?.p50Ms).toBeLessThanOrEqual(request * 10);
      expect(told?.p99Ms).toBeLessThanOrEqual(request * 10);
      expect(told?.p99Ms).toBeGreaterThan(request * 9.8);
    }
  }
  // The rollup, a minute at a time: the slowest of a minute is its first.
  const { points } = await readService(context, { from: 'now-1h', to: 'now', service: 'shop' });
  for (const point of points.filter(({ requests }) => requests > 0)) {
    const firstMs = Math.ceil((nowMs - point.startMs) / 10_000) * 10;
    expect(point.p99Ms).toBeLessThanOrEqual(firstMs);
  }
});

it('ranks statements', async () => {
  for (const sort of ['total', 'calls', 'mean', 'p95', 'errors'] as const) {
    const answer = endpoints.statements.response.parse(
      await listStatements(context, { ...listDefaults, sort, limit: 10 }),
    );
    expect(answer.statements).toMatchObject([
      {
        fingerprint: '0000000000abcdef',
        statement,
        calls: 6,
        totalMs: 12,
        share: 1,
        meanMs: 2,
        service: 'shop',
      },
    ]);
  }
  expect(
    (await listStatements(context, { ...listDefaults, sort: 'total', limit: 10, service: 'x' })).statements,
  ).toEqual([]);
});

it('says when spans were first and last seen', async () => {
  expect(await readSpanTimes(context)).toEqual({
    firstSpanAtMs: nowMs - 400_000,
    lastSpanAtMs: nowMs - 10_000 + 6,
  });
});
