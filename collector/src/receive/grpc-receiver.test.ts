import { Client, compressionAlgorithms, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { Outcome } from '../model/stages.ts';
import { listenGrpc } from './grpc-receiver.ts';
import type { Receiver } from './http-receiver.ts';
import { scripted, STORED } from './testing.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

let receiver: Receiver;
let client: Client;
let script: ReturnType<typeof scripted>;

beforeEach(async () => {
  script = scripted();
  const { accept } = script;
  const limits = { bodyBytesMax: 100_000 };
  receiver = await listenGrpc({
    accept,
    metrics: SILENT_METRICS,
    log,
    host: '127.0.0.1',
    port: 0,
    keys: ['secret'],
    limits,
  });
  client = new Client(`127.0.0.1:${receiver.port}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  });
});
afterEach(async () => {
  client.close();
  await receiver.close();
});

interface Answer {
  readonly error: ServiceError | null;
  readonly body: Buffer | undefined;
}

async function call(path: string, body: Buffer, key = 'secret'): Promise<Answer> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const bytes = (value: Buffer): Buffer => value;
  return await new Promise((resolve) => {
    client.makeUnaryRequest(path, bytes, bytes, body, metadata, {}, (error, answer) =>
      resolve({ error, body: answer }),
    );
  });
}

it.each([
  [TRACES, 'traces'],
  [LOGS, 'logs'],
  [METRICS, 'metrics'],
])('hands the bytes of %s on, gzip undone', async (path, signal) => {
  const body = Buffer.alloc(5000, 'x');
  const answer = await call(path, body);
  expect(answer.error).toBeNull();
  expect(
    script.seen.map((request) => [request.signal, request.format, Buffer.compare(request.body, body)]),
  ).toEqual([[signal, 'protobuf', 0]]);
});

const REFUSALS: readonly (readonly [string, Outcome, number])[] = [
  ['undecodable', { kind: 'undecodable', message: 'no' }, status.INVALID_ARGUMENT],
  ['unavailable', { kind: 'unavailable', reason: 'journal_full', retryAfterSeconds: 7 }, status.UNAVAILABLE],
];

it.each(REFUSALS)('answers %s with its code', async (_, outcome, code) => {
  script.next = outcome;
  expect((await call(TRACES, Buffer.from('x'))).error?.code).toBe(code);
});

it('says when to try again', async () => {
  script.next = { kind: 'unavailable', reason: 'journal_full', retryAfterSeconds: 7 };
  const { error } = await call(TRACES, Buffer.from('x'));
  const details = Buffer.from(error?.metadata.get('grpc-status-details-bin')[0] ?? '');
  expect(details.includes('google.rpc.RetryInfo')).toBe(true);
  // RetryInfo { retry_delay: Duration { seconds: 7 } }
  expect(details.subarray(-4)).toEqual(Buffer.from([10, 2, 8, 7]));
});

it('wants a key', async () => {
  expect((await call(TRACES, Buffer.from('x'), 'wrong')).error?.code).toBe(status.UNAUTHENTICATED);
  expect(script.seen).toEqual([]);
});

it('refuses a message that is too large, as sent or inflated', async () => {
  expect((await call(TRACES, Buffer.alloc(2_000_000))).error?.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(script.seen).toEqual([]);
});

it('tells of a partial success', async () => {
  script.next = { kind: 'stored', accepted: 1, rejected: 1, message: 'x' };
  expect((await call(TRACES, Buffer.from('x'))).body).toEqual(Buffer.from([10, 5, 8, 1, 18, 1, 0x78]));
  script.next = STORED;
});

it('does not share a port that is taken', async () => {
  const { accept } = script;
  const again = { accept, metrics: SILENT_METRICS, log, host: '127.0.0.1', port: receiver.port, keys: [] };
  await expect(listenGrpc(again)).rejects.toThrow('No address added');
});
