import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { migrate, readMigrations, schemaDir } from '../../collector/src/storage/migrate.ts';
import { seededRandom } from '../shop/demo/random.ts';
import { repositoryDir, tempDir } from '../support/paths.ts';
import { launch } from '../support/process.ts';
import { openBareJournal, pushRow } from './support/bare-journal.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const HOUR_MS = 3_600_000;
/** Kills after every step in the full form: its statement without its record, and its record. */
const stepsMax = scaled({ quick: 9, full: 3 });
const dir = tempDir('upgrade');
afterAll(() => dir.remove());

/** True when the migration got through. */
async function migrateAndKill(path: string, steps: number): Promise<boolean> {
  const script = join(repositoryDir, 'test/faults/support/migrate-process.ts');
  const running = launch({
    args: ['--conditions=nightjar-source', script, path, String(steps)],
    cwd: repositoryDir,
    env: { UV_THREADPOOL_SIZE: '16' },
  });
  const { code, signal } = await running.exited;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(running.output());
  return code === 0;
}

it(
  'a migration that is killed between its steps goes on at the next start',
  async () => {
    const directory = join(dir.path, 'migrated');
    const random = seededRandom(30);
    let kills = 0;
    // The first step makes the record of migrations, the second is a statement, the third its record, and so on.
    for (let isDone = false; !isDone; kills += isDone ? 0 : 1) {
      const steps = kills % 2 === 0 ? 2 : 3 + Math.floor(random() * (stepsMax - 2));
      isDone = await migrateAndKill(join(directory, 'clickhouse'), steps);
      expect(kills).toBeLessThan(100);
    }
    const pipeline = await openPipeline({ directory });
    const migrations = await readMigrations(schemaDir);
    expect(await migrate(pipeline.storage)).toEqual([]);
    const [row] = await pipeline.rows(
      'SELECT count() AS n, uniqExact(version) AS versions FROM schema_migrations',
    );
    expect(Number(row?.['versions'])).toBe(migrations.length);
    const ledger = new Ledger();
    expect((await ledger.send(pipeline.url)).status).toBe(200);
    expect(await pipeline.journal.flush(10_000)).toBe(true);
    expect((await ledger.audit(pipeline)).faults).toEqual([]);
    await pipeline.close();
    console.log(`${migrations.length} migrations, killed ${kills} times on the way`);
    expect(kills).toBeGreaterThan(4);
  },
  timeoutMs,
);

it('a clock that jumps an hour back and forth, with a restart in between: nothing lost, nothing twice', async () => {
  const clock = { jumpMs: 0 };
  const ledger = new Ledger();
  const options = { directory: join(dir.path, 'clock'), now: () => Date.now() + clock.jumpMs };
  for (const jumpMs of [0, HOUR_MS, -HOUR_MS, 0]) {
    const pipeline = await openPipeline(options);
    for (const each of [clock.jumpMs, jumpMs, -jumpMs, jumpMs]) {
      clock.jumpMs = each;
      for (let batch = 0; batch < 5; batch++) expect((await ledger.send(pipeline.url)).status).toBe(200);
      expect(pipeline.journal.watermarkMs()).toBeLessThanOrEqual(options.now());
    }
    expect(await pipeline.journal.flush(10_000)).toBe(true);
    expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
    const [row] = await pipeline.rows(
      "SELECT max(duration_ns) AS longest FROM spans WHERE service = 'ledger'",
    );
    expect(row).toEqual({ longest: 0 });
    await pipeline.close();
  }
});

it('a journal of a collector that did not note requests is taken over; after a stop nothing is left for an older one', async () => {
  const directory = join(dir.path, 'older');
  const old = await openBareJournal(directory);
  for (let id = 0; id < 5; id++) {
    pushRow(old.journal, id);
    expect(await old.journal.commit(Date.now())).toBeUndefined();
  }
  await old.journal.close(0);
  rmSync(join(directory, 'requests'), { recursive: true });
  const { journal, delivered, lost } = await openBareJournal(directory);
  expect([delivered.map(({ rows }) => rows), lost.size]).toEqual([[5], 0]);
  for (const segment of delivered) await segment.remove();
  expect(await journal.close(1_000)).toBe(true);
  for (const table of ['resources', 'spans', 'logs', 'metric_points'])
    expect(readdirSync(join(directory, table))).toEqual([]);
});
