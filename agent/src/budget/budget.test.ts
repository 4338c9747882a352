import { expect, it } from 'vitest';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { createSelfTime } from './self-time.ts';
import type { SelfTime } from './self-time.ts';

interface Bench {
  readonly budget: Budget;
  /** So many seconds, in each of which the agent takes this part of the thread. */
  readonly run: (seconds: number, share: number) => void;
  readonly levels: number[];
}

function bench(percent = 5): Bench {
  let nowMs = 0;
  let selfMs = 0;
  const levels: number[] = [];
  const budget = createBudget({
    percent,
    nowMs: () => nowMs,
    selfMs: () => selfMs,
    onLevel: (level) => void levels.push(level),
  });
  return {
    budget,
    levels,
    run: (seconds, share) => {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1_000;
        selfMs += 1_000 * share;
        budget.tick();
      }
    },
  };
}

it('sheds call sites first, then the rest, and gives back one after the other', () => {
  const { run, budget, levels } = bench();
  run(100, 0.049);
  expect(levels).toEqual([]);
  run(3, 0.08);
  expect(budget.level()).toBe(1);
  expect(budget.isLight()).toBe(false);
  expect(budget.share()).toBeCloseTo(0.08, 6);
  run(3, 0.08);
  expect(budget.isLight()).toBe(true);
  run(60, 0.5);
  expect(budget.level()).toBe(2);
  run(20, 0.01);
  expect(levels).toEqual([1, 2, 1, 0]);
});

it('neither sheds for a burst nor flaps around the limit', () => {
  const { run, levels } = bench();
  for (let index = 0; index < 20; index++) {
    run(2, 0.9);
    run(1, 0.04);
  }
  expect(levels).toEqual([]);
  run(3, 0.06);
  run(50, 0.04);
  expect(levels).toEqual([1]);
});

it('still takes ten call sites a second, and counts those it did not', () => {
  const { run, budget } = bench();
  const taken = (): number => Array.from({ length: 25 }, budget.allowsCallSite).filter(Boolean).length;
  expect(taken()).toBe(25);
  run(3, 0.08);
  expect(taken()).toBe(10);
  expect(budget.shed.get('call_site')).toBe(15);
  run(1, 0.08);
  expect(taken()).toBe(10);
});

it('estimates the time of frequent steps from one in so many, long ones inside them once', () => {
  let nowMs = 0;
  const time = createSelfTime({ nowMs: () => nowMs, sampleEvery: 17 });
  for (let index = 0; index < 1_700; index++) {
    sample(time, () => {
      nowMs += 0.5;
      if (index % 10 === 0) time.measure(() => (nowMs += 30));
    });
  }
  expect(time.totalMs()).toBe(1_700 * 0.5 + 170 * 30);
});

it('takes a pause of the whole process for no habit of its own', () => {
  let nowMs = 0;
  const time = createSelfTime({ nowMs: () => nowMs, sampleEvery: 17 });
  for (let index = 0; index < 17; index++) sample(time, () => (nowMs += 50));
  expect(time.totalMs()).toBe(17 * 1 + 49);
});

it('passes on what a step gives or throws, and goes on measuring', () => {
  let nowMs = 0;
  const time = createSelfTime({ nowMs: () => nowMs, sampleEvery: 1 });
  const fail = (): never => {
    nowMs += 3;
    throw new Error('step');
  };
  expect(() => sample(time, fail)).toThrow('step');
  expect(() => time.measure(fail)).toThrow('step');
  expect(sample(time, () => (nowMs += 4))).toBe(10);
  expect(time.totalMs()).toBe(10);
});

function sample<Result>(time: SelfTime, step: () => Result): Result {
  return time.isDue() ? time.time(step) : step();
}
