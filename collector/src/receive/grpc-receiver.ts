import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition, UntypedHandleCall } from '@grpc/grpc-js';
import type { Accept, IngestMetrics, Log, Outcome, Signal } from '../model/stages.ts';
import type { Receiver } from './http-receiver.ts';
import { IngestKeys, presentedKey } from './ingest-keys.ts';
import { CODE, retryStatus, successBody } from './otlp-status.ts';
import { InFlight, RECEIVE_LIMITS } from './receive-limits.ts';
import type { ReceiveLimits } from './receive-limits.ts';
import { requestIdentity } from './request-identity.ts';

export interface GrpcReceiverOptions {
  readonly accept: Accept;
  readonly metrics: IngestMetrics;
  readonly log: Log;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly keys: readonly string[];
  readonly limits?: Partial<ReceiveLimits>;
}

const SERVICES: readonly (readonly [Signal, string])[] = [
  ['traces', '/opentelemetry.proto.collector.trace.v1.TraceService/Export'],
  ['logs', '/opentelemetry.proto.collector.logs.v1.LogsService/Export'],
  ['metrics', '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'],
];
const CLOSE_TIMEOUT_MS = 1000;
const STREAMS_MAX = 256;

type Call = ServerUnaryCall<Buffer, Buffer>;

/** OTLP/gRPC. Messages stay bytes: the one decoder reads them. Rejects when the port cannot be had. */
export async function listenGrpc(options: GrpcReceiverOptions): Promise<Receiver> {
  const limits: ReceiveLimits = { ...RECEIVE_LIMITS, ...options.limits };
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytesMax,
    'grpc.max_send_message_length': 1024 * 1024,
    'grpc.max_concurrent_streams': STREAMS_MAX,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    // Sharing a taken port would hide that somebody else has it.
    'grpc.so_reuseport': 0,
  });
  const keys = new IngestKeys(options.keys);
  const inFlight = new InFlight(limits.inFlightBytesMax);
  for (const [signal, path] of SERVICES) {
    const handle = (call: Call, reply: sendUnaryData<Buffer>): void => {
      void exchange({ options, keys, inFlight, signal }, call, reply);
    };
    server.addService(definition(path), { export: handle as UntypedHandleCall });
  }
  const port = await new Promise<number>((resolve, reject) => {
    const address = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    host: options.host,
    port,
    close: async (timeoutMs = CLOSE_TIMEOUT_MS) => await close(server, timeoutMs),
  };
}

function definition(path: string): ServiceDefinition {
  const bytes = (value: Buffer): Buffer => value;
  return {
    export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  };
}

async function close(server: Server, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface Context {
  readonly options: GrpcReceiverOptions;
  readonly keys: IngestKeys;
  readonly inFlight: InFlight;
  readonly signal: Signal;
}

async function exchange(context: Context, call: Call, reply: sendUnaryData<Buffer>): Promise<void> {
  const { options, keys, inFlight, signal } = context;
  const header = (name: string): string | undefined => call.metadata.get(name)[0]?.toString();
  const key = presentedKey(header);
  if (!keys.permits(key)) {
    options.metrics.refused(signal, 'unauthenticated');
    reply({ code: status.UNAUTHENTICATED, details: 'send an ingest key: authorization: Bearer <key>' });
    return;
  }
  const body = call.request;
  if (!inFlight.take(body.length)) {
    options.metrics.refused(signal, 'busy');
    reply(unavailable('too many bytes in hand', 1));
    return;
  }
  try {
    const format = 'protobuf';
    const identity = requestIdentity({ key, signal, format, encoding: 'grpc' }, body);
    answer(signal, await options.accept({ signal, format, body, identity }), reply);
  } catch (error) {
    options.log.error({ err: error, signal }, 'a request failed in a way that was not foreseen');
    reply({ code: status.INTERNAL, details: 'internal error' });
  } finally {
    inFlight.give(body.length);
  }
}

function answer(signal: Signal, outcome: Outcome, reply: sendUnaryData<Buffer>): void {
  switch (outcome.kind) {
    case 'stored':
      reply(null, successBody(signal, 'protobuf', outcome));
      return;
    case 'undecodable':
      reply({ code: status.INVALID_ARGUMENT, details: outcome.message });
      return;
    case 'unavailable':
      reply(unavailable(`not now: ${outcome.reason}`, outcome.retryAfterSeconds));
  }
}

function unavailable(
  details: string,
  retryAfterSeconds: number,
): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', retryStatus(CODE.unavailable, details, retryAfterSeconds));
  return { code: status.UNAVAILABLE, details, metadata };
}
