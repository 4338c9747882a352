import http from 'node:http';
import https from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SignalConfig } from '../config.ts';

/**
 * Posts OTLP bytes. Promises: never throws, answers within `timeoutMs` plus one retry pause, reads at most
 * 64 KiB of a reply, and no socket or timer of it keeps the process alive. Not traced: it calls the
 * functions that node:http had before any instrumentation.
 */
export interface OtlpSender {
  /** `onReply` gets the body of a 2xx reply that fits: it may say that some items were refused. */
  readonly send: (body: Uint8Array, onReply?: OnReply) => Promise<SendOutcome>;
  /** Bodies that nobody has got, because they are not wholly on the wire: what ends the process sends them. */
  readonly unsent: () => readonly Uint8Array[];
  /** From now on one attempt is all: the process is ending. */
  readonly stopRetrying: () => void;
  /** Cuts what is in flight. Those sends answer 'unreachable'. */
  readonly close: () => void;
}

export type OnReply = (reply: Buffer) => void;

/** 'rejected': the collector refused for good. 'unreachable': nobody took it in time. */
export type SendOutcome = 'delivered' | 'rejected' | 'unreachable';

const REPLY_BYTES_MAX = 64 * 1024;
const RETRIES_MAX = 4;
const RETRY_BASE_MS = 500;
const RETRY_PAUSE_MAX_MS = 8_000;
const SOCKETS_MAX = 2;
const RETRYABLE = new Set([429, 502, 503, 504]);
const plain = { 'http:': http.request, 'https:': https.request };
const gzipped = promisify(gzip);
/** Spans repeat themselves so much that level 6 takes 1.8 times the processor for the same size. */
const GZIP = { level: 1 } as const;

interface Attempt {
  readonly outcome: SendOutcome | 'retry';
  readonly retryAfterMs?: number;
  readonly reply?: Buffer;
}

export function createOtlpSender(config: SignalConfig, agentName: string): OtlpSender {
  const url = new URL(config.url);
  const agent = new (url.protocol === 'https:' ? https : http).Agent({
    keepAlive: true,
    maxSockets: SOCKETS_MAX,
  });
  const closed = new AbortController();
  const ending = new AbortController();
  const headers = {
    ...config.headers,
    'content-type': 'application/x-protobuf',
    'user-agent': agentName,
    ...(config.isGzip ? { 'content-encoding': 'gzip' } : {}),
  };

  /** Each body with the request that carries it now; with none while it is compressed or waits for its next attempt. */
  const underWay = new Map<Uint8Array, ClientRequest | undefined>();

  const attempt = async (body: Uint8Array, { payload, timeoutMs }: Charge): Promise<Attempt> => {
    const onRequest = (request: ClientRequest): void => void underWay.set(body, request);
    const result = await post(payload, { url, agent, headers, timeoutMs, closed: closed.signal, onRequest });
    underWay.set(body, undefined);
    return result;
  };

  const send = async (body: Uint8Array, onReply?: OnReply): Promise<SendOutcome> => {
    const payload = config.isGzip ? await gzipped(body, GZIP) : body;
    const deadlineMs = performance.now() + config.timeoutMs;
    for (let retry = 0; !closed.signal.aborted; retry++) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return 'unreachable';
      const { outcome, retryAfterMs, reply } = await attempt(body, { payload, timeoutMs: leftMs });
      if (outcome === 'delivered' && reply !== undefined) onReply?.(reply);
      if (outcome !== 'retry') return outcome;
      if (ending.signal.aborted) return 'unreachable';
      const pauseMs =
        retryAfterMs === undefined
          ? jittered(Math.min(RETRY_PAUSE_MAX_MS, RETRY_BASE_MS * 2 ** retry))
          : spread(retryAfterMs);
      if (retry === RETRIES_MAX || performance.now() + pauseMs >= deadlineMs) return 'unreachable';
      await pause(pauseMs, ending.signal);
    }
    return 'unreachable';
  };

  return {
    send: async (body, onReply) => {
      underWay.set(body, undefined);
      try {
        return await send(body, onReply);
      } catch {
        return 'unreachable';
      } finally {
        underWay.delete(body);
      }
    },
    unsent: () => [...underWay].flatMap(([body, request]) => (isWritten(request) ? [] : [body])),
    stopRetrying: () => ending.abort(),
    close: () => {
      ending.abort();
      closed.abort();
      agent.destroy();
    },
  };
}

interface Charge {
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
}

function isWritten(request: ClientRequest | undefined): boolean {
  const socket = request?.socket;
  return socket?.connecting === false && request?.writableLength === 0;
}

interface Exchange {
  readonly onRequest: (request: ClientRequest) => void;
  readonly url: URL;
  readonly agent: http.Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly closed: AbortSignal;
}

function post(body: Uint8Array, exchange: Exchange): Promise<Attempt> {
  const { url, agent, headers, timeoutMs, closed, onRequest } = exchange;
  return new Promise((settle) => {
    const request = (url.protocol === 'https:' ? plain['https:'] : plain['http:'])(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.byteLength },
    });
    // The deadline covers the whole exchange: a socket timeout would be reset by each byte of a slow reply.
    const deadline = setTimeout(() => request.destroy(new Error('deadline')), timeoutMs).unref();
    const abort = (): void => {
      request.destroy(new Error('closed'));
    };
    closed.addEventListener('abort', abort, { once: true });
    const done = (result: Attempt): void => {
      clearTimeout(deadline);
      closed.removeEventListener('abort', abort);
      settle(result);
    };
    request.on('socket', (socket) => releaseEventLoop(socket, request.reusedSocket));
    request.on('error', () => done({ outcome: 'retry' }));
    request.on('response', (response) => judge({ request, response, done }));
    request.end(body);
    onRequest(request);
  });
}

interface Reply {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  readonly done: (result: Attempt) => void;
}

function judge({ request, response, done }: Reply): void {
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const result = verdictOf(status, response.headers['retry-after']);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= REPLY_BYTES_MAX) return;
    // The status was the answer; the rest of an endless body is not worth a socket.
    done(result);
    request.destroy();
  });
  response.on('end', () => done({ ...result, reply: Buffer.concat(chunks) }));
  // A reply cut off after its status line has still been judged by the server: resending would duplicate.
  response.on('error', () => done(result));
  response.on('aborted', () => done(result));
}

function verdictOf(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (!RETRYABLE.has(status)) return { outcome: 'rejected' };
  const retryAfterMs = retryAfterOf(retryAfter);
  return retryAfterMs === undefined ? { outcome: 'retry' } : { outcome: 'retry', retryAfterMs };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - Date.now());
}

function releaseEventLoop(socket: Socket, isReused: boolean): void {
  socket.unref();
  if (isReused) return;
  // Each address tried gets a fresh handle, which holds the event loop again.
  socket.on('connectionAttempt', () => socket.unref());
}

function jittered(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random());
}

/** Never before it was asked to, and not all agents that were refused together at one moment. */
function spread(pauseMs: number): number {
  return pauseMs * (1 + Math.random() / 2);
}

function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resume) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resume();
    };
    const timer = setTimeout(finish, pauseMs).unref();
    signal.addEventListener('abort', finish, { once: true });
  });
}
