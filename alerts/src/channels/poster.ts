import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Now, SendOutcome } from '../ports.ts';
import { guardAddress, pinnedLookup, systemResolve, targetOf } from './guarded-address.ts';
import type { ResolvedAddress, Resolve } from './guarded-address.ts';
import { parseRetryAfter } from './retry-after.ts';
import { checkTarget } from './target.ts';
import type { TargetPolicy } from './target-policy.ts';

/** Shown of a refusal, for the log; the rest is not downloaded. */
export const answerBytesMax = 1_024;
/** Read of an answer whose body decides. */
export const judgedBytesMax = 65_536;

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Judges the body of a 2xx answer, for receivers that say no with status 200. */
  readonly judge?: (text: string) => SendOutcome;
}

/** POSTs JSON to an allowed address: one attempt, no redirect followed, no answer read beyond its limit. */
export interface Poster {
  post(post: Post, signal: AbortSignal): Promise<SendOutcome>;
}

export interface PosterOptions {
  readonly policy: TargetPolicy;
  readonly now: Now;
  readonly resolve?: Resolve;
}

export function createPoster({ policy, now, resolve = systemResolve }: PosterOptions): Poster {
  return { post };

  async function post(given: Post, signal: AbortSignal): Promise<SendOutcome> {
    const target = checkTarget(given.url);
    if (target.kind === 'refused') return { kind: 'rejected', reason: target.reason };
    const { url } = target;
    const guarded = await guardAddress(targetOf(url), { policy, resolve });
    if (guarded.kind === 'refused') return { kind: 'rejected', reason: guarded.reason };
    if (guarded.kind === 'unresolved') return { kind: 'retry', reason: guarded.reason };
    try {
      const response = await exchange(given, { url, addresses: guarded.addresses, signal });
      try {
        return await outcomeOf(response, given, now());
      } finally {
        response.destroy();
      }
    } catch (error) {
      return { kind: 'retry', reason: signal.aborted ? 'timed out' : failureText(error) };
    }
  }
}

interface Connection {
  readonly url: URL;
  readonly addresses: readonly ResolvedAddress[];
  readonly signal: AbortSignal;
}

async function exchange(post: Post, { url, addresses, signal }: Connection): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
    url,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'nightjar-alerts',
        ...post.headers,
        'content-length': Buffer.byteLength(post.body),
      },
      lookup: pinnedLookup(addresses),
      // A pooled connection may lead to an address of an earlier look-up.
      agent: false,
      signal,
    },
    resolve,
  );
  request.on('error', reject);
  request.end(post.body);
  return await promise;
}

async function outcomeOf(response: IncomingMessage, post: Post, nowMs: number): Promise<SendOutcome> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    if (post.judge === undefined) return { kind: 'delivered', status };
    return { ...post.judge(await readText(response, judgedBytesMax)), status };
  }
  const text = await readText(response, answerBytesMax);
  // What was answered may come from anywhere: it goes to the log, never to who asked for the message.
  const answered = { reason: `status ${status}`, status, ...(text === '' ? {} : { detail: text }) };
  if (!retriedStatuses.has(status) && status < 500) return { kind: 'rejected', ...answered };
  const afterMs = parseRetryAfter(response.headers['retry-after'] ?? null, nowMs);
  return afterMs === undefined ? { kind: 'retry', ...answered } : { kind: 'retry', ...answered, afterMs };
}

async function readText(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8').trim();
}

function failureText(error: unknown): string {
  // Several addresses that all failed come as one error without words of its own.
  if (error instanceof AggregateError) return error.errors.map(failureText).join(', ');
  return error instanceof Error ? error.message : String(error);
}
