import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FINDING_EVENT, FINDING_JSON } from '../attributes.ts';
import type { SentSpan } from './otlp-decode.ts';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { hasRedis, startRedis } from './redis-server.ts';
import type { RedisServer } from './redis-server.ts';
import { startApp } from './run-app.ts';
import type { RunningApp } from './run-app.ts';

describe.skipIf(!hasRedis)('BullMQ (needs redis-server)', () => {
  let receiver: OtlpReceiver;
  let redis: RedisServer;
  let app: RunningApp | undefined;

  beforeAll(async () => {
    [receiver, redis] = await Promise.all([startReceiver(), startRedis()]);
    const env = {
      REDIS_PORT: String(redis.port),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
    };
    app = await startApp('jobs.mjs', { env });
  }, 90_000);

  afterAll(async () => {
    await app?.end();
    await Promise.all([receiver.close(), redis.close()]);
  });

  async function job(path: string): Promise<SentSpan> {
    const before = receiver.spans.length;
    await (await fetch(`${app?.url}${path}`)).text();
    return await vi.waitFor(
      () => {
        const span = receiver.spans.slice(before).find(({ kind }) => kind === 5);
        if (span === undefined) throw new Error('no job span yet');
        return span;
      },
      { timeout: 12_000, interval: 20 },
    );
  }

  it('a job continues the trace of the request that queued it, with its own counts and findings', async () => {
    const span = await job('/welcome');
    const producer = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
    expect(producer).toMatchObject({ name: 'add email', kind: 4, traceId: span.traceId });
    expect(span).toMatchObject({
      name: 'process email',
      statusCode: 0,
      attributes: {
        'messaging.system': 'bullmq',
        'messaging.destination.name': 'email',
        'messaging.operation.type': 'process',
        'bullmq.job.name': 'welcome',
        'nightjar.db.query_count': 24,
        'nightjar.db.statement_count': 1,
      },
    });
    const finding = span.events.find(({ name }) => name === FINDING_EVENT);
    expect(JSON.parse(String(finding?.attributes[FINDING_JSON]))).toMatchObject({
      kind: 'n_plus_one',
      count: 24,
      callSite: { file: 'jobs.mjs' },
    });
  });

  it('the request that queues counts none of the commands of BullMQ itself', async () => {
    const span = await job('/welcome');
    const request = await vi.waitFor(() => {
      const entry = receiver.spans.find(({ kind, traceId }) => kind === 2 && traceId === span.traceId);
      if (entry === undefined) throw new Error('no entry span yet');
      return entry;
    });
    expect(request.attributes['nightjar.db.query_count']).toBe(0);
    const inTrace = receiver.spans.filter(({ traceId }) => traceId === span.traceId);
    expect(new Set(inTrace.map(({ name }) => name))).toEqual(
      new Set(['GET', 'add email', 'process email', 'get']),
    );
  });

  it('a failed job has an error status', async () => {
    expect(await job('/fails')).toMatchObject({ name: 'process email', statusCode: 2 });
  });

  it('queues are found by themselves and report their depth', async () => {
    await (await fetch(`${app?.url}/reports`)).text();
    await vi.waitFor(
      () => {
        const depth = receiver.points.filter(
          ({ metric, attributes }) =>
            metric === 'nightjar.queue.depth' && attributes['messaging.destination.name'] === 'report',
        );
        expect(depth.at(-1)?.value).toBe(3);
        const age = receiver.points.filter(({ metric }) => metric === 'nightjar.queue.oldest_age');
        expect(age.some(({ value }) => value !== undefined && value > 0)).toBe(true);
      },
      { timeout: 12_000, interval: 50 },
    );
  });
});
