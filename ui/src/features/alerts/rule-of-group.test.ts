import { expect, it } from 'vitest';
import { rulesAnswer } from '../../../dev/fixtures/alerts.ts';
import { ruleOfGroup } from './rule-of-group.ts';

it('keeps the group and drops the labels that the rule itself adds', () => {
  const rule = rulesAnswer().rules[1];
  if (rule === undefined) throw new Error('no rule');
  const own = ruleOfGroup(rule, { service: 'shop', operation: 'GET /', team: 'web' });
  expect(own.groups.include).toEqual([
    { label: 'service', op: '=', value: 'shop' },
    { label: 'operation', op: '=', value: 'GET /' },
  ]);
  expect(own.conditions).toEqual(rule.conditions);
});
