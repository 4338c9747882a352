// The acceptance scenarios of delivery, from readings to what receivers hear, in virtual time. Lines read: seconds since
// the start, channel, what, services (with - those that ended).
import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { createActions } from './delivery/actions.ts';
import { silenceOf } from './store-contract/samples.ts';
import { openWorld, worldRule, worldStartMs } from './test-support/delivery-world.ts';
import type { Script } from './test-support/delivery-world.ts';

/** Services that are bad between two times in ms, both of them ticks. */
const bad =
  (spans: Readonly<Record<string, readonly [number, number]>>): Script =>
  (atMs) =>
    Object.fromEntries(
      Object.entries(spans).map(([service, [from, to]]) => [service, from <= atMs && atMs < to ? 99 : 1]),
    );
const always = Number.POSITIVE_INFINITY;
const grouped: AlertRuleInput['notify'] = {
  groupBy: [],
  groupWait: '1s',
  groupInterval: '1s',
  repeat: '4900ms',
};

it('17: alerts at 1.1 and 1.7 are one message, three more at 3.3 another of all five, then the repeat', async () => {
  const spans = {
    a: [1_100, always],
    b: [1_700, always],
    c: [3_300, always],
    d: [3_300, always],
    e: [3_300, always],
  } as const;
  const world = openWorld({
    rules: [worldRule('cpu', { notify: grouped })],
    scripts: { cpu: bad(spans) },
  });
  await world.run(10_000);
  const seen = world.arrived();
  expect(seen.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'hook trigger a b',
    'hook trigger a b c d e',
    'hook repeat a b c d e',
  ]);
  const times = world.attempts.map(({ at }) => at / 1_000);
  expect(times[0]).toBeGreaterThanOrEqual(2);
  expect(times[0]).toBeLessThanOrEqual(2.5);
  expect(times[1]).toBeGreaterThanOrEqual(4.1);
  expect(times[1]).toBeLessThanOrEqual(4.5);
  expect(times[2]).toBeGreaterThanOrEqual(9.1);
  expect(times[2]).toBeLessThanOrEqual(9.5);
});

it('17b: a group tells ends, closes with the last, and its messages share one key', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { ...grouped, repeat: 'never' } })],
    scripts: { cpu: bad({ a: [0, 3_000], b: [0, 6_000] }) },
  });
  await world.run(20_000);
  expect(world.arrived().map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'hook trigger a b',
    'hook trigger -a b',
    'hook resolve -b',
  ]);
  expect(new Set(world.attempts.map(({ notification }) => notification.dedupKey)).size).toBe(1);
  expect(await world.store.listGroups()).toEqual([]);
});

it('17c: an outage of a group that changes every few seconds ends in one message that tells all of it', async () => {
  const isAway = (at: number) => at > 500 && at < 60_000;
  const flapping: Script = (atMs) => ({ a: 99, b: Math.floor(atMs / 5_000) % 2 === 1 ? 99 : 1 });
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { ...grouped, groupWait: '0s', repeat: 'never' } })],
    scripts: { cpu: flapping },
    channels: {
      hook: ({ at }) => (isAway(at) ? { kind: 'retry', reason: 'away' } : { kind: 'delivered' }),
    },
  });
  await world.run(130_000, 200);
  const after = world.attempts.filter(({ at, outcome }) => at >= 60_000 && outcome === 'delivered');
  // What changed in a minute, about a dozen times, is in the first message after it.
  expect(after.filter(({ at }) => at === after[0]?.at)).toHaveLength(1);
  expect(world.counted.get('deliveries_absorbed')).toBeGreaterThan(5);
  expect((await world.store.outboxDepths())[0]?.pending ?? 0).toBeLessThanOrEqual(1);
});

it('18: two channels, one fails until 4.5 s: the other gets one, this one exactly one by about 6 s', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { repeat: 'never' } })],
    scripts: { cpu: bad({ a: [0, always] }) },
    channels: {
      good: () => ({ kind: 'delivered' }),
      bad: ({ at }) => (at < 4_500 ? { kind: 'retry', reason: 'status 500' } : { kind: 'delivered' }),
    },
    worker: { random: () => 0.3 },
  });
  await world.run(20_000);
  const [good, late, ...more] = world.arrived();
  expect(good).toMatch(/^0(\.1)? good trigger a$/);
  expect(late).toMatch(/ bad trigger a$/);
  expect(more).toEqual([]);
  const at = Number(late?.split(' ')[0]);
  expect(at).toBeGreaterThanOrEqual(4.5);
  expect(at).toBeLessThanOrEqual(6.5);
});

