import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { z } from 'zod';
import { StorageError, toStorageError } from './errors.ts';
import { statementFaults } from './guard.ts';
import { identifier, insertFromFile, insertFromRows, insertHead } from './insert-text.ts';
import { createLane, type Lane } from './lane.ts';
import { limits, readSettings, writeSettings } from './limits.ts';
import { readRows } from './read-rows.ts';
import type { Query, Segment, Storage } from './types.ts';

export type StorageOptions =
  | { readonly mode: 'embedded'; /** Directory of the engine; made if absent. */ readonly path: string }
  | { readonly mode: 'server'; /** `http://user:password@host:8123/database` */ readonly url: string };

/**
 * Opens the engine. Embedded, a statement occupies a thread of libuv's pool while it runs: set `UV_THREADPOOL_SIZE` (16)
 * before the process first uses the pool, or reads and writes wait behind each other.
 * One process, one directory: a second process on it is refused with a StorageError of kind `locked`.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const lanes = options.mode === 'embedded' ? await openEmbedded(options.path) : openServer(options.url);
  const known = new Set<string>();
  const columnTypes = new Map<string, ReadonlyMap<string, string>>();

  const storage: Storage = {
    mode: options.mode,
    async query(query, params) {
      const bound = query.params.parse(params);
      const sql = typeof query.sql === 'string' ? query.sql : query.sql(bound);
      checkStatement(sql, { name: query.name, known });
      const lane = query.lane === 'background' ? lanes.background : lanes.read;
      const text = await runQuery(lane, { name: query.name, sql, bound, timeoutMs: timeoutOf(query) });
      return await readRows(text, (row) => query.row.parse(row));
    },
    async insertSegment(segment) {
      await lanes.write.run(async (session) => {
        await attempt(
          `insert into ${segment.table}`,
          insertSegment(session, { mode: options.mode, segment }),
        );
      });
    },
    async insertRows(table, rows, token) {
      const first = rows[0];
      if (first === undefined) return;
      const target = { table: identifier(table), columns: Object.keys(first), token };
      let types = columnTypes.get(table);
      if (types === undefined) {
        types = await typesOf(lanes.background, table);
        columnTypes.set(table, types);
      }
      const query = insertFromRows(target, types, rows);
      await lanes.derived.run(
        async (session) => await attempt(`insert into ${table}`, session.command({ query })),
      );
    },
    async command(sql) {
      await lanes.derived.run(async (session) => await attempt('command', session.command({ query: sql })));
    },
    async ping() {
      try {
        const answer = await lanes.background.run(async (session) => await session.ping({ select: true }));
        return answer.success;
      } catch {
        return false;
      }
    },
    async close() {
      const all = Object.values(lanes);
      await Promise.all(all.map(async (lane) => await lane.close()));
      for (const client of new Set(all.flatMap((lane) => lane.sessions))) await client.close();
    },
  };
  return storage;
}

type Session = ClickHouseClient;

interface Lanes {
  /** Queries that a person waits for. */
  readonly read: Lane<Session>;
  /** Queries of the sweep and of the alerts: they never stand before a person's. */
  readonly background: Lane<Session>;
  readonly write: Lane<Session>;
  readonly derived: Lane<Session>;
}

async function openEmbedded(path: string): Promise<Lanes> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const open = async (settings: Readonly<Record<string, number | string>>): Promise<Session> => {
    try {
      const session = createClient({ connection: connect(path), log: quiet });
      // Once a session and never a query: the connection would put them before the statement as more statements.
      await session.command({ query: `SET ${settingsText(settings)}` });
      return session;
    } catch (error) {
      throw asOpenError(error, path);
    }
  };
  const openMany = async (count: number, settings: Readonly<Record<string, number | string>>) =>
    await Promise.all(Array.from({ length: count }, async () => await open(settings)));
  const write = await openMany(limits.writeSessions, writeSettings);
  const derived = await openMany(1, writeSettings);
  const read = await openMany(limits.readSessions, readSettings);
  const background = await openMany(2, readSettings);
  return lanesOf({ write, derived, read, background });
}

type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

// What fails is thrown to the caller, who logs it once.
const quiet = { level: ClickHouseLogLevel.OFF };

function connect(path: string): Connection {
  const connection: unknown = createChdbConnection({ path });
  // chdb types it by its own copy of the client's declarations, which differ in a private member only.
  return connection as Connection;
}

