import { setTimeout as pause } from 'node:timers/promises';
import { StartFailure } from '../../errors.ts';
import type { StateDriver } from '../driver.ts';
import { StateUnavailable } from '../unavailable.ts';
import { createAlertStore } from './alert-store.ts';
import { PostgresDatabase } from './database.ts';
import { isHopeless } from './failure.ts';
import { createRuleStore } from './kept-rules.ts';
import { startPauseMs, startWaitMs } from './limits.ts';
import { migrateState } from './migrate.ts';
import { createFirstSpanStore, createSessionStore, createSweepCursorStore } from './small-stores.ts';

export interface PostgresStateOptions {
  readonly url: string;
  /** For tests: what the time of the evaluators' lease is measured by, in place of the database's clock. */
  readonly leaseClock?: () => number;
  /** How long a database that does not answer yet is waited for. */
  readonly startWaitMs?: number;
}

/** Connects, waiting for a database that is still starting, and brings its schema `nightjar` up to date. */
export async function openPostgresState(options: PostgresStateOptions): Promise<StateDriver> {
  const database = new PostgresDatabase(options.url);
  try {
    await migrateWhenReady(database, performance.now() + (options.startWaitMs ?? startWaitMs));
  } catch (cause) {
    await database.close();
    if (!(cause instanceof StateUnavailable)) throw cause;
    throw new StartFailure('state_failed', `NIGHTJAR_STATE_URL: ${reasonOf(cause)}`, { cause });
  }
  const close = async () => await database.close();
  return {
    alerts: createAlertStore(database, { close, leaseClock: options.leaseClock }),
    rules: createRuleStore(database),
    sessions: createSessionStore(database),
    sweepCursor: createSweepCursorStore(database),
    firstSpan: createFirstSpanStore(database),
    close,
  };
}

async function migrateWhenReady(database: PostgresDatabase, untilMs: number): Promise<void> {
  for (;;) {
    try {
      await migrateState(database);
      return;
    } catch (cause) {
      if (!(cause instanceof StateUnavailable) || isHopeless(cause) || performance.now() >= untilMs)
        throw cause;
    }
    await pause(startPauseMs);
  }
}

function reasonOf({ message, cause }: StateUnavailable): string {
  return cause instanceof Error && cause.message !== '' ? `${message} ${cause.message}` : message;
}
