import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assertNever } from '../model/assert-never.ts';
import type { Accept, Format, IngestMetrics, Log, Outcome, Signal } from '../model/stages.ts';
import { IngestKeys, presentedKey } from './ingest-keys.ts';
import { encodingOf, inflateBody } from './inflate.ts';
import { CODE, CONTENT_TYPE, statusBody, successBody } from './otlp-status.ts';
import type { Code } from './otlp-status.ts';
import { readBody } from './read-body.ts';
import { requestIdentity } from './request-identity.ts';
import { InFlight, RECEIVE_LIMITS } from './receive-limits.ts';
import type { ReceiveLimits } from './receive-limits.ts';

export interface HttpReceiverOptions {
  readonly accept: Accept;
  readonly metrics: IngestMetrics;
  readonly log: Log;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** None: everybody may send. */
  readonly keys: readonly string[];
  readonly limits?: Partial<ReceiveLimits>;
}

export interface Receiver {
  readonly host: string;
  readonly port: number;
  /** Takes no new connection, lets requests under way end for at most `timeoutMs`. */
  close(timeoutMs?: number): Promise<void>;
}

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
]);
const BUSY_RETRY_SECONDS = 1;
const CLOSE_TIMEOUT_MS = 1000;
const TIMEOUT_CHECK_MS = 5000;
const HEADER_BYTES_MAX = 16_384;

/** OTLP/HTTP on plain node:http. Rejects when the port cannot be had. */
export async function listenHttp(options: HttpReceiverOptions): Promise<Receiver> {
  const limits: ReceiveLimits = { ...RECEIVE_LIMITS, ...options.limits };
  const exchange = new Exchange(options, limits);
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, TIMEOUT_CHECK_MS),
      maxHeaderSize: HEADER_BYTES_MAX,
      noDelay: true,
    },
    (request, response) => void exchange.serve(request, response),
  );
  server.maxConnections = limits.connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = addressOf(server);
  return {
    host: address,
    port,
    close: async (timeoutMs = CLOSE_TIMEOUT_MS) => await closeServer(server, timeoutMs),
  };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}

