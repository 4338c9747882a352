import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import * as schema from './schema.ts';

export type Database = ReturnType<typeof openDatabase>;

export function openDatabase(config: Config, log: Logger) {
  const pool = new Pool({
    connectionString: config.databaseUrl,
    max: config.poolSize,
    connectionTimeoutMillis: 15_000,
    application_name: 'shop',
  });
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'));
  return { pool, orm: drizzle(pool, { schema }) };
}
