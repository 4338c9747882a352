import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { runScript } from './run-script.ts';
import type { ScriptOptions } from './run-script.ts';

/** Nothing is sent before the end: what arrives was sent by it. */
const LATE = { OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_BLRP_SCHEDULE_DELAY: '60000' };
let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

async function endsOf(args: readonly string[], options: ScriptOptions = {}) {
  receiver.spans.length = 0;
  receiver.logs.length = 0;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...LATE, ...options.env };
  const [bare, watched] = await Promise.all([
    runScript('endings.cjs', { ...options, args, isBare: true }),
    runScript('endings.cjs', { ...options, args, env }),
  ]);
  return { bare, watched };
}

interface Row {
  readonly mode: string;
  readonly spans: readonly string[];
  readonly logs?: readonly string[];
  readonly options?: ScriptOptions;
}

const DEADLY = ['Uncaught exception: TypeError: nobody catches this'];
const REJECTED = ['Uncaught exception: RangeError: nobody awaits this'];
const UNHANDLED = ['Unhandled rejection: RangeError: nobody awaits this'];
const rejections = (mode: string): ScriptOptions => ({ nodeArgs: [`--unhandled-rejections=${mode}`] });
const TERM: ScriptOptions = { signal: 'SIGTERM' };

const ROWS: readonly Row[] = [
  { mode: 'throw', spans: ['finished', 'inner', 'work'], logs: DEADLY },
  { mode: 'request', spans: ['GET', 'finished'], logs: DEADLY },
  { mode: 'throw-string', spans: ['finished', 'work'], logs: ['Uncaught exception: string: a string'] },
  { mode: 'reject', spans: ['finished', 'work'], logs: REJECTED },
  { mode: 'exit', spans: ['finished'] },
  { mode: 'exit-code', spans: ['finished'] },
  { mode: 'handled', spans: ['finished', 'inner', 'work'], logs: DEADLY },
  { mode: 'survived', spans: ['finished', 'work'], logs: ['Uncaught exception: Error: not deadly'] },
  // Node leaves without an exit event, so nothing can be sent.
  { mode: 'handler-throws', spans: [] },
  { mode: 'thrown-getter', spans: ['finished'] },
  { mode: 'reject-handled', spans: ['finished'], logs: UNHANDLED },
  { mode: 'reject', spans: ['finished', 'work'], logs: REJECTED, options: rejections('strict') },
  { mode: 'reject', spans: ['finished'], options: rejections('warn') },
  { mode: 'reject', spans: ['finished'], options: rejections('none') },
  { mode: 'reject', spans: ['finished'], options: rejections('warn-with-error-code') },
  { mode: 'signal', spans: ['finished'], options: TERM },
  { mode: 'signal-counted', spans: ['finished'], options: TERM },
  { mode: 'signal-exit', spans: ['finished'], options: TERM },
  { mode: 'signal', spans: [], options: { signal: 'SIGINT' } },
  { mode: 'signal', spans: [], options: { ...TERM, env: { NIGHTJAR_FLUSH_ON_SIGTERM: 'false' } } },
  { mode: 'thread', spans: ['finished', 'finished', 'inner', 'work'], logs: DEADLY },
];

it.each(ROWS.map((row) => [`${row.mode} ${JSON.stringify(row.options ?? {})}`, row] as const))(
  '%s ends as without the agent, and what waited has arrived',
  // On a machine that others load, a thread may take longer to start than the end waits for it.
  { retry: 2 },
  async (_, { mode, spans, logs = [], options }) => {
    const { bare, watched } = await endsOf([mode], options);
    const plain = ({ code, signal, stdout, stderr }: typeof bare) => ({
      code,
      signal,
      stdout,
      // Warnings begin with the number of the process.
      stderr: stderr.replaceAll(/\(node:\d+\)/g, '(node)'),
    });
    expect(plain(watched)).toEqual(plain(bare));
    expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual([...spans]);
    expect(receiver.logs.map(({ body }) => body)).toEqual([...logs]);
  },
);

it('the span that was broken off says why, and so does the first of its request', { retry: 2 }, async () => {
  await endsOf(['throw']);
  for (const name of ['work', 'inner']) {
    const span = receiver.spans.find((one) => one.name === name);
    expect(span?.statusCode).toBe(2);
    expect(span?.events.find((event) => event.name === 'exception')?.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'nobody catches this',
      'exception.stacktrace': expect.stringContaining('endings.cjs:'),
    });
  }
  const inner = receiver.spans.find(({ name }) => name === 'inner');
  expect(receiver.logs[0]).toMatchObject({ traceId: inner?.traceId, spanId: inner?.spanId, severity: 21 });
  expect(receiver.logs[0]?.attributes).toMatchObject({ 'exception.type': 'TypeError' });
});

it.each([['throw'], ['exit'], ['signal']])(
  '%s takes at most 500 ms longer with a collector that never answers',
  { retry: 2 },
  async (mode) => {
    const hanging = createServer().listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo | null)?.port}`;
    const options: ScriptOptions = mode === 'signal' ? TERM : {};
    const bare = await runScript('endings.cjs', { ...options, args: [mode], isBare: true });
    // Against the agent with nothing to send, so that what it takes to load is no part of it.
    const off = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
    const silent = await runScript('endings.cjs', { ...options, args: [mode], env: off });
    const env = { ...LATE, OTEL_EXPORTER_OTLP_ENDPOINT: url };
    const watched = await runScript('endings.cjs', { ...options, args: [mode], env });
    hanging.close();
    expect({ code: watched.code, signal: watched.signal }).toEqual({ code: bare.code, signal: bare.signal });
    expect(watched.tookMs - silent.tookMs).toBeLessThan(500);
  },
);
