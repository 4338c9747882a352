import { expect, it } from 'vitest';
import { alertRule } from '../schema/index.ts';
import { lintRule } from './lint-rule.ts';

const base = {
  uid: 'r',
  name: 'r',
  signal: { kind: 'latency', quantile: 0.9 },
  guard: { minSamples: 5 },
  conditions: [{ severity: 'critical', threshold: 1 }],
};
const names = { channels: ['log', 'pager'], routes: ['night'] };

it.each([
  { name: 'a rule in order', part: {}, said: [] },
  { name: 'a ratio without guard', part: { guard: {} }, said: ['warning guard'] },
  { name: 'a rate is a guard', part: { guard: { minRate: 1 } }, said: [] },
  { name: 'a sum needs none', part: { guard: {}, signal: { kind: 'throughput' } }, said: [] },
  {
    name: 'a window shorter than the step',
    part: { schedule: { every: '5m', window: '1m' } },
    said: ['warning schedule.window'],
  },
  { name: 'a hold shorter than the step', part: { for: '30s' }, said: ['warning for'] },
  {
    name: 'silence that is told before the window is empty',
    part: { onNoData: { action: 'alert', after: '1m' } },
    said: ['warning onNoData.after'],
  },
  {
    name: 'a channel that is not there',
    part: { notify: { channels: ['log', 'x'] } },
    said: ['error notify.channels'],
  },
  {
    name: 'a channel of a condition',
    part: { conditions: [{ severity: 'info', threshold: 1, channels: ['x'] }] },
    said: ['error conditions.0.channels'],
  },
  { name: 'a route that is not there', part: { notify: { route: 'day' } }, said: ['error notify.route'] },
  { name: 'a route that is', part: { notify: { route: 'night' } }, said: [] },
  {
    name: 'a pattern that is none',
    part: {
      signal: { kind: 'throughput', filter: [{ label: 'a', op: '=~', value: '(' }] },
      groups: { exclude: [{ label: 'a', op: '!~', value: '[' }] },
    },
    said: ['error signal.filter.0.value', 'error groups.exclude.0.value'],
  },
])('$name', ({ part, said }) => {
  const lints = lintRule(alertRule.parse({ ...base, ...part }), names);
  expect(lints.map(({ level, path }) => `${level} ${path.join('.')}`)).toEqual(said);
});
