import { afterAll, expect, it } from 'vitest';
import { until } from '../support/poll.ts';
import { tempDir } from '../support/paths.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';

const JOURNAL_BYTES_MAX = 200_000;
const dir = tempDir('frozen');
afterAll(() => dir.remove());

it('an engine that hangs: acknowledged into the journal up to its cap, refused beyond, all stored when it thaws', async () => {
  const thaw = Promise.withResolvers<undefined>();
  const state = { isFrozen: true, inserts: 0 };
  const pipeline = await openPipeline({
    directory: dir.path,
    journal: { bytesMax: JOURNAL_BYTES_MAX, segmentBytesMax: 20_000 },
    wrap: (storage) => ({
      ...storage,
      async insertSegment(segment) {
        state.inserts += 1;
        if (state.isFrozen) await thaw.promise;
        await storage.insertSegment(segment);
      },
    }),
  });
  const ledger = new Ledger();
  let refused = 0;
  for (let batch = 0; batch < 5_000 && refused < 20; batch++) {
    const { status, retryAfter } = await ledger.send(pipeline.url);
    if (status === 200) continue;
    expect([status, Number(retryAfter) > 0]).toEqual([503, true]);
    refused += 1;
  }
  expect(refused).toBe(20);
  expect(state.inserts).toBeGreaterThan(0);
  // One group may be under way when the cap is reached.
  expect(pipeline.journal.bytes).toBeLessThan(JOURNAL_BYTES_MAX * 1.2);
  expect(pipeline.counts.get('refused/journal_full')).toBe(20);
  // Reads have their own sessions: they do not wait behind an insert that hangs.
  expect(await pipeline.rows('SELECT count() AS n FROM spans')).toEqual([{ n: 0 }]);
  const waiting = ledger.acknowledged;
  expect(waiting).toBeGreaterThan(100);

  state.isFrozen = false;
  thaw.resolve(undefined);
  await until(
    async () => (await ledger.send(pipeline.url)).status,
    (status) => status === 200,
    { what: 'the collector to take data again' },
  );
  expect(await pipeline.journal.flush(20_000)).toBe(true);
  expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
  expect(pipeline.journal.bytes).toBe(0);
  await pipeline.close();
});
