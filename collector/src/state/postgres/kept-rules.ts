import { keptRulesMax } from '@nightjar/alerts';
import type { KeptRule, KeptRules, RuleStore } from '@nightjar/alerts';
import { readKeptRule } from '../rows.ts';
import type { PostgresDatabase } from './database.ts';
import { lockIn } from './locks.ts';

export function createRuleStore(database: PostgresDatabase): RuleStore {
  return {
    list: async () => await listRules(database),
    add: async (kept) =>
      await database.transaction(async (session) => {
        await lockIn(session, 'rules');
        const { uid } = kept.rule;
        if ((await session.get('SELECT 1 FROM nightjar.kept_rules WHERE uid = $1', [uid])) !== undefined)
          return 'taken';
        const counted = await session.get('SELECT count(*) AS rules FROM nightjar.kept_rules');
        if (Number(counted?.['rules'] ?? 0) >= keptRulesMax) return 'full';
        await session.run('INSERT INTO nightjar.kept_rules VALUES ($1, $2, $3, $4)', cellsOf(kept));
        return 'saved';
      }),
    replace: async (kept) => {
      const changed = await database.run(
        'UPDATE nightjar.kept_rules SET changed_at_ms = $2, changed_by = $3, body = $4 WHERE uid = $1',
        cellsOf(kept),
      );
      return changed === 0 ? 'missing' : 'saved';
    },
    remove: async (uid) => (await database.run('DELETE FROM nightjar.kept_rules WHERE uid = $1', [uid])) > 0,
  };
}

async function listRules(database: PostgresDatabase): Promise<KeptRules> {
  const rules: KeptRule[] = [];
  const unreadable: { uid: string; problem: string }[] = [];
  for (const row of await database.all('SELECT * FROM nightjar.kept_rules ORDER BY uid COLLATE "C"')) {
    const read = readKeptRule(row);
    if (typeof read === 'string') unreadable.push({ uid: String(row['uid']), problem: read });
    else rules.push(read);
  }
  return { rules, unreadable };
}

function cellsOf({ rule, changedAtMs, changedBy }: KeptRule) {
  return [rule.uid, changedAtMs, changedBy, JSON.stringify(rule)];
}
