import { createHash, timingSafeEqual } from 'node:crypto';

/** Write-only keys of senders. Only their hashes are held; without any, everybody may send. */
export class IngestKeys {
  readonly #hashes: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#hashes = keys.map((key) => hashOf(key));
  }

  get areRequired(): boolean {
    return this.#hashes.length > 0;
  }

  /** Takes the same time for any wrong key: every hash is compared, whole. */
  permits(presented: string | undefined): boolean {
    if (!this.areRequired) return true;
    if (presented === undefined || presented === '') return false;
    const hash = hashOf(presented);
    let isKnown = false;
    for (const known of this.#hashes) isKnown = timingSafeEqual(known, hash) || isKnown;
    return isKnown;
  }
}

type Header = string | readonly string[] | undefined;

/** `Authorization: Bearer <key>`, `x-nightjar-key` or `api-key`. */
export function presentedKey(header: (name: string) => Header): string | undefined {
  const authorization = first(header('authorization'));
  const bearer = authorization === undefined ? undefined : /^bearer +(\S+)\s*$/i.exec(authorization)?.[1];
  // An empty header is as good as none.
  return bearer ?? (first(header('x-nightjar-key')) || first(header('api-key')));
}

function first(value: Header): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
