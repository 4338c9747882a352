import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Query, Storage } from './types.ts';

/** `src/storage/schema` of this package, from the sources and from the build alike. */
export const schemaDir = new URL('../../src/storage/schema/', import.meta.url);

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Over the statement without comments and white space, so that a comment may be mended. */
  readonly checksum: string;
}

export type MigrationProblem = 'changed' | 'newer' | 'misnamed';

/** The stored schema and this program do not fit: starting would harm the data. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly problem: MigrationProblem;

  constructor(problem: MigrationProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/**
 * Applies the numbered files that have not been applied, in order, each once. Returns those applied now.
 * Every file is `IF NOT EXISTS`, so that one killed between its statement and its record may run again, and so that
 * several collectors may start on one server at once.
 */
export async function migrate(storage: Storage, dir: URL = schemaDir): Promise<readonly Migration[]> {
  const migrations = await readMigrations(dir);
  await storage.command(createRecord);
  const applied = new Map<number, AppliedRow>();
  for (const row of await storage.query(appliedQuery, {})) applied.set(row.version, row);
  checkFit(migrations, applied);
  const pending = migrations.filter((migration) => !applied.has(migration.version));
  for (const migration of pending) {
    await storage.command(migration.sql);
    const row = { version: migration.version, name: migration.name, checksum: migration.checksum };
    await storage.insertRows(
      'schema_migrations',
      [row],
      `migration-${migration.version}-${migration.checksum}`,
    );
  }
  return pending;
}

export async function readMigrations(dir: URL): Promise<readonly Migration[]> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.sql')).toSorted();
  const migrations: Migration[] = [];
  for (const [index, file] of files.entries()) {
    const version = Number(/^(\d{3})_[a-z0-9_]+\.sql$/.exec(file)?.[1] ?? Number.NaN);
    if (version !== index + 1) {
      throw new MigrationError(
        'misnamed',
        `expected ${String(index + 1).padStart(3, '0')}_<name>.sql, found ${file}`,
      );
    }
    const sql = await readFile(new URL(file, dir), 'utf8');
    migrations.push({ version, name: file.slice(4, -4), sql, checksum: checksumOf(sql) });
  }
  return migrations;
}

const createRecord = `CREATE TABLE IF NOT EXISTS schema_migrations
(
    version UInt32,
    name String,
    checksum String,
    applied_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY version
SETTINGS non_replicated_deduplication_window = 1000`;

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const appliedQuery: Query<object, AppliedRow> = {
  name: 'storage.applied_migrations',
  sql: `SELECT version, any(name) AS name, any(checksum) AS checksum
FROM schema_migrations
GROUP BY version
ORDER BY version
LIMIT 10000`,
  params: z.object({}),
  row: z.object({ version: z.number().int(), name: z.string(), checksum: z.string() }),
};

function checkFit(migrations: readonly Migration[], applied: ReadonlyMap<number, AppliedRow>): void {
  const newest = migrations.at(-1)?.version ?? 0;
  for (const row of applied.values()) {
    const migration = migrations[row.version - 1];
    if (migration === undefined) {
      throw new MigrationError(
        'newer',
        `The stored schema is at ${row.version} (${row.name}), this version knows ${newest}. ` +
          'A newer Nightjar wrote it: start that version, or another data directory.',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        'changed',
        `Migration ${row.version} (${row.name}) is not the one that was applied. ` +
          'Restore the file; a change of schema is a new file.',
      );
    }
  }
}

function checksumOf(sql: string): string {
  const statement = sql
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return createHash('sha256').update(statement).digest('hex').slice(0, 32);
}
