/** RabbitMQ by its management API, `GET /api/queues`. https://www.rabbitmq.com/docs/http-api-reference */
import { z } from 'zod';
import { QUEUES_MAX, ageOf } from './reading.ts';
import type { QueueReading, ReadQueues } from './reading.ts';

export interface RabbitmqSettings {
  readonly url: URL;
  readonly nowMs: () => number;
}

const TIMEOUT_MS = 10_000;
const COLUMNS =
  'name,vhost,messages_ready,messages_unacknowledged,head_message_timestamp,exclusive,auto_delete';

const queueSchema = z.object({
  name: z.string(),
  vhost: z.string(),
  /** Absent for a queue that was declared this moment. */
  messages_ready: z.number().optional(),
  messages_unacknowledged: z.number().optional(),
  /** Seconds; there when publishers or the broker stamp messages. */
  head_message_timestamp: z.union([z.number(), z.string(), z.null()]).optional(),
  exclusive: z.boolean().optional(),
});
const pageSchema = z.object({ items: z.array(queueSchema) });

export function rabbitmqReader({ url, nowMs }: RabbitmqSettings): ReadQueues {
  const address = new URL(url);
  const user = decodeURIComponent(address.username);
  const password = decodeURIComponent(address.password);
  address.username = address.password = '';
  address.pathname = `${address.pathname.replace(/\/$/, '')}/api/queues`;
  address.search = new URLSearchParams({
    page: '1',
    page_size: String(QUEUES_MAX),
    columns: COLUMNS,
  }).toString();
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return async () => {
    const response = await fetch(address, {
      headers: { accept: 'application/json', ...(user === '' ? {} : { authorization }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`the management API answered ${response.status}`);
    const { items } = pageSchema.parse(await response.json());
    // An exclusive queue is one connection's own: replies, not work.
    return items.filter(({ exclusive }) => exclusive !== true).map((item) => readingOf(item, nowMs()));
  };
}

function readingOf(item: z.infer<typeof queueSchema>, nowMs: number): QueueReading {
  const depth = item.messages_ready ?? 0;
  const stamp = Number(item.head_message_timestamp ?? Number.NaN);
  const age = depth === 0 ? 0 : ageOf(stamp * 1_000, nowMs);
  return {
    system: 'rabbitmq',
    queue: item.name,
    virtualHost: item.vhost,
    depth,
    inFlight: item.messages_unacknowledged ?? 0,
    ...(age === undefined ? {} : { oldestAgeMs: age }),
  };
}
