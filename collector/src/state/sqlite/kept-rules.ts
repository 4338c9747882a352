import { keptRulesMax } from '@nightjar/alerts';
import type { KeptRule, KeptRules, RuleStore } from '@nightjar/alerts';
import { readKeptRule } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';

export function createRuleStore(database: SqliteDatabase): RuleStore {
  return {
    list: async () => listRules(database),
    add: async (kept) =>
      database.transaction(() => {
        const { uid } = kept.rule;
        if (database.get('SELECT uid FROM kept_rules WHERE uid = :uid', { uid }) !== undefined)
          return 'taken';
        const count = Number(database.get('SELECT count(*) AS n FROM kept_rules')?.['n'] ?? 0);
        if (count >= keptRulesMax) return 'full';
        database.run('INSERT INTO kept_rules VALUES (:uid, :changedAtMs, :changedBy, :body)', bound(kept));
        return 'saved';
      }),
    replace: async (kept) => {
      const changed = database.run(
        `UPDATE kept_rules SET changed_at_ms = :changedAtMs, changed_by = :changedBy, body = :body
         WHERE uid = :uid`,
        bound(kept),
      );
      return changed === 0 ? 'missing' : 'saved';
    },
    remove: async (uid) => database.run('DELETE FROM kept_rules WHERE uid = :uid', { uid }) > 0,
  };
}

function listRules(database: SqliteDatabase): KeptRules {
  const rules: KeptRule[] = [];
  const unreadable: { uid: string; problem: string }[] = [];
  for (const row of database.all('SELECT * FROM kept_rules ORDER BY uid')) {
    const read = readKeptRule(row);
    if (typeof read === 'string') unreadable.push({ uid: String(row['uid']), problem: read });
    else rules.push(read);
  }
  return { rules, unreadable };
}

function bound({ rule, changedAtMs, changedBy }: KeptRule) {
  return { uid: rule.uid, changedAtMs, changedBy, body: JSON.stringify(rule) };
}
