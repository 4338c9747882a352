import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { openPipeline } from './support/pipeline.ts';
import type { Pipeline } from './support/pipeline.ts';

const SPANS = 512;
const dir = tempDir('partial');
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline({ directory: dir.path });
});
afterAll(async () => {
  await pipeline.close();
  dir.remove();
});

it(`one bad span of ${SPANS}: 200, one rejected and said so, the others stored`, async () => {
  const nowNs = `${Date.now()}000000`;
  const spans = Array.from({ length: SPANS }, (_, index) => ({
    traceId: index === 100 ? '00000000000000000000000000000000' : '0123456789abcdef0123456789abcdef',
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'partial',
    kind: 1,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
  }));
  const response = await fetch(`${pipeline.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect([response.status, await response.json()]).toEqual([
    200,
    { partialSuccess: { rejectedSpans: '1', errorMessage: 'invalid_trace_id: 1' } },
  ]);
  expect(await pipeline.journal.flush(10_000)).toBe(true);
  expect(await pipeline.rows("SELECT count() AS n FROM spans WHERE name = 'partial'")).toEqual([
    { n: SPANS - 1 },
  ]);
  expect(pipeline.counts.get('dropped/invalid_trace_id')).toBe(1);
});
