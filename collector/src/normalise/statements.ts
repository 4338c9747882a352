import { maskLiterals, shapeOf } from '@nightjar/agent/sql';
import type { SqlDialect } from '@nightjar/agent/sql';
import { assertNever } from '../model/assert-never.ts';
import { ByteCache } from '../model/byte-cache.ts';
import type { ByteRange } from '../model/byte-cache.ts';
import { cutUtf8, LONG_TEXT_BYTES_MAX } from '../model/limits.ts';
import { maskCommand } from './mask-command.ts';
import { maskDocument } from './mask-document.ts';
import type { DatabaseSystem } from './database-systems.ts';

/** What is kept of a statement. Holds no value of it. */
export interface Statement {
  readonly text: Uint8Array;
  /** Fingerprint of a SQL statement; 0 for others, whose operation and collection count too. */
  readonly low: number;
  readonly high: number;
  readonly summary: Uint8Array;
  readonly operation: Uint8Array;
  /** The table when there is exactly one. */
  readonly collection: Uint8Array;
  /** Differs with the values; 0 when there are none. Never stored unsalted. */
  readonly valuesHash: number;
}

/** Slots times the longest cached text bound the memory: 16 MiB. */
const CACHE_SLOTS = 4096;
const CACHED_BYTES_MAX = 4096;
const CACHED_LITERALS_MAX = 1;

/** Statements by their bytes. A text whose values stand in it is seen once and would only push others out: not cached. */
export class Statements {
  readonly #cache = new ByteCache<Statement>(CACHE_SLOTS);

  read(bytes: Buffer, range: ByteRange, system: DatabaseSystem): Statement {
    const cached = this.#cache.get(bytes, range, system.id);
    if (cached !== undefined) return cached;
    const text = bytes.toString('utf8', range.start, cutUtf8(bytes, range, LONG_TEXT_BYTES_MAX));
    const { statement, isRepeatable } = describe(text, system);
    if (isRepeatable && range.end - range.start <= CACHED_BYTES_MAX) {
      this.#cache.set(bytes, range, { salt: system.id, value: statement });
    }
    return statement;
  }
}

function describe(text: string, system: DatabaseSystem): { statement: Statement; isRepeatable: boolean } {
  const flavour = flavourOf(text, system);
  if (flavour === 'sql') return describeSql(text, system.dialect);
  const masked = flavour === 'command' ? maskCommand(text) : maskDocument(text);
  return {
    isRepeatable: true,
    statement: {
      text: Buffer.from(masked),
      low: 0,
      high: 0,
      summary: NONE,
      operation: flavour === 'command' ? Buffer.from(masked.split(' ', 1)[0] ?? '') : NONE,
      collection: NONE,
      valuesHash: isMaskedAlready(text, masked) ? 0 : hashText(text),
    },
  };
}

function describeSql(text: string, dialect: SqlDialect): { statement: Statement; isRepeatable: boolean } {
  const shape = shapeOf(text, dialect);
  const table = shape.tables.length === 1 ? (shape.tables[0] ?? '') : '';
  return {
    isRepeatable: shape.literals <= CACHED_LITERALS_MAX,
    statement: {
      text: Buffer.from(maskLiterals(text, dialect)),
      high: Number.parseInt(shape.fingerprint.slice(0, 8), 16) >>> 0,
      low: Number.parseInt(shape.fingerprint.slice(8, 16), 16) >>> 0,
      summary: Buffer.from(shape.summary),
      operation: Buffer.from(shape.operation),
      collection: Buffer.from(table),
      valuesHash: shape.literalHash,
    },
  };
}

/** Masked text of a statement whose system is not known, or that stands in a log or an event. */
export function maskStatement(text: string, system: DatabaseSystem): string {
  const flavour = flavourOf(text, system);
  switch (flavour) {
    case 'command':
      return maskCommand(text);
    case 'document':
      return maskDocument(text);
    case 'sql':
      return maskLiterals(text, system.dialect);
    default:
      return assertNever(flavour);
  }
}

/** Elasticsearch has SQL too, and an unknown system may speak JSON: the first character tells. */
function flavourOf(text: string, system: DatabaseSystem): DatabaseSystem['flavour'] {
  if (system.flavour === 'command') return 'command';
  const first = text.trimStart().charAt(0);
  return first === '{' || first === '[' ? 'document' : system.flavour;
}

const NONE = new Uint8Array(0);

/** Drivers write `"?"` for a value that they hide: a hash of that would say that all calls are the same. */
function isMaskedAlready(text: string, masked: string): boolean {
  return masked === text || masked === text.replaceAll('"?"', '?').replaceAll(/\s+/g, '');
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}
