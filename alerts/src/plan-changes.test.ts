import { expect, it } from 'vitest';
import { alertRule } from '../schema/index.ts';
import { planChanges } from './plan-changes.ts';

const rule = (uid: string, part: object = {}) =>
  alertRule.parse({
    uid,
    name: uid,
    signal: { kind: 'throughput' },
    conditions: [{ severity: 'info', threshold: 1 }],
    ...part,
  });

it('tells what comes, what changes in which fields and what goes', () => {
  const running = [rule('same'), rule('gone'), rule('other', { for: '1m' })];
  const wanted = [rule('same'), rule('other', { for: '5m', name: 'Other' }), rule('new')];
  expect(
    planChanges(running, wanted).map((it) => [it.kind, it.rule.uid, it.kind === 'changed' ? it.fields : []]),
  ).toEqual([
    ['changed', 'other', ['name', 'for']],
    ['added', 'new', []],
    ['removed', 'gone', []],
  ]);
});

it('a test that was added to a rule is no change of it', () => {
  const tests = [{ name: 't', input: { series: { '{}': '1' } }, expect: [{ at: '0m', events: [] }] }];
  expect(planChanges([rule('a')], [rule('a', { tests })])).toEqual([]);
});
