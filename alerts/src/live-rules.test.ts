import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { alertRule } from '../schema/index.ts';
import { openLiveRules } from './live-rules.ts';
import type { LiveRules, RuleBook } from './live-rules.ts';
import type { KeptRule, RuleStore } from './rule-store.ts';

let dir = '';
let live: LiveRules | undefined;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nightjar-live-'));
});
afterEach(async () => {
  await live?.close();
  await rm(dir, { recursive: true, force: true });
});

const entry = (uid: string, threshold: number | string = 1) =>
  `  - { uid: ${uid}, name: n, signal: { kind: throughput }, conditions: [{ severity: info, threshold: ${threshold} }] }\n`;
const write = async (name: string, ...entries: string[]) =>
  await writeFile(path.join(dir, name), `rules:\n${entries.join('')}`);

function storeOf(kept: KeptRule[]): RuleStore {
  return {
    list: async () => ({ rules: kept, unreadable: [] }),
    add: async () => 'full',
    replace: async () => 'missing',
    remove: async () => false,
  };
}

const keptRule = (uid: string): KeptRule => ({
  rule: alertRule.parse({
    uid,
    name: 'kept',
    signal: { kind: 'throughput' },
    conditions: [{ severity: 'info', threshold: 5 }],
  }),
  changedAtMs: 7,
  changedBy: 'ada',
});

async function open(kept: KeptRule[] = []): Promise<{ books: RuleBook[]; live: LiveRules }> {
  const books: RuleBook[] = [];
  const log = pino({ level: 'silent' });
  live = await openLiveRules({
    dir,
    log,
    store: storeOf(kept),
    onChange: (book) => books.push(book),
    debounceMs: 10,
  });
  return { books, live };
}

const thresholds = ({ rules }: RuleBook) =>
  Object.fromEntries(rules.map((it) => [it.uid, it.conditions[0]?.threshold]));

it('a file that is written while it runs is in force, without a restart', async () => {
  await write('a.yaml', entry('one'));
  const { books, live: rules } = await open();
  expect(thresholds(rules.book())).toEqual({ one: 1 });
  await write('a.yaml', entry('one', 2));
  await vi.waitFor(() => expect(books.map(thresholds).at(-1)).toEqual({ one: 2 }), { timeout: 5_000 });
  await write('b.yaml', entry('two'));
  await vi.waitFor(() => expect(books.map(thresholds).at(-1)).toEqual({ one: 2, two: 1 }), {
    timeout: 5_000,
  });
});

it('a rule or file that is broken goes on as it last was, and says so', async () => {
  await write('a.yaml', entry('one'), entry('two'));
  await write('b.yaml', entry('three'));
  const { live: rules } = await open();
  await write('a.yaml', entry('one', 'high'), entry('two', 9));
  await writeFile(path.join(dir, 'b.yaml'), 'rules: [');
  const broken = await rules.reload();
  expect(thresholds(broken)).toEqual({ two: 9, one: 1, three: 1 });
  expect(broken.isComplete).toBe(false);
  expect(broken.problems.map(({ file, rule, line }) => [file, rule, line])).toEqual([
    ['a.yaml', 'rules.0', 2],
    ['b.yaml', undefined, 1],
  ]);
  await write('a.yaml', entry('two', 9));
  await rm(path.join(dir, 'b.yaml'));
  const mended = await rules.reload();
  expect(thresholds(mended)).toEqual({ two: 9 });
  expect(mended.isComplete).toBe(true);
});

it('a folder that goes away takes no rule with it', async () => {
  await write('a.yaml', entry('one'));
  const { live: rules } = await open();
  await rm(dir, { recursive: true });
  const book = await rules.reload();
  expect(thresholds(book)).toEqual({ one: 1 });
  expect(book.isComplete).toBe(false);
  expect(book.problems.map(({ code }) => code)).toEqual(['directory_unreadable']);
});

it('rules of the dashboard join those of files; a file wins a uid', async () => {
  await write('a.yaml', entry('one'));
  const { live: rules } = await open([keptRule('one'), keptRule('two')]);
  const book = rules.book();
  expect(thresholds(book)).toEqual({ one: 1, two: 5 });
  expect(book.origins.get('one')).toEqual({ kind: 'file', file: 'a.yaml', line: 2 });
  expect(book.origins.get('two')).toEqual({ kind: 'ui', changedAtMs: 7, changedBy: 'ada' });
  expect(book.problems).toMatchObject([{ code: 'uid_taken', file: 'dashboard', rule: 'one' }]);
  expect(book.isComplete).toBe(true);
});

it('nothing is said while nothing changes, and nothing after the end', async () => {
  await write('a.yaml', entry('one'));
  const { books, live: rules } = await open();
  await rules.reload();
  await rules.close();
  await write('a.yaml', entry('one', 3));
  await rules.reload();
  expect(books).toEqual([]);
  expect(thresholds(rules.book())).toEqual({ one: 1 });
});
