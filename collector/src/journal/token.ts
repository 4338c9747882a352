import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';

/**
 * Token of a segment: hash of its table, its name and its bytes. The same after a crash, since all three are on disk; never the
 * same for other bytes, which the engine would drop in silence.
 */
export function tokenHash(table: string, name: string): Hash {
  return createHash('sha256').update(`${table}/${name}\n`);
}

export function tokenOf(hash: Hash): string {
  return hash.copy().digest('hex').slice(0, 32);
}
