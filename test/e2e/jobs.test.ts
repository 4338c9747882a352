import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { neededPostgres } from '../support/postgres.ts';
import { until } from '../support/poll.ts';
import { neededRedis } from '../support/redis.ts';
import { provide } from '../support/services.ts';
import { startShop, startWorker, type ShopPart } from '../support/shop.ts';
import { placeOf } from '../support/source-line.ts';
import { tracedCall } from '../support/traced-call.ts';

const postgres = await provide(neededPostgres);
const redis = await provide(neededRedis);
const receipts = 12;
const itemsAnOrder = 24;

afterAll(async () => {
  await postgres?.close();
  await redis?.close();
});

const queues = [
  { name: 'BullMQ on Redis', isAbsent: redis === undefined, redisUrl: redis?.url, preload: [] },
  { name: 'a table of its own', isAbsent: false, redisUrl: undefined, preload: ['./demo/observe-jobs.ts'] },
];

describe.each(queues)('jobs over $name', ({ isAbsent, redisUrl, preload }) => {
  const isSkipped = postgres === undefined || isAbsent;
  let collector: Collector;
  let parts: ShopPart[] = [];

  beforeAll(async () => {
    if (isSkipped) return;
    collector = await startCollector({ env: { NIGHTJAR_SWEEP_QUIET_MS: '500' } });
    const options = {
      otlpHttp: collector.otlpHttp,
      databaseUrl: await postgres.createDatabase(),
      redisUrl,
      preload,
      env: { OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_METRIC_EXPORT_TIMEOUT: '1000', SHOP_MAIL_MS: '300' },
    };
    parts = [await startShop(options), await startWorker({ ...options, preload: [] })];
    const shop = parts[0]?.url ?? '';
    for (let order = 1; order <= receipts; order++) {
      const { status } = await tracedCall(shop, {
        path: `/orders/${order}/receipt`,
        method: 'POST',
        body: {},
      });
      if (status !== 202) throw new Error(`the shop answered ${status}`);
    }
  });
  afterAll(async () => {
    await Promise.all(parts.map(async (part) => await part.process.stop()));
    await collector?.stop();
  });

  it.skipIf(isSkipped)('shows that the worker falls behind', async () => {
    const queue = await until(
      async () => (await collector.get('queues')).queues.find((each) => each.queue === 'mails'),
      (found) => found !== undefined && found.points.some((point) => (point.depth ?? 0) >= 3),
      { what: 'the depth of the queue' },
    );
    expect(queue?.services.every((service) => service.startsWith('shop'))).toBe(true);
    expect(queue?.services).not.toEqual([]);
  });

  it.skipIf(isSkipped)('names the N+1 inside the job, with its line', async () => {
    const findings = await until(
      async () =>
        (await collector.get('findings', { query: { service: 'shop-worker', kind: 'n_plus_one' } })).findings,
      (found) => (found[0]?.occurrences ?? 0) >= receipts,
      { what: 'an N+1 in every job', timeoutMs: 60_000 },
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      count: itemsAnOrder,
      callSite: placeOf('src/receipt.ts', 'const product = await pool.query'),
    });
    expect(findings[0]?.operation).toContain('mails');
  });

  it.skipIf(isSkipped)('counts the jobs of the queue', async () => {
    const queue = await until(
      async () => (await collector.get('queues')).queues.find((each) => each.queue === 'mails'),
      (found) => (found?.jobs.count ?? 0) >= receipts,
      { what: 'all jobs to be counted' },
    );
    expect(queue?.jobs.count).toBe(receipts);
    expect(queue?.jobs.p95Ms).toBeGreaterThan(300);
  });
});
