/**
 * RQ: the set `rq:queues` names the queues, each a list with the oldest job first; `rq:wip:<queue>` and
 * `rq:failed:<queue>` are its registries of started and failed jobs; `rq:job:<id>` says since when a job waits.
 * https://github.com/rq/rq/blob/master/rq/queue.py, registry.py
 */
import { QUEUES_MAX, ageOf } from './reading.ts';
import type { QueueReading, ReadQueues } from './reading.ts';
import type { RedisCommands } from './redis-commands.ts';

const PREFIX = 'rq:queue:';

export function rqReader(redis: RedisCommands, nowMs: () => number): ReadQueues {
  return async () => {
    const keys = await redis.smembers('rq:queues');
    const names = keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    return await Promise.all(
      names.slice(0, QUEUES_MAX).map(async (queue) => await readQueue(redis, { queue, nowMs })),
    );
  };
}

async function readQueue(
  redis: RedisCommands,
  { queue, nowMs }: { readonly queue: string; readonly nowMs: () => number },
): Promise<QueueReading> {
  const [depth, inFlight, failed, oldest] = await Promise.all([
    redis.llen(`${PREFIX}${queue}`),
    redis.zcard(`rq:wip:${queue}`),
    redis.zcard(`rq:failed:${queue}`),
    redis.lindex(`${PREFIX}${queue}`, 0),
  ]);
  const stamp = oldest === null ? null : await redis.hget(`rq:job:${oldest}`, 'enqueued_at');
  const age = oldest === null ? 0 : ageOf(Date.parse(stamp ?? ''), nowMs());
  return {
    system: 'rq',
    queue,
    depth,
    inFlight,
    failed,
    ...(age === undefined ? {} : { oldestAgeMs: age }),
  };
}
