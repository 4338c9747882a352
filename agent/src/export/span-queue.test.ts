import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Delivery } from './batch-queue.ts';
import { createDropCounters } from './counters.ts';
import type { DropCounters } from './counters.ts';
import { createSpanQueue } from './span-queue.ts';
import type { SpanQueue } from './span-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Bench {
  readonly queue: SpanQueue;
  /** Names of the spans, a list a request. */
  readonly sent: string[][];
  readonly drops: DropCounters;
}

function bench(deliver: () => Promise<Delivery> = () => Promise.resolve('delivered')): Bench {
  const sent: string[][] = [];
  const drops = createDropCounters(() => undefined);
  const queue = createSpanQueue(
    { delayMs: 100, queueItemsMax: 10, batchItemsMax: 4 },
    {
      resource: resourceFromAttributes({}),
      deliver: (body) => {
        sent.push(namesIn(body));
        return deliver();
      },
      drops,
    },
  );
  return { queue, sent, drops };
}

function namesIn(body: Uint8Array): string[] {
  return (
    Buffer.from(body)
      .toString('latin1')
      .match(/span \d+(?=!)/g) ?? []
  );
}

const SCOPE = { name: 'test' };

function spanOf(number: number, changes: Partial<ReadableSpan> = {}): ReadableSpan {
  return {
    name: `span ${number}!`,
    kind: 1,
    spanContext: () => ({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
    }),
    startTime: [1, 2],
    endTime: [1, 3],
    status: { code: 0 },
    attributes: {},
    links: [],
    events: [],
    duration: [0, 1],
    ended: true,
    resource: resourceFromAttributes({}),
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...changes,
  };
}

it('sends after its delay, or at once when a batch is full', async () => {
  const { queue, sent } = bench();
  queue.add(spanOf(1));
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toEqual([['span 1']]);
  for (const number of [2, 3, 4, 5]) queue.add(spanOf(number));
  expect(sent).toEqual([['span 1'], ['span 2', 'span 3', 'span 4', 'span 5']]);
  expect(vi.getTimerCount()).toBe(0);
});

it('lets what arrives during a send wait for its delay', async () => {
  const { queue, sent } = bench(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return 'delivered';
  });
  queue.add(spanOf(1));
  await vi.advanceTimersByTimeAsync(105);
  queue.add(spanOf(2));
  await vi.advanceTimersByTimeAsync(50);
  expect(sent).toEqual([['span 1']]);
  await vi.advanceTimersByTimeAsync(60);
  expect(sent).toEqual([['span 1'], ['span 2']]);
});

it('sends what becomes ready in the very turn in which a send ends', async () => {
  const { queue, sent } = bench();
  queue.add(spanOf(1));
  const first = queue.flush();
  for (let turn = 2; turn < 20; turn++) {
    await Promise.resolve();
    queue.add(spanOf(turn));
    void queue.flush();
  }
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.flat()).toHaveLength(19);
  expect(queue.waiting()).toBe(0);
});

it('drops the newest when full, and counts them', () => {
  const { queue, drops } = bench(() => new Promise(() => undefined));
  for (let number = 0; number < 30; number++) queue.add(spanOf(number));
  expect(queue.waiting()).toBe(10);
  expect(drops.totals().get('queue_full')).toBe(16);
});

it('holds no more than 16 MiB', () => {
  const { queue, drops } = bench(() => new Promise(() => undefined));
  const attributes = { text: 'x'.repeat(5 * 1024 * 1024) };
  for (let number = 0; number < 9; number++) queue.add(spanOf(number, { attributes }));
  // Each is a request of its own: one on its way, four waiting.
  expect(queue.waiting()).toBe(4);
  expect(drops.totals().get('queue_full')).toBe(4);
});

it.each(['rejected', 'unreachable', 'unserialisable'] as const)(
  'counts a batch that was %s',
  async (delivery) => {
    const { queue, drops } = bench(() => Promise.resolve(delivery));
    queue.add(spanOf(1));
    queue.add(spanOf(2));
    await queue.flush();
    expect([...drops.totals()]).toEqual([[delivery, 2]]);
  },
);

it('takes a sink that throws for an unreachable collector', async () => {
  const { queue, drops } = bench(() => Promise.reject(new Error('sink')));
  queue.add(spanOf(1));
  await queue.flush();
  expect([...drops.totals()]).toEqual([['unreachable', 1]]);
});

it('counts a span that cannot be written, and sends those around it', async () => {
  const { queue, sent, drops } = bench();
  queue.add(spanOf(1));
  const hostile = Object.defineProperty(spanOf(2), 'attributes', {
    get: () => {
      throw new Error('hostile');
    },
  });
  queue.add(hostile);
  queue.add(spanOf(3));
  await queue.flush();
  expect(sent).toEqual([['span 1', 'span 3']]);
  expect([...drops.totals()]).toEqual([['unserialisable', 1]]);
});

it('counts what waits and what comes after when it is closed', () => {
  const { queue, drops } = bench();
  queue.add(spanOf(1));
  queue.close();
  queue.add(spanOf(2));
  expect([...drops.totals()]).toEqual([['shutdown', 2]]);
  expect(vi.getTimerCount()).toBe(0);
});

it('hands over what waits, once', async () => {
  const { queue, sent } = bench();
  queue.add(spanOf(1));
  expect(queue.take().map(namesIn)).toEqual([['span 1']]);
  expect(queue.take()).toEqual([]);
  await queue.flush();
  expect(sent).toEqual([]);
});
