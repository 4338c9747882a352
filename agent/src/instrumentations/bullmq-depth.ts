import type { QueueReading } from '../queues/queue-registry.ts';

/** What a BullMQ queue or worker offers, versions 5 and 6. A worker alone has no `getJobCounts`. */
export interface BullmqInstance {
  readonly name: string;
  readonly closing?: unknown;
  readonly keys?: Readonly<Record<string, string>>;
  readonly client?: Promise<RedisCommands>;
  readonly backend?: CountReader & { readonly client?: Promise<RedisCommands> };
  readonly scripts?: CountReader;
  readonly toKey?: (type: string) => string;
}

interface CountReader {
  readonly getCounts: (types: readonly string[]) => Promise<readonly number[]>;
}

interface RedisCommands {
  readonly lindex: (key: string, index: number) => Promise<string | null>;
  readonly hget: (key: string, field: string) => Promise<string | null>;
}

const STATES = ['waiting', 'prioritized', 'active', 'failed'] as const;

/** Delayed jobs are not due, so they are no depth. */
export async function readBullmqQueue(instance: BullmqInstance): Promise<QueueReading> {
  const reader = instance.backend ?? instance.scripts;
  if (reader === undefined) return { depth: Number.NaN };
  const [waiting = 0, prioritized = 0, active = 0, failed = 0] = await reader.getCounts(STATES);
  const depth = waiting + prioritized;
  const oldestAgeMs = waiting === 0 ? 0 : await oldestWaitingMs(instance);
  return { depth, inFlight: active, failed, ...(oldestAgeMs === undefined ? {} : { oldestAgeMs }) };
}

/** Jobs enter the list at its left and leave at its right. */
async function oldestWaitingMs(instance: BullmqInstance): Promise<number | undefined> {
  const list = instance.keys?.['wait'];
  const redis = await (instance.backend?.client ?? instance.client);
  if (list === undefined || redis?.lindex === undefined) return undefined;
  const id = await redis.lindex(list, -1);
  if (id === null) return 0;
  const stamp = Number(await redis.hget(instance.toKey?.(id) ?? '', 'timestamp'));
  return stamp > 0 ? Math.max(0, Date.now() - stamp) : undefined;
}
