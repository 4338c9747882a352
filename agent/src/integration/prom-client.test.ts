import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import type { SentPoint } from './otlp-decode.ts';
import { startApp } from './run-app.ts';

async function pointsOf(env: Readonly<Record<string, string>>): Promise<readonly SentPoint[]> {
  const receiver = await startReceiver();
  const app = await startApp('prom.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env } });
  for (let index = 0; index < 3; index++) await (await fetch(app.url)).text();
  // What waits is sent at the end, metrics among it.
  await app.end();
  await receiver.close();
  return receiver.points;
}

it('ships the registries of prom-client with no scrape', async () => {
  const points = await pointsOf({});
  expect(points).toContainEqual({ metric: 'orders_total', attributes: { kind: 'web' }, value: 3 });
  expect(points.filter(({ metric }) => metric === 'wait_seconds')).not.toEqual([]);
});

it('leaves them alone when told to', async () => {
  const points = await pointsOf({ NIGHTJAR_PROM_CLIENT: '0' });
  expect(points.some(({ metric }) => metric.startsWith('nightjar.agent.'))).toBe(true);
  expect(points.filter(({ metric }) => /^(?:orders_total|wait_seconds)$/.test(metric))).toEqual([]);
});
