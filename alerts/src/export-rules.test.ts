import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { alertRule } from '../schema/index.ts';
import { rulesToYaml } from './export-rules.ts';
import { parseRules } from './load-rules.ts';

it('the shipped rules come back the same from what is written', async () => {
  const text = await readFile(new URL('../rules/default.yaml', import.meta.url), 'utf8');
  const { rules } = parseRules(text, 'default.yaml');
  const again = parseRules(rulesToYaml(rules), 'exported.yaml');
  expect(again.problems).toEqual([]);
  expect(again.rules).toEqual(rules);
});

it('writes what a person would write', () => {
  const rule = alertRule.parse({
    uid: 'slow',
    name: 'Slow: checkout',
    signal: { kind: 'latency', quantile: 0.99, filter: [{ label: 'service', op: '=', value: 'shop' }] },
    groupBy: ['service'],
    schedule: { every: '1m', window: '10m' },
    conditions: [{ severity: 'critical', op: '>', threshold: 500, recover: 400 }],
    notify: { repeat: 'never' },
  });
  expect(rulesToYaml([rule])).toBe(`rules:
  - uid: slow
    name: 'Slow: checkout'
    signal:
      kind: latency
      quantile: 0.99
      filter:
        - label: service
          value: shop
    schedule:
      window: 10m
    groupBy:
      - service
    conditions:
      - severity: critical
        threshold: 500
        recover: 400
    notify:
      repeat: never
`);
});

it('an empty list is a file that can be read', () => {
  expect(parseRules(rulesToYaml([]), 'x.yaml')).toEqual({ rules: [], inhibitions: [], problems: [] });
});
