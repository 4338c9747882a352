import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { isCorrectable, lateReads } from './late.ts';
import { planRule } from './plan.ts';
import { worldRule } from './test-support/request-world.ts';

const filter = [{ label: 'service', op: '=~' as const, value: 'shop|mail' }];
const planOf = (signal: AlertRuleInput['signal'], correctLate = true) =>
  planRule(
    worldRule({
      signal,
      conditions: [{ severity: 'critical', threshold: 1 }],
      schedule: { every: '1m', delay: '30s', window: '5m', correctLate },
    }),
  );

/** The window of a tick at 1,000 s is 670 s to 970 s; it was read at 1,000.4 s. */
const read = { tickMs: 1_000_000, delayMs: 30_000, watermarkMs: 1_000_400 };
const arrival = { service: 'shop', fromMs: 960_000, toMs: 965_000, lastIngestedMs: 1_001_000 };

it.each([
  ['what arrived after the reading', {}, true],
  ['what may have arrived in its second', { lastIngestedMs: 1_000_000 }, true],
  ['what had arrived before', { lastIngestedMs: 999_000 }, false],
  ['what ends with the window', { fromMs: 965_000, toMs: 970_000 }, true],
  ['what goes on after the window', { fromMs: 968_000, toMs: 973_000 }, false],
  ['what reaches into its beginning', { fromMs: 666_000, toMs: 671_000 }, true],
  ['what was over before it', { fromMs: 665_000, toMs: 670_000 }, false],
  ['another service of the rule', { service: 'mail' }, true],
  ['a service that is filtered out', { service: 'web' }, false],
])('is late: %s', (_name, part, isLate) => {
  const plan = planOf({ kind: 'error_rate', filter });
  const late = lateReads(plan, { reads: [read], arrivals: [{ ...arrival, ...part }] });
  expect(late).toEqual(isLate ? [read] : []);
});

it('looks at the last three ticks only', () => {
  const reads = [1, 2, 3, 4, 5].map((step) => ({ ...read, tickMs: read.tickMs + step * 1_000 }));
  const plan = planOf({ kind: 'error_rate' });
  const late = lateReads(plan, { reads, arrivals: [{ ...arrival, lastIngestedMs: 2_000_000 }] });
  expect(late).toEqual(reads.slice(2));
});

it.each([
  ['requests', { kind: 'latency', quantile: 0.5 }, true, true],
  ['a baseline of requests', { kind: 'baseline', of: { kind: 'throughput' } }, true, true],
  ['a heartbeat of requests', { kind: 'heartbeat' }, true, true],
  ['a heartbeat of logs', { kind: 'heartbeat', of: 'logs' }, true, false],
  ['a metric', { kind: 'metric', name: 'x', agg: 'avg' }, true, false],
  ['a rule that does not want it', { kind: 'error_rate' }, false, false],
] as const)('corrects %s: %j', (_name, signal, correctLate, expected) => {
  expect(isCorrectable(planOf(signal, correctLate))).toBe(expected);
});
