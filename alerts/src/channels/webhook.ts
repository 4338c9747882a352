import { createHmac } from 'node:crypto';
import type { Notification } from '../../schema/index.ts';
import type { Channel, Now } from '../ports.ts';
import type { Poster } from './poster.ts';
import { webhookBody } from './webhook-body.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly secret?: string | undefined;
}

/**
 * POSTs each message as JSON. Every attempt has the same body, `Idempotency-Key` and `X-Nightjar-Event-Id`.
 * With a secret: `X-Nightjar-Signature: t=<epoch s>,v1=<hex HMAC-SHA256 of "t.body">`.
 */
export function createWebhookChannel(
  options: WebhookOptions,
  dependencies: { readonly poster: Poster; readonly now: Now },
): Channel {
  const { name, url, secret } = options;
  const { poster, now } = dependencies;
  return {
    name,
    send: async (message, signal) => {
      const body = webhookBody(message, name);
      return await poster.post({ url, body, headers: headersOf(message, body) }, signal);
    },
  };

  function headersOf(message: Notification, body: string): Record<string, string> {
    const headers = { 'idempotency-key': message.eventId, 'x-nightjar-event-id': message.eventId };
    if (secret === undefined) return headers;
    const seconds = Math.floor(now() / 1_000);
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return { ...headers, 'x-nightjar-signature': `t=${seconds},v1=${signature}` };
  }
}
