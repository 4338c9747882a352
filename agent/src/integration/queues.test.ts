import { afterEach, describe, expect, it, vi } from 'vitest';
import { startKafka } from './kafka-stand-in.ts';
import type { SentPoint, SentSpan } from './otlp-decode.ts';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { hasPostgres, startPostgres } from './postgres-server.ts';
import { hasRabbit, startRabbit } from './rabbitmq-server.ts';
import { hasRedis, startRedis } from './redis-server.ts';
import { startApp } from './run-app.ts';
import type { RunningApp } from './run-app.ts';
import { startSqs } from './sqs-stand-in.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Run {
  readonly app: RunningApp;
  readonly receiver: OtlpReceiver;
  readonly span: (name: string) => Promise<SentSpan>;
  readonly point: (metric: string, queue: string) => Promise<SentPoint>;
}

async function run(library: string, env: Readonly<Record<string, string>>): Promise<Run> {
  const receiver = await startReceiver();
  closing.push(() => receiver.close());
  const app = await startApp('queues.mjs', {
    env: {
      QUEUE_LIBRARY: library,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      ...env,
    },
  });
  closing.push(() => app.end());
  const soon = <Found>(find: () => Found | undefined): Promise<Found> =>
    vi.waitFor(
      () => {
        const found = find();
        if (found === undefined) throw new Error(`not yet\n${app.output()}`);
        return found;
      },
      { timeout: 12_000, interval: 30 },
    );
  return {
    app,
    receiver,
    span: (name) => soon(() => receiver.spans.find((span) => span.name === name)),
    point: (metric, queue) =>
      soon(() =>
        receiver.points.findLast(
          (point) =>
            point.metric === `nightjar.queue.${metric}` &&
            point.attributes['messaging.destination.name'] === queue &&
            (point.value ?? 1) > 0,
        ),
      ),
  };
}

async function expectOneTrace({ span, receiver }: Run, [send, process]: readonly [string, string]) {
  const [request, sent, processed, inner] = await Promise.all([
    span('request'),
    span(send),
    span(process),
    span('in the job'),
  ]);
  expect(sent).toMatchObject({ kind: 4, traceId: request.traceId, parentSpanId: request.spanId });
  expect(processed).toMatchObject({ kind: 5, traceId: request.traceId, parentSpanId: sent.spanId });
  expect(inner).toMatchObject({ traceId: request.traceId, parentSpanId: processed.spanId });
  return { processed, all: receiver.spans };
}

describe.skipIf(!hasRedis)('Bull (needs redis-server)', () => {
  it('is found by itself, and a job continues the trace that sent it', async () => {
    const redis = await startRedis();
    closing.push(() => redis.close());
    const found = await run('bull', { REDIS_PORT: String(redis.port) });
    const { processed, all } = await expectOneTrace(found, ['add busy', 'process busy']);
    expect(processed.attributes).toMatchObject({
      'messaging.system': 'bull',
      'messaging.destination.name': 'busy',
      'nightjar.queue.wait_ms': expect.any(Number),
      'nightjar.db.query_count': 0,
    });
    expect(all.filter(({ attributes }) => 'db.system.name' in attributes)).toEqual([]);
    expect((await found.point('depth', 'idle')).value).toBe(3);
    expect((await found.point('depth', 'idle')).attributes['messaging.system']).toBe('bull');
    await found.point('oldest_age', 'idle');
    await found.point('wait', 'busy');
    expect(found.app.output()).toContain('ready {"to":"a@b.c"}');
  });
});

it.skipIf(!hasPostgres)('pg-boss is found by itself, and its job has the data that was sent', async () => {
  const database = await startPostgres();
  closing.push(() => database.close());
  const found = await run('pg-boss', { DATABASE_URL: database.url });
  const { processed, all } = await expectOneTrace(found, ['send busy', 'process busy']);
  expect(processed.attributes).toMatchObject({
    'messaging.system': 'pg-boss',
    'nightjar.queue.wait_ms': expect.any(Number),
    'nightjar.db.query_count': 0,
  });
  expect(found.app.output()).toContain('ready {"to":"a@b.c"}');
  await vi.waitFor(async () => expect((await found.point('depth', 'idle')).value).toBe(3), 12_000);
  await found.point('oldest_age', 'idle');
  // Neither its polling nor its sends are queries of the app.
  expect(all.filter(({ name }) => /pgboss/.test(name))).toEqual([]);
});

describe.skipIf(!hasRabbit)('RabbitMQ (needs rabbitmq-server)', () => {
  it(
    'depth over the own connection, without harm from a queue that is gone',
    { timeout: 90_000 },
    async () => {
      const rabbit = await startRabbit();
      closing.push(() => rabbit.close());
      for (const library of ['amqplib', 'amqplib-callbacks']) {
        const found = await run(library, { AMQP_URL: rabbit.url });
        const { processed } = await expectOneTrace(found, ['publish <default>', 'busy process']);
        expect(processed.attributes).toMatchObject({ 'messaging.system': 'rabbitmq' });
        const idle = await found.point('depth', 'idle');
        expect(idle.value).toBe(library === 'amqplib' ? 3 : 6);
        expect(found.app.output()).not.toMatch(/error/i);
        // The next one is to get its job itself.
        await found.app.end();
      }
    },
  );
});

it('SQS: depth and in flight over the own client, rarely, and once where it is not allowed', async () => {
  const sqs = await startSqs();
  closing.push(() => sqs.close());
  const found = await run('sqs', { SQS_URL: sqs.url });
  const { processed } = await expectOneTrace(found, ['busy send', 'process busy']);
  expect(processed.attributes).toMatchObject({ 'messaging.system': 'aws_sqs', 'messaging.message.id': 'm0' });
  expect((await found.point('depth', 'idle')).value).toBe(3);
  expect((await found.point('in_flight', 'idle')).value).toBe(2);
  const pushes = found.receiver.requests();
  await vi.waitFor(() => expect(found.receiver.requests()).toBeGreaterThan(pushes + 5), 12_000);
  expect(sqs.asked.toSorted()).toEqual(['busy', 'denied', 'idle']);
});

it('kafkajs: lag of a group on each topic it subscribes to', async () => {
  const kafka = await startKafka({ newest: [10, 1], committed: [8] });
  closing.push(() => kafka.close());
  const found = await run('kafkajs', { KAFKA_BROKER: kafka.broker });
  const lag = await found.point('depth', 'idle');
  // Two of ten behind on one partition, nothing committed on the other.
  expect(lag.value).toBe(3);
  expect(lag.attributes).toMatchObject({
    'messaging.system': 'kafka',
    'messaging.consumer.group.name': 'mailers',
  });
});
