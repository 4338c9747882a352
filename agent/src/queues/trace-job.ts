import { trace } from '@opentelemetry/api';
import { runJob } from './job-spans.ts';
import { processQueues } from './observe-queue.ts';

export interface JobOrigin {
  /**
   * Where the sender's `traceparent` is kept: message headers, or the `MessageAttributes` of an SQS message. Text,
   * bytes and `{ StringValue }` are read; without one the job starts a trace of its own.
   */
  readonly carrier?: Readonly<Record<string, unknown>> | undefined;
  /** As `messaging.system`: `aws_sqs`, say. */
  readonly system?: string;
  readonly id?: string | undefined;
  /** When it was due. */
  readonly sentAtMs?: number | undefined;
}

/**
 * Runs one job of a queue that the agent does not know in a span that continues the trace of its sender, with the counts
 * and findings that a request has. Resolves and rejects as `run` does; without the agent it only runs it.
 */
export function traceJob<Result>(
  queue: string,
  { carrier = {}, system, id, sentAtMs }: JobOrigin,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const kept: Record<string, string> = {};
  for (const field of FIELDS) {
    const text = textOf(carrier[field]);
    if (text !== undefined) kept[field] = text;
  }
  const waitMs = sentAtMs === undefined ? undefined : Math.max(0, Date.now() - sentAtMs);
  const about = system === undefined ? {} : { 'messaging.system': system };
  const parts = { tracer: trace.getTracer('@nightjar/agent'), queues: processQueues() };
  return runJob(parts, { queue, about, id, waitMs, carriers: [kept] }, async () => await run());
}

const FIELDS = ['traceparent', 'tracestate', 'baggage'] as const;
const CHARACTERS_MAX = 8_192;

function textOf(kept: unknown): string | undefined {
  if (typeof kept === 'string') return kept.slice(0, CHARACTERS_MAX);
  if (kept instanceof Uint8Array) return Buffer.from(kept.subarray(0, CHARACTERS_MAX)).toString('utf8');
  if (typeof kept === 'object' && kept !== null && 'StringValue' in kept) return textOf(kept.StringValue);
  return undefined;
}
