import assert from 'node:assert/strict';
import type { AlertAction } from '../../schema/index.ts';
import { actionsMax } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { actionOf, at, batchOf, episodeOf } from './samples.ts';

export const actionCases: readonly ContractCase[] = [
  {
    name: 'an action is recorded once under its id, is listed the latest first, and outlives the process',
    run: async ({ store, reopen }) => {
      const ack = actionOf({ id: 'ack', at });
      const snooze = actionOf({ id: 'snooze', kind: 'snooze', at: at + 5, until: at + 60, episodeId: 'f' });
      const other = actionOf({ id: 'other', alertId: 'b', at: at + 1, episodeId: null });
      for (const action of [ack, snooze, other]) assert.equal(await store.recordAction(action), 'recorded');
      assert.equal(await store.recordAction({ ...ack, note: 'again' }), 'known');
      const reopened = await reopen();
      assert.deepEqual(await reopened.listActions({ rowsMax: 10 }), [snooze, other, ack]);
      assert.deepEqual(await reopened.listActions({ rowsMax: 10, alertId: 'a' }), [snooze, ack]);
      assert.deepEqual(await reopened.listActions({ rowsMax: 10, episodeId: 'f' }), [snooze]);
      assert.deepEqual(await reopened.listActions({ rowsMax: 10, fromMs: at + 1, toMs: at + 5 }), [other]);
      assert.deepEqual(await reopened.listActions({ rowsMax: 1 }), [snooze]);
    },
  },
  {
    name: 'an acknowledgement holds until its episode ends or it is taken back',
    run: async ({ store }) => {
      const open = episodeOf({ id: 'e' });
      await store.commit(batchOf({ episodes: [open] }));
      const ack = actionOf({ id: 'ack' });
      await store.recordAction(ack);
      await store.recordAction(actionOf({ id: 'gone', alertId: 'b', episodeId: 'unknown' }));
      assert.deepEqual(await store.listHolds(at), [{ alertId: 'a', acked: ack, snoozed: null }]);
      await store.recordAction(actionOf({ id: 'back', kind: 'unack', at: at + 1 }));
      assert.deepEqual(await store.listHolds(at), []);
      const again = actionOf({ id: 'again', at: at + 2 });
      await store.recordAction(again);
      assert.deepEqual(await store.listHolds(at), [{ alertId: 'a', acked: again, snoozed: null }]);
      const episodes = [{ ...open, resolvedAt: at + 9, resolveReason: 'ok' as const }];
      await store.commit(batchOf({ expectedTickMs: at, episodes }));
      assert.deepEqual(await store.listHolds(at), []);
    },
  },
  {
    name: 'a snooze holds until its end, the last one counts, and it can be taken back',
    run: async ({ store }) => {
      const first = actionOf({ id: 's1', kind: 'snooze', until: at + 100 });
      const second = actionOf({ id: 's2', kind: 'snooze', at: at + 1, until: at + 50 });
      const elsewhere = actionOf({ id: 's3', alertId: 'b', kind: 'snooze', until: at + 80 });
      for (const action of [first, second, elsewhere]) await store.recordAction(action);
      assert.deepEqual(await store.listHolds(at + 49), [
        { alertId: 'a', acked: null, snoozed: second },
        { alertId: 'b', acked: null, snoozed: elsewhere },
      ]);
      assert.deepEqual(alertIds(await store.listHolds(at + 50)), ['b']);
      await store.recordAction(actionOf({ id: 's4', alertId: 'b', kind: 'unsnooze', at: at + 60 }));
      assert.deepEqual(await store.listHolds(at + 60), []);
    },
  },
  {
    name: 'actions of one episode have a limit, those of others do not count to it',
    run: async ({ store }) => {
      for (let index = 0; index < actionsMax; index += 1)
        assert.equal(await store.recordAction(actionOf({ id: `a${index}` })), 'recorded');
      assert.equal(await store.recordAction(actionOf({ id: 'more' })), 'full');
      assert.equal(await store.recordAction(actionOf({ id: 'next', episodeId: 'f' })), 'recorded');
      assert.equal(await store.recordAction(actionOf({ id: 'none', episodeId: null })), 'recorded');
    },
  },
  {
    name: 'prune forgets old actions, but not those that still hold',
    run: async ({ store }) => {
      await store.commit(batchOf({ episodes: [episodeOf({ id: 'e' })] }));
      await store.recordAction(actionOf({ id: 'holds', at: at - 50 }));
      await store.recordAction(actionOf({ id: 'old', at: at - 50, episodeId: null }));
      await store.recordAction(
        actionOf({ id: 'snooze', kind: 'snooze', at: at - 50, until: at + 50, episodeId: null }),
      );
      assert.equal(await store.prune(at), 1);
      const left: AlertAction[] = await store.listActions({ rowsMax: 10 });
      assert.deepEqual(left.map(({ id }) => id).sort(), ['holds', 'snooze']);
    },
  },
];

function alertIds(holds: readonly { readonly alertId: string }[]): string[] {
  return holds.map(({ alertId }) => alertId);
}
