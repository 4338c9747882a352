// First: what is loaded after it is recorded.
import '@nightjar/agent/test/vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordQueries } from '@nightjar/agent/test';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../shop/src/app.ts';
import { readConfig } from '../shop/src/config.ts';
import { openDatabase, type Database } from '../shop/src/database.ts';
import { createInventoryClient } from '../shop/src/inventory-client.ts';
import { createLog } from '../shop/src/log.ts';
import { openMailQueue, type MailQueue } from '../shop/src/mail-queue.ts';
import { prepareDatabase } from '../shop/src/seed.ts';
import { collectorCommand, startCollector } from '../support/collector.ts';
import { tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { neededPostgres } from '../support/postgres.ts';
import { freePort, launch, type Exit } from '../support/process.ts';
import { provide } from '../support/services.ts';
import { startShop } from '../support/shop.ts';
import { seededFaults } from './shop-routes.ts';

const postgres = await provide(neededPostgres);
const fault = seededFaults.find(({ path }) => path === '/orders');
const twin = '/orders/batched';

describe.skipIf(postgres === undefined)('the shop in a test run of its own', () => {
  const folder = tempDir('test-gate');
  let databaseUrl = '';
  let database: Database;
  let mails: MailQueue;
  let app: FastifyInstance;

  beforeAll(async () => {
    if (postgres === undefined) return;
    databaseUrl = await postgres.createDatabase();
    const config = readConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', SHOP_RELEASE: '1.4.2' });
    const log = createLog('shop', config.logLevel);
    database = openDatabase(config, log);
    await prepareDatabase(database.pool);
    mails = openMailQueue(config, database.pool);
    const inventory = createInventoryClient(config.inventoryUrl);
    app = buildApp({ database, inventory, mails, release: config.release, log });
    await app.ready();
  });

  afterAll(async () => {
    await app.close();
    await mails.close();
    await database.pool.end();
    await postgres?.close();
    folder.remove();
  });

  const get = async (url: string): Promise<void> => {
    expect((await app.inject({ url })).statusCode).toBe(200);
  };

  const recordedIn = async (report: string, work: () => Promise<void>): Promise<void> => {
    process.env['NIGHTJAR_TEST_REPORT'] = report;
    try {
      await recordQueries(work, { name: 'orders are listed' });
    } finally {
      delete process.env['NIGHTJAR_TEST_REPORT'];
    }
  };

  const ci = async (...args: readonly string[]): Promise<Exit & { readonly output: string }> => {
    const running = launch({ args: [collectorCommand, 'ci', ...args], cwd: folder.path });
    return { ...(await running.exited), output: running.output() };
  };

  it('fails the matcher on the seeded N+1, with its line, and passes the twin', async () => {
    const run = await recordQueries(async () => await get('/orders'));
    expect(run.requests).toMatchObject([{ operation: 'GET /orders', queryCount: 26, statementCount: 2 }]);
    expect(() => expect(run).toHaveNoNPlusOne()).toThrow(
      `N+1: ${fault?.count} times SELECT id, name FROM customers WHERE id = ?\n  at    test/shop/src/routes/orders.ts:${fault?.callSite.line}`,
    );
    expect(() => expect(run).toMakeAtMostQueries(5)).toThrow('26 queries, at most 5 allowed');
    await expect(async () => await get(twin)).toHaveNoNPlusOne();
    await expect(async () => await get(twin)).toMakeAtMostQueries(2);
  });

  it.each(seededFaults.filter(({ path }) => path !== '/availability'))(
    'finds the seeded $name at its line',
    async ({ path, method, body, count, callSite }) => {
      const run = await recordQueries(
        async () => await app.inject({ url: path, method: method ?? 'GET', ...(body && { payload: body }) }),
      );
      expect(run).not.toHaveNoNPlusOne();
      expect(run.findings.find(({ kind }) => kind === 'n_plus_one')).toMatchObject({
        count,
        callSite: { file: `test/shop/${callSite.file}`, line: callSite.line },
      });
    },
  );

  it('fails nightjar ci on the seeded N+1 and passes it on the twin', async () => {
    const [seeded, mended] = [join(folder.path, 'seeded'), join(folder.path, 'mended')];
    await recordedIn(seeded, async () => await get('/orders'));
    await recordedIn(mended, async () => await get(twin));
    const sarif = join(folder.path, 'run.sarif');
    const failed = await ci('--report', seeded, '--sarif', sarif);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('## Nightjar: 1 new N+1');
    expect(JSON.parse(readFileSync(sarif, 'utf8'))).toMatchObject({
      runs: [
        {
          results: [
            {
              ruleId: 'n-plus-one',
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'test/shop/src/routes/orders.ts' },
                    region: { startLine: fault?.callSite.line },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(await ci('--report', mended)).toMatchObject({ code: 0 });
  });

  it('holds a route to the budget that --update wrote', async () => {
    const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')];
    const budget = join(folder.path, 'budget.json');
    await recordedIn(first, async () => await get('/products/2'));
    expect(await ci('--report', first, '--budget', budget, '--update')).toMatchObject({ code: 0 });
    expect(await ci('--report', first, '--budget', budget)).toMatchObject({ code: 0 });
    await recordedIn(second, async () => await get('/products/1'));
    const broken = await ci('--report', second, '--budget', budget);
    expect(broken.code).toBe(1);
    expect(broken.output).toMatch(/`GET \/products\/:id` \d+ → 61 queries against the budget/);
  });

  it('compares with what a collector has seen in production', async () => {
    const collector = await startCollector({ env: { NIGHTJAR_SWEEP_QUIET_MS: '500' } });
    const shop = await startShop({ otlpHttp: collector.otlpHttp, databaseUrl, release: '1.4.1' });
    try {
      for (const path of ['/products/1', '/orders']) expect((await fetch(shop.url + path)).status).toBe(200);
      await until(
        async () => await collector.get('findings', { query: { service: 'shop', kind: 'n_plus_one' } }),
        ({ findings }) => findings.length > 0,
        { what: 'the N+1 of production' },
      );
      const [same, worse] = [join(folder.path, 'same'), join(folder.path, 'worse')];
      const production = ['--collector', collector.dashboard, '--service', 'shop'];
      await recordedIn(same, async () => await get('/orders'));
      const known = await ci('--report', same, ...production);
      expect(known.output).toContain('known: in production: `GET /orders`, 25 times');
      expect(known.code).toBe(0);
      await recordedIn(worse, async () => await get('/products/1'));
      const broken = await ci('--report', worse, ...production);
      expect(broken.output).toContain(
        '`GET /products/:id` 5 → 61 queries against the last 7 days of production',
      );
      expect(broken.code).toBe(1);
    } finally {
      await shop.process.stop();
      await collector.stop();
    }
  });

  it('ends nightjar ci with 69 when the collector is away', async () => {
    const report = join(folder.path, 'away');
    await recordedIn(report, async () => await get(twin));
    const away = `http://127.0.0.1:${await freePort()}`;
    expect(await ci('--report', report, '--collector', away, '--service', 'shop')).toMatchObject({
      code: 69,
    });
  });
});
