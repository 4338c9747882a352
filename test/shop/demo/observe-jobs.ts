/**
 * Preloaded by the demo where there is no Redis: reports the depth of the shop's queue table, as a user with a queue of
 * his own would. Queues of BullMQ are found without it.
 */
import { observeQueue } from '@nightjar/agent';
import { Pool } from 'pg';

const pool = new Pool({
  connectionString: process.env['DATABASE_URL'],
  max: 1,
  allowExitOnIdle: true,
  idleTimeoutMillis: 1_000,
});
pool.on('error', () => undefined);

observeQueue('mails', async () => {
  const { rows } = await pool.query<{ depth: number; oldest_ms: number }>(
    `SELECT count(*)::int AS depth,
            coalesce(extract(epoch FROM now() - min(created_at)) * 1000, 0)::float AS oldest_ms
       FROM jobs WHERE queue = 'mails' AND status = 'waiting'`,
  );
  const { depth = 0, oldest_ms: oldestAgeMs = 0 } = rows[0] ?? {};
  return { depth, oldestAgeMs };
});
