import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';
import type { AppOptions, RunningApp } from './run-app.ts';

/** The most an agent may add to the end of its host. */
const EXTRA_EXIT_MS = 500;
/** What a loaded test machine adds on its own. */
const SLACK_MS = 250;
const REQUESTS = 40;

interface Lesson {
  readonly answers: readonly string[];
  readonly endMs: number;
  readonly code: number | null;
  readonly rssMb: number;
}

let receiver: OtlpReceiver;
let hanging: Server;
let bare: Lesson;

beforeAll(async () => {
  receiver = await startReceiver((_, response) => {
    // A reply without an end.
    const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 5);
    response.on('close', () => clearInterval(timer));
  });
  hanging = createServer(() => undefined);
  await new Promise<void>((resolve) => {
    hanging.listen(0, '127.0.0.1', resolve);
  });
  bare = await attend({ isBare: true });
}, 90_000);

afterAll(async () => {
  await receiver.close();
  await new Promise<void>((resolve) => {
    hanging.close(() => resolve());
    hanging.unref();
    resolve();
  });
});

async function answersOf(app: RunningApp): Promise<string[]> {
  const answers: string[] = [];
  for (let index = 0; index < REQUESTS; index++) {
    const response = await fetch(`${app.url}/${index % 4 === 3 ? 'boom' : 'hello'}/${index}`);
    answers.push(`${response.status} ${await response.text()}`);
  }
  return answers;
}

async function attend(options: AppOptions): Promise<Lesson> {
  const app = await startApp('plain.cjs', options);
  const answers = await answersOf(app);
  const rssMb = Number(await (await fetch(`${app.url}/rss`)).text());
  const { code, tookMs } = await app.end();
  return { answers, endMs: tookMs, code, rssMb };
}

function endpoint(url: string): AppOptions {
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_METRIC_EXPORT_INTERVAL: '150',
    },
  };
}

describe.each([
  ['absent', () => 'http://127.0.0.1:9'],
  ['unresolvable', () => 'http://collector.invalid:4318'],
  ['hanging', () => `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`],
  ['answering without end', () => receiver.url],
])('with a collector that is %s', (_, url) => {
  // A retry, because the time to end is read off a machine that others load too.
  it('the app answers, ends and weighs as without the agent', { retry: 2 }, async () => {
    const lesson = await attend(endpoint(url()));
    expect(lesson.answers).toEqual(bare.answers);
    expect(lesson.code).toBe(bare.code);
    expect(lesson.endMs).toBeLessThan(bare.endMs + EXTRA_EXIT_MS + SLACK_MS);
    expect(lesson.rssMb).toBeLessThan(bare.rssMb + 120);
  });
});

it('a collector that refuses is told about once', async () => {
  const refusing = await startReceiver((_, response) => {
    response.statusCode = 401;
    response.end();
  });
  const app = await startApp('plain.cjs', endpoint(refusing.url));
  expect(await answersOf(app)).toEqual(bare.answers);
  expect(await app.end()).toMatchObject({ code: 7 });
  const warnings = app.output().match(/nightjar: .*refused traces.*/g) ?? [];
  expect(warnings).toHaveLength(1);
  await refusing.close();
});

describe('the process ends as it would have ended', () => {
  it.each([
    ['uncaught exception', { APP_END: 'throw' }],
    ['unhandled rejection', { APP_END: 'reject' }],
    ['process.exit', { APP_END: 'exit' }],
    ['its own exit code', {}],
  ])('%s', async (_, env) => {
    const plain = await (await startApp('plain.cjs', { isBare: true, env })).end();
    const app = await startApp('plain.cjs', { env: { ...endpoint('http://127.0.0.1:9').env, ...env } });
    const agented = await app.end();
    expect({ code: agented.code, signal: agented.signal }).toEqual({
      code: plain.code,
      signal: plain.signal,
    });
  });

  it.each([
    ['no handler: SIGTERM kills', {}],
    ['a handler of its own: it decides', { APP_HANDLES: 'SIGTERM' }],
    ['a once-handler that is removed: SIGTERM kills', { APP_HANDLES: 'removed' }],
  ])('%s', async (_, env) => {
    const plain = await (await startApp('plain.cjs', { isBare: true, env })).signal('SIGTERM');
    const app = await startApp('plain.cjs', { env: { ...endpoint('http://127.0.0.1:9').env, ...env } });
    const agented = await app.signal('SIGTERM');
    expect({ code: agented.code, signal: agented.signal }).toEqual({
      code: plain.code,
      signal: plain.signal,
    });
  });
});

it('what waits is sent when the app ends, and when it handles SIGTERM with process.exit', async () => {
  const collector = await startReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '60000' };
  const ending = await startApp('plain.cjs', { env });
  await answersOf(ending);
  await ending.end();
  expect(collector.spans).toHaveLength(REQUESTS);
  const handling = await startApp('plain.cjs', { env: { ...env, APP_HANDLES: 'SIGTERM' } });
  await answersOf(handling);
  await handling.signal('SIGTERM');
  expect(collector.spans).toHaveLength(2 * REQUESTS);
  await collector.close();
});

it('cluster workers, worker threads and a second start are harmless', async () => {
  const collector = await startReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '20' };
  const app = await startApp('many.mjs', { env });
  const response = await fetch(`${app.url}/x`);
  expect(await response.text()).toBe('true');
  expect(await app.end()).toMatchObject({ code: 0 });
  expect(app.output()).not.toContain('nightjar:');
  expect(collector.spans.filter(({ kind }) => kind === 2)).toHaveLength(1);
  await collector.close();
});
