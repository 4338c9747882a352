// Every rule that the documentation shows is one that loads.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertRule, explainIssues } from '../schema/index.ts';

const text = readFileSync(new URL('../../docs/alert-signals.md', import.meta.url), 'utf8');
const shown = [...text.matchAll(/```yaml\n(- uid:[^`]+)```/g)].map(([, block = '']) => block);

it.each(shown)('%s', (block) => {
  const rules: unknown = parse(block);
  expect(Array.isArray(rules)).toBe(true);
  for (const rule of Array.isArray(rules) ? rules : []) {
    const parsed = alertRule.safeParse(rule);
    expect(parsed.success ? [] : explainIssues(parsed.error)).toEqual([]);
  }
});

it('is looked for where it stands', () => {
  expect(shown).toHaveLength(5);
});
