// The acceptance scenarios of channels that fail, from readings to what receivers hear, in virtual time. Lines read: seconds since the
// start, channel, what, services (with - those that ended).
import { expect, it } from 'vitest';
import { bad, openWorld, worldRule } from './test-support/delivery-world.ts';
import type { Script } from './test-support/delivery-world.ts';

const always = Number.POSITIVE_INFINITY;

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
