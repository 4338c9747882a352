import { context, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { carrierOf, runJob, sendJob } from '../queues/job-spans.ts';
import type { Carrier } from '../queues/job-spans.ts';
import type { QueueReading, QueueRegistry } from '../queues/queue-registry.ts';

/**
 * pg-boss 10 to 12. A job has nothing but its data to carry a trace in, so data that is a plain object gets one more
 * key, which is taken out again before the handler sees it. What pg-boss asks of Postgres on its own makes no spans.
 */
export class PgBossJobs extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/pg-boss', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const file = (path: string, patch: (prototype: unknown) => void): InstrumentationNodeModuleFile[] =>
      ['dist', 'src'].map(
        (folder) =>
          new InstrumentationNodeModuleFile(
            `pg-boss/${folder}/${path}.js`,
            VERSIONS,
            (exports: FileExports) => {
              const exported = exports.default ?? exports;
              const { prototype } = exported;
              if (prototype !== undefined && !Object.hasOwn(prototype, PATCHED)) {
                Object.defineProperty(prototype, PATCHED, { value: true });
                patch(prototype);
              }
              return exports;
            },
            () => undefined,
          ),
      );
    return new InstrumentationNodeModuleDefinition('pg-boss', VERSIONS, undefined, undefined, [
      ...file('manager', (prototype) => {
        if (isManager(prototype)) this.#patchManager(prototype);
      }),
      ...file('db', (prototype) => {
        if (isDatabase(prototype)) quietDatabase(prototype);
      }),
    ]);
  }

  #patchManager(prototype: ManagerPrototype): void {
    const { createJob, insert, work } = prototype;
    const discover = (manager: Manager, queue: string): void => this.#discover(manager, queue);
    const tracer = () => this.tracer;
    prototype.createJob = named('createJob', function (this: Manager, ...args) {
      const queue = queueOf(args);
      // Its own housekeeping is sent as jobs too.
      if (queue === undefined || queue.startsWith('__pgboss')) return createJob.apply(this, args);
      discover(this, queue);
      return sendJob(tracer(), { queue, about: ABOUT, operation: 'send' }, (carrier) =>
        createJob.apply(this, withCarrierIn(args, carrier)),
      );
    });
    prototype.insert = named('insert', function (this: Manager, ...args) {
      const at = args.findIndex((arg) => Array.isArray(arg));
      const jobs: unknown = args[at];
      if (!Array.isArray(jobs)) return insert.apply(this, args);
      const queue = typeof args[0] === 'string' ? args[0] : String(jobs[0]?.name);
      discover(this, queue);
      const sent = { queue, about: ABOUT, operation: 'insert', jobs: jobs.length };
      return sendJob(tracer(), sent, (carrier) => {
        const told = jobs.map((job: BossJob) => ({ ...job, data: withCarrier(job.data, carrier) }));
        return insert.apply(this, args.with(at, told));
      });
    });
    const traced = (queue: string, handler: Handler): Handler => this.#traced(queue, handler);
    prototype.work = named('work', function (this: Manager, name, ...args) {
      const last = args.at(-1);
      if (typeof last !== 'function' || name.startsWith('__pgboss')) return work.call(this, name, ...args);
      discover(this, name);
      const handler: Handler = (...given) => Reflect.apply(last, undefined, given);
      return work.call(this, name, ...args.slice(0, -1), traced(name, handler));
    });
  }

  #traced(queue: string, handler: Handler): Handler {
    const parts = () => ({ tracer: this.tracer, queues: this.#queues });
    return (batch, ...rest) => {
      const jobs = Array.isArray(batch) ? batch : [batch];
      const carriers = jobs.flatMap((job) => takeCarrier(job));
      const [first] = jobs;
      const created = first?.createdOn ?? first?.createdon;
      const taken = {
        queue,
        about: ABOUT,
        id: jobs.length === 1 ? first?.id : undefined,
        carriers: carriers.map(({ carrier }) => carrier),
        // Only jobs fetched with metadata say when they were made; the carrier does too.
        waitMs: waitOf(created instanceof Date ? created.getTime() : carriers[0]?.sentMs),
        jobs: jobs.length,
      };
      return runJob(parts(), taken, async () => await handler(batch, ...rest));
    };
  }

  #discover(manager: Manager, queue: string): void {
    if (this.#queues.has(queue, ABOUT)) return;
    const read = async (): Promise<number | QueueReading> => {
      if (manager.stopped !== true) return await readBossQueue(manager, queue);
      stop();
      return Number.NaN;
    };
    const stop = this.#queues.observe(queue, read, ABOUT);
  }
}

/** Versions 10 and 11 put the methods of their manager on every instance by the names that they have as functions. */
function named<Method extends (...args: never[]) => unknown>(name: string, method: Method): Method {
  return Object.defineProperty(method, 'name', { value: name });
}

