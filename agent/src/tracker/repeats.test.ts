import { expect, it } from 'vitest';
import { createRepeatBudget, statementKey } from './repeats.ts';

it('reads a stack at the 2nd, 3rd, 5th and 9th call of a key', () => {
  const budget = createRepeatBudget();
  const due = Array.from({ length: 40 }, (_, index) => (budget.isCaptureDue('key') ? index + 1 : 0));
  expect(due.filter((occurrence) => occurrence > 0)).toEqual([2, 3, 5, 9]);
});

it('reads at most 32 stacks a request', () => {
  const budget = createRepeatBudget();
  let captured = 0;
  for (let round = 0; round < 5; round++) {
    for (let key = 0; key < 100; key++) if (budget.isCaptureDue(`key ${key}`)) captured++;
  }
  expect(captured).toBe(32);
});

it('keeps a repeater when a thousand one-off calls pass by', () => {
  const budget = createRepeatBudget();
  budget.isCaptureDue('repeater');
  expect(budget.isCaptureDue('repeater')).toBe(true);
  for (let key = 0; key < 1_000; key++) budget.isCaptureDue(`one-off ${key}`);
  expect(budget.isCaptureDue('repeater')).toBe(true);
});

it('takes the stack of a query builder from its second build, at most 199 times', () => {
  const budget = createRepeatBudget();
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
