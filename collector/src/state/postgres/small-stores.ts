import { z } from 'zod';
import { sessionsMax } from '../driver.ts';
import type { FirstSpanStore, SessionStore, SweepCursorStore } from '../driver.ts';
import type { PostgresDatabase } from './database.ts';
import { lockIn } from './locks.ts';

const sessionRow = z.object({
  token_hash: z.instanceof(Uint8Array),
  user_name: z.string(),
  credential: z.instanceof(Uint8Array),
  expires_at_ms: z.coerce.number(),
});

export function createSessionStore(database: PostgresDatabase): SessionStore {
  return {
    async create({ tokenHash, user, credential, expiresAtMs }) {
      await database.transaction(async (session) => {
        await lockIn(session, 'sessions');
        await session.run(
          `DELETE FROM nightjar.sessions WHERE token_hash IN (
             SELECT token_hash FROM nightjar.sessions ORDER BY expires_at_ms DESC OFFSET $1)`,
          [sessionsMax - 1],
        );
        await session.run('INSERT INTO nightjar.sessions VALUES ($1, $2, $3, $4)', [
          tokenHash,
          user,
          credential,
          expiresAtMs,
        ]);
      });
    },
    async find(tokenHash, nowMs) {
      const row = await database.get(
        `SELECT token_hash, user_name, credential, expires_at_ms FROM nightjar.sessions
         WHERE token_hash = $1 AND expires_at_ms > $2`,
        [tokenHash, nowMs],
      );
      if (row === undefined) return undefined;
      const parsed = sessionRow.parse(row);
      return {
        tokenHash: parsed.token_hash,
        user: parsed.user_name,
        credential: parsed.credential,
        expiresAtMs: parsed.expires_at_ms,
      };
    },
    async remove(tokenHash) {
      await database.run('DELETE FROM nightjar.sessions WHERE token_hash = $1', [tokenHash]);
    },
    async prune(nowMs) {
      return await database.run('DELETE FROM nightjar.sessions WHERE expires_at_ms <= $1', [nowMs]);
    },
  };
}

export function createSweepCursorStore(database: PostgresDatabase): SweepCursorStore {
  const key = 'sweep_cursor';
  return {
    async load() {
      const value = await readMeta(database, key);
      return value === undefined ? undefined : BigInt(value);
    },
    async save(cursor) {
      await database.run(
        'INSERT INTO nightjar.meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        [key, cursor.toString()],
      );
    },
  };
}

export function createFirstSpanStore(database: PostgresDatabase): FirstSpanStore {
  const key = 'first_span_at_ms';
  return {
    async load() {
      const value = await readMeta(database, key);
      return value === undefined ? undefined : Number(value);
    },
    async note(atMs) {
      await database.run(
        `INSERT INTO nightjar.meta AS kept VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
         WHERE excluded.value::bigint < kept.value::bigint`,
        [key, String(Math.round(atMs))],
      );
    },
  };
}

async function readMeta(database: PostgresDatabase, key: string): Promise<string | undefined> {
  const value = (await database.get('SELECT value FROM nightjar.meta WHERE key = $1', [key]))?.['value'];
  return typeof value === 'string' ? value : undefined;
}
