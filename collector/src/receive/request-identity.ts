import { createHash } from 'node:crypto';
import type { Format, Signal } from '../model/stages.ts';

export interface Sent {
  /** The key it came with, if any: what one sender sent says nothing of another. */
  readonly key: string | undefined;
  readonly signal: Signal;
  readonly format: Format;
  readonly encoding: string;
}

/**
 * Hash of a request as it was sent: 32 hex digits. Of the bytes before inflation, which are a tenth: whoever retries sends the
 * same bytes.
 */
export function requestIdentity({ key, signal, format, encoding }: Sent, body: Uint8Array): string {
  const head = JSON.stringify([key ?? '', signal, format, encoding]);
  return createHash('sha256').update(head).update(body).digest('hex').slice(0, 32);
}
