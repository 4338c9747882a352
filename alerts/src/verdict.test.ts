import { expect, it } from 'vitest';
import { condition } from '../schema/index.ts';
import { judge, judgeTogether } from './verdict.ts';
import type { Observation, Verdict } from './verdict.ts';

const value = (measured: number, samples = 100): Observation => ({ kind: 'value', value: measured, samples });
const above = { op: '>', threshold: 500, recover: 400 };
const atLeast = { op: '>=', threshold: 500, recover: 400 };
const below = { op: '<', threshold: 10, recover: 20 };
const atMost = { op: '<=', threshold: 10 };
const range = { op: 'outside', threshold: 10, upper: 20 };

it.each([
  ['above the threshold', above, value(501), 'breach'],
  ['exactly at it with >', above, value(500), 'deadband'],
  ['exactly at it with >=', atLeast, value(500), 'breach'],
  ['between threshold and recover', above, value(450), 'deadband'],
  ['exactly at recover with >', above, value(400), 'ok'],
  ['exactly at recover with >=', atLeast, value(400), 'deadband'],
  ['under recover with >=', atLeast, value(399.9), 'ok'],
  ['under recover', above, value(399), 'ok'],
  ['no recover, at the threshold', { op: '>', threshold: 500 }, value(500), 'ok'],
  ['below a lower limit', below, value(9), 'breach'],
  ['above a lower limit, not yet recovered', below, value(15), 'deadband'],
  ['above a lower limit, recovered', below, value(20), 'ok'],
  ['at a lower limit with <=', atMost, value(10), 'breach'],
  ['under the range', range, value(9), 'breach'],
  ['over the range', range, value(21), 'breach'],
  ['at the ends of the range', range, value(20), 'ok'],
  ['too few samples, however bad', above, value(9_999, 19), 'insufficient'],
  ['just enough samples', above, value(9_999, 20), 'breach'],
  ['absent', above, { kind: 'absent' }, 'nodata'],
  ['not queryable yet', above, { kind: 'unknown', reason: '5 s behind' }, 'unknown'],
  ['query failed', above, { kind: 'failed', reason: 'timed out' }, 'error'],
] as const)('%s', (_name, given, observation, expected) => {
  const criteria = {
    condition: condition.parse({ severity: 'critical', ...given }),
    minSamples: 20,
    unit: 'ms',
  };
  expect(judge(observation, criteria).kind).toBe(expected);
});

it('says why in a sentence with value, unit and limit', () => {
  const criteria = {
    condition: condition.parse({ severity: 'critical', ...above }),
    minSamples: 20,
    unit: 'ms',
  };
  expect(judge(value(520.25), criteria).reason).toBe('520.3 ms is above 500 ms');
  expect(judge(value(15_432.4), criteria).reason).toBe('15432 ms is above 500 ms');
  expect(judge(value(450), criteria).reason).toBe('450 ms is not yet back to 400 ms');
  expect(judge(value(1, 3), criteria).reason).toBe('3 samples, needs 20');
});

const of = (kind: Verdict['kind']): Verdict => ({ kind, reason: `it is ${kind}`, value: 7, samples: 70 });

it.each([
  ['both breach', 'breach', ['breach'], 'breach'],
  ['the short window is calm again', 'breach', ['ok'], 'ok'],
  ['the short window has no data', 'breach', ['nodata'], 'ok'],
  ['the short window cannot be read', 'breach', ['error'], 'error'],
  ['the short window is not queryable yet', 'breach', ['unknown'], 'unknown'],
  ['one of two is calm', 'breach', ['breach', 'ok'], 'ok'],
  ['the first holds and the others breach', 'deadband', ['breach'], 'deadband'],
  ['the first holds and another is calm', 'deadband', ['ok'], 'ok'],
  ['the first is calm, whatever the others', 'ok', ['breach'], 'ok'],
  ['the first has no data, whatever the others', 'nodata', ['breach'], 'nodata'],
] as const)('several windows: %s', (_name, first, others, expected) => {
  const verdicts = others.map((kind) => ({ window: '5m', verdict: of(kind) }));
  const judged = judgeTogether(of(first), verdicts);
  expect(judged).toMatchObject({ kind: expected, value: 7, samples: 70 });
});

it('says which window is calm', () => {
  const judged = judgeTogether(of('breach'), [{ window: '5m', verdict: of('ok') }]);
  expect(judged.reason).toBe('it is breach, but over 5m it is ok');
});

it('shows what a value is made of, and does not judge what is not ready', () => {
  const criteria = { condition: { op: '>', threshold: 2 } as const, minSamples: 0, unit: 'x' };
  const noted: Observation = { kind: 'value', value: 3, samples: 9, note: '12 after 4' };
  expect(judge(noted, criteria).reason).toBe('3 x is above 2 x (12 after 4)');
  expect(judge({ kind: 'unready', reason: 'no release before' }, criteria)).toEqual({
    kind: 'insufficient',
    reason: 'no release before',
    value: null,
    samples: null,
  });
});
