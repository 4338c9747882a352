// What every RuleStore must do. Run each case as a test of its own, on an empty store.
import assert from 'node:assert/strict';
import { alertRule } from '../../schema/index.ts';
import { keptRulesMax } from '../rule-store.ts';
import type { KeptRule, RuleStore } from '../rule-store.ts';

export interface OpenedRuleStore {
  readonly store: RuleStore;
  /** Closes the store and opens it again on the same data. */
  readonly reopen: () => Promise<RuleStore>;
}

export interface RuleStoreCase {
  readonly name: string;
  readonly run: (opened: OpenedRuleStore) => Promise<void>;
}

export const ruleStoreContract: readonly RuleStoreCase[] = [
  {
    name: 'rules are listed by uid, whole, and outlive the process',
    run: async ({ store, reopen }) => {
      assert.deepEqual(await store.list(), { rules: [], unreadable: [] });
      assert.equal(await store.add(keptRule('b')), 'saved');
      assert.equal(await store.add(keptRule('a', { changedBy: null })), 'saved');
      const reopened = await reopen();
      assert.deepEqual((await reopened.list()).rules, [keptRule('a', { changedBy: null }), keptRule('b')]);
    },
  },
  {
    name: 'a uid is added once, replaced while it is there, and removed once',
    run: async ({ store }) => {
      assert.equal(await store.replace(keptRule('a')), 'missing');
      assert.equal(await store.add(keptRule('a')), 'saved');
      assert.equal(await store.add(keptRule('a', { changedAtMs: 2 })), 'taken');
      assert.deepEqual((await store.list()).rules, [keptRule('a')]);
      assert.equal(await store.replace(keptRule('a', { changedAtMs: 3, changedBy: 'bo' })), 'saved');
      assert.deepEqual((await store.list()).rules, [keptRule('a', { changedAtMs: 3, changedBy: 'bo' })]);
      assert.equal(await store.remove('a'), true);
      assert.equal(await store.remove('a'), false);
      assert.deepEqual((await store.list()).rules, []);
    },
  },
  {
    name: 'a full store takes no new rule, but changes to those it has',
    run: async ({ store }) => {
      for (let index = 0; index < keptRulesMax; index += 1)
        assert.equal(await store.add(keptRule(`r${index}`)), 'saved');
      assert.equal(await store.add(keptRule('new')), 'full');
      assert.equal(await store.replace(keptRule('r1', { changedAtMs: 9 })), 'saved');
      assert.equal(await store.remove('r2'), true);
      assert.equal(await store.add(keptRule('new')), 'saved');
    },
  },
];

function keptRule(uid: string, part: Partial<KeptRule> = {}): KeptRule {
  const rule = alertRule.parse({
    uid,
    name: `rule ${uid}`,
    signal: { kind: 'latency', quantile: 0.95, filter: [{ label: 'service', value: 'shop' }] },
    conditions: [{ severity: 'critical', threshold: 100, recover: 80 }],
  });
  return { rule, changedAtMs: 1, changedBy: 'ada', ...part };
}
