import { expect, it } from 'vitest';
import { rulesAnswer } from '../../dev/fixtures/alerts.ts';
import { alertName, alertValue, labelText, ruleText, thresholdText } from './alert-words.ts';

it.each([
  [742.13, 'ms', '742 ms'],
  [90, 's', '1.5 min'],
  [6.2, '%', '6.2 %'],
  [1_812, 'jobs', '1.81k jobs'],
  [3, '', '3'],
  [null, 'ms', '–'],
])('writes %d %s as %s', (value, unit, text) => {
  expect(alertValue(value, unit)).toBe(text);
});

it('names what fires', () => {
  expect(alertName({ ruleName: 'p95', kind: 'condition' })).toBe('p95');
  expect(alertName({ ruleName: 'p95', kind: 'no_data' })).toBe('p95: no data');
});

it('writes thresholds and labels', () => {
  expect(thresholdText({ op: '>', threshold: 500, unit: 'ms' })).toBe('> 500 ms');
  expect(thresholdText({ op: null, threshold: null, unit: '' })).toBe('');
  expect(labelText({ service: 'shop', operation: 'GET /' })).toBe('service shop · operation GET /');
});

it('says what each rule looks at', () => {
  expect(rulesAnswer().rules.map(ruleText)).toEqual([
    'p95 latency a service over 5m: critical > 2 s, warning > 500 ms for 2m',
    'error rate a service and operation over 5m: critical > 5 % for 1m',
    'queue depth a queue over 5m: warning > 1k jobs',
  ]);
});
