// From the request that breaks a threshold to the webhook, with as many rules loaded as the collector takes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { plainRequest, sendTraces } from '../support/otlp.ts';
import { tempDir, type TempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const everyMs = 5_000;
const delayMs = 1_000;
const graceMs = 2_000;
const otherRules = 999;
/** Broken one after another, so that each falls at another place of the interval. */
const services = ['web-0', 'web-1', 'web-2', 'web-3'] as const;

const schedule = { every: `${everyMs / 1_000}s`, delay: `${delayMs / 1_000}s`, window: '10s' };
const otherSchedule = { every: '1m', delay: '5s', window: '5m' };
const signals = [
  { kind: 'error_rate' },
  { kind: 'throughput' },
  { kind: 'latency', quantile: 0.95 },
  { kind: 'latency', quantile: 0.5 },
];
const rules = [
  {
    uid: 'measured',
    name: 'measured',
    signal: { kind: 'error_rate' },
    groupBy: ['service'],
    schedule,
    conditions: [{ severity: 'critical', threshold: 5 }],
  },
  // Every tenth has a filter of its own; the others differ in what they take for too much.
  ...Array.from({ length: otherRules }, (_, index) => ({
    uid: `other-${index}`,
    name: `other ${index}`,
    signal: {
      ...signals[index % signals.length],
      ...(index % 10 === 0 ? { filter: [{ label: 'operation', op: '!=', value: `GET /${index}` }] } : {}),
    },
    groupBy: ['service', 'operation'],
    schedule: otherSchedule,
    conditions: [{ severity: 'warning', threshold: 1_000_000 + index }],
  })),
];

let collector: Collector;
let receiver: WebhookReceiver;
let dir: TempDir;
const ending = new AbortController();
let traffic: Promise<void>;

beforeAll(async () => {
  dir = tempDir('rules');
  // JSON is YAML.
  writeFileSync(join(dir.path, 'rules.yaml'), JSON.stringify({ rules }));
  receiver = await startWebhookReceiver();
  collector = await startCollector({
    env: { NIGHTJAR_RULES_DIR: dir.path, NIGHTJAR_WEBHOOK_URL: receiver.url },
  });
  traffic = sendTraffic();
});
afterAll(async () => {
  ending.abort();
  await traffic;
  await collector?.stop();
  await receiver?.close();
  dir?.remove();
});

async function sendTraffic(): Promise<void> {
  while (!ending.signal.aborted) {
    for (const service of services) await send(service, false);
    await delay(500, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}

async function send(service: string, isError: boolean): Promise<void> {
  const request = plainRequest({ service, operation: 'GET /', durationMs: 5, isError });
  await sendTraces(collector.otlpHttp, request);
}

function toldAt(service: string): number | undefined {
  const told = receiver.deliveries().find(({ body }) => JSON.stringify(body).includes(`"${service}"`));
  return told?.receivedAtMs;
}

async function ticksEvaluated(): Promise<number> {
  const text = await (await fetch(`${collector.dashboard}/metrics`)).text();
  return Number(/^nightjar_alert_events_total{event="ticks_evaluated"} (\d+)/m.exec(text)?.[1] ?? 0);
}

it('tells within the interval, the delay and 2 s, with 1,000 rules loaded', async () => {
  const { rules: loaded, problems } = await collector.get('rules');
  expect(problems).toEqual([]);
  expect(loaded).toHaveLength(otherRules + 1);
  await until(ticksEvaluated, (ticks) => ticks > otherRules, {
    what: 'every rule to be evaluated',
    timeoutMs: 60_000,
  });
  const took: number[] = [];
  for (const service of services) {
    const brokenAt = Date.now();
    for (let count = 0; count < 10; count += 1) await send(service, true);
    const at = await until(
      () => toldAt(service),
      (told) => told !== undefined,
      { what: `the webhook to be told of ${service}`, timeoutMs: 40_000 },
    );
    took.push((at ?? Number.POSITIVE_INFINITY) - brokenAt);
    await delay(everyMs / services.length);
  }
  process.stdout.write(`from the request to the webhook: ${took.join(', ')} ms\n`);
  expect(Math.max(...took)).toBeLessThanOrEqual(everyMs + delayMs + graceMs);
});
