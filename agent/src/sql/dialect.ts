import type { SqlDialect } from './types.ts';

const DIALECTS: ReadonlyMap<string, SqlDialect> = new Map([
  ['postgresql', 'postgresql'],
  ['postgres', 'postgresql'],
  ['cockroachdb', 'postgresql'],
  ['aws.redshift', 'postgresql'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['sqlite', 'sqlite'],
  ['mssql', 'mssql'],
  ['microsoft.sql_server', 'mssql'],
  ['oracle', 'oracle'],
  ['oracle.db', 'oracle'],
]);

/** The dialect of a `db.system.name` or `db.system`. */
export function dialectOf(system: string): SqlDialect {
  return DIALECTS.get(system) ?? 'unknown';
}
