import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { lintRule } from '../lint-rule.ts';
import { loadRules } from '../load-rules.ts';
import { createMemoryStore, emptyData } from '../test-support/memory-store.ts';
import { runRuleTest } from './run-rule-test.ts';

const { rules } = await loadRules(fileURLToPath(new URL('../../rules', import.meta.url)));
const ports = {
  openStore: () => createMemoryStore(emptyData()),
  openSpans: async (file: string) => await Promise.reject(new Error(file)),
};
const tests = rules.flatMap((rule) => (rule.tests ?? []).map((test) => ({ rule, test, name: test.name })));

it('every shipped rule carries a test and says nothing odd', () => {
  expect(rules.filter(({ tests: own }) => own === undefined).map(({ uid }) => uid)).toEqual([]);
  expect(rules.flatMap((rule) => lintRule(rule, { channels: [] }))).toEqual([]);
});

it.each(tests)('$rule.uid: $name', async ({ rule, test }) => {
  expect((await runRuleTest(rule, test, ports)).problems).toEqual([]);
});
