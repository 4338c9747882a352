import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { plainRequest, sendQueueDepth, sendTraces } from '../support/otlp.ts';
import { tempDir, type TempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const rules = `
rules:
  - uid: latency
    name: p95 latency
    signal: { kind: latency, quantile: 0.95 }
    schedule: { every: 1s, delay: 1s, window: 4s }
    groupBy: [service]
    guard: { minSamples: 5 }
    for: 1s
    conditions: [{ severity: critical, threshold: 500, recover: 300 }]
  - uid: errors
    name: error rate
    signal: { kind: error_rate }
    schedule: { every: 1s, delay: 1s, window: 4s }
    groupBy: [service]
    guard: { minSamples: 5 }
    conditions: [{ severity: warning, threshold: 20, recover: 5 }]
  - uid: queue
    name: queue depth
    signal: { kind: queue, metric: depth, agg: last }
    schedule: { every: 1s, delay: 1s, window: 4s }
    groupBy: [queue]
    conditions: [{ severity: warning, threshold: 100, recover: 50 }]
`;

interface Weather {
  durationMs: number;
  errorShare: number;
  depth: number;
}
const good: Weather = { durationMs: 20, errorShare: 0, depth: 3 };
const bad: Weather = { durationMs: 900, errorShare: 0.5, depth: 400 };

let collector: Collector;
let receiver: WebhookReceiver;
let dir: TempDir;
let weather = good;
const ending = new AbortController();
let traffic: Promise<void>;

beforeAll(async () => {
  dir = tempDir('rules');
  writeFileSync(join(dir.path, 'test.yaml'), rules);
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

/** Twenty requests and one queue reading a second. */
async function sendTraffic(): Promise<void> {
  let sent = 0;
  while (!ending.signal.aborted) {
    const { durationMs, errorShare, depth } = weather;
    for (let count = 0; count < 5; count++) {
      sent += 1;
      const isError = (sent % 10) / 10 < errorShare;
      await sendTraces(
        collector.otlpHttp,
        plainRequest({ service: 'web', operation: 'GET /', durationMs, isError }),
      );
    }
    await sendQueueDepth(collector.otlpHttp, { service: 'web', name: 'mails', depth });
    await delay(250, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}

/** Status of the latest delivery about the rule. */
function told(rule: string): string[] {
  return receiver
    .deliveries()
    .filter((delivery) => JSON.stringify(delivery.body).includes(`"${rule}"`))
    .map((delivery) => String(delivery.body['status']));
}

const kinds = ['latency', 'errors', 'queue'] as const;

it('stays silent while all is well', async () => {
  await until(
    async () => (await collector.get('alerts')).alerts.filter((alert) => alert.lastVerdict === 'ok'),
    (judged) => kinds.every((rule) => judged.some((alert) => alert.ruleUid === rule)),
    { what: 'every rule to be judged ok' },
  );
  expect(receiver.deliveries()).toEqual([]);
});

it('each kind fires to the webhook and shows in the API', async () => {
  weather = bad;
  await until(
    () => kinds.map(told),
    (statuses) => statuses.every((each) => each.includes('firing')),
    { what: 'three firing deliveries', timeoutMs: 40_000 },
  );
  const { alerts, episodes } = await collector.get('alerts');
  for (const rule of kinds) {
    const firing = alerts.find((alert) => alert.ruleUid === rule && alert.state === 'firing');
    expect(firing).toMatchObject({ kind: 'condition', ruleUid: rule });
    expect(episodes.some((episode) => episode.ruleUid === rule && episode.resolvedAt === null)).toBe(true);
  }
  const latency = alerts.find((alert) => alert.ruleUid === 'latency');
  expect(latency?.value).toBeGreaterThan(800);
  expect(latency?.value).toBeLessThan(1_000);
});

it('each kind resolves, once, after what it was told about', async () => {
  weather = good;
  await until(
    () => kinds.map(told),
    (statuses) => statuses.every((each) => each.at(-1) === 'resolved'),
    { what: 'three resolved deliveries', timeoutMs: 40_000 },
  );
  expect(kinds.map(told)).toEqual(kinds.map(() => ['firing', 'resolved']));
  const ids = receiver.deliveries().map((delivery) => delivery.headers['x-nightjar-event-id']);
  expect(ids.every((id) => id !== undefined && id !== '')).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  const { alerts } = await collector.get('alerts');
  expect(alerts.filter((alert) => alert.state === 'firing')).toEqual([]);
});
