import { expect, it } from 'vitest';
import { createWebhookChannel } from '../channels/webhook.ts';
import { at, notificationOf, rowOf } from '../store-contract/samples.ts';
import { fakeChannel, openPostOffice } from '../test-support/post-office.ts';
import { localPoster } from '../test-support/local-poster.ts';
import { openReceiver } from '../test-support/receiver.ts';
import type { OutboxRow } from '../ports.ts';
import { channelLateAfterMs, channelLatePeriodMs } from './channel-failing.ts';
import { giveUpAfterMs, inFlightMax, leaseMs } from './worker.ts';

const ok = () => ({ status: 200 });
const hook = (name: string, url: string) => (now: () => number) =>
  createWebhookChannel({ name, url }, { poster: localPoster(now), now });

const titleOf = ({ row }: { readonly row: OutboxRow }) => row.notification.title;

it('18: one receiver fails until 4.5 s: the other has its message once, this one exactly once after', async () => {
  await using healthy = await openReceiver(ok);
  let elapsedMs = () => 0;
  const times: number[] = [];
  await using failing = await openReceiver(() => {
    times.push(elapsedMs());
    return { status: elapsedMs() < 4_500 ? 500 : 200 };
  });
  const office = openPostOffice((now) => [hook('good', healthy.url)(now), hook('bad', failing.url)(now)]);
  ({ elapsedMs } = office);
  await office.enqueue(rowOf('one', { channel: 'good' }), rowOf('one', { channel: 'bad' }));
  await office.run(20_000);
  expect(healthy.received).toHaveLength(1);
  expect(times.filter((time) => time >= 4_500)).toHaveLength(1);
  expect(times.at(-1)).toBeLessThanOrEqual(6_000);
  expect(office.counted.get('deliveries_sent')).toBe(2);
});

it('19: a receiver that hangs twice gets the third attempt, with the same key and body', async () => {
  const timeouts: AbortController[] = [];
  await using receiver = await openReceiver((_request, count) => {
    if (count > 2) return { status: 200 };
    timeouts.at(-1)?.abort();
    return 'hang';
  });
  const office = openPostOffice((now) => [hook('hook', receiver.url)(now)], {
    timeoutSignal: () => {
      timeouts.push(new AbortController());
      return timeouts.at(-1)?.signal ?? AbortSignal.abort();
    },
  });
  await office.enqueue(rowOf('one'));
  await office.run(5_000);
  expect(receiver.received).toHaveLength(3);
  const [first, ...others] = receiver.received;
  expect(first?.headers['idempotency-key']).toBe('one');
  for (const other of others) {
    expect(other.headers['idempotency-key']).toBe('one');
    expect(other.headers['x-nightjar-event-id']).toBe('one');
    expect(other.body).toBe(first?.body);
  }
  expect(office.counted.get('deliveries_sent')).toBe(1);
});

it.each([
  ['seconds', '7'],
  ['a date', new Date(at + 7_000).toUTCString()],
])('20: 429 with Retry-After as %s: the next attempt comes in 7.0 to 7.7 s', async (_form, value) => {
  let elapsedMs = () => 0;
  const times: number[] = [];
  await using receiver = await openReceiver((_request, count) => {
    times.push(elapsedMs());
    return count === 1 ? { status: 429, headers: { 'retry-after': value } } : { status: 200 };
  });
  const office = openPostOffice((now) => [hook('hook', receiver.url)(now)]);
  ({ elapsedMs } = office);
  await office.enqueue(rowOf('one'));
  await office.run(10_000);
  expect(times).toHaveLength(2);
  expect(times[1]).toBeGreaterThanOrEqual(7_000);
  expect(times[1]).toBeLessThanOrEqual(7_700);
});

it('20b: 400 is dead at once and told on the fallback, with what was lost; once an hour', async () => {
  await using receiver = await openReceiver(() => ({ status: 400, body: 'no such integration' }));
  const fallback = fakeChannel('log', () => ({ kind: 'delivered' }));
  const office = openPostOffice((now) => [hook('hook', receiver.url)(now), fallback], { fallbacks: ['log'] });
  await office.enqueue(rowOf('one', { dedupKey: 'a' }), rowOf('two', { dedupKey: 'b' }));
  await office.run(60_000, 1_000);
  expect(receiver.received).toHaveLength(2);
  expect(fallback.attempts).toHaveLength(1);
  const notice = [...office.data.outbox.values()].find(({ row }) => row.channel === 'log')?.row.notification;
  expect(notice).toMatchObject({
    kind: 'channel_failing',
    severity: 'critical',
    labels: { channel: 'hook' },
  });
  expect(notice?.text).toContain('Why: status 400\n');
  expect(notice?.text).toContain(notificationOf().title);
  expect(await office.store.outboxDepths()).toMatchObject([{ channel: 'hook', dead: 2, pending: 0 }]);
});

it('a fallback that refuses does not tell itself', async () => {
  const fallback = fakeChannel('log', () => ({ kind: 'rejected', reason: 'full' }));
  const office = openPostOffice(() => [fallback], { fallbacks: ['log'] });
  await office.enqueue(rowOf('one', { channel: 'log' }));
  await office.run(1_000);
  expect(fallback.attempts).toEqual(['one']);
});

