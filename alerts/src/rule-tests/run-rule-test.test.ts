import { expect, it } from 'vitest';
import { alertRule } from '../../schema/index.ts';
import { createMemoryStore, emptyData } from '../test-support/memory-store.ts';
import { runRuleTest } from './run-rule-test.ts';

const ports = {
  openStore: () => createMemoryStore(emptyData()),
  openSpans: async (file: string) => await Promise.reject(new Error(`${file}: no spans here`)),
};

function ruleWith(part: object, test: object) {
  return alertRule.parse({
    uid: 'depth',
    name: 'depth',
    signal: { kind: 'queue', metric: 'depth' },
    groupBy: ['queue'],
    schedule: { every: '1m', delay: '30s', window: '5m' },
    conditions: [{ severity: 'critical', threshold: 100, recover: 50 }],
    tests: [{ name: 'it', ...test }],
    ...part,
  });
}

async function run(part: object, test: object): Promise<readonly string[]> {
  const rule = ruleWith(part, test);
  const [first] = rule.tests ?? [];
  if (first === undefined) throw new Error('no test');
  return (await runRuleTest(rule, first, ports)).problems;
}

const mail = { queue: 'mail' };
const rising = { input: { series: { '{queue="mail"}': '0+30x6 40x4' } } };

it('passes when exactly what is told was expected', async () => {
  const events = [
    { at: '6m', events: [{ kind: 'trigger', group: mail, severity: 'critical' }] },
    { at: '7m', events: [{ kind: 'resolve', group: mail, reason: 'ok' }] },
    { at: '10m', events: [] },
  ];
  expect(await run({ for: '2m' }, { ...rising, expect: events })).toEqual([]);
});

it('names what is missing and what is too much', async () => {
  const events = [{ at: '5m', events: [{ kind: 'trigger', group: { queue: 'other' } }] }];
  expect(await run({}, { ...rising, expect: events })).toEqual([
    'expected at 5m: trigger {queue="other"}',
    expect.stringMatching(/^told at 4m: trigger critical \{queue="mail"\} — /),
  ]);
});

it('ends at the last time that is named', async () => {
  expect(await run({}, { ...rising, expect: [{ at: '3m', events: [] }] })).toEqual([]);
});

it('tells of data that is missing, and takes samples as they are given', async () => {
  const series = { '{queue="mail"}': '500x2 _x5 500x3' };
  const noData = { onNoData: { action: 'alert', after: '3m', scope: 'group' } };
  const guarded = { guard: { minSamples: 20 } };
  const expected = [
    { at: '0m', events: [] },
    { at: '6m', events: [{ kind: 'nodata', group: mail }] },
    { at: '8m', events: [{ kind: 'resolve', group: mail }] },
    { at: '10m', events: [] },
  ];
  const input = { series, samples: { '{queue="mail"}': '5x20' } };
  expect(await run({ ...noData, ...guarded }, { input, expect: expected })).toEqual([]);
});

it('the more severe condition speaks for both, as it does for people', async () => {
  const conditions = [
    { severity: 'critical', threshold: 100 },
    { severity: 'warning', threshold: 50 },
  ];
  const expected = [
    { at: '0m', events: [{ kind: 'trigger', severity: 'critical' }] },
    { at: '3m', events: [] },
  ];
  const input = { series: { '{queue="mail"}': '500x3' } };
  expect(await run({ conditions }, { input, expect: expected })).toEqual([]);
});

it('says what is wrong with a test itself', async () => {
  const expected = [{ at: '0m', events: [] }];
  const input = (key: string, text: string) => ({ input: { series: { [key]: text } }, expect: expected });
  expect(await run({}, input('{queue="mail"}', '1 two'))).toEqual([
    expect.stringMatching(/two: not a value/),
  ]);
  expect(await run({}, input('{service="x"}', '1'))).toEqual([
    'series {service="x"}: has the labels (service), the rule groups by (queue)',
  ]);
  expect(await run({}, { input: { spansFrom: 'a.json' }, expect: expected })).toEqual([
    'a.json: no spans here',
  ]);
});

it('a test needs series or spans, not both and not neither', () => {
  const expected = [{ at: '0m', events: [] }];
  for (const input of [{}, { series: {}, spansFrom: 'x' }])
    expect(() => ruleWith({}, { input, expect: expected })).toThrow(/either series or spansFrom/);
});
