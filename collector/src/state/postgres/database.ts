import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import type { StateRow } from '../rows.ts';
import { StateUnavailable } from '../unavailable.ts';
import { explainFailure, wasUndone } from './failure.ts';
import {
  answerTimeoutMs,
  attemptsMax,
  bulkRowsMax,
  connectTimeoutMs,
  connectionsMax,
  idleConnectionMs,
  idleInTransactionMs,
  lockTimeoutMs,
  quickFailureMs,
  retryPauseMs,
  statementTimeoutMs,
} from './limits.ts';

export type Cell = string | number | boolean | null | Uint8Array | readonly string[] | readonly number[];

/** Statements on one connection. They throw `StateUnavailable` when the database does not answer. */
export interface Session {
  all(sql: string, params?: readonly Cell[]): Promise<StateRow[]>;
  get(sql: string, params?: readonly Cell[]): Promise<StateRow | undefined>;
  /** Returns the number of rows changed. */
  run(sql: string, params?: readonly Cell[]): Promise<number>;
  /** Writes many rows; `sql` reads them from `unnest($1, $2, …)`, one array a column. Returns the rows changed. */
  runEach(sql: string, rows: readonly (readonly (string | number | null)[])[]): Promise<number>;
}

/** A bounded pool of connections on which everything has a time limit. */
export class PostgresDatabase implements Session {
  readonly #pool: Pool;
  #isClosed = false;

  constructor(url: string) {
    this.#pool = new Pool({
      connectionString: url,
      application_name: 'nightjar',
      max: connectionsMax,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleConnectionMs,
      statement_timeout: statementTimeoutMs,
      query_timeout: answerTimeoutMs,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      keepAlive: true,
    });
    // A connection that breaks between two statements has nobody to reject to; without a listener it ends the process.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** For what may be done twice: it is tried again when the connection turns out to be dead. */
  async all(sql: string, params: readonly Cell[] = []): Promise<StateRow[]> {
    const ask = async () => await this.#whole(async (session) => await session.all(sql, params));
    const startedMs = performance.now();
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof StateUnavailable) || !isQuick(startedMs) || this.#isClosed) throw cause;
      return await ask();
    }
  }

  async get(sql: string, params: readonly Cell[] = []): Promise<StateRow | undefined> {
    return (await this.all(sql, params))[0];
  }

  async run(sql: string, params: readonly Cell[] = []): Promise<number> {
    return await this.#whole(async (session) => await session.run(sql, params));
  }

  async runEach(sql: string, rows: readonly (readonly (string | number | null)[])[]): Promise<number> {
    return await this.transaction(async (session) => await session.runEach(sql, rows));
  }

  /** `work` may run again when nothing of it came to effect. */
  async transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return await this.#whole(async (session) => {
      try {
        const result = await work(session);
        await session.run('COMMIT');
        return result;
      } catch (cause) {
        // Best effort: a connection that cannot roll back is thrown away, and the server rolls back.
        await session.run('ROLLBACK').catch(() => undefined);
        throw cause;
      }
    }, 'BEGIN');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#pool.end();
  }

  async #whole<Result>(work: (session: Session) => Promise<Result>, first?: string): Promise<Result> {
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const opened = await this.#open(first);
      if (opened instanceof PooledSession) {
        try {
          return await work(opened);
        } catch (error) {
          if (!wasUndone(error) || attempt >= attemptsMax) throw error;
        } finally {
          opened.release();
        }
      } else if (attempt >= attemptsMax || this.#isClosed || !isQuick(startedMs)) throw opened;
      await pause(retryPauseMs * attempt);
    }
  }

  /** A connection that answers; the failure when there is none, which is before anything can have happened. */
  async #open(first: string | undefined): Promise<PooledSession | StateUnavailable> {
    try {
      const session = new PooledSession(await this.#pool.connect());
      try {
        if (first !== undefined) await session.run(first);
      } catch (cause) {
        session.release();
        throw cause;
      }
      return session;
    } catch (cause) {
      const failure = cause instanceof StateUnavailable ? cause : explainFailure(cause);
      if (failure instanceof StateUnavailable) return failure;
      throw failure;
    }
  }
}

function isQuick(sinceMs: number): boolean {
  return performance.now() - sinceMs < quickFailureMs;
}

class PooledSession implements Session {
  readonly #client: PoolClient;
  #failure: Error | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async all(sql: string, params: readonly Cell[] = []): Promise<StateRow[]> {
    return (await this.#query(sql, params)).rows;
  }

  async get(sql: string, params: readonly Cell[] = []): Promise<StateRow | undefined> {
    return (await this.all(sql, params))[0];
  }

  async run(sql: string, params: readonly Cell[] = []): Promise<number> {
    return (await this.#query(sql, params)).rowCount ?? 0;
  }

  async runEach(sql: string, rows: readonly (readonly (string | number | null)[])[]): Promise<number> {
    let changed = 0;
    for (let from = 0; from < rows.length; from += bulkRowsMax) {
      const some = rows.slice(from, from + bulkRowsMax);
      const columns = (some[0] ?? []).map((_, column) => some.map((row) => row[column] ?? null));
      changed += (await this.#query(sql, columns)).rowCount ?? 0;
    }
    return changed;
  }

  /** Back into the pool; one that failed is closed instead. */
  release(): void {
    this.#client.release(this.#failure);
  }

  async #query(sql: string, params: readonly unknown[]) {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.#client.query<StateRow>(sql, [...params]);
    } catch (cause) {
      const failure = explainFailure(cause);
      if (failure instanceof StateUnavailable) this.#failure = failure;
      throw failure;
    }
  }
}
