import type { Alert, Episode } from '@nightjar/alerts/schema';
import { alertRule } from '@nightjar/alerts/schema';
import { expect, it } from 'vitest';
import type { FactsInput } from './rule-facts.ts';
import { ruleFacts } from './rule-facts.ts';

const subject = {
  ruleName: 'p95',
  kind: 'condition',
  severity: 'warning',
  op: '>',
  threshold: 1,
  unit: 'ms',
  value: 2,
  samples: 3,
  firedAt: null,
  resolvedAt: null,
} as const;
const alert = (ruleUid: string, service: string, more: Partial<Alert>): Alert => ({
  ...subject,
  id: `${ruleUid} ${service}`,
  ruleUid,
  labels: { service },
  state: 'inactive',
  lastVerdict: 'ok',
  reason: service,
  episodeId: null,
  activeAt: null,
  evaluatedAt: 10,
  ...more,
});
const episode = (ruleUid: string, firedAt: number): Episode => ({
  ...subject,
  id: `${ruleUid} ${firedAt}`,
  alertId: 'a',
  ruleUid,
  labels: {},
  activeAt: firedAt,
  firedAt,
  resolveReason: null,
});
const rule = (uid: string) =>
  alertRule.parse({
    uid,
    name: uid,
    signal: { kind: 'throughput' },
    conditions: [{ severity: 'info', threshold: 1 }],
  });

const input: FactsInput = {
  rules: [rule('calm'), rule('loud'), rule('new')],
  alerts: [
    alert('loud', 'ok', {}),
    alert('loud', 'late', { lastVerdict: 'error' }),
    alert('loud', 'bad', { state: 'recovering', lastVerdict: 'ok' }),
    alert('loud', 'soon', { state: 'pending', lastVerdict: 'breach' }),
    alert('calm', 'x', { lastVerdict: 'nodata' }),
  ],
  episodes: [episode('loud', 5), episode('loud', 9)],
  sourceOf: (uid) => ({ kind: 'file', path: `${uid}.yaml` }),
};

it('lets the worst group speak for a rule', () => {
  const source = (uid: string) => ({ kind: 'file', path: `${uid}.yaml` });
  const none = { firing: 0, pending: 0, lastFiredAt: null };
  expect(ruleFacts(input)).toEqual([
    {
      ...none,
      uid: 'calm',
      source: source('calm'),
      groups: 1,
      lastVerdict: 'nodata',
      reason: 'x',
      evaluatedAt: 10,
    },
    {
      uid: 'loud',
      source: source('loud'),
      groups: 4,
      firing: 1,
      pending: 1,
      lastVerdict: 'ok',
      reason: 'bad',
      evaluatedAt: 10,
      lastFiredAt: 9,
    },
    {
      ...none,
      uid: 'new',
      source: source('new'),
      groups: 0,
      lastVerdict: null,
      reason: null,
      evaluatedAt: null,
    },
  ]);
});

it('counts no groups where not all are there', () => {
  expect(ruleFacts({ ...input, isPartial: true }).map(({ groups }) => groups)).toEqual([null, null, null]);
});
