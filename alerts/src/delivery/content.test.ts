import { expect, it } from 'vitest';
import { openTimeline, scenarioRule } from '../test-support/timeline.ts';
import type { Cell } from '../test-support/timeline.ts';
import { spanText } from './wording.ts';

const checkout = scenarioRule({
  uid: 'latency-p95',
  name: 'p95 latency',
  signal: { kind: 'latency', quantile: 0.95 },
  schedule: { every: '1m', delay: '30s', window: '5m' },
  groupBy: ['service'],
  for: '2m',
  conditions: [{ severity: 'critical', threshold: 2_000, recover: 1_600 }],
  runbook: 'https://wiki.example/latency',
  annotations: { summary: 'slow' },
});

it('a trigger says what, where, how bad, on how much data, since when and where to look', async () => {
  const timeline = openTimeline(checkout, () => ({ 'check out': 2_340.4 }));
  await timeline.run(0, 2);
  const message = timeline.rows()[0]?.notification;
  expect(message?.title).toBe('Critical: p95 latency (service check out): 2,340.4 ms');
  const asOf = timeline.timeOf(2) - 30_000;
  const from = timeline.timeOf(0) - 5 * 60_000;
  expect(message?.text.split('\n')).toEqual([
    'slow',
    'Where: service check out',
    'Value: 2,340.4 ms over the last 5 min, threshold > 2,000 ms',
    'Requests in the window: 2,340.4',
    `Since: ${new Date(timeline.timeOf(0)).toISOString().slice(0, 16).replace('T', ' ')} UTC (2 min)`,
    `Dashboard: http://127.0.0.1:3400/services/check%20out?from=${from}&to=${asOf}`,
    `Episode: http://127.0.0.1:3400/alerts/episodes/${message?.episodeId}?from=${from}&to=${asOf}`,
    'Runbook: https://wiki.example/latency',
  ]);
  expect(message).toMatchObject({
    dataAsOf: asOf,
    annotations: { summary: 'slow' },
    labels: { service: 'check out' },
  });
});

it('a resolve says how long it lasted, when, and why it ended', async () => {
  const cells: Cell[] = [{ a: 3_000 }, { a: 3_000 }, { a: 3_000 }, { a: 3_000 }, { a: 100 }];
  const timeline = openTimeline(checkout, (at) => cells[Math.round(at + 0.5)] ?? null);
  await timeline.run(0, 4);
  const message = timeline.rows().at(-1)?.notification;
  expect(message?.title).toBe('Resolved: p95 latency (service a) after 2 min');
  expect(message?.text).toContain('Why it ended: the value is back');
  expect(message?.text).toContain('Value: 100 ms over the last 5 min, threshold > 2,000 ms');
});

it('a rule that is renamed while it fires ends under the labels and the name that it was told under', async () => {
  const labelled = { ...checkout, labels: { team: 'shop' } };
  const timeline = openTimeline(labelled, (at) => ({ a: at < 3 ? 3_000 : 100 }));
  await timeline.run(0, 2);
  timeline.restart([{ ...labelled, name: 'slow checkout', labels: { team: 'other' } }]);
  await timeline.run(3, 5);
  const [trigger, resolve] = timeline.rows().map(({ notification }) => notification);
  expect(resolve?.transition).toBe('resolve');
  expect(resolve?.ruleName).toBe('p95 latency');
  expect(resolve?.labels).toEqual({ team: 'shop', service: 'a' });
  expect(trigger?.labels).toEqual(resolve?.labels);
});

it.each([
  [{ queue: 'mail' }, 'queue', '/queues?'],
  [{ team: 'x' }, 'team', '/alerts?'],
] as const)('the link goes to the page of what the alert is about: %j', async (_labels, label, page) => {
  const rule = scenarioRule({
    groupBy: [label],
    signal: { kind: 'queue', metric: 'depth' },
    conditions: [{ severity: 'warning', threshold: 1_000 }],
  });
  const timeline = openTimeline(rule, () => ({ mail: 4_000 }));
  await timeline.tick(0);
  const message = timeline.rows()[0]?.notification;
  expect(message?.url).toContain(`http://127.0.0.1:3400${page}`);
  expect(message?.text).toContain('Value: 4,000 jobs over the last 1 min, threshold > 1,000 jobs');
  expect(message?.text).toContain('Points in the window: 4,000');
});

it.each([
  [0, '0 s'],
  [45_000, '45 s'],
  [120_000, '2 min'],
  [5_400_000, '1 h 30 min'],
  [90_061_000, '1 d 1 h'],
])('%d ms reads as %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});
