import { randomBytes } from 'node:crypto';

/**
 * Tells repeats with distinct values apart without keeping a value: 32 bits under a salt that this process drew and
 * never writes down.
 */
export interface ParameterHasher {
  readonly ofText: (text: string) => string;
  /** Bound values of a statement or arguments of a command. Undefined when there are none. */
  readonly ofValues: (values: readonly unknown[] | undefined) => string | undefined;
}

const VALUES_MAX = 64;
const CHARACTERS_MAX = 1_024;
const FNV_PRIME = 0x01000193;

export function createParameterHasher(salt: number = randomBytes(4).readUInt32LE()): ParameterHasher {
  const mixText = (seed: number, text: string): number => {
    let hash = seed;
    const length = Math.min(text.length, CHARACTERS_MAX);
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
    return Math.imul(hash ^ text.length, FNV_PRIME);
  };
  return {
    ofText: (text) => hex(mixText(salt, text)),
    ofValues: (values) => {
      if (values === undefined || values.length === 0) return undefined;
      let hash = salt;
      for (const value of values.slice(0, VALUES_MAX)) hash = mixText(hash, written(value));
      return hex(Math.imul(hash ^ values.length, FNV_PRIME));
    },
  };
}

function hex(hash: number): string {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  return (mixed >>> 0).toString(16).padStart(8, '0');
}

/** No method of the app's own objects is called: a getter or `toString` could throw, block or have effects. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return writtenObject(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return typeof value;
}

function writtenObject(value: object | null): string {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return value.toString('latin1', 0, CHARACTERS_MAX);
  if (value instanceof Date) return String(Date.prototype.getTime.call(value));
  if (Array.isArray(value)) return `[${value.slice(0, VALUES_MAX).map(flat).join()}]`;
  return 'object';
}

function flat(value: unknown): string {
  return typeof value === 'object' ? 'object' : written(value);
}
