import assert from 'node:assert/strict';
import type { Silence } from '../../schema/index.ts';
import { silencesMax } from '../ports.ts';
import type { ContractCase } from '../store-contract.ts';
import { at, silenceOf } from './samples.ts';

export const silenceCases: readonly ContractCase[] = [
  {
    name: 'silences are listed until they end, the first to begin first, and outlive the process',
    run: async ({ store, reopen }) => {
      const early = silenceOf({ id: 'early', startsAt: at, endsAt: at + 10 });
      const late = silenceOf({ id: 'late', startsAt: at + 5, endsAt: at + 20, mode: 'mute_all' });
      for (const silence of [late, early]) assert.equal(await store.saveSilence(silence, at), 'saved');
      const reopened = await reopen();
      assert.deepEqual(await reopened.listSilences(at), [early, late]);
      assert.deepEqual(await reopened.listSilences(at + 9), [early, late]);
      assert.deepEqual(await reopened.listSilences(at + 10), [late]);
      const longer = { ...early, endsAt: at + 30 };
      assert.equal(await reopened.saveSilence(longer, at), 'saved');
      assert.deepEqual(await reopened.listSilences(at + 20), [longer]);
    },
  },
  {
    name: 'a silence is ended once; one that has not begun is forgotten',
    run: async ({ store }) => {
      await store.saveSilence(silenceOf({ id: 'runs', startsAt: at, endsAt: at + 20 }), at);
      await store.saveSilence(silenceOf({ id: 'waits', startsAt: at + 15, endsAt: at + 20 }), at);
      assert.equal(await store.endSilence('runs', at + 10), true);
      assert.equal(await store.endSilence('runs', at + 10), false);
      assert.equal(await store.endSilence('waits', at + 10), true);
      assert.equal(await store.endSilence('waits', at + 10), false);
      assert.equal(await store.endSilence('none', at), false);
      assert.deepEqual(ids(await store.listSilences(at + 10)), []);
      assert.deepEqual(await store.listSilences(at), [
        silenceOf({ id: 'runs', startsAt: at, endsAt: at + 10 }),
      ]);
    },
  },
  {
    name: 'a full store takes no new silence, but changes to those it has, and new ones when some ended',
    run: async ({ store }) => {
      for (let index = 0; index < silencesMax; index += 1)
        await store.saveSilence(silenceOf({ id: `s${index}`, endsAt: at + (index === 0 ? 5 : 20) }), at);
      assert.equal(await store.saveSilence(silenceOf({ id: 'new' }), at), 'full');
      assert.equal(await store.saveSilence(silenceOf({ id: 's1', reason: 'changed' }), at), 'saved');
      assert.equal(await store.saveSilence(silenceOf({ id: 'new' }), at + 5), 'saved');
      assert.equal((await store.listSilences(at)).length, silencesMax);
    },
  },
  {
    name: 'a silence that recurs is listed until its last day, and is ended by a last day',
    run: async ({ store, reopen }) => {
      const daily = { rrule: 'FREQ=DAILY', tz: 'Europe/Berlin', until: null };
      const nightly = silenceOf({ id: 'nightly', startsAt: at, endsAt: at + 10, recurrence: daily });
      assert.equal(await store.saveSilence(nightly, at), 'saved');
      const reopened = await reopen();
      const years = at + 10 * 365 * 86_400_000;
      assert.deepEqual(await reopened.listSilences(years), [nightly]);
      assert.equal(await reopened.prune(years), 0);
      assert.equal(await reopened.endSilence('nightly', at + 86_400_000), true);
      assert.equal(await reopened.endSilence('nightly', at + 86_400_000), false);
      assert.deepEqual(await reopened.listSilences(at + 86_400_000), []);
      assert.deepEqual(await reopened.listSilences(at), [
        { ...nightly, recurrence: { ...daily, until: at + 86_400_000 } },
      ]);
      assert.equal(await reopened.prune(years), 1);
    },
  },
  {
    name: 'prune forgets silences that ended before',
    run: async ({ store }) => {
      await store.saveSilence(silenceOf({ id: 'old', startsAt: at - 10, endsAt: at - 5 }), at - 10);
      await store.saveSilence(silenceOf({ id: 'open', startsAt: at - 10, endsAt: at + 5 }), at - 10);
      assert.equal(await store.prune(at), 1);
      assert.deepEqual(ids(await store.listSilences(0)), ['open']);
    },
  },
];

function ids(silences: readonly Silence[]): string[] {
  return silences.map(({ id }) => id);
}