it('20: 429 with Retry-After 7 is tried again in 7.0 to 7.7 s', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { repeat: 'never' } })],
    scripts: { cpu: bad({ a: [0, always] }) },
    channels: {
      hook: ({ at }) =>
        at < 1_000 ? { kind: 'retry', reason: 'status 429', afterMs: 7_000 } : { kind: 'delivered' },
    },
    worker: { random: () => 0.9 },
  });
  await world.run(20_000);
  const [first, second, ...more] = world.attempts;
  expect(more).toEqual([]);
  const pause = (second?.at ?? 0) - (first?.at ?? 0);
  expect(pause).toBeGreaterThanOrEqual(7_000);
  expect(pause).toBeLessThanOrEqual(7_700);
});

const downFrom100To700 = ({ at }: { at: number }) =>
  at >= 100_000 && at < 700_000
    ? ({ kind: 'retry', reason: 'connect ECONNREFUSED' } as const)
    : ({ kind: 'delivered' } as const);

it('21: told before the outage, ended within it: the resolve arrives once after it', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { schedule: { every: '10s', delay: '0s', window: '10s' } })],
    scripts: { cpu: bad({ a: [0, 200_000] }) },
    channels: { hook: downFrom100To700 },
  });
  await world.run(1_200_000, 1_000);
  const [trigger, resolve, ...more] = world.arrived();
  expect(trigger).toMatch(/ hook trigger a$/);
  expect(resolve).toMatch(/ hook resolve a$/);
  expect(more).toEqual([]);
  expect(Number(resolve?.split(' ')[0])).toBeGreaterThanOrEqual(700);
  const keys = new Set(
    world.attempts
      .filter((it) => it.notification.transition === 'resolve')
      .map((it) => JSON.stringify(it.notification)),
  );
  expect(keys.size).toBe(1);
});

it('21b: began and ended within the outage: one message that says so; several times: still one', async () => {
  const flapping: Script = (atMs) => ({
    a: atMs >= 150_000 && atMs < 250_000 ? 99 : 1,
    b: atMs >= 150_000 && atMs < 600_000 && Math.floor(atMs / 50_000) % 2 === 0 ? 99 : 1,
  });
  const world = openWorld({
    rules: [worldRule('cpu', { schedule: { every: '10s', delay: '0s', window: '10s' } })],
    scripts: { cpu: flapping },
    channels: { hook: downFrom100To700 },
  });
  await world.run(1_200_000, 1_000);
  const told = world.attempts.filter(({ outcome }) => outcome === 'delivered');
  expect(told.map(({ notification: it }) => `${it.labels['service'] ?? ''} ${it.transition}`).sort()).toEqual(
    ['a resolve', 'b resolve'],
  );
  const noteOf = (service: string) =>
    told.find((it) => it.notification.labels['service'] === service)?.notification.notes[0];
  expect(noteOf('a')).toBe('It fired and ended while it could not be delivered; this is the only message.');
  expect(noteOf('b')).toMatch(/^It fired and ended [4-5] times while it could not be delivered/);
  expect(told.every(({ notification }) => notification.isMissed)).toBe(true);
});

it('21c: reminders that pile up in an outage are one, and the trigger comes before them', async () => {
  const world = openWorld({
    rules: [
      worldRule('cpu', {
        schedule: { every: '10s', delay: '0s', window: '10s' },
        notify: { repeat: '1m' },
      }),
    ],
    scripts: { cpu: bad({ a: [90_000, 900_000] }) },
    channels: { hook: downFrom100To700 },
  });
  await world.run(1_000_000, 1_000);
  const during = world.arrived().filter((line) => Number(line.split(' ')[0]) < 760);
  expect(during.map((line) => line.replace(/^\S+ /, ''))).toEqual(expect.arrayContaining(['hook trigger a']));
  expect(during.filter((line) => line.includes('repeat')).length).toBeLessThanOrEqual(2);
});

it('23: both end in the same tick: the last message of their group has both', async () => {
  const world = openWorld({
    rules: [
      worldRule('service_down', { name: 'Service down' }),
      worldRule('latency', { conditions: [{ severity: 'warning', threshold: 50 }] }),
    ],
    inhibitions: [
      {
        name: 'down is not slow',
        source: [{ label: 'alertname', op: '=', value: 'Service down' }],
        target: [{ label: 'severity', op: '=', value: 'warning' }],
        equal: ['service'],
      },
    ],
    routing: {
      routes: [
        {
          name: 'by-service',
          match: [],
          groupBy: ['service'],
          groupWait: '1s',
          groupInterval: '1s',
          repeat: 'never',
          routes: [],
        },
      ],
    },
    scripts: {
      service_down: bad({ a: [0, 3_000] }),
      latency: bad({ a: [0, 9_000], b: [0, 9_000] }),
    },
  });
  // The source ends at 3 s while the target fires: the target is told; at 9 s both of b's and a's rest end.
  await world.run(15_000);
  const lines = world.attempts.map(
    ({ notification: { group, transition } }) =>
      `${transition} ${(group?.alerts ?? [])
        .map((it) => `${it.transition === 'resolve' ? '-' : ''}${it.ruleName} ${it.labels['service'] ?? ''}`)
        .sort()
        .join(', ')}`,
  );
  expect(lines).toEqual([
    'trigger Service down a',
    'trigger latency b',
    'trigger -Service down a, latency a',
    'resolve -latency a',
    'resolve -latency b',
  ]);
});

