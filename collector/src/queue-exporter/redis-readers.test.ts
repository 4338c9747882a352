import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bullmqReader } from './bullmq.ts';
import { celeryReader } from './celery.ts';
import { connectRedis } from './redis-commands.ts';
import type { RedisCommands } from './redis-commands.ts';
import { rqReader } from './rq.ts';
import { hasRedis, replay, startRedis } from './testing.ts';
import type { RecordedKey, TestRedis } from './testing.ts';

/**
 * Written by Celery 5.7 and RQ 2.12. Of four tasks and two prioritised ones, two run, which Celery acknowledges first, and two
 * are held by the worker; of four jobs one runs and one has failed.
 */
const recorded: { keys: RecordedKey[] } = JSON.parse(
  readFileSync(new URL('recorded-keys.json', import.meta.url), 'utf8'),
);
const ENQUEUED_MS = Date.parse('2026-11-20T12:02:48.158Z');

describe.skipIf(!hasRedis)('queues in Redis (needs redis-server)', () => {
  let redis: TestRedis;
  let commands: RedisCommands;
  let nowMs = ENQUEUED_MS + 60_000;
  const celery = (options: { queues?: string[]; prefix?: string } = {}) =>
    celeryReader(commands, { queues: [], prefix: '', nowMs: () => nowMs, ...options });

  beforeAll(async () => {
    redis = await startRedis();
    commands = connectRedis(redis.url);
  });
  afterAll(async () => {
    commands.close();
    await redis.close();
  });
  beforeEach(async () => {
    nowMs = ENQUEUED_MS + 60_000;
    await redis.client.flushall();
    await replay(redis.client, recorded.keys);
  });

  it('Celery: priorities are one queue, taken tasks are counted by queue, mailboxes are left out', async () => {
    const readings = await celery()();
    expect(readings.toSorted((a, b) => a.queue.localeCompare(b.queue))).toEqual([
      { system: 'celery', queue: 'mail', depth: 2, oldestAgeMs: 0, inFlight: 2 },
      { system: 'celery', queue: 'reports', depth: 1, oldestAgeMs: 0, inFlight: 0 },
    ]);
  });

  it('Celery: a task is at least as old as it has been seen to wait, until another is the oldest', async () => {
    const read = celery();
    await read();
    nowMs += 30_000;
    const ageOfReports = async () => (await read()).find(({ queue }) => queue === 'reports')?.oldestAgeMs;
    expect(await ageOfReports()).toBe(30_000);
    await redis.client.lpush('reports', JSON.stringify({ headers: { id: 'later' }, properties: {} }));
    expect(await ageOfReports()).toBe(30_000);
    await redis.client.rpop('reports');
    expect(await ageOfReports()).toBe(0);
  });

  it('Celery: a timestamp in the message is believed', async () => {
    const properties = { timestamp: nowMs / 1_000 - 90 };
    await redis.client.rpush('reports', JSON.stringify({ headers: {}, properties }));
    const reports = (await celery()()).find(({ queue }) => queue === 'reports');
    expect(reports?.oldestAgeMs).toBeCloseTo(90_000, -1);
  });

  it('Celery: queues that nobody declared are named by hand, a global prefix is kept to', async () => {
    await redis.client.lpush('app1:late', 'no JSON at all');
    const readings = await celery({ queues: ['late', 'empty'], prefix: 'app1:' })();
    expect(readings).toEqual([
      { system: 'celery', queue: 'late', depth: 1, oldestAgeMs: 0, inFlight: 0 },
      { system: 'celery', queue: 'empty', depth: 0, oldestAgeMs: 0, inFlight: 0 },
    ]);
  });

  it('Celery: too many taken tasks are not counted by queue', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_001 }, (_, index) => [`t${index}`, '[{}, "", "mail"]']),
    );
    await redis.client.hset('unacked', many);
    expect((await celery()()).every((reading) => !('inFlight' in reading))).toBe(true);
  });

  it('RQ: depth, age, started and failed', async () => {
    const readings = await rqReader(commands, () => nowMs)();
    expect(readings.toSorted((a, b) => a.queue.localeCompare(b.queue))).toEqual([
      { system: 'rq', queue: 'bad', depth: 0, oldestAgeMs: 0, inFlight: 0, failed: 1 },
      { system: 'rq', queue: 'thumbs', depth: 2, oldestAgeMs: expect.any(Number), inFlight: 1, failed: 0 },
    ]);
    const age = readings.find(({ queue }) => queue === 'thumbs')?.oldestAgeMs ?? 0;
    expect(Math.abs(age - 60_000)).toBeLessThan(100);
  });

  it('BullMQ: waiting, paused and prioritised wait; the last of the list is the oldest', async () => {
    const { client } = redis;
    await client.hset('bull:email:meta', { 'opts.maxLenEvents': '10000', version: 'bullmq:5' });
    await client.lpush('bull:email:wait', '1', '2', '3');
    await client.hset('bull:email:1', { timestamp: String(nowMs - 5_000) });
    await client.zadd('bull:email:prioritized', 1, '4');
    await client.lpush('bull:email:active', '5');
    await client.zadd('bull:email:failed', 1, '6', 2, '7');
    expect(await bullmqReader(commands, { prefix: 'bull', nowMs: () => nowMs })()).toEqual([
      { system: 'bullmq', queue: 'email', depth: 4, oldestAgeMs: 5_000, inFlight: 1, failed: 2 },
    ]);
  });
});
