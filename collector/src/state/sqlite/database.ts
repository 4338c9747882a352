import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { StartFailure } from '../../errors.ts';
import { migrations } from './migrations.ts';

export type SqliteRow = Readonly<Record<string, SQLOutputValue>>;

/** One connection, statements prepared once, transactions that never interleave (everything in them is synchronous). */
export class SqliteDatabase {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#connection = new DatabaseSync(path, { timeout: 5_000 });
    // FULL: a commit that was answered survives a power cut, which is what the outbox promises.
    this.#connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  }

  all(sql: string, params: Readonly<Record<string, SQLInputValue>> = {}): SqliteRow[] {
    return this.#statement(sql).all(params);
  }

  get(sql: string, params: Readonly<Record<string, SQLInputValue>> = {}): SqliteRow | undefined {
    return this.#statement(sql).get(params);
  }

  /** Returns the number of rows changed. */
  run(sql: string, params: Readonly<Record<string, SQLInputValue>> = {}): number {
    return Number(this.#statement(sql).run(params).changes);
  }

  transaction<Result>(work: () => Result): Result {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (cause) {
      // SQLite has rolled back by itself where the disk failed.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw cause;
    }
  }

  /** Applies what is missing, each in a transaction with its number. Refuses a file written by a newer version. */
  migrate(steps: readonly string[] = migrations): void {
    const current = Number(this.get('PRAGMA user_version')?.['user_version'] ?? 0);
    if (current > steps.length) {
      throw new StartFailure(
        'state_newer',
        `state.sqlite is at version ${current}; this collector knows up to ${steps.length}`,
      );
    }
    steps.slice(current).forEach((step, index) => {
      this.transaction(() => {
        this.#connection.exec(step);
        this.#connection.exec(`PRAGMA user_version = ${current + index + 1}`);
      });
    });
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#connection.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}