const VERSIONS = ['>=10.0.0 <13'];
const ABOUT = { 'messaging.system': 'pg-boss' };
const PATCHED = Symbol('nightjar.patched');
/** One key, so that one look tells whether a job carries a trace. */
const KEPT = '__nightjar';

/** Version 12 gives one request, those before it name, data and options. */
function queueOf([first]: readonly unknown[]): string | undefined {
  if (typeof first === 'string') return first;
  const name: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

function withCarrierIn(args: readonly unknown[], carrier: Carrier): unknown[] {
  const [first, data, ...rest] = args;
  if (typeof first === 'string') return [first, withCarrier(data, carrier), ...rest];
  if (typeof first !== 'object' || first === null) return [...args];
  return [{ ...first, data: withCarrier(Reflect.get(first, 'data'), carrier) }, ...args.slice(1)];
}

function withCarrier(data: unknown, carrier: Carrier): unknown {
  if (data === undefined || data === null) return data;
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== Object.prototype && prototype !== null) return data;
  return { ...data, [KEPT]: { ...carrier, sent_ms: String(Date.now()) } };
}

function takeCarrier(job: BossJob | undefined): { carrier: Carrier; sentMs: number | undefined }[] {
  const data = job?.data;
  if (typeof data !== 'object' || data === null || !(KEPT in data)) return [];
  const { sent_ms: sent, ...carrier } = carrierOf(data[KEPT]);
  Reflect.deleteProperty(data, KEPT);
  return [{ carrier, sentMs: Number(sent) > 0 ? Number(sent) : undefined }];
}

function waitOf(sinceMs: number | undefined): number | undefined {
  return sinceMs === undefined ? undefined : Math.max(0, Date.now() - sinceMs);
}

/** Its polling belongs to no request; a send inside of one is told by its producer span. */
function quietDatabase(prototype: DatabasePrototype): void {
  const { executeSql } = prototype;
  prototype.executeSql = named('executeSql', function (this: unknown, ...args) {
    const active = context.active();
    if (trace.getSpan(active) !== undefined) return executeSql.apply(this, args);
    return context.with(suppressTracing(active), () => executeSql.apply(this, args));
  });
}

async function readBossQueue(manager: Manager, queue: string): Promise<number | QueueReading> {
  const schema = manager.config?.schema ?? 'pgboss';
  if (!/^\w{1,63}$/.test(schema) || manager.db === undefined) return Number.NaN;
  const { rows } = await manager.db.executeSql(readingSql(schema), [queue]);
  const row = rows[0];
  if (row === undefined) return Number.NaN;
  return {
    depth: Number(row['depth']),
    oldestAgeMs: Number(row['oldest_age_ms'] ?? 0),
    inFlight: Number(row['in_flight']),
    failed: Number(row['failed']),
  };
}

/** Finished jobs stay for days: only the others are looked at, and of them at most so many. */
const ROWS_READ_MAX = 100_000;

function readingSql(schema: string): string {
  return `SELECT
  count(*) FILTER (WHERE state IN ('created', 'retry') AND start_after <= now()) AS depth,
  round(extract(epoch FROM now() - min(greatest(created_on, start_after))
    FILTER (WHERE state IN ('created', 'retry') AND start_after <= now())) * 1000) AS oldest_age_ms,
  count(*) FILTER (WHERE state = 'active') AS in_flight,
  count(*) FILTER (WHERE state = 'failed') AS failed
FROM (
  SELECT state, created_on, start_after
  FROM ${schema}.job
  WHERE name = $1 AND state IN ('created', 'retry', 'active', 'failed')
  LIMIT ${ROWS_READ_MAX}
) AS waiting`;
}

interface BossJob {
  readonly id?: string;
  readonly name?: string;
  readonly data?: unknown;
  readonly createdOn?: unknown;
  readonly createdon?: unknown;
}

type Handler = (batch: BossJob | readonly BossJob[], ...rest: unknown[]) => unknown;

interface Manager {
  readonly stopped?: boolean;
  readonly config?: { readonly schema?: string };
  readonly db?: {
    readonly executeSql: (sql: string, values: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;
  };
}

interface ManagerPrototype {
  createJob: (this: Manager, ...args: unknown[]) => Promise<unknown>;
  insert: (this: Manager, ...args: unknown[]) => Promise<unknown>;
  work: (this: Manager, name: string, ...args: unknown[]) => Promise<unknown>;
}

interface DatabasePrototype {
  executeSql: (this: unknown, ...args: unknown[]) => unknown;
}

interface FileExports {
  readonly prototype?: object;
  readonly default?: { readonly prototype?: object };
}

function isManager(prototype: unknown): prototype is ManagerPrototype {
  return hasMethods(prototype, ['createJob', 'insert', 'work']);
}

function isDatabase(prototype: unknown): prototype is DatabasePrototype {
  return hasMethods(prototype, ['executeSql']);
}

function hasMethods(prototype: unknown, names: readonly string[]): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    names.every((name) => typeof Reflect.get(prototype, name) === 'function')
  );
}
