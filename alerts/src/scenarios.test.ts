// The acceptance scenarios of alert evaluation, through the real engine in virtual time; `sent` is [minute, message].
import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { openTimeline, scenarioRule } from './test-support/timeline.ts';
import type { Cell } from './test-support/timeline.ts';

const critical = (threshold: number, recover?: number): AlertRuleInput['conditions'] => [
  recover === undefined ? { severity: 'critical', threshold } : { severity: 'critical', threshold, recover },
];
const alternating = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 520 : 450));
const repeated = (cell: Cell, times: number): Cell[] => Array.from({ length: times }, () => cell);

interface Scenario {
  readonly name: string;
  readonly rule: Partial<AlertRuleInput>;
  /** One cell a minute from 0. */
  readonly input: readonly Cell[];
  readonly sent: readonly (readonly [number, string])[];
}

const scenarios: readonly Scenario[] = [
  {
    name: '1: for 5m from the first bad minute: one trigger at 5m',
    rule: {
      for: '5m',
      signal: { kind: 'metric', name: 'up', agg: 'last' },
      conditions: [{ severity: 'critical', op: '<', threshold: 1 }],
    },
    input: repeated(0, 9),
    sent: [[5, 'trigger critical']],
  },
  {
    name: '2: one good minute starts for anew',
    rule: { for: '5m', conditions: critical(50) },
    input: [...repeated(60, 5), 10, ...repeated(60, 7)],
    sent: [[11, 'trigger critical']],
  },
  {
    name: '2b: bad once, then good: nothing',
    rule: { for: '1m', conditions: critical(50) },
    input: [75, ...repeated(10, 5)],
    sent: [],
  },
  {
    name: '2c: three of five ticks: single bad minutes are nothing, and single good ones end nothing',
    rule: { breaches: { atLeast: 3, of: 5 }, conditions: critical(50) },
    input: [75, 10, 10, 10, 10, 75, 75, 10, 75, 10, 75, 75, 10, 10, null, 75, 10],
    sent: [
      [8, 'trigger critical'],
      [13, 'resolve critical ok'],
    ],
  },
  {
    name: '3: keepFiringFor holds the resolve for a minute',
    rule: { for: '1m', keepFiringFor: '1m', conditions: critical(50) },
    input: [75, 85, 70, 70, 10, 10, 10],
    sent: [
      [1, 'trigger critical'],
      [5, 'resolve critical ok'],
    ],
  },
  {
    name: '4: resolves at the recovery threshold, not at the threshold',
    rule: { conditions: critical(500, 400) },
    input: [520, 450, 450, 390],
    sent: [
      [0, 'trigger critical'],
      [3, 'resolve critical ok'],
    ],
  },
  {
    name: '5: a value around the threshold with a recovery threshold: one trigger',
    rule: { conditions: critical(500, 400) },
    input: alternating,
    sent: [[0, 'trigger critical']],
  },
  {
    name: '5b: and without one it flaps at every tick',
    rule: { conditions: critical(500) },
    input: alternating,
    sent: alternating.map(
      (value, at) => [at, value > 500 ? 'trigger critical' : 'resolve critical ok'] as const,
    ),
  },
  {
    name: '6: a few failed requests are not an error rate',
    rule: { signal: { kind: 'error_rate' }, guard: { minSamples: 20 }, conditions: critical(5) },
    input: [
      { value: 100, samples: 1 },
      { value: 100, samples: 2 },
      { value: 15, samples: 20 },
    ],
    sent: [[2, 'trigger critical']],
  },
  {
    name: '7: too few good requests do not resolve, until 30 minutes of it do',
    rule: { signal: { kind: 'error_rate' }, guard: { minSamples: 20 }, conditions: critical(5) },
    input: [{ value: 50, samples: 100 }, ...repeated({ value: 0, samples: 2 }, 33)],
    sent: [
      [0, 'trigger critical'],
      [31, 'resolve critical insufficient_data'],
    ],
  },
  {
    name: '8: no data for 3 minutes is an alert of its own and ends with the data',
    rule: { conditions: critical(50), onNoData: { action: 'alert', after: '3m' } },
    input: [...repeated(10, 5), ...repeated(null, 7), ...repeated(10, 3)],
    sent: [
      [8, 'trigger no_data'],
      [12, 'resolve no_data ok'],
    ],
  },
  {
    name: '9: a firing series that vanishes resolves as stale after an hour',
    rule: { conditions: critical(50) },
    input: [60, ...repeated(null, 63)],
    sent: [
      [0, 'trigger critical'],
      [61, 'resolve critical stale'],
    ],
  },
  {
    name: '10: failing queries resolve nothing and are an alert of their own after the third',
    rule: { conditions: critical(5) },
    input: [9, ...repeated('error', 6), 9, 1, 1],
    sent: [
      [0, 'trigger critical'],
      [3, 'trigger rule_error'],
      [7, 'resolve rule_error ok'],
      [8, 'resolve critical ok'],
    ],
  },
  {
    name: '12, the state: what is not queryable yet changes nothing',
    rule: { conditions: critical(50), onNoData: { action: 'alert', after: '1m' } },
    input: [60, ...repeated('behind', 90), 60, 10],
    sent: [
      [0, 'trigger critical'],
      [92, 'resolve critical ok'],
    ],
  },
  {
    name: 'the worse condition speaks for both; when it ends, the other speaks up',
    rule: {
      conditions: [
        { severity: 'critical', threshold: 2_000 },
        { severity: 'warning', threshold: 1_000 },
      ],
    },
    input: [2_500, 2_500, 1_500, 500],
    sent: [
      [0, 'trigger critical'],
      [2, 'resolve critical ok'],
      [2, 'trigger warning'],
      [3, 'resolve warning ok'],
    ],
  },
  {
    name: 'a warning that gets worse is told twice and resolved twice',
    rule: {
      conditions: [
        { severity: 'critical', threshold: 2_000 },
        { severity: 'warning', threshold: 1_000 },
      ],
    },
    input: [1_500, 2_500, 500],
    sent: [
      [0, 'trigger warning'],
      [1, 'trigger critical'],
      [2, 'resolve critical ok'],
      [2, 'resolve warning ok'],
    ],
  },
  {
    name: 'while the worse one holds, the resolve of the other still passes',
    rule: {
      conditions: [
        { severity: 'critical', threshold: 2_000, recover: 500 },
        { severity: 'warning', threshold: 1_000 },
      ],
    },
    input: [1_500, 2_500, 800, 100],
    sent: [
      [0, 'trigger warning'],
      [1, 'trigger critical'],
      [2, 'resolve warning ok'],
      [3, 'resolve critical ok'],
    ],
  },
  {
    name: 'a warning that is on its way back when the critical ends is not told any more',
    rule: {
      keepFiringFor: '2m',
      conditions: [
        { severity: 'critical', threshold: 2_000 },
        { severity: 'warning', threshold: 1_000 },
      ],
    },
    input: [2_500, 1_500, 800, 800, 800, 800],
    sent: [
      [0, 'trigger critical'],
      [3, 'resolve critical ok'],
    ],
  },
  {
    name: 'repeat says again that it still fires',
    rule: { conditions: critical(50), notify: { repeat: '3m' } },
    input: repeated(60, 8),
    sent: [
      [0, 'trigger critical'],
      [3, 'repeat critical'],
      [6, 'repeat critical'],
    ],
  },
  {
    name: 'sendResolved false',
    rule: { conditions: critical(50), notify: { sendResolved: false } },
    input: [60, 10, 60],
    sent: [
      [0, 'trigger critical'],
      [2, 'trigger critical'],
    ],
  },
];

it.each(scenarios)('$name', async ({ rule, input, sent }) => {
  const timeline = openTimeline(scenarioRule(rule), (at) => input[at] ?? null);
  await timeline.run(0, input.length - 1);
  expect(timeline.sent().map(({ at, what }) => [at, what])).toEqual(sent);
});

it('a no-data message names rule and group, when groups are watched one by one', async () => {
  const rule = scenarioRule({
    groupBy: ['service'],
    conditions: critical(50),
    onNoData: { action: 'alert', after: '3m', scope: 'group' },
  });
  const timeline = openTimeline(rule, (at) => (at < 5 || at >= 12 ? { a: 10, b: 10 } : { a: 10 }));
  await timeline.run(0, 13);
  expect(timeline.sent()).toEqual([
    { at: 8, what: 'trigger no_data' },
    { at: 12, what: 'resolve no_data ok' },
  ]);
  const message = timeline.rows()[0]?.notification;
  expect(message?.labels).toEqual({ service: 'b' });
  expect(message?.text).toContain('no data for scenario (service=b)');
});
