import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { QUEUE_WAIT_MS } from '../attributes.ts';
import type { QueueRegistry } from './queue-registry.ts';

/** `traceparent` and what else the propagators write: kept with the job by the library's own means. */
export type Carrier = Readonly<Record<string, string>>;

export interface SentJob {
  readonly queue: string;
  readonly about: Attributes;
  readonly operation: string;
  readonly jobs?: number;
}

/**
 * A producer span around `send`, whose own commands to Redis or Postgres make no spans: they are the queue's, not the
 * app's. `send` gets what to keep with the job, so that its run continues the trace.
 */
export function sendJob<Result>(
  tracer: Tracer,
  { queue, about, operation, jobs }: SentJob,
  send: (carrier: Carrier) => Promise<Result>,
): Promise<Result> {
  const active = context.active();
  const attributes = attributesOf({ queue, about, operation, type: 'send' });
  if (jobs !== undefined) attributes['messaging.batch.message_count'] = jobs;
  const span = tracer.startSpan(`${operation} ${queue}`, { kind: SpanKind.PRODUCER, attributes }, active);
  const inside = trace.setSpan(active, span);
  const carrier: Record<string, string> = {};
  propagation.inject(inside, carrier);
  return finish(span, () => context.with(suppressTracing(inside), send, undefined, carrier));
}

export interface TakenJob {
  readonly queue: string;
  readonly about: Attributes;
  readonly id: string | undefined;
  /** One each job of the batch; more than one is linked to, for a span has one parent. */
  readonly carriers: readonly Carrier[];
  readonly waitMs: number | undefined;
  readonly jobs?: number;
}

/** A consumer span around the app's handler, in the trace that the job was sent in. */
export function runJob<Result>(
  { tracer, queues }: { readonly tracer: Tracer; readonly queues: QueueRegistry },
  { queue, about, id, carriers, waitMs, jobs }: TakenJob,
  run: () => Promise<Result>,
): Promise<Result> {
  const parents = carriers.map((carrier) => propagation.extract(ROOT_CONTEXT, carrier));
  const [first = ROOT_CONTEXT] = parents;
  const parent: Context = parents.length === 1 ? first : ROOT_CONTEXT;
  const links = parents.length < 2 ? [] : parents.flatMap((sender) => linkTo(sender));
  const attributes = attributesOf({ queue, about, operation: 'process', type: 'process' });
  if (id !== undefined) attributes['messaging.message.id'] = id;
  if (jobs !== undefined && jobs > 1) attributes['messaging.batch.message_count'] = jobs;
  if (waitMs !== undefined && waitMs >= 0) {
    attributes[QUEUE_WAIT_MS] = waitMs;
    queues.noteWait(queue, waitMs, about);
  }
  const span = tracer.startSpan(`process ${queue}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  return finish(span, () => context.with(trace.setSpan(parent, span), run));
}

function linkTo(sender: Context) {
  const spanContext = trace.getSpanContext(sender);
  return spanContext === undefined ? [] : [{ context: spanContext }];
}

interface Named {
  readonly queue: string;
  readonly about: Attributes;
  readonly operation: string;
  readonly type: 'send' | 'process';
}

function attributesOf({ queue, about, operation, type }: Named): Attributes {
  return {
    ...about,
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
  };
}

async function finish<Result>(span: Span, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** What was kept with a job is the app's data store's: nothing of it is taken on trust. */
export function carrierOf(kept: unknown): Carrier {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(
    Object.entries(kept)
      .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
      .slice(0, FIELDS_MAX),
  );
}

const FIELDS_MAX = 8;
