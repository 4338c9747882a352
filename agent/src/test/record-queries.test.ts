import './vitest.ts';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startDatabase } from '../integration/pglite-server.ts';
import type { DatabaseServer } from '../integration/pglite-server.ts';
import { assertNoNPlusOne, recordQueries } from './index.ts';

interface Library {
  readonly pool: { readonly end: () => Promise<void> };
  readonly fill: () => Promise<void>;
  readonly withAuthors: () => Promise<unknown[]>;
  readonly joined: () => Promise<number>;
  readonly forgetful: () => Promise<void>;
  readonly accepted: () => Promise<void>;
  readonly leftBehind: () => void;
}

// Outside the folder of the agent, whose own frames are no call sites.
const apps = new URL('../../test-apps/', import.meta.url);
const source = readFileSync(new URL('books.mts', apps), 'utf8');
let database: DatabaseServer;
let library: Library;

beforeAll(async () => {
  const books: { openLibrary: (url: string) => Library } = await import(new URL('books.mts', apps).href);
  database = await startDatabase();
  library = books.openLibrary(database.url);
  await library.fill();
}, 60_000);

afterAll(async () => {
  await library.pool.end();
  await database.close();
});

function lineOf(text: string): number {
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

async function failureOf(work: Promise<unknown> | (() => void)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('expected a failure');
}

it('gives the result, the calls, the counts and the findings of what ran', async () => {
  const run = await recordQueries(async () => (await library.withAuthors()).length);
  expect(run).toMatchObject({ result: 8, queryCount: 9, statementCount: 2, uncounted: 0, unfinished: 0 });
  expect(run.name).toMatch(/^gives the result/);
  expect(run.calls.map(({ statement }) => statement)).toEqual([
    'SELECT id, author_id FROM books ORDER BY id',
    ...Array.from({ length: 8 }, () => 'SELECT name FROM authors WHERE id = ?'),
  ]);
  expect(run.requests).toMatchObject([{ operation: run.name, queryCount: 9 }]);
  expect(run.findings).toMatchObject([
    {
      kind: 'n_plus_one',
      count: 8,
      callSite: {
        file: expect.stringMatching(/test-apps\/books\.mts$/),
        line: lineOf("'SELECT name FROM authors WHERE id = $1', [author]"),
        function: 'withAuthors',
      },
    },
  ]);
});

it('names statement, count, line, bindings and mend of an N+1', async () => {
  const run = await recordQueries(library.withAuthors.bind(library));
  expect(run).not.toHaveNoNPlusOne();
  const message = await failureOf(() => expect(run).toHaveNoNPlusOne());
  expect(message).toContain('an N+1 in 9 queries');
  expect(message).toContain('N+1: 8 times SELECT name FROM authors WHERE id = ?');
  expect(message).toContain(`books.mts:${lineOf('[author]')} (withAuthors)`);
  expect(message).toContain('8 different bindings in 8 calls: a loop over items');
  expect(message).toContain('mend  Read all rows of `authors` before the loop');
  expect(await failureOf(expect(() => library.withAuthors()).toHaveNoNPlusOne())).toContain('N+1: 8 times');
});

it('tells one binding repeated from an N+1', async () => {
  const run = await recordQueries(() => library.forgetful());
  const message = await failureOf(() => expect(run).toHaveNoNPlusOne());
  expect(message).toContain('Missing memo: 6 times SELECT name FROM authors WHERE id = ?');
  expect(message).toContain(`books.mts:${lineOf('page < 6')} (forgetful)`);
  expect(message).toContain('one binding, 6 times');
  expect(message).not.toMatch(/^N\+1: /m);
  expect(run).toHaveNoNPlusOne({ allowDuplicates: true });
});

it('passes the twin, and the loop that a comment accepts', async () => {
  await expect(() => library.joined()).toHaveNoNPlusOne();
  await expect(() => library.accepted()).toHaveNoNPlusOne();
});

it('holds a run to a number of queries and lists them', async () => {
  await expect(() => library.joined()).toMakeAtMostQueries(1);
  const run = await recordQueries(() => library.withAuthors());
  expect(run).toMakeAtMostQueries(9);
  const message = await failureOf(() => expect(run).toMakeAtMostQueries(8));
  expect(message).toMatch(
    /9 queries, at most 8 allowed\n\n  8 × SELECT name .* at .*books\.mts:\d+\n  1 × SELECT id/,
  );
  expect(await failureOf(() => expect(run).toMakeAtMostQueries(-1))).toContain('whole number');
});

it('waits for a call that was left behind, and refuses to call a run whole that is not', async () => {
  const left = await recordQueries(() => library.leftBehind());
  expect(left).toMatchObject({ queryCount: 1, unfinished: 0 });
  const unfinished = await recordQueries(() => void trace.getTracer('test').startSpan('never ends'));
  expect(unfinished).toMatchObject({ queryCount: 0, unfinished: 1 });
  expect(await failureOf(() => assertNoNPlusOne(unfinished))).toContain('1 calls had not ended');
});

it('records what starts only when it is awaited', async () => {
  // oxlint-disable-next-line unicorn/no-thenable, promise/no-callback-in-promise
  const lazy: PromiseLike<number> = { then: (done, fail) => library.joined().then(done, fail) };
  expect(await recordQueries(() => lazy)).toMatchObject({ queryCount: 1, result: 8 });
});

it('records beside each other without mixing, and passes a rejection on', async () => {
  const [loop, twin, failed] = await Promise.allSettled([
    recordQueries(() => library.withAuthors()),
    recordQueries(() => library.joined()),
    recordQueries(async () => await Promise.reject(new Error('not found'))),
  ]);
  expect([loop, twin].map((one) => (one.status === 'fulfilled' ? one.value.queryCount : -1))).toEqual([9, 1]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'not found' } });
});

it('records under a fake clock', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'performance'] });
  try {
    expect((await recordQueries(() => library.joined())).queryCount).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

it('refuses what is no run', async () => {
  expect(await failureOf(() => expect(recordQueries(() => 1)).toHaveNoNPlusOne())).toContain(
    'is an await missing',
  );
});

it('works in node:test, and reports a file of lines a process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-report-'));
  const setup = fileURLToPath(new URL('setup.ts', import.meta.url));
  const file = fileURLToPath(new URL('books-node-test.mts', apps));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=nightjar-source', '--import', setup, '--test-reporter=tap', '--test', file],
    {
      cwd: fileURLToPath(apps),
      env: { PATH: process.env['PATH'], DATABASE_URL: database.url, NIGHTJAR_TEST_REPORT: folder },
    },
  );
  expect(stdout).toContain('# pass 2');
  const files = readdirSync(folder);
  expect(files).toEqual([expect.stringMatching(/^nightjar-\d+-[0-9a-f]{8}\.jsonl$/)]);
  const lines = readFileSync(join(folder, files[0] ?? ''), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { version: 1, operation: 'joined', test: 'joined', queryCount: 1, findings: [] },
    {
      operation: 'loop',
      queryCount: 9,
      findings: [{ kind: 'n_plus_one', count: 8, standing: 'open', callSite: { file: 'books.mts' } }],
    },
  ]);
  rmSync(folder, { recursive: true });
}, 30_000);
