import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOtlpSender } from '../../agent/src/export/otlp-sender.ts';
import type { OtlpSender } from '../../agent/src/export/otlp-sender.ts';

const AGENTS = 200;
const RETRY_AFTER_S = 1;
const REFUSALS_EACH = 2;
const BUCKET_MS = 100;
const PEAK_TO_MEAN_MAX = 3;

/** When each attempt of each agent arrived, in ms. */
const arrivals = new Map<string, number[]>();
const senders: OtlpSender[] = [];
const server = createServer((request, response) => {
  const agent = String(request.headers['x-agent']);
  const seen = arrivals.get(agent) ?? [];
  arrivals.set(agent, [...seen, performance.now()]);
  request.resume();
  request.on('end', () => {
    if (seen.length < REFUSALS_EACH) response.writeHead(503, { 'retry-after': String(RETRY_AFTER_S) }).end();
    else response.writeHead(200).end();
  });
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/v1/traces` : '';
});
afterAll(async () => {
  for (const sender of senders) sender.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
});

it(`${AGENTS} agents refused at one moment: none returns before it was asked to, and not all at once`, async () => {
  const outcomes = await Promise.all(
    Array.from({ length: AGENTS }, async (_, index) => {
      const headers = { 'x-agent': String(index) };
      const sender = createOtlpSender(
        { isOn: true, url, headers, timeoutMs: 15_000, isGzip: false },
        'storm',
      );
      senders.push(sender);
      return await sender.send(Buffer.from('x'));
    }),
  );
  expect(outcomes).toEqual(Array.from({ length: AGENTS }, () => 'delivered'));
  const all = [...arrivals.values()];
  expect(all.every((times) => times.length === REFUSALS_EACH + 1)).toBe(true);
  for (let wave = 1; wave <= REFUSALS_EACH; wave++) {
    const pauses = all.map((times) => (times[wave] ?? 0) - (times[wave - 1] ?? 0));
    // A timer may fire within the millisecond before.
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000 - 1);
    expect(peakToMean(all.map((times) => times[wave] ?? 0))).toBeLessThanOrEqual(PEAK_TO_MEAN_MAX);
  }
});

/** Over the time that a wave takes by what was asked for: half of `Retry-After`. */
function peakToMean(times: readonly number[]): number {
  const first = Math.min(...times);
  const buckets = new Map<number, number>();
  for (const time of times) {
    const bucket = Math.floor((time - first) / BUCKET_MS);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const mean = (times.length * BUCKET_MS) / (RETRY_AFTER_S * 500);
  return Math.max(...buckets.values()) / mean;
}
