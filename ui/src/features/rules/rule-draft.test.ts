import { endpoints } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { rulesAnswer } from '../../../dev/fixtures/alerts.ts';
import { draftOf, emptyDraft, formSignals, problemAt, ruleOf, uidOf, withSignal } from './rule-draft.ts';

const parse = (rule: unknown) => endpoints.createRule.body.parse(rule);

const kept = parse({
  uid: 'kept',
  name: 'Everything the form does not show',
  labels: { team: 'web' },
  signal: {
    kind: 'error_rate',
    filter: [{ label: 'service', op: '=~', value: 'a|b' }],
    errorWhen: [{ label: 'kind', value: 'x' }],
  },
  schedule: { every: '30s', delay: 'auto', window: '10m', correctLate: false },
  groups: { max: 7, newGroupGrace: '5m' },
  conditions: [
    {
      severity: 'critical',
      threshold: 10,
      recover: 6,
      channels: ['pager'],
      and: [{ window: '1h', threshold: 3 }],
    },
    { severity: 'info', op: 'outside', threshold: 1, upper: 2 },
  ],
  guard: { minSamples: 5, minRate: 0.5 },
  onNoData: { action: 'alert', after: '3m', scope: 'group' },
  notify: { channels: ['pager', 'chat'], repeat: 'never', sendResolved: 'always', groupBy: ['service'] },
  annotations: { summary: 'x' },
  runbook: 'https://wiki.example/x',
});
const burn = parse({ uid: 'burn', name: 'Budget', signal: { kind: 'burn_rate', slo: { objective: 99.9 } } });

it.each([...rulesAnswer().rules, kept, burn].map((rule) => [rule.uid, rule] as const))(
  'takes %s to the form and back, unchanged',
  (_, rule) => {
    expect(parse(ruleOf(draftOf(rule)))).toEqual(rule);
  },
);

it.each(formSignals)('has %s ready to be saved but for its name', (kind) => {
  const draft = withSignal({ ...emptyDraft, uid: 'x', name: 'x' }, kind);
  const named = kind === 'metric' ? { ...draft, signal: { ...draft.signal, name: 'heap' } } : draft;
  const problems = endpoints.createRule.body.safeParse(ruleOf(named)).error?.issues ?? [];
  // Nobody can guess the threshold of a metric.
  expect(problems.map(({ path }) => path.join('.'))).toEqual(
    kind === 'metric' ? ['conditions.0.threshold'] : [],
  );
});

it('sends what is no number as it is, for the collector to refuse', () => {
  const { conditions } = emptyDraft;
  const draft = {
    ...emptyDraft,
    conditions: { ...conditions, warning: { ...conditions.warning, threshold: 'much' } },
  };
  expect(ruleOf(draft).conditions).toMatchObject([{ severity: 'warning', threshold: 'much' }]);
});

it('takes channels, runbook and resolves away', () => {
  const rule = parse(
    ruleOf({ ...draftOf(kept), channels: [], runbook: '', repeat: '', sendResolved: false }),
  );
  expect(rule.notify).toEqual({ sendResolved: false, groupBy: ['service'] });
  expect(rule.runbook).toBeUndefined();
});

it.each([
  ['p95 of GET /orders', 'p95-of-get-orders'],
  ['  Ümläut!  ', 'ml-ut'],
  ['', ''],
  ['x'.repeat(100), 'x'.repeat(80)],
])('makes of %s the id %s', (name, uid) => {
  expect(uidOf(name)).toBe(uid);
});

it('finds the problem of a field', () => {
  const problems = [{ path: 'for', problem: 'is not a duration' }];
  expect([problemAt(problems, 'for'), problemAt(problems, 'name')]).toEqual(['is not a duration', undefined]);
});
