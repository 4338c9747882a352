import { detect } from '@nightjar/agent/detect';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findingSearchSchema } from '../contract/index.ts';
import { findingsBy } from '../query/finding-counts.ts';
import { listFindings } from '../query/findings.ts';
import { insertSpans, openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createSweep } from './index.ts';
import { TestTrace } from './testing.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await openTestStorage();
}, 60_000);
afterAll(async () => {
  await storage.close();
});

const startMs = Date.parse('2027-01-30T12:00:00Z');
const nothing = (): undefined => undefined;

async function sweepAt(nowMs: number): Promise<void> {
  await createSweep({
    storage,
    detect,
    cursor: { load: () => Promise.resolve(BigInt(startMs - 10_000)), save: () => Promise.resolve() },
    now: () => nowMs,
    metrics: { passed: nothing, counted: nothing, lagging: nothing },
    log: { error: nothing },
  }).runOnce();
}

it('keeps that somebody accepted what an agent reports, and counts it no more as open', async () => {
  const accepted = { how: 'acknowledged', reason: 'ten rows at most', expires: '2027-01-31' };
  const trace = new TestTrace(1, startMs);
  const columns = { ...trace.reported({ accepted }), ingested_at: startMs / 1_000 };
  await insertSpans(storage, [trace.root(columns)], 'spans');
  await sweepAt(startMs + 4_000);
  const range = { fromMs: startMs - 1_000, toMs: startMs + 60_000 };
  const search = findingSearchSchema.parse({ from: String(range.fromMs), to: String(range.toMs) });
  const acceptedOn = async (day: string): Promise<unknown> => {
    const { findings } = await listFindings({ storage, nowMs: Date.parse(day) }, search);
    return findings.map((finding) => finding.accepted);
  };
  expect(await acceptedOn('2027-01-31')).toEqual([accepted]);
  expect(await acceptedOn('2027-02-01')).toEqual([null]);
  expect(await storage.query(findingsBy('service'), range)).toEqual([]);
});
