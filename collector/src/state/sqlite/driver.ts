import type { StateDriver } from '../driver.ts';
import { createAlertStore } from './alert-store.ts';
import { SqliteDatabase } from './database.ts';
import { createRuleStore } from './kept-rules.ts';
import { createFirstSpanStore, createSessionStore, createSweepCursorStore } from './small-stores.ts';

/** Opens (or creates) the state file at `path` and brings it up to date. */
export function openSqliteState(path: string): StateDriver {
  const database = new SqliteDatabase(path);
  try {
    database.migrate();
  } catch (cause) {
    database.close();
    throw cause;
  }
  const close = async () => database.close();
  return {
    alerts: createAlertStore(database, close),
    rules: createRuleStore(database),
    sessions: createSessionStore(database),
    sweepCursor: createSweepCursorStore(database),
    firstSpan: createFirstSpanStore(database),
    close,
  };
}
