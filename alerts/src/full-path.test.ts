// From the rules that ship to what a receiver gets, in virtual time: only the numbers are scripted.
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createWebhookChannel } from './channels/webhook.ts';
import { createDeliveryWorker } from './delivery/worker.ts';
import { createEngine } from './engine.ts';
import { loadRules } from './load-rules.ts';
import type { MetricQuery, Reading } from './ports.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';
import { localPoster } from './test-support/local-poster.ts';
import { openReceiver } from './test-support/receiver.ts';

const startMs = 1_800_000_000_000;
const minuteMs = 60_000;

it('latency, error rate and queue depth each fire and resolve at a real receiver, in order', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  const log = pino({ level: 'silent' });
  let nowMs = startMs;
  const now = () => nowMs;
  const store = createMemoryStore(emptyData());
  const baseUrl = 'http://127.0.0.1:3400';
  const engine = createEngine({ source: { read }, store, channels: ['hook'], baseUrl, log });
  const channels = [
    createWebhookChannel({ name: 'hook', url: receiver.url }, { poster: localPoster(now), now }),
  ];
  const worker = createDeliveryWorker({ store, channels, baseUrl, now, log });
  const { rules } = await loadRules(fileURLToPath(new URL('../rules', import.meta.url)));
  engine.apply({ rules, isComplete: true });

  for (; nowMs < startMs + 30 * minuteMs; nowMs += 10_000) {
    await engine.tick(nowMs);
    await worker.drain('hook');
  }

  const messages = receiver.received.map(({ body }) => summary(JSON.parse(body)));
  expect(messages.filter((it) => it.includes('error rate'))).toEqual([
    'firing critical error rate shop null',
    'resolved critical error rate shop ok',
  ]);
  expect(messages.filter((it) => it.includes('p95 latency'))).toEqual([
    'firing warning p95 latency shop null',
    'resolved warning p95 latency shop ok',
  ]);
  expect(messages.filter((it) => it.includes('queue depth'))).toEqual([
    'firing warning queue depth mail null',
    'resolved warning queue depth mail ok',
  ]);
  expect(await store.listAlerts({ states: ['firing', 'pending', 'recovering'], rowsMax: 9 })).toEqual([]);
  expect(await store.listEpisodes({ fromMs: startMs, toMs: nowMs, rowsMax: 9 })).toHaveLength(3);
});

/** Ten minutes of trouble, then peace; a second service is well, and one has too few requests to judge. */
async function read(query: MetricQuery): Promise<Reading> {
  const isBad = query.toMs < startMs + 10 * minuteMs;
  const { kind } = query.signal;
  const label = kind === 'queue' ? 'queue' : 'service';
  const bad =
    new Map<string, number>([
      ['latency', 1_450],
      ['error_rate', 12],
      ['queue', 5_000],
    ]).get(kind) ?? 0;
  const worst = isBad ? bad : 0;
  return await Promise.resolve({
    watermarkMs: query.toMs,
    groups: [
      { labels: { [label]: kind === 'queue' ? 'mail' : 'shop' }, value: worst, samples: 300 },
      { labels: { [label]: 'calm' }, value: 0, samples: 300 },
      ...(kind === 'queue' ? [] : [{ labels: { [label]: 'rare' }, value: bad * 10, samples: 3 }]),
    ],
  });
}

function summary(body: {
  readonly status: string;
  readonly reason: string | null;
  readonly commonLabels: Readonly<Record<string, string>>;
}): string {
  const { severity, alertname, service, queue } = body.commonLabels;
  return `${body.status} ${severity ?? ''} ${alertname ?? ''} ${service ?? queue ?? ''} ${body.reason ?? 'null'}`;
}
