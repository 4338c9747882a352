import { expect, it } from 'vitest';
import { RepeatBudget, SecondCalls, statementKey } from './repeats.ts';

it('reads a stack at the 2nd, 5th, 9th, 17th and 33rd call of a key', () => {
  const budget = new RepeatBudget(new SecondCalls(1));
  const due = Array.from({ length: 40 }, (_, index) => (budget.isCaptureDue('key') ? index + 1 : 0));
  expect(due.filter((occurrence) => occurrence > 0)).toEqual([2, 5, 9, 17, 33]);
});

it('reads at most 32 stacks a request', () => {
  const budget = new RepeatBudget(new SecondCalls(1));
  let captured = 0;
  for (let round = 0; round < 5; round++) {
    for (let key = 0; key < 100; key++) if (budget.isCaptureDue(`key ${key}`)) captured++;
  }
  expect(captured).toBe(32);
});

it('keeps a repeater when a thousand one-off calls pass by', () => {
  const budget = new RepeatBudget(new SecondCalls(1));
  for (let call = 0; call < 4; call++) budget.isCaptureDue('repeater');
  for (let key = 0; key < 1_000; key++) budget.isCaptureDue(`one-off ${key}`);
  expect(budget.isCaptureDue('repeater')).toBe(true);
});

it('takes the stack of a query builder from its second build, at most 199 times', () => {
  const budget = new RepeatBudget(new SecondCalls(1));
  expect(budget.isBuildCaptureDue()).toBe(false);
  const due = Array.from({ length: 500 }, () => budget.isBuildCaptureDue());
  expect(due.filter(Boolean)).toHaveLength(199);
});

it('takes statements that differ in their literals for the same', () => {
  expect(statementKey('SELECT a FROM t WHERE id = 1', 'postgresql')).toBe(
    statementKey('SELECT a FROM t WHERE id = 27', 'postgresql'),
  );
  expect(statementKey('SELECT a FROM t WHERE id = 1', 'postgresql')).not.toBe(
    statementKey('SELECT b FROM t WHERE id = 1', 'postgresql'),
  );
});

it('reads the stack of a second call in the first 16 requests that have one, and then in one of eight', () => {
  const seconds = new SecondCalls(8);
  const due = Array.from({ length: 40 }, (_, request) => {
    const budget = new RepeatBudget(seconds);
    budget.isCaptureDue('key');
    return budget.isCaptureDue('key') ? request + 1 : 0;
  }).filter((request) => request > 16);
  expect(due).toEqual([24, 32, 40]);
});

it('reads the stack of a fifth call in every request', () => {
  const seconds = new SecondCalls(8);
  for (let request = 0; request < 40; request++) {
    const budget = new RepeatBudget(seconds);
    const due = Array.from({ length: 5 }, () => budget.isCaptureDue('key'));
    expect(due.at(-1)).toBe(true);
  }
});
