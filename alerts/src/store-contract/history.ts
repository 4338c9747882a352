import assert from 'node:assert/strict';
import type { Instance } from '../../schema/index.ts';
import type { AlertStore, Settlement } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, batchOf, episodeOf, instanceOf, rowOf } from './samples.ts';

export const historyCases: readonly ContractCase[] = [
  {
    name: 'an alert and an episode are found by id, or not at all',
    run: async ({ store }) => {
      const firing = instanceOf('a', 'firing');
      const episode = episodeOf({ id: 'e1' });
      await store.commit(batchOf({ instances: [firing], episodes: [episode] }));
      assert.deepEqual(await store.findAlert('a'), firing.alert);
      assert.deepEqual(await store.findEpisode('e1'), episode);
      assert.equal(await store.findAlert('e1'), undefined);
      assert.equal(await store.findEpisode('a'), undefined);
    },
  },
  {
    name: 'alerts are listed firing first, then recovering, pending, inactive, the latest change first',
    run: async ({ store }) => {
      const changed = (id: string, state: Parameters<typeof instanceOf>[1], times: object): Instance => {
        const base = instanceOf(id, state);
        return { ...base, alert: { ...base.alert, ...times } };
      };
      const instances = [
        changed('quiet', 'inactive', {}),
        changed('ended', 'inactive', { resolvedAt: at + 8 }),
        changed('waits', 'pending', { activeAt: at + 3 }),
        changed('fired-early', 'firing', { activeAt: at, firedAt: at + 1 }),
        changed('fired-late', 'firing', { activeAt: at, firedAt: at + 2 }),
        changed('better', 'recovering', { activeAt: at, firedAt: at }),
      ];
      await store.commit(batchOf({ instances }));
      const all = await store.listAlerts({ rowsMax: 10 });
      assert.deepEqual(
        all.map(({ id }) => id),
        ['fired-late', 'fired-early', 'better', 'waits', 'ended', 'quiet'],
      );
      assert.deepEqual(all[0], instances[4]?.alert);
      const some = await store.listAlerts({ states: ['pending', 'recovering'], rowsMax: 10 });
      assert.deepEqual(
        some.map(({ id }) => id),
        ['better', 'waits'],
      );
      assert.equal((await store.listAlerts({ rowsMax: 2 })).length, 2);
    },
  },
  {
    name: 'episodes that overlap the range are listed, the latest first, and replaced by id',
    run: async ({ store }) => {
      const episodes = [
        episodeOf({ id: 'before', firedAt: at, resolvedAt: at + 10, resolveReason: 'ok' }),
        episodeOf({ id: 'across', firedAt: at + 5, resolvedAt: at + 25, resolveReason: 'ok' }),
        episodeOf({ id: 'open', firedAt: at + 15 }),
        episodeOf({ id: 'after', firedAt: at + 40 }),
        episodeOf({ id: 'other', firedAt: at + 16, ruleUid: 'other' }),
      ];
      await store.commit(batchOf({ episodes }));
      const range = { fromMs: at + 20, toMs: at + 40, rowsMax: 10 };
      assert.deepEqual(await episodeIds(store, range), ['other', 'open', 'across']);
      assert.deepEqual(await episodeIds(store, { ...range, ruleUid: 'rule' }), ['open', 'across']);
      assert.deepEqual(await episodeIds(store, { ...range, rowsMax: 1 }), ['other']);
      const ended = episodeOf({
        id: 'open',
        firedAt: at + 15,
        resolvedAt: at + 18,
        resolveReason: 'stale',
      });
      await store.commit(batchOf({ expectedTickMs: at, episodes: [ended] }));
      assert.deepEqual(await episodeIds(store, range), ['other', 'across']);
    },
  },
  {
    name: 'prune forgets old closed episodes and settled messages, nothing that is open',
    run: async ({ store }) => {
      const episodes = [
        episodeOf({ id: 'old', firedAt: at - 9, resolvedAt: at - 5, resolveReason: 'ok' }),
        episodeOf({ id: 'recent', firedAt: at - 9, resolvedAt: at + 5, resolveReason: 'ok' }),
        episodeOf({ id: 'open', firedAt: at - 9 }),
      ];
      const outbox = ['sent', 'dead', 'waiting', 'sent-late'].map((name) => rowOf(name, { dedupKey: name }));
      await store.commit(batchOf({ episodes, outbox }));
      const rows = await store.claim({ channel: 'hook', nowMs: at, rowsMax: 10, leaseMs: 1_000 });
      for (const { id, lease, dedupKey } of rows) {
        const settled = { id, lease };
        const outcome: Record<string, Settlement> = {
          sent: { ...settled, atMs: at - 1, kind: 'delivered' },
          dead: { ...settled, atMs: at - 1, kind: 'dead', reason: 'status 400', followUp: [] },
          waiting: {
            ...settled,
            atMs: at - 1,
            kind: 'retry',
            notBeforeMs: at + 60_000,
            reason: 'status 500',
          },
          'sent-late': { ...settled, atMs: at + 1, kind: 'delivered' },
        };
        const settlement = outcome[dedupKey];
        assert.ok(settlement !== undefined && (await store.settle(settlement)));
      }
      assert.equal(await store.prune(at), 3);
      assert.equal(await store.prune(at), 0);
      assert.deepEqual((await episodeIds(store, { fromMs: 0, toMs: at * 2, rowsMax: 10 })).sort(), [
        'open',
        'recent',
      ]);
      assert.deepEqual(await store.outboxDepths(), [
        { channel: 'hook', pending: 1, dead: 0, oldestPendingMs: at },
      ]);
    },
  },
];

async function episodeIds(
  store: AlertStore,
  query: Parameters<AlertStore['listEpisodes']>[0],
): Promise<string[]> {
  return (await store.listEpisodes(query)).map(({ id }) => id);
}
