import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { ClosedSegment } from '../model/stages.ts';
import type { Segment } from '../storage/types.ts';
import { createWriter, WRITER_LIMITS } from './writer.ts';
import type { Writer } from './writer.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

/** An engine that fails as often as it is told to, a token. */
class FakeEngine {
  readonly inserted: string[] = [];
  readonly failures = new Map<string, number>();
  isHealthy = true;
  active = 0;
  activeMax = 0;

  async insertSegment({ token }: Segment): Promise<void> {
    this.active += 1;
    this.activeMax = Math.max(this.activeMax, this.active);
    await Promise.resolve();
    this.active -= 1;
    const left = this.failures.get(token) ?? 0;
    if (left > 0) {
      this.failures.set(token, left - 1);
      throw new Error('not now');
    }
    this.inserted.push(token);
  }

  async ping(): Promise<boolean> {
    return await Promise.resolve(this.isHealthy);
  }
}

let engine: FakeEngine;
let writer: Writer;
let gone: string[];

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  gone = [];
  writer = createWriter({ storage: engine, metrics: SILENT_METRICS, log });
});
afterEach(async () => {
  await writer.stop();
  vi.useRealTimers();
});

function segment(token: string, table = 'spans'): ClosedSegment {
  return {
    table,
    path: `/${token}`,
    columns: [],
    token,
    rows: 1,
    bytes: 1,
    firstReceivedMs: 0,
    async remove() {
      await Promise.resolve();
      gone.push(`removed ${token}`);
    },
    async reject() {
      await Promise.resolve();
      gone.push(`rejected ${token}`);
    },
  };
}

it('inserts in the order of arrival and deletes afterwards', async () => {
  for (const token of ['a', 'b', 'c']) writer.deliver(segment(token));
  await vi.advanceTimersByTimeAsync(0);
  expect(engine.inserted).toEqual(['a', 'b', 'c']);
  expect(gone).toEqual(['removed a', 'removed b', 'removed c']);
  expect(writer.stats()).toEqual({ waiting: 0, inserted: 3, failures: 0, rejected: 0 });
});

it('tries again, later and later, and keeps the order', async () => {
  engine.isHealthy = false;
  engine.failures.set('a', 3);
  writer.deliver(segment('a'));
  writer.deliver(segment('b'));
  const { firstRetryMs } = WRITER_LIMITS;
  await vi.advanceTimersByTimeAsync(firstRetryMs + firstRetryMs * 2);
  expect(writer.stats()).toMatchObject({ failures: 3, inserted: 0, waiting: 2 });
  await vi.advanceTimersByTimeAsync(firstRetryMs * 4);
  expect(engine.inserted).toEqual(['a', 'b']);
});

it('never gives a segment up while the engine is down', async () => {
  engine.isHealthy = false;
  engine.failures.set('a', 50);
  writer.deliver(segment('a'));
  await vi.advanceTimersByTimeAsync(50 * WRITER_LIMITS.lastRetryMs);
  expect(gone).toEqual(['removed a']);
});

it('puts aside what a healthy engine refuses again and again, and goes on', async () => {
  engine.failures.set('bad', Number.POSITIVE_INFINITY);
  writer.deliver(segment('bad'));
  writer.deliver(segment('good'));
  await vi.advanceTimersByTimeAsync(WRITER_LIMITS.refusalsMax * WRITER_LIMITS.lastRetryMs);
  expect(gone).toEqual(['rejected bad', 'removed good']);
  expect(writer.stats()).toMatchObject({ rejected: 1, failures: WRITER_LIMITS.refusalsMax });
});

it('does not hold up other tables, within its bound of inserts at a time', async () => {
  engine.failures.set('a', 1);
  for (const table of ['spans', 'logs', 'metric_points', 'resources']) writer.deliver(segment(table, table));
  writer.deliver(segment('a', 'spans'));
  await vi.advanceTimersByTimeAsync(0);
  expect([...engine.inserted].sort()).toEqual(['logs', 'metric_points', 'resources', 'spans']);
  expect(engine.activeMax).toBe(WRITER_LIMITS.insertsMax);
});

it('stops at once while it waits, and leaves the rest to the next start', async () => {
  engine.isHealthy = false;
  engine.failures.set('a', 5);
  writer.deliver(segment('a'));
  await vi.advanceTimersByTimeAsync(0);
  await writer.stop();
  writer.deliver(segment('b'));
  await vi.advanceTimersByTimeAsync(WRITER_LIMITS.lastRetryMs * 10);
  expect([engine.inserted, gone]).toEqual([[], []]);
  expect(writer.stats().waiting).toBe(2);
});
