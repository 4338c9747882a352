import { createHmac, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { at, batchOf, instanceOf, notificationOf } from '../store-contract/samples.ts';
import { createMemoryStore, emptyData } from '../test-support/memory-store.ts';
import { createActions } from './actions.ts';
import { createPagerDutyInbox } from './pagerduty-inbox.ts';

const secret = 'whsec-0123456789abcdef';
const policy = { waitMs: 0, intervalMs: 60_000, repeatMs: null, maxListed: 20, sendResolved: true };

async function open(secrets: readonly string[] = [secret]) {
  const store = createMemoryStore(emptyData());
  const instances = [instanceOf('a', 'firing'), instanceOf('b', 'firing')];
  const episodes = instances.flatMap(({ episode }) => (episode === null ? [] : [episode]));
  const groupNotes = ['a', 'b'].map((id) => ({
    scope: 'rule:r',
    labels: {},
    channel: 'pager',
    policy,
    notification: notificationOf({ dedupKey: id }),
    atMs: at,
  }));
  await store.commit(batchOf({ instances, episodes, groupNotes }));
  let next = 0;
  const actions = createActions({ store, now: () => at, newId: () => `id${(next += 1)}` });
  const inbox = createPagerDutyInbox({ store, actions, secrets });
  const acked = async () => (await store.listHolds(at)).map((it) => `${it.alertId} ${it.acked?.by ?? ''}`);
  return { store, inbox, acked };
}

function report(type: string, key: string | null = 'a', id: string = type): Buffer {
  const event = {
    id,
    event_type: type,
    resource_type: 'incident',
    agent: { type: 'user_reference', summary: 'Ada Lovelace' },
    data: { id: 'PT4KHLK', type: 'incident', status: 'x', incident_key: key },
  };
  return Buffer.from(JSON.stringify({ event }));
}
const sign = (body: Uint8Array, by = secret) => `v1=${createHmac('sha256', by).update(body).digest('hex')}`;

it('takes acknowledge, its end, resolve and reopen, each once', async () => {
  const { inbox, acked, store } = await open();
  const take = async (type: string, key?: string) => {
    const body = report(type, key);
    return await inbox({ body, signature: sign(body) });
  };
  expect(await take('incident.acknowledged')).toEqual({ kind: 'taken', alerts: 1 });
  expect(await acked()).toEqual(['a Ada Lovelace']);
  expect(await take('incident.acknowledged')).toEqual({ kind: 'taken', alerts: 0 });
  expect(await take('incident.unacknowledged')).toEqual({ kind: 'taken', alerts: 1 });
  expect(await acked()).toEqual([]);
  expect(await take('incident.resolved')).toEqual({ kind: 'taken', alerts: 1 });
  expect((await store.listActions({ rowsMax: 1 }))[0]?.note).toBe('resolved in PagerDuty');
  expect(await take('incident.reopened')).toEqual({ kind: 'taken', alerts: 1 });
  expect(await acked()).toEqual([]);
});

it('an incident of a group is all its alerts', async () => {
  const { inbox, acked, store } = await open();
  const groupKey = (await store.listGroups())[0]?.group.id ?? '';
  const body = report('incident.acknowledged', groupKey);
  expect(await inbox({ body, signature: sign(body) })).toEqual({ kind: 'taken', alerts: 2 });
  expect(await acked()).toEqual(['a Ada Lovelace', 'b Ada Lovelace']);
});

it('other events and unknown incidents are taken and change nothing', async () => {
  const { inbox, acked } = await open();
  const bodies = [
    report('incident.triggered'),
    report('pagey.ping', null),
    report('incident.acknowledged', 'zz'),
  ];
  for (const body of bodies)
    expect(await inbox({ body, signature: sign(body) })).toEqual({ kind: 'taken', alerts: 0 });
  expect(await acked()).toEqual([]);
});

it('takes a second signature while a secret is replaced', async () => {
  const { inbox } = await open(['old', secret]);
  const body = report('incident.acknowledged');
  const signature = `v1=${'0'.repeat(64)}, ${sign(body)}`;
  expect(await inbox({ body, signature })).toEqual({ kind: 'taken', alerts: 1 });
});

const body = report('incident.acknowledged');
const forged = [
  ['no signature', undefined],
  ['another secret', sign(body, 'another')],
  ['another body', sign(Buffer.from('{}'))],
  ['another version', sign(body).replace('v1', 'v2')],
  ['a short one', sign(body).slice(0, 40)],
  ['nothing', ''],
  ['noise', randomBytes(32).toString('base64')],
] as const;
it.each(forged)('refuses %s', async (_name, signature) => {
  const { inbox, acked } = await open();
  expect(await inbox({ body, signature })).toEqual({ kind: 'bad_signature' });
  expect(await acked()).toEqual([]);
});

it('without a secret nothing is taken, and what is signed but no event is unread', async () => {
  const closed = await open([]);
  expect(await closed.inbox({ body, signature: sign(body) })).toEqual({ kind: 'not_configured' });
  const { inbox } = await open();
  for (const text of ['{}', 'null', '{"event":{"id":""}}', '\xff']) {
    const bytes = Buffer.from(text, 'latin1');
    expect(await inbox({ body: bytes, signature: sign(bytes) })).toEqual({ kind: 'unread' });
  }
});