it('a fallback that loses what it is told tells the next, and none is told of itself', async () => {
  const refuses = () => ({ kind: 'rejected' as const, reason: 'no' });
  const channels = ['hook', 'mail'].map((name) => fakeChannel(name, refuses));
  const last = fakeChannel('log', () => ({ kind: 'delivered' }));
  const office = openPostOffice(() => [...channels, last], { fallbacks: ['mail', 'log'] });
  await office.enqueue(rowOf('one'));
  await office.run(5_000, 1_000);
  const told = [...office.data.outbox.values()].map(({ row }) => [row.channel, row.notification.kind]);
  expect(told).toEqual([
    ['hook', 'condition'],
    ['mail', 'channel_failing'],
    ['log', 'channel_failing'],
  ]);
  expect(last.attempts).toHaveLength(1);
});

it('a resolve waits for its trigger, other alerts do not', async () => {
  let isUp = false;
  const channel = fakeChannel('hook', (eventId) =>
    eventId === 'trigger' && !isUp ? { kind: 'retry', reason: 'away' } : { kind: 'delivered' },
  );
  const office = openPostOffice(() => [channel]);
  await office.enqueue(rowOf('trigger'), rowOf('resolve'), rowOf('other', { dedupKey: 'b' }));
  await office.run(3_000);
  expect(channel.attempts.slice(0, 2)).toEqual(['trigger', 'other']);
  expect(channel.attempts).not.toContain('resolve');
  isUp = true;
  await office.run(9_000);
  expect(channel.attempts.slice(-2)).toEqual(['trigger', 'resolve']);
});

it('a message that nobody takes for 24 hours is given up and told on the fallback', async () => {
  const channel = fakeChannel('hook', () => ({ kind: 'retry', reason: 'away' }));
  const fallback = fakeChannel('log', () => ({ kind: 'delivered' }));
  const office = openPostOffice(() => [channel, fallback], { fallbacks: ['log'] });
  await office.enqueue(rowOf('one'));
  const titles = () =>
    [...office.data.outbox.values()].filter(({ row }) => row.channel === 'log').map(titleOf);
  await office.run(channelLateAfterMs - 60_000, 60_000);
  expect(titles()).toEqual([]);
  await office.run(channelLateAfterMs + 600_000, 60_000);
  const waits = 'Critical: channel hook does not answer, an alert waits';
  expect(titles()).toEqual([waits]);
  await office.run(giveUpAfterMs - 1, 60_000);
  expect(new Set(titles())).toEqual(new Set([waits]));
  expect(titles().length).toBeLessThanOrEqual(1 + giveUpAfterMs / channelLatePeriodMs);
  const before = fallback.attempts.length;
  await office.run(giveUpAfterMs + 600_000, 60_000);
  expect(fallback.attempts).toHaveLength(before + 1);
  expect(titles().at(-1)).toBe('Critical: channel hook lost an alert');
  expect(office.counted.get('deliveries_dead')).toBe(1);
  // 24 h at up to 5 min each: the ceiling holds, and it has not tried every step.
  expect(channel.attempts.length).toBeGreaterThan(24 * 12);
  expect(channel.attempts.length).toBeLessThan(24 * 60);
});

it('a channel that throws is a channel to try again', async () => {
  let attempts = 0;
  const channel = {
    name: 'hook',
    send: async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('bug');
      return await Promise.resolve({ kind: 'delivered' } as const);
    },
  };
  const office = openPostOffice(() => [channel]);
  await office.enqueue(rowOf('one'));
  await office.run(2_000);
  expect(attempts).toBe(2);
});

it('a channel that ignores its signal is timed out all the same', async () => {
  const channel = { name: 'hook', send: async () => await new Promise<never>(() => undefined) };
  const office = openPostOffice(() => [channel], { timeoutSignal: () => AbortSignal.abort() });
  await office.enqueue(rowOf('one'));
  await office.run(0);
  expect(office.counted.get('deliveries_retried')).toBe(1);
});

it('a worker that died between the 2xx and the acknowledgement: sent again with the same key, no more', async () => {
  const channel = fakeChannel('hook', () => ({ kind: 'delivered' }));
  const office = openPostOffice(() => [channel]);
  const { settle } = { settle: office.store.settle.bind(office.store) };
  await office.enqueue(rowOf('one'));
  office.store.settle = async () => await Promise.reject(new Error('killed'));
  await expect(office.run(0)).rejects.toThrow('killed');
  office.store.settle = settle;
  await office.run(leaseMs - 1_000, 1_000);
  expect(channel.attempts).toEqual(['one']);
  await office.run(leaseMs * 3, 1_000);
  expect(channel.attempts).toEqual(['one', 'one']);
});

it('no more messages are in flight than the maximum, and a backlog is drained in one go', async () => {
  let inFlight = 0;
  let highest = 0;
  const channel = {
    name: 'hook',
    send: async () => {
      inFlight += 1;
      highest = Math.max(highest, inFlight);
      await Promise.resolve();
      inFlight -= 1;
      return { kind: 'delivered' } as const;
    },
  };
  const office = openPostOffice(() => [channel]);
  await office.enqueue(
    ...Array.from({ length: 50 }, (_, index) => rowOf(`e${index}`, { dedupKey: `d${index}` })),
  );
  await office.run(0);
  expect(highest).toBe(inFlightMax);
  expect(office.counted.get('deliveries_sent')).toBe(50);
});
