import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { QUEUE_WAIT_MS } from '../attributes.ts';
import type { QueueReading, QueueRegistry } from '../queues/queue-registry.ts';
import { readBullmqQueue } from './bullmq-depth.ts';
import type { BullmqInstance } from './bullmq-depth.ts';

/**
 * BullMQ asks for a telemetry object in the options of each queue and worker; the app has no line about us, so the one
 * method through which all of them trace is wrapped instead. `add` and `process` become spans that continue each other;
 * the rest, and BullMQ's own Redis commands, make none. An app that passed its own telemetry keeps it.
 */
export class BullmqTelemetry extends InstrumentationBase {
  readonly #queues: QueueRegistry;

  constructor(queues: QueueRegistry) {
    super('@nightjar/bullmq', '0.1.0', { enabled: false });
    this.#queues = queues;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('bullmq', ['>=5.10.0 <7'], (exports: BullmqExports) => {
      this.#wrapTrace(exports.QueueBase?.prototype);
      this.#wrapJobs(exports.Worker?.prototype);
      return exports;
    });
  }

  #wrapTrace(prototype: QueuePrototype | undefined): void {
    const original = prototype?.trace;
    if (prototype === undefined || original === undefined || PATCHED in original) return;
    const traceOwn = (instance: TracingInstance, args: TraceArguments): Promise<unknown> => {
      this.#discover(instance);
      return this.#trace(instance.name, args);
    };
    const traced: TraceMethod = function (this: TracingInstance, ...args) {
      return this.opts?.telemetry === undefined ? traceOwn(this, args) : original.apply(this, args);
    };
    prototype.trace = Object.assign(traced, { [PATCHED]: true });
  }

  #discover(instance: TracingInstance): void {
    if (this.#queues.has(instance.name, ABOUT) || instance.closing !== undefined) return;
    const read = async (): Promise<number | QueueReading> => {
      if (instance.closing === undefined) return await readBullmqQueue(instance);
      stop();
      return Number.NaN;
    };
    const stop = this.#queues.observe(instance.name, read, ABOUT);
  }

  /** Called by a worker for each job, inside of its span. */
  #wrapJobs(prototype: WorkerPrototype | undefined): void {
    const original = prototype?.callProcessJob;
    if (prototype === undefined || original === undefined || PATCHED in original) return;
    const queues = this.#queues;
    const noted: NonNullable<WorkerPrototype['callProcessJob']> = function (this: unknown, job, ...rest) {
      const waitMs = Date.now() - (job.timestamp + (job.delay ?? 0));
      if (waitMs >= 0) {
        trace.getActiveSpan()?.setAttribute(QUEUE_WAIT_MS, waitMs);
        queues.noteWait(job.queueName, waitMs, ABOUT);
      }
      return original.call(this, job, ...rest);
    };
    prototype.callProcessJob = Object.assign(noted, { [PATCHED]: true });
  }

  #trace(queue: string, [, operation, , callback, metadata]: TraceArguments): Promise<unknown> {
    const active = context.active();
    const traced = TRACED[operation];
    if (traced === undefined) return runSuppressed(active, () => callback(undefined));
    const parent = metadata === undefined ? active : propagation.extract(active, carrierOf(metadata));
    const span = this.tracer.startSpan(
      `${operation === 'process' ? 'process' : 'add'} ${queue}`,
      {
        kind: traced.kind,
        attributes: {
          'messaging.system': 'bullmq',
          'messaging.destination.name': queue,
          'messaging.operation.name': operation,
          'messaging.operation.type': traced.type,
        },
      },
      parent,
    );
    const inside = trace.setSpan(parent, span);
    const carrier: Record<string, string> = {};
    propagation.inject(inside, carrier);
    const run = (): Promise<unknown> => callback(new BullmqSpan(span), JSON.stringify(carrier));
    const outcome = operation === 'process' ? context.with(inside, run) : runSuppressed(inside, run);
    return finish(span, outcome);
  }
}

const PATCHED = Symbol('nightjar.patched');
const ABOUT = { 'messaging.system': 'bullmq' };
const TRACED: Readonly<Record<string, { kind: SpanKind; type: string } | undefined>> = {
  add: { kind: SpanKind.PRODUCER, type: 'send' },
  addBulk: { kind: SpanKind.PRODUCER, type: 'send' },
  process: { kind: SpanKind.CONSUMER, type: 'process' },
};

interface BullmqJob {
  readonly queueName: string;
  readonly timestamp: number;
  readonly delay?: number;
}

interface WorkerPrototype {
  callProcessJob?: (this: unknown, job: BullmqJob, ...rest: unknown[]) => unknown;
}

interface BullmqExports {
  readonly Worker?: { readonly prototype: WorkerPrototype };
  readonly QueueBase?: { readonly prototype: QueuePrototype };
}

interface QueuePrototype {
  trace?: TraceMethod;
}

interface TracingInstance extends BullmqInstance {
  readonly opts?: { readonly telemetry?: unknown };
}

type TraceCallback = (span: BullmqSpan | undefined, metadata?: string) => Promise<unknown>;
type TraceArguments = [
  kind: unknown,
  operation: string,
  destination: string,
  callback: TraceCallback,
  metadata?: string,
];
type TraceMethod = (this: TracingInstance, ...args: TraceArguments) => Promise<unknown>;

/** The span as BullMQ's telemetry interface wants it. What a job returned, or why it failed in words, is not kept. */
class BullmqSpan {
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  setSpanOnContext(target: Context): Context {
    return trace.setSpan(target, this.#span);
  }

  setAttribute(name: string, value: Attributes[string]): void {
    this.setAttributes({ [name]: value });
  }

  setAttributes(attributes: Attributes): void {
    const id = attributes['bullmq.job.id'];
    if (id !== undefined) this.#span.setAttribute('messaging.message.id', id);
    for (const name of KEPT) {
      const value = attributes[name];
      if (value !== undefined) this.#span.setAttribute(name, value);
    }
    const names = attributes['bullmq.job.bulk.names'];
    if (Array.isArray(names)) this.#span.setAttribute('messaging.batch.message_count', names.length);
  }

  addEvent(name: string): void {
    if (name === 'job failed') this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  recordException(exception: Error | string): void {
    recordFailure(this.#span, exception);
  }

  end(): void {
    // The wrap ends the span, once BullMQ has written the job's outcome.
  }
}

const KEPT = ['bullmq.job.name', 'bullmq.job.attempts.made'] as const;

function recordFailure(span: Span, failure: Error | string): void {
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

async function finish(span: Span, outcome: Promise<unknown>): Promise<unknown> {
  try {
    return await outcome;
  } catch (error) {
    recordFailure(span, error instanceof Error ? error : String(error));
    throw error;
  } finally {
    span.end();
  }
}

function runSuppressed(active: Context, run: () => Promise<unknown>): Promise<unknown> {
  return context.with(suppressTracing(active), run);
}

function carrierOf(metadata: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(metadata);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
