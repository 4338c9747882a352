// The Postgres driver against the suites that every state driver passes, and what is its own: one schema for several
// collectors, and a server that comes and goes.
import { ruleStoreContract, storeContract } from '@nightjar/alerts/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { sessionsMax } from '../../../collector/src/state/driver.ts';
import { PostgresDatabase } from '../../../collector/src/state/postgres/database.ts';
import { openPostgresState } from '../../../collector/src/state/postgres/driver.ts';
import { migrateState } from '../../../collector/src/state/postgres/migrate.ts';
import { migrations } from '../../../collector/src/state/postgres/migrations.ts';
import { StateUnavailable } from '../../../collector/src/state/unavailable.ts';
import { neededPostgres } from '../../support/postgres.ts';
import { provide } from '../../support/services.ts';
import { ask, openFresh } from './fresh-state.ts';

const postgres = await provide(neededPostgres);
afterAll(async () => await postgres?.close());

describe.skipIf(postgres === undefined)('the Postgres driver', async () => {
  const url = (await postgres?.createDatabase()) ?? '';

  it.each(storeContract)('$name', async ({ run }) => {
    let state = await openFresh({ url });
    try {
      const reopen = async () => {
        await state.close();
        state = await openPostgresState({ url });
        return state.alerts;
      };
      await expect(run({ store: state.alerts, reopen })).resolves.toBeUndefined();
    } finally {
      await state.close();
    }
  });

  it.each(ruleStoreContract)('$name', async ({ run }) => {
    let state = await openFresh({ url });
    try {
      const reopen = async () => {
        await state.close();
        state = await openPostgresState({ url });
        return state.rules;
      };
      await expect(run({ store: state.rules, reopen })).resolves.toBeUndefined();
    } finally {
      await state.close();
    }
  });

  it('finds a session until it expires, is removed or makes room, from any collector', async () => {
    const state = await openFresh({ url });
    const other = await openPostgresState({ url });
    const hash = (text: string) => Buffer.from(text.padEnd(32, '.'));
    const session = (name: string, expiresAtMs: number) => ({
      tokenHash: hash(name),
      user: 'ada',
      credential: hash('credential'),
      expiresAtMs,
    });
    await state.sessions.create(session('a', 1_000));
    expect(await other.sessions.find(hash('a'), 999)).toEqual(session('a', 1_000));
    expect(await other.sessions.find(hash('a'), 1_000)).toBeUndefined();
    expect(await other.sessions.prune(1_000)).toBe(1);
    await state.sessions.create(session('oldest', 5_000));
    await Promise.all(
      Array.from({ length: sessionsMax }, async (_, index) => {
        await state.sessions.create(session(`s${index}`, 10_000 + index));
      }),
    );
    expect(await state.sessions.find(hash('oldest'), 0)).toBeUndefined();
    expect(await ask(url, 'SELECT count(*)::int AS n FROM nightjar.sessions')).toEqual([{ n: sessionsMax }]);
    await state.sessions.remove(hash('s1'));
    expect(await state.sessions.find(hash('s1'), 0)).toBeUndefined();
    await Promise.all([state.close(), other.close()]);
  });

  it('keeps cursor and first span over a restart', async () => {
    const before = await openFresh({ url });
    expect(await before.sweepCursor.load()).toBeUndefined();
    expect(await before.firstSpan.load()).toBeUndefined();
    await before.sweepCursor.save(2n ** 62n);
    await before.firstSpan.note(2_000);
    await before.firstSpan.note(3_000);
    await before.close();
    const after = await openPostgresState({ url });
    expect(await after.sweepCursor.load()).toBe(2n ** 62n);
    expect(await after.firstSpan.load()).toBe(2_000);
    await after.firstSpan.note(1_000);
    expect(await after.firstSpan.load()).toBe(1_000);
    await after.close();
  });

  it('collectors that start together make the schema once', async () => {
    await ask(url, 'DROP SCHEMA IF EXISTS nightjar CASCADE');
    const opened = await Promise.all([1, 2, 3].map(async () => await openPostgresState({ url })));
    expect(await ask(url, 'SELECT version FROM nightjar.state_version')).toEqual([
      { version: migrations.length },
    ]);
    await Promise.all(opened.map(async (state) => await state.close()));
  });

  it('leaves nothing of a migration that fails, and refuses a newer schema', async () => {
    await ask(url, 'DROP SCHEMA IF EXISTS nightjar CASCADE');
    const database = new PostgresDatabase(url);
    await migrateState(database, ['CREATE TABLE nightjar.one (x INTEGER)']);
    const broken = [
      'never run again',
      'CREATE TABLE nightjar.two (x INTEGER); SELECT * FROM nightjar.missing',
    ];
    await expect(migrateState(database, broken)).rejects.toMatchObject({ code: '42P01' });
    expect(await ask(url, `SELECT to_regclass('nightjar.two') AS two`)).toEqual([{ two: null }]);
    await ask(url, `UPDATE nightjar.state_version SET version = ${migrations.length + 1}`);
    await expect(openPostgresState({ url })).rejects.toMatchObject({ code: 'state_newer' });
    await database.close();
  });

  it('a connection that is lost between two questions goes unnoticed', async () => {
    const state = await openFresh({ url });
    await state.firstSpan.note(7);
    await cutConnections();
    expect(await state.firstSpan.load()).toBe(7);
    await cutConnections();
    await state.alerts.enqueue([]);
    await state.close();
  });

  it('a connection that is lost in the middle rejects, undoes the whole and ends nothing', async () => {
    const state = await openFresh({ url });
    const database = new PostgresDatabase(url);
    const work = database.transaction(async (session) => {
      await session.run(`INSERT INTO nightjar.meta VALUES ('half', 'done')`);
      await cutConnections();
      await session.run(`INSERT INTO nightjar.meta VALUES ('other', 'half')`);
    });
    await expect(work).rejects.toBeInstanceOf(StateUnavailable);
    expect(await database.all('SELECT key FROM nightjar.meta')).toEqual([]);
    await Promise.all([state.close(), database.close()]);
  });

  it('a server that is not there, and a database that is not, stop the start with the setting to look at', async () => {
    const nowhere = openPostgresState({ url: 'postgres://127.0.0.1:1/nightjar', startWaitMs: 0 });
    await expect(nowhere).rejects.toMatchObject({ code: 'state_failed', exitCode: 69 });
    const missing = new URL(url);
    missing.pathname = '/no_such_database';
    const startedMs = performance.now();
    await expect(openPostgresState({ url: missing.href })).rejects.toThrow('NIGHTJAR_STATE_URL');
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it('work that waits for a lock too long rejects, and others are not held up by it', async () => {
    const state = await openFresh({ url });
    const database = new PostgresDatabase(url);
    await database.transaction(async (session) => {
      await session.run('LOCK TABLE nightjar.meta');
      await expect(state.firstSpan.note(1)).rejects.toBeInstanceOf(StateUnavailable);
      expect(await state.alerts.ruleUids()).toEqual([]);
    });
    await state.firstSpan.note(1);
    expect(await state.firstSpan.load()).toBe(1);
    await Promise.all([state.close(), database.close()]);
  });

  async function cutConnections(): Promise<void> {
    await ask(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'nightjar' AND datname = current_database()`,
    );
  }
});
