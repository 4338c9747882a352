import { Redis } from 'ioredis';

/** The commands that the readers use: none of them writes, none of them looks at more than so many keys at once. */
export interface RedisCommands {
  readonly llen: (key: string) => Promise<number>;
  readonly lindex: (key: string, index: number) => Promise<string | null>;
  readonly zcard: (key: string) => Promise<number>;
  readonly hlen: (key: string) => Promise<number>;
  readonly hget: (key: string, field: string) => Promise<string | null>;
  readonly smembers: (key: string) => Promise<string[]>;
  /** Values of a hash, at most `max` of them. */
  readonly hashValues: (key: string, max: number) => Promise<readonly string[]>;
  /** Keys that match, of at most `KEYS_SCANNED_MAX` looked at. */
  readonly scan: (pattern: string) => Promise<readonly string[]>;
  readonly close: () => void;
}

const COMMAND_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
const KEYS_PER_STEP = 1_000;
const KEYS_SCANNED_MAX = 500_000;

/** `redis://` or `rediss://`, with the database as its path. Connects when it is first used, and again when it must. */
export function connectRedis(url: string): RedisCommands {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    connectionName: 'nightjar-queues',
  });
  // Each reading that fails says so itself.
  redis.on('error', () => undefined);
  return {
    llen: (key) => redis.llen(key),
    lindex: (key, index) => redis.lindex(key, index),
    zcard: (key) => redis.zcard(key),
    hlen: (key) => redis.hlen(key),
    hget: (key, field) => redis.hget(key, field),
    smembers: (key) => redis.smembers(key),
    hashValues: async (key, max) => {
      const values: string[] = [];
      let cursor = '0';
      do {
        const [next, pairs] = await redis.hscan(key, cursor, 'COUNT', KEYS_PER_STEP);
        for (let at = 1; at < pairs.length; at += 2) values.push(pairs[at] ?? '');
        cursor = next;
      } while (cursor !== '0' && values.length < max);
      return values.slice(0, max);
    },
    scan: async (pattern) => {
      const keys = new Set<string>();
      let cursor = '0';
      for (let seen = 0; seen < KEYS_SCANNED_MAX; seen += KEYS_PER_STEP) {
        const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP);
        for (const key of found) keys.add(key);
        cursor = next;
        if (cursor === '0') break;
      }
      return [...keys];
    },
    close: () => redis.disconnect(),
  };
}
