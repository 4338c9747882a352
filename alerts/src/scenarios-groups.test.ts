// The acceptance scenarios of groups, from readings to what receivers hear, in virtual time. Lines read: seconds since the
// start, channel, what, services (with - those that ended).
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { createGrouper } from './delivery/grouper.ts';
import { silenceOf } from './store-contract/samples.ts';
import { bad, openWorld, worldRule, worldStartMs } from './test-support/delivery-world.ts';
import type { Script } from './test-support/delivery-world.ts';

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

it('24d: an end that mute_all holds back leaves its group, which tells of it no more and does not linger', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { ...grouped, repeat: '2s' } })],
    scripts: { cpu: bad({ a: [0, 3_000], b: [0, 6_000] }) },
  });
  await world.store.saveSilence(
    silenceOf({
      matchers: [{ label: 'service', op: '=', value: 'a' }],
      startsAt: worldStartMs + 2_000,
      endsAt: worldStartMs + 60_000,
      mode: 'mute_all',
    }),
    worldStartMs,
  );
  await world.run(20_000);
  const told = world.arrived().map((line) => line.replace(/^\S+ hook /, ''));
  expect(told[0]).toBe('trigger a b');
  expect(told.at(-1)).toBe('resolve -b');
  expect(told.slice(1).some((line) => / -?a( |$)/.test(line))).toBe(false);
  expect(await world.store.listGroups()).toEqual([]);
});

it('a group of a channel that is gone is let go', async () => {
  const world = openWorld({
    rules: [worldRule('cpu', { notify: { ...grouped, repeat: 'never' } })],
    scripts: { cpu: bad({ a: [0, always] }) },
  });
  await world.run(1_000);
  const gone = createGrouper({
    store: world.store,
    channels: [],
    now: () => world.now() + 60_000,
    log: pino({ level: 'silent' }),
  });
  expect(await world.store.listGroups()).toHaveLength(1);
  expect(await gone.flush()).toBe(0);
  expect(await world.store.listGroups()).toEqual([]);
});
