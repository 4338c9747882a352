import { gunzip, gunzipSync, inflate, zstdDecompress } from 'node:zlib';
import { promisify } from 'node:util';

export type Encoding = 'identity' | 'gzip' | 'deflate' | 'zstd';

/** Telemetry shrinks ten- to fiftyfold. What grows more than this beyond the first MiB is a bomb. */
const RATIO_MAX = 200;
const RATIO_FREE_BYTES = 1024 * 1024;
/** Up to this it is cheaper to inflate here than to hand over to a thread and back. */
const SYNC_BYTES_MAX = 16 * 1024;

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);
const zstdAsync = promisify(zstdDecompress);

export type Inflated =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'corrupt' };

/** What `Content-Encoding` asks for, or undefined when it is not served: lists of encodings are not. */
export function encodingOf(header: string | undefined): Encoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  return name === 'deflate' || name === 'zstd' ? name : undefined;
}

/** Stops as soon as the output passes its bound: no more than that is ever held. */
export async function inflateBody(encoding: Encoding, body: Buffer, bytesMax: number): Promise<Inflated> {
  if (encoding === 'identity') return { kind: 'body', body };
  if (body.length === 0) return { kind: 'body', body };
  const maxOutputLength = Math.min(bytesMax, Math.max(RATIO_FREE_BYTES, body.length * RATIO_MAX));
  const options = { maxOutputLength, chunkSize: Math.min(Math.max(body.length * 4, 16_384), 1_048_576) };
  try {
    if (encoding === 'gzip' && body.length <= SYNC_BYTES_MAX) {
      return { kind: 'body', body: gunzipSync(body, options) };
    }
    const run = encoding === 'gzip' ? gunzipAsync : encoding === 'deflate' ? inflateAsync : zstdAsync;
    return { kind: 'body', body: await run(body, options) };
  } catch (error) {
    return { kind: isTooLarge(error) ? 'too_large' : 'corrupt' };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