async function closeServer(server: Server, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

interface Refusal {
  readonly status: number;
  readonly code: Code;
  readonly reason: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

class Exchange {
  readonly #options: HttpReceiverOptions;
  readonly #limits: ReceiveLimits;
  readonly #keys: IngestKeys;
  readonly #inFlight: InFlight;

  constructor(options: HttpReceiverOptions, limits: ReceiveLimits) {
    this.#options = options;
    this.#limits = limits;
    this.#keys = new IngestKeys(options.keys);
    this.#inFlight = new InFlight(limits.inFlightBytesMax);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const signal = SIGNALS.get(path);
    const format = formatOf(request.headers['content-type']);
    try {
      if (signal === undefined) refuse(response, format, NOT_FOUND);
      else {
        const refusal = await this.#exchange(request, response, { signal, format });
        if (refusal === undefined) return;
        if (refusal !== ABORTED && !isCounted(refusal)) this.#options.metrics.refused(signal, refusal.reason);
        if (refusal === ABORTED) response.destroy();
        else refuse(response, format, refusal);
      }
    } catch (error) {
      this.#options.log.error({ err: error, path }, 'a request failed in a way that was not foreseen');
      if (!response.headersSent) refuse(response, format, BROKEN);
    }
  }

  /** Answers and returns undefined, or returns why not. */
  async #exchange(
    request: IncomingMessage,
    response: ServerResponse,
    asked: { readonly signal: Signal; readonly format: Format | undefined },
  ): Promise<Refusal | undefined> {
    const { signal, format } = asked;
    if (request.method !== 'POST') return NOT_POST;
    const key = presentedKey((name) => request.headers[name]);
    if (!this.#keys.permits(key)) return NO_KEY;
    if (format === undefined) return WRONG_TYPE;
    const encoding = encodingOf(request.headers['content-encoding']);
    if (encoding === undefined) return WRONG_ENCODING;
    const read = await readBody(request, this.#limits.bodyBytesMax, this.#inFlight);
    if (read.kind === 'aborted') return ABORTED;
    if (read.kind === 'too_large') return TOO_LARGE;
    if (read.kind === 'busy') return BUSY;
    let taken = read.body.length;
    try {
      const inflated = await inflateBody(encoding, read.body, this.#limits.bodyBytesMax);
      if (inflated.kind === 'too_large') return TOO_LARGE;
      if (inflated.kind === 'corrupt') return CORRUPT;
      if (encoding !== 'identity') {
        if (!this.#inFlight.take(inflated.body.length)) return BUSY;
        taken += inflated.body.length;
      }
      const identity = requestIdentity({ key, signal, format, encoding }, read.body);
      const outcome = await this.#options.accept({ signal, format, body: inflated.body, identity });
      return answer(response, { signal, format }, outcome);
    } finally {
      this.#inFlight.give(taken);
    }
  }
}

function answer(
  response: ServerResponse,
  asked: { readonly signal: Signal; readonly format: Format },
  outcome: Outcome,
): Refusal | undefined {
  switch (outcome.kind) {
    case 'stored': {
      const body = successBody(asked.signal, asked.format, outcome);
      response.writeHead(200, { 'content-type': CONTENT_TYPE[asked.format], 'content-length': body.length });
      response.end(body);
      return undefined;
    }
    case 'undecodable':
      return { status: 400, code: CODE.invalidArgument, reason: COUNTED, message: outcome.message };
    case 'unavailable':
      return {
        status: 503,
        code: CODE.unavailable,
        reason: COUNTED,
        message: `not now: ${outcome.reason}`,
        headers: { 'retry-after': String(outcome.retryAfterSeconds) },
      };
    default:
      return assertNever(outcome);
  }
}

function refuse(response: ServerResponse, format: Format | undefined, refusal: Refusal): void {
  const body = statusBody(format ?? 'json', refusal.code, refusal.message);
  response.writeHead(refusal.status, {
    'content-type': CONTENT_TYPE[format ?? 'json'],
    'content-length': body.length,
    ...refusal.headers,
  });
  response.end(body);
  // What is left of the body is let pass, so that the sender gets to read the answer; `requestTimeout` bounds it.
  response.req.resume();
}

function formatOf(contentType: string | undefined): Format | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : undefined;
}

/** Already counted by the stage that refused. */
const COUNTED = '';
function isCounted(refusal: Refusal): boolean {
  return refusal.reason === COUNTED;
}

const NOT_FOUND: Refusal = {
  status: 404,
  code: CODE.notFound,
  reason: 'not_found',
  message: 'POST to /v1/traces, /v1/logs or /v1/metrics',
};
const NOT_POST: Refusal = {
  status: 405,
  code: CODE.unimplemented,
  reason: 'method',
  message: 'only POST is served here',
  headers: { allow: 'POST' },
};
const NO_KEY: Refusal = {
  status: 401,
  code: CODE.unauthenticated,
  reason: 'unauthenticated',
  message: 'send an ingest key: Authorization: Bearer <key>',
  headers: { 'www-authenticate': 'Bearer' },
};
const WRONG_TYPE: Refusal = {
  status: 415,
  code: CODE.invalidArgument,
  reason: 'content_type',
  message: 'Content-Type is application/x-protobuf or application/json',
};
const WRONG_ENCODING: Refusal = {
  status: 415,
  code: CODE.invalidArgument,
  reason: 'content_encoding',
  message: 'Content-Encoding is gzip, zstd, deflate or none',
};
const TOO_LARGE: Refusal = {
  status: 413,
  code: CODE.resourceExhausted,
  reason: 'too_large',
  message: 'the body is too large, as sent or inflated: send smaller batches',
};
const CORRUPT: Refusal = {
  status: 400,
  code: CODE.invalidArgument,
  reason: 'corrupt_encoding',
  message: 'the body does not inflate',
};
const BUSY: Refusal = {
  status: 503,
  code: CODE.unavailable,
  reason: 'busy',
  message: 'too many bytes in hand',
  headers: { 'retry-after': String(BUSY_RETRY_SECONDS) },
};
const BROKEN: Refusal = { status: 500, code: CODE.internal, reason: 'internal', message: 'internal error' };
const ABORTED: Refusal = { status: 400, code: CODE.invalidArgument, reason: 'aborted', message: 'aborted' };
