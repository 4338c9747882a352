import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  absentCollector,
  endlessCollector,
  hangingCollector,
  refusingCollector,
  type BadCollector,
} from '../support/bad-collectors.ts';
import { startPglite, type PgliteServer } from '../support/pglite.ts';
import type { Exit } from '../support/process.ts';
import { startInventory, startShop, type ShopPart } from '../support/shop.ts';
import { tracedCall } from '../support/traced-call.ts';

const paths = [
  '/health',
  '/products',
  '/orders',
  '/customers',
  '/authors',
  '/availability',
  '/coupons/spring',
  '/nowhere',
];
const extraExitMsMax = 1_000;
const warmUpRequests = 1_500;
const moreRequests = 3_000;
const growthMbMax = 60;

interface Course {
  readonly answers: readonly (readonly [string, number, string])[];
  readonly exit: Exit;
  readonly exitMs: number;
}

let database: PgliteServer;
let inventory: ShopPart;
let withoutAgent: Course;

beforeAll(async () => {
  database = await startPglite();
  inventory = await startInventory({ otlpHttp: null });
  withoutAgent = await takeCourse(await start(null));
});
afterAll(async () => {
  await inventory?.process.stop();
  await database?.close();
});

async function start(otlpHttp: string | null): Promise<ShopPart> {
  return await startShop({
    otlpHttp,
    databaseUrl: database.url,
    inventoryUrl: inventory.url,
    env: { LOG_LEVEL: 'info', OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_METRIC_EXPORT_INTERVAL: '1000' },
  });
}

async function takeCourse(shop: ShopPart): Promise<Course> {
  const answers: [string, number, string][] = [];
  for (const path of paths) {
    const { status, text } = await tracedCall(shop.url, { path });
    answers.push([path, status, text]);
  }
  const startedAt = Date.now();
  const exit = await shop.process.stop();
  return { answers, exit, exitMs: Date.now() - startedAt };
}

async function hammer(shop: ShopPart, requests: number): Promise<void> {
  let left = requests;
  const visitor = async () => {
    while (left > 0) {
      left -= 1;
      await tracedCall(shop.url, { path: '/health' });
    }
  };
  await Promise.all(Array.from({ length: 16 }, visitor));
}

function residentMb(shop: ShopPart): number {
  const status = readFileSync(`/proc/${shop.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

const collectors: readonly (readonly [string, () => Promise<BadCollector>])[] = [
  ['absent', absentCollector],
  ['refusing', refusingCollector],
  ['hanging', hangingCollector],
  ['answering without end', endlessCollector],
];

describe.each(collectors)('with a collector %s', (name, startCollector) => {
  it('the shop answers and exits as without the agent', async () => {
    const collector = await startCollector();
    const course = await takeCourse(await start(collector.url));
    expect(course.answers).toEqual(withoutAgent.answers);
    expect(course.exit).toEqual(withoutAgent.exit);
    expect(course.exitMs).toBeLessThan(withoutAgent.exitMs + extraExitMsMax);
    expect(collector.requests() > 0).toBe(name !== 'absent');
    await collector.close();
  });

  it.skipIf(!existsSync('/proc/self/status'))('memory stays bounded (needs /proc)', async () => {
    const collector = await startCollector();
    const shop = await start(collector.url);
    await hammer(shop, warmUpRequests);
    const before = residentMb(shop);
    await hammer(shop, moreRequests);
    expect(residentMb(shop) - before).toBeLessThan(growthMbMax);
    await shop.process.stop();
    await collector.close();
  });
});
