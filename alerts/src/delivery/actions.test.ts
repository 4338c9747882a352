import { expect, it } from 'vitest';
import { at, batchOf, instanceOf } from '../store-contract/samples.ts';
import { createMemoryStore, emptyData } from '../test-support/memory-store.ts';
import { createActions, snoozeMsMax } from './actions.ts';

async function open() {
  const store = createMemoryStore(emptyData());
  const firing = instanceOf('fires', 'firing');
  const episodes = firing.episode === null ? [] : [firing.episode];
  await store.commit(batchOf({ instances: [firing, instanceOf('quiet')], episodes }));
  let next = 0;
  return { store, actions: createActions({ store, now: () => at, newId: () => `id${(next += 1)}` }) };
}
const request = { alertId: 'fires', by: 'ada', source: 'dashboard' as const };

it('acknowledges the open episode and takes it back', async () => {
  const { store, actions } = await open();
  expect(await actions.acknowledge({ ...request, note: 'on it' })).toMatchObject({
    kind: 'recorded',
    action: { id: 'id1', episodeId: 'fires-episode', kind: 'ack', note: 'on it', at },
  });
  expect((await store.listHolds(at))[0]?.acked?.by).toBe('ada');
  await actions.unacknowledge(request);
  expect(await store.listHolds(at)).toEqual([]);
});

it('takes a report that comes twice once', async () => {
  const { actions } = await open();
  expect((await actions.acknowledge({ ...request, id: 'pd-1' })).kind).toBe('recorded');
  expect((await actions.acknowledge({ ...request, id: 'pd-1' })).kind).toBe('known');
});

it('snoozes until then, no further than a week', async () => {
  const { store, actions } = await open();
  expect((await actions.snooze({ ...request, untilMs: at + 1_000 })).kind).toBe('recorded');
  expect((await store.listHolds(at))[0]?.snoozed?.until).toBe(at + 1_000);
  expect((await actions.unsnooze(request)).kind).toBe('recorded');
  expect(await store.listHolds(at)).toEqual([]);
  for (const untilMs of [at, at + snoozeMsMax + 1, Number.NaN])
    expect(await actions.snooze({ ...request, untilMs })).toEqual({
      kind: 'refused',
      reason: 'until_invalid',
    });
});

it('refuses alerts that are unknown or do not fire', async () => {
  const { actions } = await open();
  const refused = async (alertId: string) => await actions.acknowledge({ ...request, alertId });
  expect(await refused('none')).toEqual({ kind: 'refused', reason: 'unknown_alert' });
  expect(await refused('quiet')).toEqual({ kind: 'refused', reason: 'not_firing' });
});
