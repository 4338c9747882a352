/**
 * BullMQ: `<prefix>:<queue>:meta` is there for each queue; its states are lists and sorted sets beside it. For queues
 * whose app has no agent: one that has reports the same by itself.
 */
import { QUEUES_MAX, ageOf } from './reading.ts';
import type { QueueReading, ReadQueues } from './reading.ts';
import type { RedisCommands } from './redis-commands.ts';

export interface BullmqSettings {
  readonly prefix: string;
  readonly nowMs: () => number;
}

export function bullmqReader(redis: RedisCommands, { prefix, nowMs }: BullmqSettings): ReadQueues {
  return async () => {
    const keys = await redis.scan(`${prefix}:*:meta`);
    const names = keys.map((key) => key.slice(prefix.length + 1, -':meta'.length));
    return await Promise.all(
      names
        .toSorted()
        .slice(0, QUEUES_MAX)
        .map(async (queue) => await readQueue(redis, { base: `${prefix}:${queue}`, queue, nowMs })),
    );
  };
}

interface NamedQueue {
  readonly base: string;
  readonly queue: string;
  readonly nowMs: () => number;
}

async function readQueue(redis: RedisCommands, { base, queue, nowMs }: NamedQueue): Promise<QueueReading> {
  const [waiting, paused, prioritised, inFlight, failed] = await Promise.all([
    redis.llen(`${base}:wait`),
    redis.llen(`${base}:paused`),
    redis.zcard(`${base}:prioritized`),
    redis.llen(`${base}:active`),
    redis.zcard(`${base}:failed`),
  ]);
  const depth = waiting + paused + prioritised;
  const oldest = await redis.lindex(`${base}:${waiting > 0 ? 'wait' : 'paused'}`, -1);
  const stamp = oldest === null ? null : await redis.hget(`${base}:${oldest}`, 'timestamp');
  const age = depth === 0 ? 0 : ageOf(Number(stamp), nowMs());
  return {
    system: 'bullmq',
    queue,
    depth,
    inFlight,
    failed,
    ...(age === undefined ? {} : { oldestAgeMs: age }),
  };
}
