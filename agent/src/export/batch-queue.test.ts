import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBatchQueue } from './batch-queue.ts';
import type { BatchQueue, Delivery } from './batch-queue.ts';
import { createDropCounters } from './counters.ts';
import type { DropCounters } from './counters.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Bench {
  readonly queue: BatchQueue<number>;
  readonly batches: number[][];
  readonly drops: DropCounters;
  readonly firsts: string[];
}

function bench(deliver: (items: number[]) => Promise<Delivery> = () => Promise.resolve('delivered')): Bench {
  const batches: number[][] = [];
  const firsts: string[] = [];
  const drops = createDropCounters((reason) => void firsts.push(reason));
  const queue = createBatchQueue<number>(
    { delayMs: 100, queueItemsMax: 10, batchItemsMax: 4 },
    {
      deliver: (items) => {
        batches.push(items);
        return deliver(items);
      },
      drops,
    },
  );
  return { queue, batches, drops, firsts };
}

it('sends after its delay, or at once when a batch is full', async () => {
  const { queue, batches } = bench();
  queue.add(1);
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(batches).toEqual([[1]]);
  for (const item of [2, 3, 4, 5]) queue.add(item);
  expect(batches).toEqual([[1], [2, 3, 4, 5]]);
});

it('lets what arrives during a send wait for its delay', async () => {
  const { queue, batches } = bench(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return 'delivered';
  });
  queue.add(1);
  await vi.advanceTimersByTimeAsync(105);
  queue.add(2);
  await vi.advanceTimersByTimeAsync(50);
  expect(batches).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(60);
  expect(batches).toEqual([[1], [2]]);
});

it('drops the newest when full, and counts them by one call', () => {
  const { queue, drops, firsts } = bench(() => new Promise(() => undefined));
  for (let item = 0; item < 30; item++) queue.add(item);
  expect(queue.waiting()).toBe(10);
  expect(drops.totals().get('queue_full')).toBe(16);
  expect(firsts).toEqual(['queue_full']);
});

it.each(['rejected', 'unreachable', 'unserialisable'] as const)(
  'counts a batch that was %s',
  async (delivery) => {
    const { queue, drops } = bench(() => Promise.resolve(delivery));
    queue.add(1);
    queue.add(2);
    await queue.flush();
    expect([...drops.totals()]).toEqual([[delivery, 2]]);
  },
);

it('takes a sink that throws for an unreachable collector', async () => {
  const { queue, drops } = bench(() => Promise.reject(new Error('sink')));
  queue.add(1);
  await queue.flush();
  expect([...drops.totals()]).toEqual([['unreachable', 1]]);
});

it('counts what waits and what comes after when it is closed', () => {
  const { queue, drops } = bench();
  queue.add(1);
  queue.close();
  queue.add(2);
  expect([...drops.totals()]).toEqual([['shutdown', 2]]);
  expect(vi.getTimerCount()).toBe(0);
});
