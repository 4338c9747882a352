import { afterEach, describe, expect, it } from 'vitest';
import { parseQueuesArguments } from './arguments.ts';
import { destinationOf } from './config.ts';
import { runQueues } from './index.ts';
import { hasRedis, listen, startRedis } from './testing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function run(args: readonly string[], stop = new AbortController().signal) {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const code = await runQueues(args, { out: say, err: say, nowMs: () => 1_800_000_000_000, stop });
  return { code, said: said.join('') };
}

async function receiver(status = 200) {
  const got: { path: string | undefined; key: string | undefined; body: string }[] = [];
  const { address, close } = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ path: request.url, key: request.headers.authorization, body });
      response.statusCode = status;
      response.end('{}');
    });
  });
  closing.push(close);
  return { got, address };
}

it.each([
  [[], '--redis <url> or --rabbitmq <url> is missing'],
  [['--redis', 'localhost:6379'], '--redis is not a redis://'],
  [['--rabbitmq', 'amqp://localhost'], 'it is the management API'],
  [['--redis', 'redis://h', '--interval', '0'], '--interval is not'],
  [['--redis', 'redis://h', '--collector', 'h:4318'], '--collector is not'],
  [['--redis', 'redis://h', '--cellery'], "Unknown option '--cellery'"],
])('%j is wrong usage', async (args, words) => {
  const { code, said } = await run(args);
  expect(code).toBe(64);
  expect(said).toContain(words);
});

it('without a choice looks for all kinds, with one for that alone', () => {
  const kinds = (args: readonly string[]) => {
    const parsed = parseQueuesArguments(['--redis', 'redis://h', ...args]);
    return parsed.kind === 'options' ? [...parsed.options.kinds] : parsed;
  };
  expect(kinds([])).toEqual(['celery', 'rq', 'bullmq']);
  expect(kinds(['--rq'])).toEqual(['rq']);
});

it('takes the address and key from its options, else as any exporter does', () => {
  const none = { collector: undefined, key: undefined };
  expect(destinationOf(none, {}).url).toBe('http://127.0.0.1:4318/v1/metrics');
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://in.example/',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20k1',
    OTEL_SERVICE_NAME: 'workers',
  };
  expect(destinationOf(none, env)).toMatchObject({
    url: 'https://in.example/v1/metrics',
    headers: { authorization: 'Bearer k1' },
    service: 'workers',
  });
  expect(destinationOf({ collector: 'http://c:1', key: 'k2' }, env)).toMatchObject({
    url: 'http://c:1/v1/metrics',
    headers: { authorization: 'Bearer k2' },
  });
});

describe.skipIf(!hasRedis)('with redis-server', () => {
  it('reads, sends OTLP and says what it found; a broker that is away does not stop the rest', async () => {
    const redis = await startRedis();
    closing.push(redis.close);
    await redis.client.sadd('rq:queues', 'rq:queue:thumbs');
    await redis.client.rpush('rq:queue:thumbs', 'a', 'b');
    const { got, address } = await receiver();
    const args = ['--redis', redis.url, '--collector', address, '--key', 'k', '--once'];
    const { code, said } = await run([...args, '--rabbitmq', 'http://joe:secret@127.0.0.1:1']);
    expect(code).toBe(69);
    expect(said).toContain('rq in Redis: 1 queue\n');
    expect(said).toContain('RabbitMQ cannot be read');
    expect(said).not.toContain('secret');
    expect(got[0]).toMatchObject({ path: '/v1/metrics', key: 'Bearer k' });
    const { resourceMetrics } = JSON.parse(got[0]?.body ?? '');
    const [depth] = resourceMetrics[0].scopeMetrics[0].metrics;
    expect(depth).toEqual({
      name: 'nightjar.queue.depth',
      unit: '{job}',
      gauge: {
        dataPoints: [
          {
            timeUnixNano: '1800000000000000000',
            asDouble: 2,
            attributes: [
              { key: 'messaging.destination.name', value: { stringValue: 'thumbs' } },
              { key: 'messaging.system', value: { stringValue: 'rq' } },
            ],
          },
        ],
      },
    });
    expect((await run(args)).code).toBe(0);
  });

  it('goes on when the collector refuses, says so once, and ends when asked to', async () => {
    const redis = await startRedis();
    closing.push(redis.close);
    await redis.client.sadd('rq:queues', 'rq:queue:thumbs');
    const { got, address } = await receiver(401);
    const stop = new AbortController();
    const running = run(['--redis', redis.url, '--collector', address, '--interval', '1'], stop.signal);
    await expect.poll(() => got.length, { timeout: 8_000, interval: 20 }).toBe(2);
    stop.abort();
    const { code, said } = await running;
    expect(code).toBe(0);
    expect(said.match(/answered 401/g)).toHaveLength(1);
  });
});