it('23b: source and target that were both told end in one tick: one message with both ends', async () => {
  const world = openWorld({
    rules: [
      worldRule('service_down', { notify: { route: 'all' } }),
      worldRule('latency', { notify: { route: 'all' } }),
    ],
    routing: {
      routes: [
        { name: 'all', match: [], groupBy: ['service'], groupWait: '1s', groupInterval: '1s', routes: [] },
      ],
    },
    scripts: { service_down: bad({ a: [0, 5_000] }), latency: bad({ a: [0, 5_000] }) },
  });
  await world.run(15_000);
  expect(world.arrived().map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'hook trigger a a',
    'hook resolve -a -a',
  ]);
});

it('24: silenced from 2.5 to 4.5 s: only test2 is told, test1 again after; its end passes a silence', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { repeat: '1s' } })],
    scripts: { cpu: bad({ test1: [0, 6_000], test2: [0, 7_000] }) },
  });
  const on = [{ label: 'service', op: '=' as const, value: 'test1' }];
  const from = (atMs: number) => worldStartMs + atMs;
  await world.store.saveSilence(
    silenceOf({ id: 'one', matchers: on, startsAt: from(2_500), endsAt: from(4_500) }),
    from(0),
  );
  await world.store.saveSilence(
    silenceOf({ id: 'two', matchers: on, startsAt: from(5_600), endsAt: from(9_000) }),
    from(0),
  );
  await world.run(8_000);
  const within = world.arrived().filter((line) => {
    const at = Number(line.split(' ')[0]);
    return at >= 2.5 && at < 4.5;
  });
  expect(within.length).toBeGreaterThan(0);
  expect(within.every((line) => line.endsWith('test2'))).toBe(true);
  expect(world.arrived().some((line) => /^4\.[56] hook repeat test1$/.test(line))).toBe(true);
  expect(
    world
      .arrived()
      .filter((line) => line.includes('resolve'))
      .map((line) => line.slice(-5)),
  ).toEqual(['test1', 'test2']);
});

it('acknowledged: no more reminders until the episode ends; the next one is told again', async () => {
  const episodes: Script = (atMs) => ({ a: atMs < 20_000 || atMs >= 30_000 ? 99 : 1 });
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { repeat: '2s' } })],
    scripts: { cpu: episodes },
  });
  await world.run(5_000);
  const [alert] = await world.store.listAlerts({ rowsMax: 1 });
  const actions = createActions({ store: world.store, now: world.now, newId: () => 'ack' });
  await actions.acknowledge({ alertId: alert?.id ?? '', by: 'ada', source: 'dashboard' });
  await world.run(29_000);
  expect(world.arrived().map((line) => line.replace(/^\S+ hook /, ''))).toEqual([
    'trigger a',
    'repeat a',
    'repeat a',
    'resolve a',
  ]);
  await world.run(33_000);
  expect(
    world
      .arrived()
      .slice(4)
      .map((line) => line.replace(/^\S+ hook /, '')),
  ).toEqual(['trigger a', 'repeat a']);
});

it('snoozed: nothing until then, a reminder then, and the end passes', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { repeat: 'never' } })],
    scripts: { cpu: bad({ a: [0, 20_000] }) },
  });
  await world.run(1_000);
  const [alert] = await world.store.listAlerts({ rowsMax: 1 });
  const actions = createActions({ store: world.store, now: world.now, newId: () => 'snooze' });
  await actions.snooze({
    alertId: alert?.id ?? '',
    by: 'ada',
    source: 'dashboard',
    untilMs: worldStartMs + 10_000,
  });
  await world.run(30_000);
  expect(world.arrived()).toEqual([
    expect.stringMatching(/^0(\.1)? hook trigger a$/),
    expect.stringMatching(/^10(\.1)? hook repeat a$/),
    expect.stringMatching(/^20(\.1)? hook resolve a$/),
  ]);
});
