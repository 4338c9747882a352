import { setTimeout as delay } from 'node:timers/promises';
import { parseQueuesArguments, queuesUsage } from './arguments.ts';
import type { QueuesOptions } from './arguments.ts';
import { bullmqReader } from './bullmq.ts';
import { celeryReader } from './celery.ts';
import { destinationOf } from './config.ts';
import { reasonOf, sendReadings } from './otlp-gauges.ts';
import type { Destination } from './otlp-gauges.ts';
import { rabbitmqReader } from './rabbitmq.ts';
import { QUEUES_MAX } from './reading.ts';
import type { QueueReading, ReadQueues } from './reading.ts';
import { connectRedis } from './redis-commands.ts';
import { rqReader } from './rq.ts';

export interface QueuesPorts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly nowMs: () => number;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
}

/** `nightjar queues`. Resolves to the exit code; never rejects for what the user can mend. */
export async function runQueues(args: readonly string[], ports: QueuesPorts): Promise<number> {
  const parsed = parseQueuesArguments(args);
  if (parsed.kind === 'refused') {
    ports.err(`nightjar queues: ${parsed.problem}\n\n${queuesUsage}`);
    return 64;
  }
  if (parsed.kind === 'help') {
    ports.out(queuesUsage);
    return 0;
  }
  const { options } = parsed;
  const sources = sourcesOf(options, ports.nowMs);
  const destination = destinationOf(options);
  const teller = createTeller(ports.err);
  try {
    for (;;) {
      const isWell = await turn({ sources, destination, teller, ports });
      if (options.isOnce) return isWell ? 0 : 69;
      await delay(options.intervalMs, undefined, { signal: ports.stop }).catch(() => undefined);
      if (ports.stop.aborted) return 0;
    }
  } finally {
    for (const { close } of sources) close();
  }
}

interface Source {
  readonly name: string;
  readonly read: ReadQueues;
  readonly close: () => void;
}

function sourcesOf(options: QueuesOptions, nowMs: () => number): readonly Source[] {
  const sources: Source[] = [];
  if (options.redis !== undefined) {
    const redis = connectRedis(options.redis);
    const readers = {
      celery: () =>
        celeryReader(redis, { queues: options.celeryQueues, prefix: options.celeryPrefix, nowMs }),
      rq: () => rqReader(redis, nowMs),
      bullmq: () => bullmqReader(redis, { prefix: options.bullmqPrefix, nowMs }),
    };
    for (const kind of options.kinds)
      sources.push({ name: `${kind} in Redis`, read: readers[kind](), close: redis.close });
  }
  if (options.rabbitmq !== undefined)
    sources.push({
      name: 'RabbitMQ',
      read: rabbitmqReader({ url: options.rabbitmq, nowMs }),
      close: () => undefined,
    });
  return sources;
}

interface Turn {
  readonly sources: readonly Source[];
  readonly destination: Destination;
  readonly teller: Teller;
  readonly ports: QueuesPorts;
}

/** True when all was read and taken. A broker that is away does not keep the others from being reported. */
async function turn({ sources, destination, teller, ports }: Turn): Promise<boolean> {
  const readings: QueueReading[] = [];
  let isWell = true;
  for (const { name, read } of sources) {
    try {
      const found = await read();
      readings.push(...found);
      teller.tell(name, `${name}: ${found.length} queue${found.length === 1 ? '' : 's'}`);
      if (found.length >= QUEUES_MAX)
        teller.tell(`${name} limit`, `${name}: queues beyond ${QUEUES_MAX} are left out`);
    } catch (error) {
      isWell = false;
      teller.tell(name, `${name} cannot be read: ${reasonOf(error)}`);
    }
  }
  if (readings.length === 0) return isWell;
  const problem = await sendReadings(readings, { destination, nowMs: ports.nowMs() });
  teller.tell('sent', problem ?? `sending to ${destination.url}`);
  return isWell && problem === undefined;
}

interface Teller {
  readonly tell: (subject: string, sentence: string) => void;
}

/** Says what has changed, not the same every fifteen seconds. */
function createTeller(err: (text: string) => void): Teller {
  const last = new Map<string, string>();
  return {
    tell: (subject, sentence) => {
      if (last.get(subject) === sentence) return;
      last.set(subject, sentence);
      err(`nightjar queues: ${sentence}\n`);
    },
  };
}
