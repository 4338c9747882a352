import { Client } from 'pg';
import { openPostgresState } from '../../../collector/src/state/postgres/driver.ts';
import type { PostgresStateOptions } from '../../../collector/src/state/postgres/driver.ts';
import type { StateDriver } from '../../../collector/src/state/driver.ts';

/** The state of a database without any. */
export async function openFresh(options: PostgresStateOptions): Promise<StateDriver> {
  await ask(options.url, 'DROP SCHEMA IF EXISTS nightjar CASCADE');
  return await openPostgresState(options);
}

/** One statement past the driver, as an operator would ask it. */
export async function ask(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
