import type { SqlDialect } from '@nightjar/agent/sql';
import { ByteCache } from '../model/byte-cache.ts';
import type { ByteRange } from '../model/byte-cache.ts';
import { DB_SYSTEMS } from './rules.ts';

export interface DatabaseSystem {
  /** Tells systems apart in caches; equal for systems that read a text alike. */
  readonly id: number;
  /** Today's name. */
  readonly name: Uint8Array;
  readonly flavour: 'sql' | 'command' | 'document';
  readonly dialect: SqlDialect;
}

const DIALECTS: ReadonlyMap<string, SqlDialect> = new Map([
  ['postgresql', 'postgresql'],
  ['cockroachdb', 'postgresql'],
  ['aws.redshift', 'postgresql'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['sqlite', 'sqlite'],
  ['microsoft.sql_server', 'mssql'],
  ['oracle.db', 'oracle'],
]);
const DIALECT_IDS: readonly SqlDialect[] = ['unknown', 'postgresql', 'mysql', 'sqlite', 'mssql', 'oracle'];
const COMMAND_ID = 10;
const DOCUMENT_ID = 11;
const COMMAND_SYSTEMS = new Set(['redis', 'valkey', 'memcached', 'keydb', 'dragonfly']);
const DOCUMENT_SYSTEMS = new Set([
  'mongodb',
  'elasticsearch',
  'opensearch',
  'couchdb',
  'aws.dynamodb',
  'gcp.firestore',
  'meilisearch',
]);

/** Systems by the name that a span gives, old or new. */
export class DatabaseSystems {
  readonly #cache = new ByteCache<DatabaseSystem>(256);
  readonly unknown = describe('');

  find(bytes: Buffer, range: ByteRange): DatabaseSystem {
    if (range.end === range.start) return this.unknown;
    const cached = this.#cache.get(bytes, range);
    if (cached !== undefined) return cached;
    const value = describe(bytes.toString('utf8', range.start, range.end));
    this.#cache.set(bytes, range, { value });
    return value;
  }
}

function describe(given: string): DatabaseSystem {
  const name = DB_SYSTEMS.get(given) ?? given;
  const dialect = DIALECTS.get(name) ?? 'unknown';
  const bytes = Buffer.from(name);
  if (COMMAND_SYSTEMS.has(name)) return { id: COMMAND_ID, name: bytes, flavour: 'command', dialect };
  if (DOCUMENT_SYSTEMS.has(name)) return { id: DOCUMENT_ID, name: bytes, flavour: 'document', dialect };
  return { id: DIALECT_IDS.indexOf(dialect), name: bytes, flavour: 'sql', dialect };
}
