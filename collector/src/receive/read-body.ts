import type { IncomingMessage } from 'node:http';
import type { InFlight } from './receive-limits.ts';

export type Read =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'aborted' };

/**
 * Reads a body into memory, within `bytesMax` and what is free of `inFlight`. The bytes of a body that was read stay taken: the
 * caller gives them back. Of any other outcome they are given back here, and the rest of the request is not read.
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number,
  inFlight: InFlight,
): Promise<Read> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return { kind: 'too_large' };
  return await new Promise<Read>((resolve) => {
    const chunks: Buffer[] = [];
    let taken = 0;
    let isEnded = false;
    const end = (read: Read): void => {
      if (isEnded) return;
      isEnded = true;
      request.off('data', take);
      if (read.kind !== 'body') inFlight.give(taken);
      resolve(read);
    };
    const take = (chunk: Buffer): void => {
      if (taken + chunk.length > bytesMax) end({ kind: 'too_large' });
      else if (!inFlight.take(chunk.length)) end({ kind: 'busy' });
      else {
        taken += chunk.length;
        chunks.push(chunk);
      }
    };
    request.on('data', take);
    request.once('end', () =>
      end({
        kind: 'body',
        body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
      }),
    );
    request.once('error', () => end({ kind: 'aborted' }));
    request.once('close', () => {
      if (!request.complete) end({ kind: 'aborted' });
    });
  });
}
