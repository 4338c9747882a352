// The acceptance scenarios of keeping quiet, from readings to what receivers hear, in virtual time. Lines read: seconds since the
// start, channel, what, services (with - those that ended).
import { expect, it } from 'vitest';
import { createActions } from './delivery/actions.ts';
import { silenceOf } from './store-contract/samples.ts';
import { bad, openWorld, worldRule, worldStartMs } from './test-support/delivery-world.ts';
import type { Script } from './test-support/delivery-world.ts';

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
