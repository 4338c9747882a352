import { z } from 'zod';
import { sessionsMax } from '../driver.ts';
import type { FirstSpanStore, SessionStore, SweepCursorStore } from '../driver.ts';
import type { SqliteDatabase } from './database.ts';

const sessionRow = z.object({
  token_hash: z.instanceof(Uint8Array),
  user: z.string(),
  credential: z.instanceof(Uint8Array),
  expires_at_ms: z.number(),
});

export function createSessionStore(database: SqliteDatabase): SessionStore {
  return {
    async create({ tokenHash, user, credential, expiresAtMs }) {
      database.transaction(() => {
        database.run(
          `DELETE FROM sessions WHERE token_hash IN (
             SELECT token_hash FROM sessions ORDER BY expires_at_ms DESC LIMIT -1 OFFSET :keep)`,
          { keep: sessionsMax - 1 },
        );
        database.run('INSERT INTO sessions VALUES (:tokenHash, :user, :credential, :expiresAtMs)', {
          tokenHash,
          user,
          credential,
          expiresAtMs,
        });
      });
    },
    async find(tokenHash, nowMs) {
      const row = database.get(
        'SELECT token_hash, user, credential, expires_at_ms FROM sessions WHERE token_hash = :tokenHash AND expires_at_ms > :nowMs',
        { tokenHash, nowMs },
      );
      if (row === undefined) return undefined;
      const parsed = sessionRow.parse(row);
      return {
        tokenHash: parsed.token_hash,
        user: parsed.user,
        credential: parsed.credential,
        expiresAtMs: parsed.expires_at_ms,
      };
    },
    async remove(tokenHash) {
      database.run('DELETE FROM sessions WHERE token_hash = :tokenHash', { tokenHash });
    },
    async prune(nowMs) {
      return database.run('DELETE FROM sessions WHERE expires_at_ms <= :nowMs', { nowMs });
    },
  };
}

export function createSweepCursorStore(database: SqliteDatabase): SweepCursorStore {
  const key = 'sweep_cursor';
  return {
    async load() {
      const value = readMeta(database, key);
      return value === undefined ? undefined : BigInt(value);
    },
    async save(cursor) {
      database.run(
        'INSERT INTO meta VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        { key, value: cursor.toString() },
      );
    },
  };
}

export function createFirstSpanStore(database: SqliteDatabase): FirstSpanStore {
  const key = 'first_span_at_ms';
  return {
    async load() {
      const value = readMeta(database, key);
      return value === undefined ? undefined : Number(value);
    },
    async note(atMs) {
      database.run(
        `INSERT INTO meta VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value
         WHERE CAST(excluded.value AS INTEGER) < CAST(meta.value AS INTEGER)`,
        { key, value: String(Math.round(atMs)) },
      );
    },
  };
}

function readMeta(database: SqliteDatabase, key: string): string | undefined {
  const value = database.get('SELECT value FROM meta WHERE key = :key', { key })?.['value'];
  return typeof value === 'string' ? value : undefined;
}
