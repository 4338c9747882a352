import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { StorageError } from './errors.ts';
import { migrate, MigrationError, readMigrations, schemaDir } from './migrate.ts';
import { openStorage } from './open.ts';
import { applyRetention, boundSystemLogs } from './retention.ts';
import type { Query, Storage } from './types.ts';

// One engine a process: every test of this file shares it.
let dir: string;
let storage: Storage;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nightjar-storage-'));
  storage = await openStorage({ mode: 'embedded', path: join(dir, 'db') });
  await migrate(storage);
}, 60_000);

afterAll(async () => {
  await storage.close();
  await rm(dir, { recursive: true, force: true });
});

const none = z.object({});

function select<Row>(sql: string, row: z.ZodType<Row>, timeoutMs?: number): Query<object, Row> {
  return { name: 'test', sql, params: none, row, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

it('applies every migration once, in order', async () => {
  const files = await readMigrations(schemaDir);
  expect(files.length).toBeGreaterThanOrEqual(13);
  expect(await migrate(storage)).toEqual([]);
  const rows = await storage.query(
    select(
      'SELECT version, checksum FROM schema_migrations ORDER BY version',
      z.object({ version: z.number(), checksum: z.string() }),
    ),
    {},
  );
  expect(rows).toEqual(files.map(({ version, checksum }) => ({ version, checksum })));
});

it('refuses a changed migration, a newer schema and a gap in the numbers', async () => {
  const files = await readMigrations(schemaDir);
  const other = join(dir, 'schema');
  await mkdir(other);
  const url = pathToFileURL(`${other}/`);
  const name = (version: number, text: string) => `${String(version).padStart(3, '0')}_${text}.sql`;
  for (const file of files)
    await writeFile(join(other, name(file.version, file.name)), `-- another comment\n${file.sql}`);
  expect(await migrate(storage, url)).toEqual([]);

  const last = files.at(-1);
  if (last === undefined) throw new Error('no migrations');
  await writeFile(join(other, name(last.version, last.name)), `${last.sql}, index_granularity = 4096`);
  await expect(migrate(storage, url)).rejects.toMatchObject({ problem: 'changed' });
  await rm(join(other, name(last.version, last.name)));
  await expect(migrate(storage, url)).rejects.toMatchObject({ problem: 'newer' });
  await writeFile(join(other, name(last.version + 4, 'far')), 'SELECT 1');
  await expect(migrate(storage, url)).rejects.toThrow(MigrationError);
});

it('runs a migration again that was killed before its record', async () => {
  const other = join(dir, 'killed');
  await mkdir(other);
  const url = pathToFileURL(`${other}/`);
  const files = await readMigrations(schemaDir);
  for (const file of files) {
    await writeFile(join(other, `${String(file.version).padStart(3, '0')}_${file.name}.sql`), file.sql);
  }
  const version = files.length + 1;
  const sql = 'CREATE TABLE IF NOT EXISTS killed (a UInt8) ENGINE = MergeTree ORDER BY a';
  await writeFile(join(other, `${String(version).padStart(3, '0')}_killed.sql`), sql);
  await storage.command(sql);
  expect((await migrate(storage, url)).map((migration) => migration.version)).toEqual([version]);
  await storage.command(
    `ALTER TABLE schema_migrations DELETE WHERE version = ${version} SETTINGS mutations_sync = 2`,
  );
});

it('sets retention only where it differs', async () => {
  expect(await applyRetention(storage, 15)).toContain('spans');
  expect(await applyRetention(storage, 15)).toEqual([]);
  expect((await applyRetention(storage, 3)).length).toBeGreaterThanOrEqual(8);
  await applyRetention(storage, 15);
  await expect(applyRetention(storage, 0)).rejects.toThrow('retention');
  await boundSystemLogs(storage);
});

const segmentColumns =
  'trace_id span_id parent_span_id service operation is_entry start_time duration_ns db_fingerprint db_statement db_query_count ingested_at'.split(
    ' ',
  );

/** 20,000 spans over midnight, so over two partitions: 2,000 requests, half of them counted by the agent. */
async function writeSegment(path: string): Promise<void> {
  await storage.command(`INSERT INTO FUNCTION file('${path}', Native)
SELECT
  unhex(hex(sipHash128(intDiv(number, 10)))) AS trace_id,
  unhex(hex(sipHash64(number))) AS span_id,
  if(number % 10 = 0, '', unhex(hex(sipHash64(number - 1)))) AS parent_span_id,
  concat('service-', toString(number % 3)) AS service,
  'GET /' AS operation,
  number % 10 = 0 AS is_entry,
  toDateTime64(toStartOfInterval(now('UTC'), INTERVAL 1 DAY), 9, 'UTC') - 60 + number * 0.01 AS start_time,
  toUInt64(1000000) AS duration_ns,
  toUInt64(if(number % 10 > 0, 5, 0)) AS db_fingerprint,
  'SELECT ?' AS db_statement,
  toInt32(if(number % 20 = 0, 3, -1)) AS db_query_count,
  now('UTC') AS ingested_at
FROM numbers(20000)`);
}

it('counts a segment once in the table and in every view behind it, however often it is sent', async () => {
  const path = join(dir, 'spans.native');
  await writeSegment(path);
  const counts = select(
    `SELECT (SELECT count() FROM spans) AS spans, (SELECT count() FROM requests) AS requests,
(SELECT sum(requests) FROM operation_minutes) AS rolled, (SELECT sum(calls) FROM statement_minutes) AS calls,
(SELECT count() FROM request_queries) AS counted,
(SELECT sum(requests) FROM service_minutes) AS by_service`,
    z.object({
      spans: z.number(),
      requests: z.number(),
      rolled: z.number(),
      calls: z.number(),
      counted: z.number(),
      by_service: z.number(),
    }),
  );
  const once = {
    spans: 20_000,
    requests: 2_000,
    rolled: 2_000,
    calls: 18_000,
    counted: 1_000,
    by_service: 2_000,
  };
  const segment = { table: 'spans', path, columns: segmentColumns, token: 'content-hash-1' };
  for (let sent = 0; sent < 3; sent += 1) {
    await storage.insertSegment(segment);
    expect(await storage.query(counts, {})).toEqual([once]);
  }
  await Promise.all([storage.insertSegment(segment), storage.insertSegment(segment)]);
  expect(await storage.query(counts, {})).toEqual([once]);
});

it('writes derived rows once, ids as hex, text untouched', async () => {
  const row = {
    service: `a'; DROP TABLE spans -- \\ \n "x"`,
    finding_id: 18_446_744_073_709_551_615n,
    start_time: `${new Date().toISOString().slice(0, 10)} 03:04:05.123456789`,
    trace_id: '000102030405060708090a0b0c0d0e0f',
    scope_span_id: 'ff00000000000001',
    member_span_ids: ['ff00000000000002', '00000000000000ff'],
    total_ms: 1.5,
    is_write: true,
    version: 7n,
  };
  for (let sent = 0; sent < 3; sent += 1) await storage.insertRows('findings', [row], 'token-1');
  const stored = await storage.query(
    select(
      `SELECT service, toString(finding_id) AS id, toString(start_time) AS start, lower(hex(trace_id)) AS trace,
arrayMap(member -> lower(hex(member)), member_span_ids) AS members, total_ms, is_write FROM findings`,
      z.object({
        service: z.string(),
        id: z.string(),
        start: z.string(),
        trace: z.string(),
        members: z.array(z.string()),
        total_ms: z.number(),
        is_write: z.boolean(),
      }),
    ),
    {},
  );
  expect(stored).toEqual([
    {
      service: row.service,
      id: '18446744073709551615',
      start: row.start_time,
      trace: row.trace_id,
      members: row.member_span_ids,
      total_ms: 1.5,
      is_write: true,
    },
  ]);
  await expect(storage.insertRows('findings', [{ nope: 1 }], 'token-2')).rejects.toThrow('nope');
  await expect(storage.insertRows('findings; DROP', [row], 'token-3')).rejects.toThrow('not a table');
});

it('stops a query at its timeout and says so, while others run', async () => {
  const slow = select('SELECT max(cityHash64(number)) AS m FROM system.numbers', none, 300);
  const quick = select('SELECT 1 AS one', z.object({ one: z.number() }));
  const stopped = storage.query(slow, {}).catch((error: unknown) => error);
  const startedAt = performance.now();
  expect(await storage.query(quick, {})).toEqual([{ one: 1 }]);
  expect(performance.now() - startedAt).toBeLessThan(300);
  expect(await stopped).toMatchObject({ name: 'StorageError', kind: 'timeout' });
});

it('refuses statements that could reach beyond the tables', async () => {
  const refused = [
    "SELECT * FROM file('/etc/hostname')",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    'SELECT 1; SELECT 2',
    'SELECT 1 SETTINGS readonly = 0',
    'INSERT INTO spans SELECT 1',
    "SELECT url('http://localhost')",
    'SELECT 1 -- comment',
  ];
  for (const sql of refused) {
    await expect(storage.query(select(sql, none), {})).rejects.toMatchObject({ kind: 'rejected' });
  }
  const bound: Query<{ readonly text: string }, { readonly text: string }> = {
    name: 'test.bound',
    sql: 'SELECT {text:String} AS text',
    params: z.object({ text: z.string() }),
    row: z.object({ text: z.string() }),
  };
  const text = `'; DROP TABLE spans; -- \\' \n\t INTO OUTFILE {x:String}`;
  expect(await storage.query(bound, { text })).toEqual([{ text }]);
});

it('says what went wrong by kind', async () => {
  const missing = select('SELECT nope FROM spans LIMIT 1', none);
  await expect(storage.query(missing, {})).rejects.toBeInstanceOf(StorageError);
  await expect(storage.query(missing, {})).rejects.toMatchObject({ kind: 'rejected' });
  const huge = select('SELECT number FROM system.numbers LIMIT 300000', none);
  await expect(storage.query(huge, {})).rejects.toMatchObject({ kind: 'too_large' });
  await expect(
    storage.insertSegment({ table: 'spans', path: join(dir, 'absent'), columns: ['service'], token: 't' }),
  ).rejects.toMatchObject({ name: 'StorageError' });
  await expect(openStorage({ mode: 'embedded', path: join(dir, 'other') })).rejects.toBeInstanceOf(
    StorageError,
  );
  expect(await storage.ping()).toBe(true);
  expect(await readFile(join(dir, 'spans.native'))).toBeInstanceOf(Buffer);
});
