import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { openStorage } from './open.ts';
import type { Query, Storage } from './types.ts';

// What goes over the wire to a ClickHouse server; the answers are ours.
interface Request {
  readonly params: URLSearchParams;
  readonly body: Buffer;
}

let server: Server;
let storage: Storage;
let requests: Request[];
let answer: (request: Request) => { readonly status: number; readonly body: string };

beforeEach(async () => {
  requests = [];
  answer = () => ({ status: 200, body: '' });
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '', 'http://localhost');
      const request = { params: url.searchParams, body: Buffer.concat(chunks) };
      requests.push(request);
      const { status, body } = answer(request);
      outgoing.writeHead(status, { 'content-type': 'text/plain' });
      outgoing.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  storage = await openStorage({ mode: 'server', url: `http://user:secret@127.0.0.1:${port}/traces` });
});

afterEach(async () => {
  await storage.close();
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

const query: Query<{ readonly text: string }, { readonly n: number }> = {
  name: 'test',
  sql: 'SELECT count() AS n FROM spans AS s WHERE s.name = {text:String}',
  params: z.object({ text: z.string() }),
  row: z.object({ n: z.number() }),
  timeoutMs: 1_500,
};

it('binds values and sends limits with every query', async () => {
  answer = () => ({ status: 200, body: '{"n":3}\n' });
  expect(await storage.query(query, { text: "'; DROP" })).toEqual([{ n: 3 }]);
  const [{ params, body } = { params: new URLSearchParams(), body: Buffer.of() }] = requests;
  expect(Object.fromEntries(params)).toMatchObject({
    database: 'traces',
    // Escaped text, as the server reads parameters.
    param_text: "\\'; DROP",
    readonly: '2',
    session_timezone: 'UTC',
    result_overflow_mode: 'throw',
  });
  expect(body.toString()).toContain('SETTINGS max_execution_time = 1.5');
  expect(body.toString()).not.toContain('DROP');
});

it('streams a segment as the body of its insert', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nightjar-segment-'));
  const path = join(dir, 'segment.native');
  const bytes = Buffer.from([1, 2, 0, 255, 10, 59, 32, 10]);
  await writeFile(path, bytes);
  await storage.insertSegment({ table: 'spans', path, columns: ['trace_id', 'name'], token: 'abc' });
  expect(requests).toHaveLength(1);
  expect(requests[0]?.body).toEqual(bytes);
  const sql = requests[0]?.params.get('query') ?? '';
  expect(sql).toContain('INSERT INTO spans (trace_id, name)');
  expect(sql).toContain("insert_deduplication_token = 'abc'");
  expect(sql).toContain('deduplicate_blocks_in_dependent_materialized_views = 1');
  expect(sql.endsWith('FORMAT Native')).toBe(true);
  expect(requests[0]?.params.get('wait_end_of_query')).toBe('1');
  await rm(dir, { recursive: true });
});

it.each([
  [500, 'Code: 159. DB::Exception: Timeout exceeded. (TIMEOUT_EXCEEDED)', 'timeout'],
  [500, 'Code: 241. DB::Exception: Memory limit. (MEMORY_LIMIT_EXCEEDED)', 'too_large'],
  [500, 'Code: 202. DB::Exception: Too many. (TOO_MANY_SIMULTANEOUS_QUERIES)', 'busy'],
  [500, 'Code: 243. DB::Exception: Cannot reserve. (NOT_ENOUGH_SPACE)', 'unavailable'],
  [404, 'Code: 60. DB::Exception: No such table. (UNKNOWN_TABLE)', 'rejected'],
])('tells %d %s apart', async (status, body, kind) => {
  answer = () => ({ status, body });
  await expect(storage.query(query, { text: '' })).rejects.toMatchObject({ name: 'StorageError', kind });
  await expect(storage.command('SELECT 1')).rejects.toMatchObject({ kind });
});

it('says when nobody is there', async () => {
  const absent = await openStorage({ mode: 'server', url: 'http://127.0.0.1:1/traces' });
  await expect(absent.query(query, { text: '' })).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await absent.ping()).toBe(false);
  await absent.close();
});
