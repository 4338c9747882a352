import { expect, it } from 'vitest';
import { alertRule, durationMs, explainIssues, parseDuration, silence } from './index.ts';

it.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['1d', 86_400_000],
  ['0s', 0],
  ['', undefined],
  ['5', undefined],
  ['5 m', undefined],
  ['m5', undefined],
  ['5m!', undefined],
  ['-5m', undefined],
  ['1.5h', undefined],
  ['99999999999999999d', undefined],
])('the duration %j', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it('a duration that was not checked is a bug, not a zero', () => {
  expect(() => durationMs('soon')).toThrow('not a duration: soon');
});

const rule = {
  uid: 'one',
  name: 'One',
  signal: { kind: 'latency', quantile: 0.95 },
  conditions: [{ severity: 'critical', threshold: 10 }],
};
const condition = (part: object) => ({ conditions: [{ severity: 'critical', threshold: 10, ...part }] });

it('a rule with the least said gets every default, and reads back as itself', () => {
  const parsed = alertRule.parse(rule);
  expect(parsed).toMatchObject({
    enabled: true,
    schedule: { every: '1m', delay: '30s', window: '5m' },
    groups: { max: 500 },
    onNoData: { action: 'hold', scope: 'rule', staleResolve: '1h' },
    notify: {},
  });
  expect(alertRule.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
});

it.each([
  ['uid', { uid: 'Has Space' }, 'uid: must be 1 to 80 of a-z 0-9 _ . - and begin with a letter or digit'],
  ['missing', { signal: undefined }, 'signal: missing, add a value of type object'],
  ['unknown field', { tresholds: 1 }, 'tresholds: unknown field, remove it or check its spelling'],
  ['kind', { signal: { kind: 'vibes' } }, 'signal.kind: unknown kind, write latency, error_rate'],
  [
    'quantile',
    { signal: { kind: 'latency', quantile: 95 } },
    'signal.quantile: must be below 1, write 0.95 for p95',
  ],
  [
    'duration',
    { for: '5 minutes' },
    'for: is not a duration, write a number and a unit such as 90s, 5m or 1h30m',
  ],
  [
    'zero window',
    { schedule: { window: '0s' } },
    'schedule.window: must be longer than zero, write for example 1m',
  ],
  [
    'wrong type',
    condition({ threshold: 'high' }),
    'conditions.0.threshold: wrong type, write a value of type number',
  ],
  [
    'op',
    condition({ op: '=' }),
    'conditions.0.op: not one of the allowed values, write >, >=, <, <=, outside',
  ],
  [
    'more breaches than ticks',
    { breaches: { atLeast: 4, of: 3 } },
    'breaches: asks for 4 of 3 ticks, write 3 or less for atLeast',
  ],
  [
    'breaches and for',
    { breaches: { atLeast: 3, of: 5 }, for: '2m' },
    'breaches: does not go with for, remove one of the two',
  ],
  ['recover', condition({ recover: 11 }), 'conditions.0.recover: is beyond the threshold, write 10 or less'],
  [
    'recover of <',
    condition({ op: '<', recover: 9 }),
    'conditions.0.recover: is beyond the threshold, write 10 or more',
  ],
  [
    'outside without upper',
    condition({ op: 'outside' }),
    'conditions.0.upper: is missing, op outside needs the upper end of the good range',
  ],
  [
    'upper without outside',
    condition({ upper: 20 }),
    'conditions.0.upper: only goes with op outside, remove it',
  ],
  [
    'order of conditions',
    { conditions: [{ severity: 'warning', threshold: 1 }, ...rule.conditions] },
    'conditions.1.severity: must be below warning, order conditions from critical to info, one each',
  ],
  ['no condition', { conditions: [] }, 'conditions: is empty, add a condition with severity and threshold'],
  ['range', { groups: { max: 0 } }, 'groups.max: out of range, write at least 1'],
  ['runbook', { runbook: 'wiki' }, 'runbook: is not an http(s) address'],
])('%s is explained as path, problem, remedy', (_name, part, message) => {
  const parsed = alertRule.safeParse({ ...rule, ...part });
  expect(parsed.error === undefined ? [] : explainIssues(parsed.error)).toEqual([
    expect.stringContaining(message),
  ]);
});

it('a silence without a matcher is refused: it would mute everything', () => {
  const parsed = silence.safeParse({ id: 's', matchers: [], startsAt: 1, endsAt: 2, by: 'me', reason: '' });
  expect(parsed.success).toBe(false);
});

it.each([
  [
    'conditions of a burn rate',
    { signal: { kind: 'burn_rate', slo: { objective: 99.9 } } },
    'conditions: come from slo.alerts',
  ],
  [
    'an objective of all',
    { signal: { kind: 'burn_rate', slo: { objective: 100 } }, conditions: [] },
    'signal.slo.objective: must be below 100',
  ],
  [
    'a short window that is long',
    {
      signal: {
        kind: 'burn_rate',
        slo: { objective: 99, alerts: [{ burn: 2, long: '5m', short: '1h', severity: 'info' }] },
      },
      conditions: [],
    },
    'signal.slo.alerts.0.short: must be shorter than long 5m',
  ],
  [
    'a baseline of a baseline',
    { signal: { kind: 'baseline', of: { kind: 'baseline', of: { kind: 'logs' } } } },
    'signal.of',
  ],
  ['no conditions', { conditions: [] }, 'conditions: is empty, add a condition with severity and threshold'],
  ['a reserved uid', { uid: 'nightjar.health' }, 'uid: must not begin with nightjar.'],
])('refuses %s and says what to write', (_name, part, message) => {
  const parsed = alertRule.safeParse({ ...rule, ...part });
  expect(parsed.success ? [] : explainIssues(parsed.error)).toEqual([expect.stringContaining(message)]);
});

it.each([
  [{ kind: 'heartbeat' }],
  [{ kind: 'burn_rate', slo: { objective: 99.9 } }],
  [{ kind: 'baseline', of: { kind: 'throughput' } }],
  [{ kind: 'new_finding' }],
])('%j needs no conditions', (signal) => {
  expect(alertRule.safeParse({ ...rule, signal, conditions: undefined }).error).toBeUndefined();
});
