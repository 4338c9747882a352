import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { carrierOf, runJob, sendJob } from '../queues/job-spans.ts';
import type { Carrier } from '../queues/job-spans.ts';
import type { QueueReading, QueueRegistry } from '../queues/queue-registry.ts';

/**
 * Bull 3 and 4. The trace travels in the job's options, which Bull keeps as they are given; the worker's handler runs in a
 * span that continues it. Bull's own Redis commands make no spans. Repeatable jobs start traces of their own.
 */
export class BullJobs extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/bull', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('bull', ['>=3.0.0 <5'], (exports: BullExports) => {
      const prototype = (exports.default ?? exports).prototype;
      if (prototype === undefined || Object.hasOwn(prototype, PATCHED)) return exports;
      Object.defineProperty(prototype, PATCHED, { value: true });
      this.#wrapSends(prototype);
      this.#wrapRuns(prototype);
      return exports;
    });
  }

  #wrapSends(prototype: BullPrototype): void {
    const { add, addBulk } = prototype;
    const discover = (queue: BullQueue): void => this.#discover(queue);
    const tracer = () => this.tracer;
    prototype.add = function (...args) {
      discover(this);
      const hasName = typeof args[0] === 'string';
      const at = hasName ? 2 : 1;
      const options = args[at];
      if (isRepeated(options)) return add.apply(this, args);
      return sendJob(tracer(), { queue: this.name, about: ABOUT, operation: 'add' }, (carrier) => {
        const told = [...args];
        while (told.length < at) told.push(undefined);
        told[at] = withCarrier(options, carrier);
        return add.apply(this, told);
      });
    };
    if (addBulk === undefined) return;
    prototype.addBulk = function (jobs) {
      if (!Array.isArray(jobs)) return addBulk.call(this, jobs);
      discover(this);
      const sent = { queue: this.name, about: ABOUT, operation: 'addBulk', jobs: jobs.length };
      return sendJob(tracer(), sent, (carrier) =>
        addBulk.call(
          this,
          jobs.map((job: BulkJob) => ({ ...job, opts: withCarrier(job.opts, carrier) })),
        ),
      );
    };
  }

  #wrapRuns(prototype: BullPrototype): void {
    const { setHandler, processJob } = prototype;
    const run = (queue: BullQueue, handler: Handler): Handler => this.#traced(queue, handler);
    const discover = (queue: BullQueue): void => this.#discover(queue);
    prototype.setHandler = function (name, ...rest) {
      discover(this);
      const result = setHandler.call(this, name, ...rest);
      const handler = this.handlers?.[name];
      if (this.handlers !== undefined && handler !== undefined) this.handlers[name] = run(this, handler);
      return result;
    };
    prototype.processJob = function (...args) {
      return context.with(suppressTracing(context.active()), () => processJob.apply(this, args));
    };
  }

  #traced(queue: BullQueue, handler: Handler): Handler {
    const parts = () => ({ tracer: this.tracer, queues: this.#queues });
    return function (this: unknown, job, ...rest) {
      const dueMs = (job.timestamp ?? Number.NaN) + (job.delay ?? job.opts?.delay ?? 0);
      const taken = {
        queue: queue.name,
        about: ABOUT,
        id: job.id === undefined ? undefined : String(job.id),
        carriers: [carrierOf(job.opts?.[KEPT])],
        waitMs: Number.isNaN(dueMs) ? undefined : Math.max(0, Date.now() - dueMs),
      };
      return runJob(parts(), taken, async () => await handler.call(this, job, ...rest));
    };
  }

  #discover(queue: BullQueue): void {
    if (this.#queues.has(queue.name, ABOUT) || queue.closing !== undefined) return;
    const read = async (): Promise<number | QueueReading> => {
      if (queue.closing === undefined) return await readBullQueue(queue);
      stop();
      return Number.NaN;
    };
    const stop = this.#queues.observe(queue.name, read, ABOUT);
  }
}

const ABOUT = { 'messaging.system': 'bull' };
const KEPT = 'nightjar';
const PATCHED = Symbol('nightjar.patched');

function isRepeated(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'repeat' in options && Boolean(options.repeat);
}

function withCarrier(options: unknown, carrier: Carrier): unknown {
  if (typeof options !== 'object' && options !== undefined) return options;
  return { ...options, [KEPT]: carrier };
}

/** Jobs of a paused queue wait in a list of their own. Delayed jobs are not due, so they are no depth. */
async function readBullQueue(queue: BullQueue): Promise<QueueReading> {
  const counts = await queue.getJobCounts('wait', 'paused', 'active', 'failed');
  const { wait = 0, paused = 0, active = 0, failed = 0 } = counts;
  const oldestAgeMs = await oldestWaitingMs(queue, wait > 0 ? 'wait' : 'paused');
  const age = oldestAgeMs === undefined ? {} : { oldestAgeMs };
  return { depth: wait + paused, inFlight: active, failed, ...age };
}

/** Jobs enter the list at its left and leave at its right. */
async function oldestWaitingMs(queue: BullQueue, list: string): Promise<number | undefined> {
  const id = await queue.client.lindex(queue.toKey(list), -1);
  if (id === null) return 0;
  const stamp = Number(await queue.client.hget(queue.toKey(id), 'timestamp'));
  return stamp > 0 ? Math.max(0, Date.now() - stamp) : undefined;
}

interface BullJob {
  readonly id?: string | number;
  readonly timestamp?: number;
  readonly delay?: number;
  readonly opts?: { readonly delay?: number; readonly [KEPT]?: unknown };
}

type Handler = (this: unknown, job: BullJob, ...rest: unknown[]) => unknown;

interface BulkJob {
  readonly opts?: unknown;
}

interface BullQueue {
  readonly name: string;
  readonly closing?: unknown;
  readonly handlers?: Record<string, Handler>;
  readonly client: {
    readonly lindex: (key: string, index: number) => Promise<string | null>;
    readonly hget: (key: string, field: string) => Promise<string | null>;
  };
  readonly toKey: (type: string) => string;
  readonly getJobCounts: (...types: string[]) => Promise<Record<string, number>>;
}

interface BullPrototype {
  add: (this: BullQueue, ...args: unknown[]) => Promise<unknown>;
  addBulk?: (this: BullQueue, jobs: unknown) => Promise<unknown>;
  setHandler: (this: BullQueue, name: string, ...rest: unknown[]) => unknown;
  processJob: (this: BullQueue, ...args: unknown[]) => unknown;
}

interface BullExports {
  readonly prototype?: BullPrototype;
  readonly default?: { readonly prototype?: BullPrototype };
}
