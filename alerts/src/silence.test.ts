// Silences through the real engine in virtual time; `sent` is [minute, group, message].
import { expect, it } from 'vitest';
import type { AlertRule, Silence } from '../schema/index.ts';
import { silenceOf } from './store-contract/samples.ts';
import { openTimeline, scenarioRule } from './test-support/timeline.ts';
import type { Cell, Timeline } from './test-support/timeline.ts';

const byService = scenarioRule({
  groupBy: ['service'],
  conditions: [{ severity: 'critical', threshold: 50 }],
});
const on = (service: string) => [{ label: 'service', op: '=' as const, value: service }];

interface Scenario {
  readonly name: string;
  readonly rule?: AlertRule;
  /** Minutes, end excluded. */
  readonly silence: Partial<Omit<Silence, 'startsAt' | 'endsAt'>> & {
    readonly from: number;
    readonly to: number;
  };
  readonly input: readonly Cell[];
  readonly sent: readonly (readonly [number, string, string])[];
}

const both = { test1: 99, test2: 99 };
const one = (test1: number): Cell => ({ test1 });
const scenarios: readonly Scenario[] = [
  {
    name: '24: while test1 is silenced only test2 is told, and test1 when it ends',
    silence: { matchers: on('test1'), from: 0, to: 4 },
    input: [both, both, both, both, both, both],
    sent: [
      [0, 'test2', 'trigger'],
      [4, 'test1', 'trigger'],
    ],
  },
  {
    name: '24b: the resolve of what was told passes the silence',
    silence: { matchers: on('test1'), from: 1, to: 9 },
    input: [one(99), one(99), one(1), one(1), one(1)],
    sent: [
      [0, 'test1', 'trigger'],
      [2, 'test1', 'resolve'],
    ],
  },
  {
    name: '24c: what fires and ends within is not told',
    silence: { matchers: on('test1'), from: 0, to: 4 },
    input: [one(99), one(99), one(1), one(1), one(1), one(1)],
    sent: [],
  },
  {
    name: 'a silence of all holds resolves back too',
    silence: { matchers: on('test1'), from: 1, to: 9, mode: 'mute_all' },
    input: [one(99), one(99), one(1), one(1)],
    sent: [[0, 'test1', 'trigger']],
  },
  {
    name: 'but not where a rule always wants them',
    rule: scenarioRule({
      groupBy: ['service'],
      conditions: [{ severity: 'critical', threshold: 50 }],
      notify: { sendResolved: 'always' },
    }),
    silence: { matchers: on('test1'), from: 1, to: 9, mode: 'mute_all' },
    input: [one(99), one(99), one(1), one(1)],
    sent: [
      [0, 'test1', 'trigger'],
      [2, 'test1', 'resolve'],
    ],
  },
  {
    name: 'one that recurs mutes at its times',
    silence: {
      matchers: on('test1'),
      from: 0,
      to: 2,
      recurrence: { rrule: 'FREQ=DAILY', tz: 'Europe/Berlin', until: null },
    },
    input: [one(99), one(99), one(99)],
    sent: [[2, 'test1', 'trigger']],
  },
  {
    name: 'repeats wait for the end of the silence',
    rule: scenarioRule({
      groupBy: ['service'],
      conditions: [{ severity: 'critical', threshold: 50 }],
      notify: { repeat: '2m' },
    }),
    silence: { matchers: on('test1'), from: 1, to: 5 },
    input: Array.from({ length: 7 }, () => one(99)),
    sent: [
      [0, 'test1', 'trigger'],
      [5, 'test1', 'repeat'],
    ],
  },
  {
    name: 'regular expressions are anchored, names and severity match too',
    silence: {
      matchers: [
        { label: 'service', op: '=~', value: 'test|test1' },
        { label: 'alertname', op: '=', value: 'scenario' },
        { label: 'severity', op: '!=', value: 'warning' },
        { label: 'absent', op: '!~', value: '.+' },
      ],
      from: 0,
      to: 9,
    },
    input: [{ test1: 99, test12: 99 }],
    sent: [[0, 'test12', 'trigger']],
  },
  {
    name: 'a pattern that cannot be read holds nothing back',
    silence: { matchers: [{ label: 'service', op: '!~', value: '(' }], from: 0, to: 9 },
    input: [one(99)],
    sent: [[0, 'test1', 'trigger']],
  },
];

it.each(scenarios)('$name', async ({ rule = byService, silence, input, sent }) => {
  const timeline = openTimeline(rule, (at) => input[at] ?? null);
  const { from, to, ...part } = silence;
  await timeline.store.saveSilence(
    silenceOf({ ...part, startsAt: timeline.timeOf(from), endsAt: timeline.timeOf(to) }),
    timeline.timeOf(0),
  );
  await timeline.run(0, input.length - 1);
  expect(told(timeline)).toEqual(sent);
});

it('fired and ended in a stop, under a silence: nothing; ended by hand: told at the next tick', async () => {
  const input = [one(1), one(99), one(1), one(99), one(99), one(99)];
  const timeline = openTimeline(byService, (at) => input[at] ?? null);
  const endless = { matchers: on('test1'), startsAt: timeline.timeOf(0), endsAt: timeline.timeOf(99) };
  await timeline.store.saveSilence(silenceOf(endless), timeline.timeOf(0));
  await timeline.tick(0);
  await timeline.tick(2);
  await timeline.run(3, 4);
  expect(told(timeline)).toEqual([]);
  expect(timeline.data.episodes.size).toBe(2);
  await timeline.store.endSilence('silence', timeline.timeOf(4));
  await timeline.tick(5);
  expect(told(timeline)).toEqual([[5, 'test1', 'trigger']]);
});

function told(timeline: Timeline) {
  return timeline
    .rows()
    .map(({ createdAtMs, notification: { labels, transition } }) => [
      (createdAtMs - timeline.timeOf(0)) / 60_000,
      labels['service'],
      transition,
    ]);
}
