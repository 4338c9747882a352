import path from 'node:path';
import { runRuleTest } from '@nightjar/alerts';
import type { RulesFolder } from '@nightjar/alerts';
import { openSqliteState } from '../state/sqlite/driver.ts';

export interface TestedRule {
  readonly place: string;
  readonly rule: string;
  readonly test: string;
  readonly problems: readonly string[];
}

/** Runs every test of every rule, one after the other. Files of spans are looked for beside the rules. */
export async function testRules(dir: string, folder: RulesFolder): Promise<TestedRule[]> {
  const { openStoredSpans } = await import('./stored-spans.ts');
  const ports = {
    openStore: () => openSqliteState(':memory:').alerts,
    openSpans: async (file: string) => await openStoredSpans(path.resolve(dir, file)),
  };
  const tested: TestedRule[] = [];
  for (const { rule, file, lineOf } of folder.placed) {
    for (const [index, test] of (rule.tests ?? []).entries()) {
      const { problems } = await runRuleTest(rule, test, ports);
      const line = lineOf(['tests', index]);
      const place = `${path.join(dir, file)}${line === undefined ? '' : `:${line}`}`;
      tested.push({ place, rule: rule.uid, test: test.name, problems });
    }
  }
  return tested;
}
