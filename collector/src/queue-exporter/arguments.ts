import { parseArgs } from 'node:util';

export type RedisKind = 'celery' | 'rq' | 'bullmq';

export interface QueuesOptions {
  readonly redis: string | undefined;
  /** What is looked for in Redis. */
  readonly kinds: ReadonlySet<RedisKind>;
  readonly celeryQueues: readonly string[];
  readonly celeryPrefix: string;
  readonly bullmqPrefix: string;
  readonly rabbitmq: URL | undefined;
  readonly intervalMs: number;
  readonly isOnce: boolean;
  readonly collector: string | undefined;
  readonly key: string | undefined;
}

export type QueuesArguments =
  | { readonly kind: 'options'; readonly options: QueuesOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string };

const INTERVAL_SECONDS = { min: 1, max: 3_600, fallback: 15 };

export const queuesUsage = `Usage: nightjar queues --redis <url> [--celery] [--rq] [--bullmq]
       nightjar queues --rabbitmq <url>

Reads queues that no Node agent reports and sends their depth, oldest age, jobs in flight and failed as OTLP metrics.
It only reads. Passwords in addresses are not printed.

  --redis <url>           redis://[user:password@]host:6379/0, rediss:// with TLS
  --celery                look for Celery only; without a choice for Celery, RQ and BullMQ
  --rq                    look for RQ
  --bullmq                look for BullMQ
  --celery-queues <names> queues of Celery that no worker has declared, by commas
  --celery-prefix <text>  global_keyprefix of the Celery app
  --bullmq-prefix <text>  prefix of BullMQ                                     bull
  --rabbitmq <url>        the management API: http://user:password@host:15672
  --interval <seconds>    from 1 to 3600                                       15
  --once                  read once, send, end
  --collector <url>       where to send          OTEL_EXPORTER_OTLP_ENDPOINT or http://127.0.0.1:4318
  --key <key>             ingest key of the collector, or OTEL_EXPORTER_OTLP_HEADERS

OTEL_SERVICE_NAME names the service that the queues are shown under, nightjar-queues without it.

Exit codes: 0 stopped on request or done, 64 wrong usage, 69 a broker or the collector was out of reach (with --once).
`;

export function parseQueuesArguments(args: readonly string[]): QueuesArguments {
  const given = parsedOf(args);
  if (typeof given === 'string') return refused(given);
  if (given.help === true) return { kind: 'help' };
  if (given.redis === undefined && given.rabbitmq === undefined)
    return refused('--redis <url> or --rabbitmq <url> is missing.');
  if (given.redis !== undefined && !/^rediss?:$/.test(URL.parse(given.redis)?.protocol ?? ''))
    return refused('--redis is not a redis:// or rediss:// address.');
  const rabbitmq = given.rabbitmq === undefined ? undefined : URL.parse(given.rabbitmq);
  if (rabbitmq === null || (rabbitmq !== undefined && !/^https?:$/.test(rabbitmq.protocol)))
    return refused('--rabbitmq is not an http or https address: it is the management API that is read.');
  if (given.collector !== undefined && !/^https?:$/.test(URL.parse(given.collector)?.protocol ?? ''))
    return refused('--collector is not an http or https address.');
  const seconds = Number(given.interval ?? INTERVAL_SECONDS.fallback);
  if (!(seconds >= INTERVAL_SECONDS.min && seconds <= INTERVAL_SECONDS.max))
    return refused(`--interval is not a number from ${INTERVAL_SECONDS.min} to ${INTERVAL_SECONDS.max}.`);
  return {
    kind: 'options',
    options: {
      redis: given.redis,
      kinds: kindsOf(given),
      celeryQueues: (given['celery-queues'] ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
      celeryPrefix: given['celery-prefix'] ?? '',
      bullmqPrefix: given['bullmq-prefix'] ?? 'bull',
      rabbitmq,
      intervalMs: seconds * 1_000,
      isOnce: given.once ?? false,
      collector: given.collector,
      key: given.key,
    },
  };
}

type Given = Exclude<ReturnType<typeof parsedOf>, string>;

function kindsOf({ celery, rq, bullmq }: Given): ReadonlySet<RedisKind> {
  const all = Object.entries({ celery, rq, bullmq } satisfies Record<RedisKind, unknown>);
  const chosen = all.flatMap(([kind, isChosen]) => (isChosen === true ? [kind] : []));
  const names = chosen.length === 0 ? all.map(([kind]) => kind) : chosen;
  return new Set(
    names.filter((name): name is RedisKind => name === 'celery' || name === 'rq' || name === 'bullmq'),
  );
}

function parsedOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        redis: { type: 'string' },
        celery: { type: 'boolean' },
        rq: { type: 'boolean' },
        bullmq: { type: 'boolean' },
        'celery-queues': { type: 'string' },
        'celery-prefix': { type: 'string' },
        'bullmq-prefix': { type: 'string' },
        rabbitmq: { type: 'string' },
        interval: { type: 'string' },
        once: { type: 'boolean' },
        collector: { type: 'string' },
        key: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? `${error.message.split('. ')[0]}.` : String(error);
  }
}

function refused(problem: string): QueuesArguments {
  return { kind: 'refused', problem };
}
