import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { FirstSpanStore } from '../state/driver.ts';
import { createSpanClock } from './span-times.ts';

function storeOf(noted: number[]): FirstSpanStore {
  return {
    load: async () => noted[0],
    note: async (atMs) => {
      noted.push(atMs);
    },
  };
}
const log = pino({ level: 'silent' });
const nothing = { firstMs: null, lastMs: null };

it('notes the first arrival of all time, once', async () => {
  const noted: number[] = [];
  let nowMs = 100;
  const clock = await createSpanClock({ store: storeOf(noted), stored: nothing, now: () => nowMs, log });
  expect(clock.read()).toEqual(nothing);
  clock.arrived();
  nowMs = 200;
  clock.arrived();
  expect(clock.read()).toEqual({ firstMs: 100, lastMs: 200 });
  expect(noted).toEqual([100]);
});

it('hears of spans that another collector stored', async () => {
  const noted: number[] = [];
  const clock = await createSpanClock({ store: storeOf(noted), stored: nothing, now: () => 500, log });
  clock.stored(nothing);
  expect(clock.read()).toEqual(nothing);
  clock.stored({ firstMs: 100, lastMs: 400 });
  clock.stored({ firstMs: 90, lastMs: 300 });
  expect(clock.read()).toEqual({ firstMs: 100, lastMs: 400 });
  clock.arrived();
  expect(clock.read()).toEqual({ firstMs: 100, lastMs: 500 });
  expect(noted).toEqual([100]);
});

it('takes up after a restart, and from tables of another collector', async () => {
  const restarted = await createSpanClock({ store: storeOf([50]), stored: nothing, now: () => 300, log });
  restarted.arrived();
  expect(restarted.read()).toEqual({ firstMs: 50, lastMs: 300 });
  const joined = await createSpanClock({
    store: storeOf([]),
    stored: { firstMs: 7, lastMs: 9 },
    now: () => 300,
    log,
  });
  expect(joined.read()).toEqual({ firstMs: 7, lastMs: 9 });
});
