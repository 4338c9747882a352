/**
 * Celery on Redis, as kombu's transport lays it out: a list a queue, one more for each priority above 0 (`name`, separator,
 * step), new messages at the left; `unacked`, a hash of what workers have taken, of all queues; `_kombu.binding.*`,
 * sets that name the queues. https://github.com/celery/kombu/blob/main/kombu/transport/redis.py
 */
import { QUEUES_MAX, ageOf } from './reading.ts';
import type { QueueReading, ReadQueues } from './reading.ts';
import type { RedisCommands } from './redis-commands.ts';

export interface CelerySettings {
  /** Beside those that are found. */
  readonly queues: readonly string[];
  /** `global_keyprefix` of the app. */
  readonly prefix: string;
  readonly nowMs: () => number;
}

const SEPARATOR = '\u0006\u0016';
/** `priority_steps` of the transport. */
const PRIORITIES = ['', ...[3, 6, 9].map((step) => `${SEPARATOR}${step}`)];
const UNACKED_READ_MAX = 10_000;
/** Mailboxes of workers and of `celery events`: not the app's. */
const INTERNAL = /\.pidbox$|^celeryev[./]|^reply\./;

export function celeryReader(redis: RedisCommands, settings: CelerySettings): ReadQueues {
  // Celery's messages do not say when they were sent: a head of a queue is known to be as old as it has been seen.
  const heads = new Map<string, SeenHead>();
  return async () => {
    const queues = await queueNames(redis, settings);
    const inFlight = await unackedPerQueue(redis, settings.prefix);
    const readings = await Promise.all(
      queues.map(async (queue) => await readQueue({ redis, settings, heads, inFlight }, queue)),
    );
    for (const known of heads.keys()) if (!queues.includes(known)) heads.delete(known);
    return readings;
  };
}

async function queueNames(
  redis: RedisCommands,
  { queues, prefix }: CelerySettings,
): Promise<readonly string[]> {
  const bindings = await redis.scan(`${escaped(prefix)}_kombu.binding.*`);
  const members = await Promise.all(
    bindings.slice(0, QUEUES_MAX).map(async (key) => await redis.smembers(key)),
  );
  const bound = members.flat().map((member) => member.split(SEPARATOR)[2] ?? '');
  const names = new Set([...queues, ...bound.filter((name) => name !== '' && !INTERNAL.test(name))]);
  return [...names].slice(0, QUEUES_MAX);
}

interface CeleryState {
  readonly redis: RedisCommands;
  readonly settings: CelerySettings;
  readonly heads: Map<string, SeenHead>;
  readonly inFlight: ReadonlyMap<string, number> | undefined;
}

interface SeenHead {
  readonly id: string;
  readonly firstSeenMs: number;
}

async function readQueue(
  { redis, settings: { prefix, nowMs }, heads, inFlight }: CeleryState,
  queue: string,
): Promise<QueueReading> {
  const keys = PRIORITIES.map((suffix) => `${prefix}${queue}${suffix}`);
  const lengths = await Promise.all(keys.map((key) => redis.llen(key)));
  const depth = lengths.reduce((sum, length) => sum + length, 0);
  const last = await Promise.all(
    keys.map(async (key, index) => (lengths[index] === 0 ? null : await redis.lindex(key, -1))),
  );
  // The oldest of each priority is the last of its list.
  const ages = last.flatMap((message, index) => {
    const key = keys[index] ?? '';
    if (message !== null) return [headAge({ heads, key, message, nowMs: nowMs() })];
    heads.delete(key);
    return [];
  });
  return {
    system: 'celery',
    queue,
    depth,
    oldestAgeMs: Math.max(0, ...ages),
    ...(inFlight === undefined ? {} : { inFlight: inFlight.get(queue) ?? 0 }),
  };
}

interface HeadMessage {
  readonly heads: Map<string, SeenHead>;
  readonly key: string;
  readonly message: string;
  readonly nowMs: number;
}

function headAge({ heads, key, message, nowMs }: HeadMessage): number {
  const { id, sentMs } = factsOf(message);
  const told = sentMs === undefined ? undefined : ageOf(sentMs, nowMs);
  if (told !== undefined) return told;
  const seen = heads.get(key);
  if (seen?.id === id) return nowMs - seen.firstSeenMs;
  if (heads.size < QUEUES_MAX * PRIORITIES.length) heads.set(key, { id, firstSeenMs: nowMs });
  return 0;
}

/** A `timestamp` is what apps and brokers put there on their own, in seconds or milliseconds. */
function factsOf(message: string): { readonly id: string; readonly sentMs: number | undefined } {
  const { headers, properties } = fieldsOf(parsed(message));
  const [head, props] = [fieldsOf(headers), fieldsOf(properties)];
  const id = head['id'] ?? props['correlation_id'] ?? message.slice(0, 200);
  const stamp = Number(props['timestamp'] ?? head['timestamp'] ?? Number.NaN);
  const sentMs = stamp > 1e11 ? stamp : stamp * 1_000;
  return { id: typeof id === 'string' ? id : JSON.stringify(id), sentMs: sentMs > 0 ? sentMs : undefined };
}

/** Undefined when there are too many to count by queue. Each value is `[message, exchange, routing key]`. */
async function unackedPerQueue(
  redis: RedisCommands,
  prefix: string,
): Promise<ReadonlyMap<string, number> | undefined> {
  const key = `${prefix}unacked`;
  if ((await redis.hlen(key)) > UNACKED_READ_MAX) return undefined;
  const counts = new Map<string, number>();
  for (const value of await redis.hashValues(key, UNACKED_READ_MAX)) {
    const delivery = parsed(value);
    const routingKey: unknown = Array.isArray(delivery) ? delivery[2] : undefined;
    if (typeof routingKey === 'string') counts.set(routingKey, (counts.get(routingKey) ?? 0) + 1);
  }
  return counts;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Of a glob of Redis. */
function escaped(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
}
