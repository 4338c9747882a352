import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sessionsMax } from '../driver.ts';
import { SqliteDatabase } from './database.ts';
import { openSqliteState } from './driver.ts';
import { migrations } from './migrations.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-state-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const hash = (text: string) => Buffer.from(text.padEnd(32, '.'));
const session = (name: string, expiresAtMs: number) => ({
  tokenHash: hash(name),
  user: 'ada',
  credential: hash('credential'),
  expiresAtMs,
});

it('finds a session until it expires, is removed or makes room', async () => {
  const state = openSqliteState(join(scratch, 'sessions.sqlite'));
  await state.sessions.create(session('a', 1_000));
  expect(await state.sessions.find(hash('a'), 999)).toMatchObject({ user: 'ada', expiresAtMs: 1_000 });
  expect(await state.sessions.find(hash('a'), 1_000)).toBeUndefined();
  expect(await state.sessions.find(hash('b'), 0)).toBeUndefined();
  expect(await state.sessions.prune(1_000)).toBe(1);
  await state.sessions.create(session('oldest', 5_000));
  for (let index = 1; index < sessionsMax; index += 1) {
    await state.sessions.create(session(`s${index}`, 10_000 + index));
  }
  expect(await state.sessions.find(hash('oldest'), 0)).toBeDefined();
  await state.sessions.create(session('one more', 50_000));
  expect(await state.sessions.find(hash('oldest'), 0)).toBeUndefined();
  expect(await state.sessions.find(hash('s1'), 0)).toBeDefined();
  await state.sessions.remove(hash('s1'));
  expect(await state.sessions.find(hash('s1'), 0)).toBeUndefined();
  await state.close();
});

it('keeps cursor and first span over a restart', async () => {
  const path = join(scratch, 'meta.sqlite');
  const before = openSqliteState(path);
  expect(await before.sweepCursor.load()).toBeUndefined();
  expect(await before.firstSpan.load()).toBeUndefined();
  await before.sweepCursor.save(2n ** 62n);
  await before.firstSpan.note(2_000);
  await before.firstSpan.note(3_000);
  await before.close();
  const after = openSqliteState(path);
  expect(await after.sweepCursor.load()).toBe(2n ** 62n);
  expect(await after.firstSpan.load()).toBe(2_000);
  await after.firstSpan.note(1_000);
  expect(await after.firstSpan.load()).toBe(1_000);
  await after.close();
});

it('migrates once, in order, and leaves nothing of a step that fails', () => {
  const path = join(scratch, 'migrate.sqlite');
  const database = new SqliteDatabase(path);
  database.migrate(['CREATE TABLE one (x INTEGER)']);
  expect(() =>
    database.migrate(['never run again', 'CREATE TABLE two (x INTEGER); SELECT * FROM missing']),
  ).toThrow(/missing/);
  expect(database.all(`SELECT name FROM sqlite_master WHERE type = 'table'`)).toEqual([{ name: 'one' }]);
  database.migrate(['never run again', 'CREATE TABLE two (x INTEGER)']);
  expect(database.get('PRAGMA user_version')).toEqual({ user_version: 2 });
  database.close();
});

it('refuses a file of a newer version', () => {
  const path = join(scratch, 'newer.sqlite');
  const database = new SqliteDatabase(path);
  database.migrate([...migrations, 'CREATE TABLE from_the_future (x INTEGER)']);
  database.close();
  expect(() => openSqliteState(path)).toThrow(
    `version ${migrations.length + 1}; this collector knows up to ${migrations.length}`,
  );
});

it('keeps every commit that was answered when the process is killed', async () => {
  const path = join(scratch, 'killed.sqlite');
  const script = join(import.meta.dirname, 'cursor-writer.test-support.ts');
  for (let round = 0; round < 3; round += 1) {
    const child = fork(script, [path], { execArgv: ['--conditions=nightjar-source'] });
    const answered = await new Promise<bigint>((resolve, reject) => {
      let last = 0n;
      child.on('message', (message) => {
        last = typeof message === 'string' ? BigInt(message) : 0n;
        if (last % 20n === 0n) child.kill('SIGKILL');
      });
      child.on('exit', (code, signal) => {
        if (signal === 'SIGKILL') resolve(last);
        else reject(new Error(`writer ended with ${code}`));
      });
    });
    const state = openSqliteState(path);
    const stored = (await state.sweepCursor.load()) ?? 0n;
    await state.close();
    expect(stored).toBeGreaterThanOrEqual(answered);
    expect(answered).toBeGreaterThan(0n);
  }
});
