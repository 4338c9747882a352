// What the worker does around an attempt: evidence before it, a channel that fails left alone, tests, heartbeats.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Evidence, Notification } from '../../schema/index.ts';
import type { AlertCounter, EvidenceRequest, SendOutcome } from '../ports.ts';
import { at, notificationOf, rowOf } from '../store-contract/samples.ts';
import { fakeChannel, openPostOffice } from '../test-support/post-office.ts';
import { evidenceReadsMax, evidenceTimeoutMs } from './enrich.ts';
import { createWatchdog } from './watchdog.ts';

const evidence: Evidence = {
  fromMs: at - 300_000,
  toMs: at,
  requests: { total: 120, bad: 30 },
  traces: [],
  difference: { attribute: 'region', value: 'eu', badShare: 0.9, otherShare: 0.1 },
  release: null,
  findings: [],
  statements: [],
};

it('a page carries its evidence, asked for once for all channels, the same on every attempt', async () => {
  const asked: EvidenceRequest[] = [];
  const bodies: string[] = [];
  const record = (fails: number) => {
    let attempts = 0;
    return async (notification: Notification): Promise<SendOutcome> => {
      bodies.push(JSON.stringify(notification));
      attempts += 1;
      return await Promise.resolve(
        attempts <= fails ? { kind: 'retry', reason: 'away' } : { kind: 'delivered' },
      );
    };
  };
  const office = openPostOffice(
    () => [
      { name: 'hook', send: record(2) },
      { name: 'log', send: record(0) },
    ],
    {
      evidence: {
        read: async (request) => {
          asked.push(request);
          return await Promise.resolve(asked.length === 1 ? evidence : undefined);
        },
      },
      signalOf: () => ({ kind: 'error_rate' }),
    },
  );
  await office.enqueue(rowOf('one'), rowOf('one', { channel: 'log' }));
  await office.run(10_000);
  expect(bodies).toHaveLength(4);
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toContain('Differs most: region = eu in 90 % of the bad requests, 10 % of the others');
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    ruleUid: 'rule',
    fromMs: at - 300_000,
    toMs: at,
    signal: { kind: 'error_rate' },
  });
});

const broken = [
  ['fails', async () => await Promise.reject(new Error('database is away'))],
  ['knows nothing', async () => await Promise.resolve(undefined)],
  ['never answers', async () => await new Promise<undefined>(() => undefined)],
] as const;
it.each(broken)('a source of evidence that %s stops no page', async (_name, read) => {
  const waited: number[] = [];
  const office = openPostOffice(() => [fakeChannel('hook', () => ({ kind: 'delivered' }))], {
    evidence: { read },
    // Time is virtual: what is waited for so long has passed at once.
    timeoutSignal: (ms) => {
      waited.push(ms);
      return ms === evidenceTimeoutMs ? AbortSignal.timeout(5) : new AbortController().signal;
    },
  });
  await office.enqueue(rowOf('one'));
  await office.run(0);
  const [delivery] = await office.store.listDeliveries({ rowsMax: 1 });
  expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, notification: { evidence: null } });
  expect(office.counted.get('evidence_missing')).toBe(1);
  expect(waited).toContain(evidenceTimeoutMs);
});

it('a storm of pages is not held up: evidence for the first twenty in ten seconds, for none after a failure', async () => {
  let asked = 0;
  let isBroken = false;
  const read = async () => {
    asked += 1;
    if (isBroken) throw new Error('database is away');
    return await Promise.resolve(evidence);
  };
  const office = openPostOffice(() => [fakeChannel('hook', () => ({ kind: 'delivered' }))], {
    evidence: { read },
  });
  const storm = (from: number) =>
    Array.from({ length: 50 }, (_, index) => rowOf(`e${from + index}`, { dedupKey: `d${from + index}` }));
  await office.enqueue(...storm(0));
  await office.run(100);
  expect(asked).toBe(evidenceReadsMax);
  expect(office.counted.get('evidence_missing')).toBe(30);
  isBroken = true;
  await office.run(20_000, 1_000);
  await office.enqueue(...storm(50));
  await office.run(21_000, 1_000);
  // The eight that were under way together, and none after them.
  expect(asked - evidenceReadsMax).toBeLessThanOrEqual(8);
  expect((await office.store.outboxDepths())[0]?.pending ?? 0).toBe(0);
});

