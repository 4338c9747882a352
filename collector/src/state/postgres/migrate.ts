import { StartFailure } from '../../errors.ts';
import type { PostgresDatabase } from './database.ts';
import { migrationTimeoutMs } from './limits.ts';
import { lockIn } from './locks.ts';
import { migrations } from './migrations.ts';

/**
 * Applies what is missing in one transaction, one collector at a time: others wait and then find it done. Refuses a
 * database written by a newer version.
 */
export async function migrateState(
  database: PostgresDatabase,
  steps: readonly string[] = migrations,
): Promise<void> {
  await database.transaction(async (session) => {
    await session.run(`SET LOCAL statement_timeout = ${migrationTimeoutMs}`);
    await session.run(`SET LOCAL lock_timeout = ${migrationTimeoutMs}`);
    await lockIn(session, 'schema');
    await session.run('CREATE SCHEMA IF NOT EXISTS nightjar');
    await session.run('CREATE TABLE IF NOT EXISTS nightjar.state_version (version INTEGER NOT NULL)');
    const stored = await session.get('SELECT version FROM nightjar.state_version');
    const current = Number(stored?.['version'] ?? 0);
    if (current > steps.length) {
      throw new StartFailure(
        'state_newer',
        `the state database is at version ${current}; this collector knows up to ${steps.length}`,
      );
    }
    for (const step of steps.slice(current)) await session.run(step);
    if (current === steps.length) return;
    await session.run('DELETE FROM nightjar.state_version');
    await session.run('INSERT INTO nightjar.state_version VALUES ($1)', [steps.length]);
  });
}