function openServer(url: string): Lanes {
  const open = (settings: Readonly<Record<string, number | string>>, connections: number): Session[] => {
    const client = createClient({
      url,
      application: 'nightjar',
      log: quiet,
      clickhouse_settings: settings,
      max_open_connections: connections,
      request_timeout: limits.writeWaitMs,
      compression: { request: false, response: true },
    });
    return Array.from({ length: connections }, () => client);
  };
  const writing = { ...writeSettings, wait_end_of_query: 1 };
  return lanesOf({
    write: open(writing, 2 * limits.writeSessions),
    derived: open(writing, 1),
    read: open(readSettings, 2 * limits.readSessions),
    background: open(readSettings, 2),
  });
}

function lanesOf(sessions: Readonly<Record<keyof Lanes, readonly Session[]>>): Lanes {
  const { waitersMax, waitMs, writeWaitMs } = limits;
  return {
    read: createLane(sessions.read, { name: 'read', waitersMax, waitMs }),
    background: createLane(sessions.background, { name: 'background read', waitersMax, waitMs: writeWaitMs }),
    write: createLane(sessions.write, { name: 'write', waitersMax, waitMs: writeWaitMs }),
    derived: createLane(sessions.derived, { name: 'derived write', waitersMax, waitMs: writeWaitMs }),
  };
}

interface Statement {
  readonly name: string;
  readonly sql: string;
  readonly bound: unknown;
  readonly timeoutMs: number;
}

/** Rows as `JSONEachRow`. */
async function runQuery(lane: Lane<Session>, statement: Statement): Promise<string> {
  const query = `${statement.sql}\nSETTINGS max_execution_time = ${statement.timeoutMs / 1000}`;
  const query_params = bindable(statement.bound);
  // The caller is answered at the deadline even if the engine is not; the session stays taken until it really ends.
  return await new Promise<string>((resolve, reject) => {
    let deadline: NodeJS.Timeout | undefined;
    const ran = lane.run(async (session) => {
      deadline = setTimeout(() => {
        reject(new StorageError('timeout', `${statement.name}: no answer within ${statement.timeoutMs} ms`));
      }, statement.timeoutMs + limits.graceMs);
      const answer = await session.query({ query, query_params, format: 'JSONEachRow' });
      return await answer.text();
    });
    ran
      .then(resolve, (error: unknown) => {
        reject(toStorageError(error, statement.name));
      })
      .finally(() => {
        clearTimeout(deadline);
      });
  });
}

function timeoutOf(query: Pick<Query<unknown, unknown>, 'timeoutMs'>): number {
  return Math.min(query.timeoutMs ?? limits.queryTimeoutMs, limits.queryTimeoutMaxMs);
}

const knownStatementsMax = 2_000;

function checkStatement(sql: string, context: { readonly name: string; readonly known: Set<string> }): void {
  if (context.known.has(sql)) return;
  const faults = statementFaults(sql);
  if (faults.length > 0)
    throw new StorageError('rejected', `${context.name}: statement ${faults.join(', ')}`);
  if (context.known.size >= knownStatementsMax) context.known.clear();
  context.known.add(sql);
}

function bindable(bound: unknown): Record<string, unknown> {
  if (typeof bound !== 'object' || bound === null) return {};
  return Object.fromEntries(
    Object.entries(bound)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}

async function insertSegment(
  session: Session,
  { mode, segment }: { readonly mode: Storage['mode']; readonly segment: Segment },
): Promise<void> {
  if (mode === 'embedded') {
    await session.command({ query: insertFromFile(segment, segment.path) });
    return;
  }
  const values = createReadStream(segment.path);
  try {
    const { stream } = await session.exec({ query: `${insertHead(segment)} FORMAT Native`, values });
    // The reply is empty; the socket is free once it has been read.
    await finished(stream.resume());
  } finally {
    values.destroy();
  }
}

const columnRow = z.object({ name: z.string(), type: z.string() });

async function typesOf(lane: Lane<Session>, table: string): Promise<ReadonlyMap<string, string>> {
  const text = await runQuery(lane, {
    name: 'columns of a table',
    sql: 'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
    bound: { table },
    timeoutMs: limits.queryTimeoutMs,
  });
  const rows = await readRows(text, (row) => columnRow.parse(row));
  return new Map(rows.map(({ name, type }) => [name, type]));
}

async function attempt(what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw toStorageError(error, what);
  }
}

function settingsText(settings: Readonly<Record<string, number | string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`)
    .join(', ');
}

function asOpenError(error: unknown, path: string): StorageError {
  const reason = error instanceof Error ? error.message : String(error);
  // The engine has no code for this, only words.
  if (/lock file/i.test(reason)) {
    return new StorageError('locked', `${path} is in use by another process`, error);
  }
  return toStorageError(error, `open ${path}`);
}
