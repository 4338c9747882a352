import { setTimeout as delay } from 'node:timers/promises';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Pool } from 'pg';
import type { Logger } from './log.ts';

const pollIntervalMs = 400;
const tracer = trace.getTracer('shop');

/** A queue in a table of the database, for where there is no Redis. */
export function tableQueue(pool: Pool, name: string) {
  return {
    async add(payload: object): Promise<void> {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      await pool.query('INSERT INTO jobs (queue, payload, traceparent) VALUES ($1, $2, $3)', [
        name,
        JSON.stringify(payload),
        carrier['traceparent'] ?? null,
      ]);
    },
    async close(): Promise<void> {},
  };
}

export interface TableConsumer<Payload> {
  readonly name: string;
  readonly handle: (payload: Payload) => Promise<void>;
  readonly log: Logger;
}
interface JobRow<Payload> {
  readonly id: string;
  readonly payload: Payload;
  readonly traceparent: string | null;
}

export function consumeTable<Payload>(pool: Pool, consumer: TableConsumer<Payload>) {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      // A look into the queue is nobody's request: only the job is traced.
      const untraced = suppressTracing(context.active());
      const taken = context.with(untraced, async () => await takeJob<Payload>(pool, consumer));
      const job = await taken.catch((error: unknown) => {
        consumer.log.warn({ err: error }, 'queue cannot be read');
        return undefined;
      });
      if (job !== undefined) await runJob(job, consumer);
      else await delay(pollIntervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    async close(): Promise<void> {
      stop.abort();
      await running;
    },
  };
}

async function takeJob<Payload>(pool: Pool, consumer: TableConsumer<Payload>) {
  const { rows } = await pool.query<JobRow<Payload>>(
    `DELETE FROM jobs WHERE id = (
       SELECT id FROM jobs WHERE queue = $1 AND status = 'waiting'
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
     ) RETURNING id, payload, traceparent`,
    [consumer.name],
  );
  return rows[0];
}

async function runJob<Payload>(job: JobRow<Payload>, consumer: TableConsumer<Payload>): Promise<void> {
  const carrier = job.traceparent === null ? {} : { traceparent: job.traceparent };
  const parent = propagation.extract(context.active(), carrier);
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: {
      'messaging.system': 'postgresql',
      'messaging.operation.type': 'process',
      'messaging.destination.name': consumer.name,
      'messaging.message.id': job.id,
    },
  };
  await tracer.startActiveSpan(`process ${consumer.name}`, options, parent, async (span) => {
    try {
      await consumer.handle(job.payload);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      consumer.log.error({ jobId: job.id, err: error }, 'mail failed');
    } finally {
      span.end();
    }
  });
}
