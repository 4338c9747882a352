import { createHmac } from 'node:crypto';
import type { Notification } from '../../schema/index.ts';
import type { Channel, Now, SendOutcome } from '../ports.ts';
import { parseRetryAfter } from './retry-after.ts';
import { checkTarget } from './target.ts';
import { webhookBody } from './webhook-body.ts';

/** Read of an answer, for the log; the rest is not downloaded. */
export const answerBytesMax = 1_024;

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly secret?: string | undefined;
}

/**
 * POSTs each message as JSON. Every attempt has the same body, `Idempotency-Key` and `X-Nightjar-Event-Id`.
 * With a secret: `X-Nightjar-Signature: t=<epoch s>,v1=<hex HMAC-SHA256 of "t.body">`.
 */
export function createWebhookChannel(options: WebhookOptions, now: Now): Channel {
  return { name: options.name, send };

  async function send(message: Notification, signal: AbortSignal): Promise<SendOutcome> {
    const target = checkTarget(options.url);
    if (target.kind === 'refused') return { kind: 'rejected', reason: target.reason };
    const body = webhookBody(message, options.name);
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: headersOf(message, body),
        body,
        // A redirect would carry the body, and its signature, to an address nobody configured.
        redirect: 'manual',
        signal,
      });
      return await outcomeOf(response, now());
    } catch (error) {
      return { kind: 'retry', reason: signal.aborted ? 'timed out' : failureText(error) };
    }
  }

  function headersOf(message: Notification, body: string): Record<string, string> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': 'nightjar-alerts',
      'idempotency-key': message.eventId,
      'x-nightjar-event-id': message.eventId,
    };
    if (options.secret === undefined) return headers;
    const seconds = Math.floor(now() / 1_000);
    const signature = createHmac('sha256', options.secret).update(`${seconds}.${body}`).digest('hex');
    return { ...headers, 'x-nightjar-signature': `t=${seconds},v1=${signature}` };
  }
}

async function outcomeOf(response: Response, nowMs: number): Promise<SendOutcome> {
  const { status } = response;
  if (response.ok) {
    await response.body?.cancel();
    return { kind: 'delivered' };
  }
  const reason = `status ${status}${await answerText(response)}`;
  if (!retriedStatuses.has(status) && status < 500) return { kind: 'rejected', reason };
  const afterMs = parseRetryAfter(response.headers.get('retry-after'), nowMs);
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };
}

async function answerText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= answerBytesMax) break;
  }
  const text = Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8').trim();
  return text === '' ? '' : `: ${text}`;
}

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
