import type { AlertRule } from '@nightjar/alerts/schema';
import type { RulePreview } from '../contract/index.ts';
import type { CollectorClient } from './collector-client.ts';
import { RulesFailure } from './failure.ts';
import { withoutTests } from './plan.ts';
import { readFolder } from './read-folder.ts';

export interface BacktestInput {
  readonly uid: string;
  readonly dir: string | undefined;
  readonly days: number;
  readonly client: CollectorClient;
}

/** What a rule would have done over the stored data of a collector. */
export async function backtestRule({ uid, dir, days, client }: BacktestInput): Promise<RulePreview> {
  const rules = dir === undefined ? (await client.listRules()).rules : (await readFolder(dir)).rules;
  const rule = rules.find((it) => it.uid === uid);
  if (rule === undefined) throw new RulesFailure(64, `there is no rule ${uid}, ${knownText(rules)}`);
  const preview = await client.preview(withoutTests(rule), days);
  if (typeof preview === 'string') throw new RulesFailure(64, `${uid} is refused: ${preview}`);
  return preview;
}

function knownText(rules: readonly AlertRule[]): string {
  const uids = rules.map(({ uid }) => uid);
  const shown = uids.slice(0, 10).join(', ');
  return uids.length === 0 ? 'there is none' : `write ${shown}${uids.length > 10 ? ' …' : ''}`;
}