it('an end, a reminder and what is no condition are sent without', async () => {
  let asked = 0;
  const read = async () => {
    asked += 1;
    return await Promise.resolve(evidence);
  };
  const office = openPostOffice(() => [fakeChannel('hook', () => ({ kind: 'delivered' }))], {
    evidence: { read },
  });
  await office.enqueue(
    rowOf('r', { dedupKey: '1', notification: notificationOf({ transition: 'resolve' }) }),
    rowOf('p', { dedupKey: '2', notification: notificationOf({ transition: 'repeat' }) }),
    rowOf('n', { dedupKey: '3', notification: notificationOf({ kind: 'no_data' }) }),
  );
  await office.run(0);
  expect(asked).toBe(0);
  await office.enqueue(
    rowOf('m', { notification: notificationOf({ transition: 'resolve', isMissed: true, eventId: 'm' }) }),
  );
  await office.run(100);
  expect(asked).toBe(1);
});

it('a channel that fails is left alone with its whole queue, tried with one message, and catches up', async () => {
  let isUp = false;
  let calls = 0;
  const office = openPostOffice(() => [
    {
      name: 'hook',
      send: async (): Promise<SendOutcome> => {
        calls += 1;
        return await Promise.resolve(isUp ? { kind: 'delivered' } : { kind: 'retry', reason: 'away' });
      },
    },
  ]);
  const rows = Array.from({ length: 200 }, (_, index) => rowOf(`e${index}`, { dedupKey: `d${index}` }));
  await office.enqueue(...rows);
  await office.run(60_000);
  // 8 at once before it opens, then one probe each 5, 10, 20, 40 s: not 200 rows over and over.
  expect(calls).toBeLessThan(16);
  expect(office.counted.get('breakers_opened')).toBe(1);
  expect(office.worker.health()).toMatchObject([
    { channel: 'hook', state: 'open', lastFailure: { reason: 'away' }, lastDeliveredAtMs: null },
  ]);
  isUp = true;
  await office.run(500_000, 1_000);
  expect((await office.store.outboxDepths())[0]?.pending ?? 0).toBe(0);
  expect(office.worker.health()).toMatchObject([{ state: 'closed', failures: 0, pausedUntilMs: null }]);
});

it('a test is one message that says so, past the queue, and not again at once', async () => {
  const sent: Notification[] = [];
  const office = openPostOffice(() => [
    {
      name: 'hook',
      send: async (notification): Promise<SendOutcome> => {
        sent.push(notification);
        return await Promise.resolve({
          kind: 'rejected',
          reason: 'status 404',
          status: 404,
          detail: 'secret',
        });
      },
    },
  ]);
  expect(await office.worker.test('hook')).toEqual({
    status: 'refused',
    httpStatus: 404,
    reason: 'status 404',
    tookMs: 0,
  });
  expect(sent).toMatchObject([
    { kind: 'test', title: 'Test: channel hook of Nightjar works', severity: 'info' },
  ]);
  expect((await office.worker.test('hook')).status).toBe('too_soon');
  expect((await office.worker.test('gone')).status).toBe('unknown_channel');
  expect(sent).toHaveLength(1);
  expect(await office.store.listDeliveries({ rowsMax: 9 })).toEqual([]);
});

it('a heartbeat comes once an interval while rules are evaluated, and keeps quiet when they are not', async () => {
  let nowMs = at;
  let isEvaluating = true;
  const beats: [number, string][] = [];
  const counted = new Map<AlertCounter, number>();
  const watchdog = createWatchdog({
    channels: [
      { ...fakeChannel('often', () => ({ kind: 'delivered' })), heartbeatMs: 60_000 },
      { ...fakeChannel('seldom', () => ({ kind: 'delivered' })), heartbeatMs: 180_000 },
      fakeChannel('never', () => ({ kind: 'delivered' })),
    ],
    send: async (channel, { kind }) => {
      beats.push([(nowMs - at) / 60_000, `${channel} ${kind}`]);
      return await Promise.resolve({ kind: 'delivered' });
    },
    isEvaluating: () => isEvaluating,
    baseUrl: 'http://127.0.0.1:3400',
    now: () => nowMs,
    log: pino({ level: 'silent' }),
    count: (counter, by) => counted.set(counter, (counted.get(counter) ?? 0) + by),
  });
  for (; nowMs < at + 300_000; nowMs += 1_000) {
    isEvaluating = nowMs < at + 120_000 || nowMs >= at + 240_000;
    await watchdog.beat();
  }
  expect(beats.filter(([, name]) => name === 'often watchdog').map(([minute]) => minute)).toEqual([0, 1, 4]);
  expect(beats.some(([, name]) => name === 'seldom watchdog')).toBe(true);
  expect(beats.some(([, name]) => name.startsWith('never'))).toBe(false);
  expect(counted.get('heartbeats_withheld')).toBeGreaterThanOrEqual(2);
});
