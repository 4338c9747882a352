/** `npm run demo`: the collector, the shop with its services, and visitors. Needs nothing installed. Ctrl-C ends it. */
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { repositoryDir, shopDir } from '../../support/paths.ts';
import { launch, type Running } from '../../support/process.ts';
import { answersPing } from '../../support/redis.ts';
import {
  startInventory,
  startShop,
  startWorker,
  type ShopOptions,
  type ShopPart,
} from '../../support/shop.ts';
import { runTraffic } from './traffic.ts';

const localRedis = 'redis://127.0.0.1:6379';
const firstRelease = '1.4.1';
const secondRelease = '1.4.2';
/** The second release comes with an N+1, half a minute in. */
const rolloutAfterMs = 30_000;
const stop = new AbortController();
/** In the order of their start; they are stopped the other way round, the collector last. */
const started: Running[] = [];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
try {
  await run();
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
for (const running of started.reverse()) await running.stop();

async function run(): Promise<void> {
  const collector = startCollector();
  const ready = await collector.logged('ready');
  const otlpHttp = String(ready['otlpHttp']);
  const databaseUrl = process.env['DATABASE_URL'] ?? (await startPostgres());
  const redisUrl = process.env['REDIS_URL'] ?? ((await answersPing(localRedis)) ? localRedis : undefined);
  const common = { otlpHttp, databaseUrl, redisUrl, isDetached: true, env: { SHOP_MAIL_MS: '180' } };
  const inventory = keep(await startInventory(common));
  const shopOptions: ShopOptions = {
    ...common,
    inventoryUrl: inventory.url,
    preload: redisUrl === undefined ? ['./demo/observe-jobs.ts'] : [],
  };
  let shop = keep(await startShop({ ...shopOptions, release: firstRelease }));
  keep(await startWorker({ ...common, release: secondRelease }));
  console.log(`\nThe shop is at ${shop.url}, visitors are on their way.`);
  console.log(`Dashboard: ${String(ready['dashboard'])}   (Ctrl-C stops everything)\n`);
  const traffic = runTraffic({
    baseUrl: () => shop.url,
    seed: 7,
    requestsPerSecond: 9,
    signal: stop.signal,
  });
  await delay(rolloutAfterMs, undefined, { signal: stop.signal }).catch(() => undefined);
  if (!stop.signal.aborted) {
    const old = shop;
    shop = keep(await startShop({ ...shopOptions, release: secondRelease }));
    console.log(`Release ${secondRelease} of the shop is out: it asks the database once a review.`);
    await forget(old);
  }
  await traffic;
}

/** Any of ours that ends by itself ends the demo. */
function watch(running: Running, name: string): Running {
  started.push(running);
  void running.exited.then(({ code, signal }) => {
    if (stop.signal.aborted || !started.includes(running)) return;
    console.error(`${name} ended unasked (${code ?? signal}):\n${running.output().slice(-2_000)}`);
    process.exitCode = 1;
    stop.abort();
  });
  return running;
}

function keep(part: ShopPart): ShopPart {
  watch(part.process, part.process.child.spawnargs.at(-1) ?? 'a part of the shop');
  return part;
}

async function forget(part: ShopPart): Promise<void> {
  started.splice(started.indexOf(part.process), 1);
  await part.process.stop();
}

function startCollector(): Running {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('NIGHTJAR_'));
  const running = launch({
    args: [join(repositoryDir, 'collector/bin/nightjar.js'), 'start'],
    cwd: repositoryDir,
    isDetached: true,
    env: {
      NIGHTJAR_OTLP_HTTP_PORT: '0',
      NIGHTJAR_OTLP_GRPC_PORT: '0',
      NIGHTJAR_RULES_DIR: join(shopDir, 'demo/rules'),
      ...Object.fromEntries(own),
    },
  });
  return watch(running, 'The collector');
}

async function startPostgres(): Promise<string> {
  const running = launch({ args: ['demo/postgres.ts'], cwd: shopDir, isDetached: true });
  watch(running, 'The embedded Postgres');
  return String((await running.logged('postgres ready'))['url']);
}
